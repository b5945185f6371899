import { HOME_KINDS } from '../store/rows.ts';
import { list, object, ref, text, time } from './schema-parts.ts';

const kept = {
	deposited: { ...time, description: 'when they came first, in UTC milliseconds since 1970' },
	confirmed: {
		...time,
		description: 'when the home last said that these are its keys, in UTC milliseconds since 1970',
	},
	recovery_key: { ...text, description: 'the id of the recovery key that opens them' },
} as const;

/** What the API says of homes. */
export const homeSchemas: Readonly<Record<string, object>> = {
	Home: object({
		name: text,
		kind: { enum: [...HOME_KINDS] },
		cell: text,
		branches: { type: 'integer' },
		keys: {
			anyOf: [ref('KeptKeys'), { type: 'null' }],
			description: 'null: its keys lie on its volume and nowhere else',
		},
	}),
	Homes: list(ref('Home')),
	KeptKeys: object(kept),
	HomeKeys: object({
		home: text,
		deposits: {
			type: 'array',
			description: 'the newest first, and the one before',
			items: object({
				...kept,
				role_key: { ...text, description: 'the id of the role key of the home that brought them' },
				sealed: { type: 'string', description: 'opened by the private half of the recovery key' },
			}),
		},
	}),
};
