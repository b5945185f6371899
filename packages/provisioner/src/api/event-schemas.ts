import { object, ref, text, time } from './schema-parts.ts';

const STATUS = ['True', 'False', 'Unknown'] as const;

/** What the API says of events. */
export const eventSchemas = {
	Event: object({
		id: { ...text, description: 'stays the same when the event is counted once more' },
		seq: { type: 'integer', description: 'what to go on from; a new one each time it is counted' },
		branch: text,
		condition: text,
		from: {
			anyOf: [object({ status: { enum: [...STATUS] }, reason: text }), { type: 'null' }],
			description: 'null for the first that was told of a condition',
		},
		status: { enum: [...STATUS] },
		reason: text,
		message: text,
		observed_generation: { type: 'integer', description: 'the generation of the branch it is about' },
		times: { type: 'integer', description: 'how often, each within an hour of the one before' },
		first_time: time,
		last_time: time,
	}),
	Events: object({
		items: { type: 'array', items: ref('Event') },
		last: { type: 'integer', description: 'give it as `after` to get what comes next' },
	}),
};
