import { list, object, text, textOrNull, time, timeOrNull } from './schema-parts.ts';

const count = { type: 'integer' } as const;
/** How branches of a library are backed up. */
export const backupSchedule = {
	anyOf: [
		object({
			every_hours: { ...count, description: 'from one copy to the next, at most 168' },
			keep: object({ daily: count, weekly: count, monthly: count }),
			hours: {
				anyOf: [object({ from: count, to: count }), { type: 'null' }],
				description: 'whole hours in the time of the library in which copies are begun; null: at any time',
			},
		}),
		{ type: 'null' },
	],
	description: 'null: copies are made only when somebody asks',
} as const;

/** What the API says of backups. */
export const backupSchemas = {
	Backups: list(
		object({
			id: text,
			state: { enum: ['underway', 'done', 'failed'] },
			home: text,
			asked: time,
			asked_by: text,
			scheduled: { type: 'boolean', description: 'made by a schedule, which removes it by age' },
			made: { ...timeOrNull, description: 'the moment whose state it holds' },
			verified: { ...timeOrNull, description: 'when it was laid out in a scratch folder and opened' },
			bytes: { type: ['integer', 'null'] },
			apart: {
				type: ['boolean', 'null'],
				description:
					'whether it lies on another file system than the branch, or in an object storage; null: it was not told',
			},
			problem: textOrNull,
			away: {
				anyOf: [
					object({
						state: { enum: ['there', 'not_yet'] },
						where: { ...text, description: 'the object storage, without keys' },
						since: { ...time, description: 'since when it is there, or wanted there' },
						code: { ...textOrNull, description: 'what the last try met' },
						problem: textOrNull,
					}),
					{ type: 'null' },
				],
				description: 'null: it lies in its home alone',
			},
		}),
	),
} as const;
