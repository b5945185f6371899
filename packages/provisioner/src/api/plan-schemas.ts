import { object, ref, text, textOrNull } from './schema-parts.ts';

/** What the API says of plans. */
export const planSchemas = {
	NewPlan: object(
		{
			method: { enum: ['POST', 'PUT', 'PATCH', 'DELETE'] },
			path: { ...text, description: 'of the request, under /api/v1' },
			body: { description: 'of the request; left out where it has none' },
		},
		['method', 'path'],
	),
	PlannedChange: object({
		what: text,
		from: { description: 'as it is now; null for what is not there' },
		to: { description: 'as it would be; null for what would be gone' },
	}),
	Plan: object({
		would: { ...text, description: 'what the request does' },
		operation: { ...textOrNull, description: 'the kind of operation that would begin' },
		changes: { type: 'array', items: ref('PlannedChange') },
		more: {
			type: 'boolean',
			description: 'there are more changes than are told, or lists too long to be compared to their end',
		},
	}),
} as const;
