import { API_ROLES } from '../access/permissions.ts';
import { MATCHES } from '../store/console-grants.ts';
import { list, object, ref, text, textOrNull, time, timeOrNull } from './schema-parts.ts';

const scopes = {
	type: 'array',
	items: { type: 'string', pattern: '^[!#-\\[\\]-~]{1,100}$' },
	maxItems: 10,
	description: 'asked for besides openid and email',
} as const;
const providerFields = { name: text, issuer: text, client_id: text, groups_claim: text, scopes } as const;
const grantFields = {
	name: text,
	match: { enum: [...MATCHES], description: 'what of the provider’s word has to be the value' },
	value: text,
	role: { enum: [...API_ROLES] },
	library: textOrNull,
	branches: {
		type: ['array', 'null'],
		items: text,
		minItems: 1,
		maxItems: 200,
		description: 'slugs; null for all branches within reach',
	},
	until: timeOrNull,
} as const;

/** What is said and told about how staff comes in. */
export const staffSignInSchemas = {
	NewStaffProvider: object(
		{
			...providerFields,
			client_secret: {
				...text,
				description: 'sealed as it arrives; missing leaves the one that stands there',
			},
		},
		['name', 'issuer', 'client_id'],
	),
	StaffProvider: object({
		...providerFields,
		redirect_uri: { ...text, description: 'where the provider may send people back to' },
		changed_at: time,
		changed_by: text,
	}),
	NewConsoleGrant: object(grantFields, ['name', 'match', 'value', 'role']),
	ConsoleGrant: object({
		id: text,
		...grantFields,
		provider: { enum: ['platform', 'library'] },
		made_at: time,
		made_by: text,
	}),
	ConsoleGrants: list(ref('ConsoleGrant')),
	NewCommandLogin: object({
		computer: { ...text, maxLength: 200, description: 'what the computer is called, for whoever lets it in' },
	}),
	CommandLogin: object({
		secret: text,
		code: { ...text, description: 'what a person types at the console' },
		url: text,
		expires: time,
		pause_seconds: { type: 'integer' },
	}),
	CommandLoginSecret: object({ secret: { ...text, maxLength: 200 } }),
	CommandLoginState: object({
		state: { enum: ['waiting', 'refused', 'done'] },
		token: { ...textOrNull, description: 'there once, when it is done' },
		expires: timeOrNull,
	}),
};
