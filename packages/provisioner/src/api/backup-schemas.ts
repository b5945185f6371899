import { list, object, text, textOrNull, time, timeOrNull } from './schema-parts.ts';

/** What the API says of backups. */
export const backupSchemas = {
	Backups: list(
		object({
			id: text,
			state: { enum: ['underway', 'done', 'failed'] },
			home: text,
			asked: time,
			asked_by: text,
			made: { ...timeOrNull, description: 'the moment whose state it holds' },
			verified: { ...timeOrNull, description: 'when it was laid out in a scratch folder and opened' },
			bytes: { type: ['integer', 'null'] },
			problem: textOrNull,
		}),
	),
} as const;
