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
			line: {
				type: ['integer', 'null'],
				description: 'of the file, its header being 1; null for a branch that the file has no more',
			},
			key: textOrNull,
			outcome: { enum: ['created', 'unchanged', 'updated', 'skipped', 'refused', 'proposed_closing'] },
			reason: textOrNull,
			name: textOrNull,
			url: { ...textOrNull, description: 'where the branch is or will be, which is for ever' },
			changed: { type: 'array', items: text, description: 'names of the fields that change' },
		}),
	),
} as const;
