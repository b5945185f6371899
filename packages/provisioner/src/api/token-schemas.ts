import { API_ROLES } from '../access/permissions.ts';
import { list, object, ref, text, textOrNull, time, timeOrNull } from './schema-parts.ts';

const branches = {
	type: ['array', 'null'],
	items: text,
	minItems: 1,
	maxItems: 200,
	description: 'slugs; null for all branches within reach',
} as const;

/** What is said and told about tokens. */
export const tokenSchemas = {
	NewToken: object(
		{
			name: text,
			role: { enum: [...API_ROLES] },
			library: textOrNull,
			branches,
			expires: {
				type: ['integer', 'null'],
				description: 'UTC milliseconds, 366 days from now at the most; 90 days from now when not said',
			},
		},
		['name', 'role'],
	),
	Token: object(
		{
			id: text,
			name: text,
			role: { enum: [...API_ROLES] },
			library: textOrNull,
			branches,
			kind: { enum: ['token', 'bootstrap', 'session'] },
			expires: timeOrNull,
			ends_soon: { type: 'boolean', description: 'within the next 14 days' },
			created: time,
			made_by: textOrNull,
			used_on: { ...textOrNull, description: 'the day it was last used, in UTC' },
			token: text,
		},
		[
			'id',
			'name',
			'role',
			'library',
			'branches',
			'kind',
			'expires',
			'ends_soon',
			'created',
			'made_by',
			'used_on',
		],
	),
	Tokens: list(ref('Token')),
};
