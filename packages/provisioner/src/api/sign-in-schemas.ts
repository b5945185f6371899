import { SIGN_IN_ALERTS } from '@understory/core/sign-in-alerts.ts';
import { SIGN_IN_SCHEMA } from '@understory/core/sign-in-schema.ts';
import { list, object, ref, text, textOrNull, time } from './schema-parts.ts';

const networkFields = {
	cidr: {
		...text,
		maxLength: 60,
		description: 'a network of private addresses, such as 10.20.0.0/16, or one address',
	},
	port: { type: 'integer', minimum: 1, maximum: 65_535 },
} as const;

/** What is said and told about how a library checks its cards. */
export const signInSchemas = {
	SignInSettings: SIGN_IN_SCHEMA,
	SignInAlerts: list(
		object({
			kind: { enum: [...SIGN_IN_ALERTS] },
			since: time,
			last: time,
			now: { type: 'boolean', description: 'was it so in the last day?' },
		}),
	),
	SignIn: object({
		settings: ref('SignInSettings'),
		changed_at: time,
		changed_by: text,
		report: {
			anyOf: [
				object({
					library: text,
					test: { type: 'integer' },
					version: { type: 'integer' },
					ok: { type: 'boolean' },
					steps: {
						type: 'array',
						items: object({
							step: text,
							outcome: { enum: ['passed', 'failed', 'skipped'] },
							why: textOrNull,
							milliseconds: { type: 'integer' },
						}),
					},
					at: time,
				}),
				{ type: 'null' },
			],
		},
	}),
	NewSignInOperation: object({ kind: { enum: ['test'] } }),
	NewCatalogueNetwork: object(networkFields),
	CatalogueNetwork: object({ id: text, ...networkFields, allowed_at: time, allowed_by: text }),
	CatalogueNetworks: list(ref('CatalogueNetwork')),
};
