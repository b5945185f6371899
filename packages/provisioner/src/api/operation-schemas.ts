import { list, object, text, textOrNull, time } from './schema-parts.ts';

/** What the API says of operations, and of the rows of an import. */
export const operationSchemas = {
	Operation: object({
		id: text,
		kind: text,
		library: textOrNull,
		branch: textOrNull,
		state: { enum: ['queued', 'running', 'done', 'failed'] },
		progress: object({ done: { type: 'integer' }, total: { type: ['integer', 'null'] } }),
		result: {},
		problem: { anyOf: [object({ title: text, code: text }), { type: 'null' }] },
		created: time,
		finished: { type: ['integer', 'null'] },
	}),
	ImportRows: list(
		object({
			line: { type: 'integer' },
			key: textOrNull,
			outcome: { enum: ['created', 'unchanged', 'updated', 'skipped', 'refused', 'proposed_closing'] },
			reason: textOrNull,
		}),
	),
} as const;
