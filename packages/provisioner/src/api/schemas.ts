import { LIBRARY_ROLES } from '@understory/core/grants.ts';
import { FEDERATION_MODES } from '@understory/core/register.ts';
import { ACTIONS } from '@understory/core/rule.ts';
import { SIGNING_KEY_STATES } from '@understory/core/signing-keys.ts';
import { REASONS } from '../reconcile/reasons.ts';
import { HOME_KINDS } from '../store/rows.ts';
import { auditSchemas } from './audit-schemas.ts';
import { backupSchedule, backupSchemas } from './backup-schemas.ts';
import { billingSchemas } from './billing-schemas.ts';
import { cellSchemas } from './cell-schemas.ts';
import { contactSchemas } from './contact-schemas.ts';
import { eventSchemas } from './event-schemas.ts';
import { externalServerSchemas } from './external-server-schemas.ts';
import { homeSchemas } from './home-schemas.ts';
import { door, hosting, hostingDays, hostingSchemas } from './hosting-schemas.ts';
import { location, locationOrNull } from './location-schema.ts';
import { neighborhoodSchemas } from './neighborhood-schemas.ts';
import { operationSchemas } from './operation-schemas.ts';
import { planSchemas } from './plan-schemas.ts';
import { receiptSchemas } from './receipt-schemas.ts';
import { recordSchemas } from './record-schemas.ts';
import { list, object, ref, text, textOrNull, time, timeOrNull } from './schema-parts.ts';
import { signInSchemas } from './sign-in-schemas.ts';
import { staffSignInSchemas } from './staff-sign-in-schemas.ts';
import { teamSchemas } from './team-schemas.ts';
import { tokenSchemas } from './token-schemas.ts';
import { upgradeHours, upgradeSchemas } from './upgrade-schemas.ts';

const lastDay = {
	type: ['string', 'null'],
	pattern: '^\\d{4}-\\d{2}-\\d{2}$',
	description: 'the last day of the role; missing or null is until it is taken back',
} as const;

const address = object({ street: text, city: text, region: text, postcode: text });

const addresses = { type: 'array', items: text, maxItems: 20 } as const;
const clientFields = {
	id: text,
	name: text,
	origin: text,
	sector: { ...text, description: 'stays when the host name changes, so that people keep their names' },
	redirect_uris: addresses,
	post_logout_redirect_uris: addresses,
	backchannel_logout_uri: textOrNull,
	auth_method: { enum: ['client_secret_basic', 'client_secret_post'] },
	pkce: { enum: ['required', 'optional'] },
	offline: { type: 'boolean' },
	id_token_alg: { enum: ['RS256', 'ES256'] },
	rules_url: textOrNull,
	adults_only: { type: 'boolean' },
} as const;

const inLanguages = (of: object, description: string) => ({
	type: 'object',
	description: `${description}, by language`,
	propertyNames: { pattern: '^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$' },
	additionalProperties: of,
});
const examples = { type: 'array', items: text, maxItems: 10 } as const;
const ruleFields = {
	id: { ...text, description: 'stays for ever, such as no-threats' },
	title: inLanguages(text, 'what it is called'),
	text: inLanguages(text, 'what it says'),
	test: inLanguages(text, 'the question a host answers with yes or no before using it'),
	examples_yes: inLanguages(examples, 'posts to which the test says yes'),
	examples_no: inLanguages(examples, 'posts near those to which the test says no'),
	greatest_first_action: { enum: [...ACTIONS] },
	down_during_appeal: {
		type: 'boolean',
		description: 'does what was hidden or removed stay so while somebody appeals? missing is no',
	},
} as const;
const policyFields = {
	id: text,
	branch: { ...text, description: 'the branch whose addition it is; missing for the whole library' },
	adopted_by: text,
	effective_on: { ...text, description: 'YYYY-MM-DD in the library’s zone' },
} as const;

const totalsOnly = {
	anyOf: [inLanguages(text, 'why decisions are published as sums only'), { type: 'null' }],
} as const;

const whySuspended = inLanguages(text, 'why nobody comes in, for whoever wants to');

export const schemas: Readonly<Record<string, object>> = {
	Address: address,
	Location: location,
	Witness: object({
		vkey: { ...text, description: 'verifier key of type 0x04 (C2SP tlog-cosignature)' },
		url: { ...text, description: 'submission prefix (C2SP tlog-witness)' },
	}),
	Problem: {
		type: 'object',
		properties: {
			type: text,
			title: text,
			status: { type: 'integer' },
			code: text,
			request_id: text,
			errors: { type: 'array', items: object({ field: text, text }) },
		},
		required: ['type', 'title', 'status', 'code'],
	},
	NewLibrary: object(
		{
			slug: text,
			name: text,
			region: text,
			zone: { type: 'string', description: 'IANA time zone' },
			languages: { type: 'array', items: { enum: ['en', 'es'] }, minItems: 1 },
			card_digits: { type: ['integer', 'null'], minimum: 4, maximum: 32 },
			address: ref('Address'),
			phone: textOrNull,
		},
		['slug', 'name', 'region', 'zone'],
	),
	LibraryChange: object(
		{
			name: text,
			zone: text,
			phone: textOrNull,
			card_digits: { type: ['integer', 'null'], minimum: 4, maximum: 32 },
			witnesses: { type: 'array', maxItems: 20, items: ref('Witness') },
			watches: { type: 'array', maxItems: 100, items: text },
			backup_schedule: backupSchedule,
			hosting_days: hostingDays,
			upgrade_hours: upgradeHours,
		},
		[],
	),
	Library: object({
		id: text,
		slug: text,
		name: text,
		region: text,
		zone: text,
		languages: { type: 'array', items: text },
		card_origin: text,
		accountability_origin: text,
		card_digits: { type: ['integer', 'null'] },
		witnesses: { type: 'array', items: ref('Witness') },
		watches: {
			type: 'array',
			items: { ...text, description: 'verifier keys of logs that this library cosigns' },
		},
		bodies: { type: 'array', items: ref('Body') },
		records: { anyOf: [ref('AdoptedRecords'), { type: 'null' }] },
		backup_schedule: backupSchedule,
		hosting_days: hostingDays,
		upgrade_hours: upgradeHours,
		sample: { type: 'boolean' },
		address: { anyOf: [ref('Address'), { type: 'null' }] },
		phone: textOrNull,
		source_key: textOrNull,
		created: time,
	}),
	Libraries: list(ref('Library')),
	NewBranch: object(
		{
			slug: text,
			name: text,
			address: ref('Address'),
			location: locationOrNull,
			phone: textOrNull,
			cloth: text,
			home: { enum: [...HOME_KINDS], description: 'shared unless said otherwise; `move` changes it' },
		},
		['slug', 'name', 'address'],
	),
	BranchChange: object(
		{
			name: text,
			address: ref('Address'),
			location: locationOrNull,
			phone: textOrNull,
			cloth: text,
			door: ref('Door'),
			appeal_partner: text,
			federation: { enum: [...FEDERATION_MODES] },
			teens_public: { type: 'boolean' },
			totals_only: totalsOnly,
			proposed_closing: { type: 'null' },
		},
		[],
	),
	Condition: object({
		type: { enum: Object.keys(REASONS) },
		status: { enum: ['True', 'False', 'Unknown'] },
		reason: text,
		message: text,
		last_transition_time: time,
		observed_generation: { type: 'integer' },
	}),
	Branch: object({
		id: text,
		slug: text,
		name: text,
		code: text,
		cloth: text,
		kind: { enum: ['branch', 'room'] },
		stage: text,
		url: text,
		federation: { enum: [...FEDERATION_MODES] },
		teens_public: { type: 'boolean' },
		totals_only: totalsOnly,
		address: ref('Address'),
		location: locationOrNull,
		phone: textOrNull,
		door: { anyOf: [ref('Door'), { type: 'null' }] },
		policies: { type: 'array', items: text },
		appeal_partner: textOrNull,
		proposed_closing: textOrNull,
		hosting,
		suspended: { anyOf: [object({ why: whySuspended, since: time, until: time }), { type: 'null' }] },
		retired: {
			anyOf: [object({ at: time, until: time, deleted: timeOrNull }), { type: 'null' }],
			description: 'since when it is closed for good, and until when its folder is kept',
		},
		successor: {
			anyOf: [object({ id: text, name: text, url: text }), { type: 'null' }],
			description: 'where it goes on when it is closed',
		},
		home: object({ kind: { enum: [...HOME_KINDS] }, name: textOrNull }),
		generation: { type: 'integer' },
		observed_generation: { type: 'integer' },
		conditions: { type: 'array', items: ref('Condition') },
		created: time,
	}),
	Branches: list(ref('Branch')),
	...eventSchemas,
	...planSchemas,
	...signInSchemas,
	NewRule: object(ruleFields, [
		...(['id', 'title', 'text', 'test', 'examples_yes', 'examples_no', 'greatest_first_action'] as const),
	]),
	NewPolicy: object({ ...policyFields, rules: { type: 'array', items: ref('NewRule'), maxItems: 50 } }, [
		...(['id', 'adopted_by', 'effective_on', 'rules'] as const),
	]),
	Rule: object({ ...ruleFields, version: { type: 'integer' } }, [
		...(['id', 'version', 'title', 'text', 'test', 'greatest_first_action'] as const),
	]),
	Policy: object(
		{
			...policyFields,
			version: { type: 'integer' },
			rules: { type: 'array', items: ref('Rule') },
			url: { ...text, description: 'where this version stands for ever' },
			sha256: { ...text, description: 'of its canonical JSON; decisions name it' },
		},
		['id', 'version', 'adopted_by', 'effective_on', 'rules', 'url', 'sha256'],
	),
	Policies: list(ref('Policy')),
	CheckedPolicy: object({
		policy: ref('Policy'),
		warnings: { type: 'array', items: object({ field: text, text }) },
	}),
	...contactSchemas,
	...recordSchemas,
	...teamSchemas,
	...externalServerSchemas,
	...upgradeSchemas,
	...billingSchemas,
	...cellSchemas,
	...homeSchemas,
	NewClient: object(clientFields, ['id', 'name', 'origin', 'redirect_uris']),
	Client: object({ ...clientFields, secrets: { type: 'integer' } }),
	CreatedClient: object({ ...clientFields, secrets: { type: 'integer' }, secret: text }),
	Clients: list(ref('Client')),
	ClientSecret: object({ secret: text }),
	SigningKeys: list(
		object({
			kid: { ...text, description: 'its name in the published keys and in what it signed' },
			alg: { enum: ['RS256', 'ES256'] },
			state: {
				enum: [...SIGNING_KEY_STATES],
				description:
					'published and not signing yet, signing, published because what it signed may be of use, taken back',
			},
			made: time,
			signs_from: time,
			ends: { ...timeOrNull, description: 'until when it is published; null while no other comes after it' },
			withdrawn: timeOrNull,
		}),
	),
	NewSigningKeysOperation: object(
		{
			kind: { enum: ['turn', 'withdraw'] },
			keys: { type: 'array', maxItems: 20, items: { ...text, description: 'kid of a key to withdraw' } },
		},
		['kind'],
	),
	NewLibraryOperation: object({ kind: { enum: ['provision', 'privacy_report'] } }),
	NewBranchOperation: object(
		{
			kind: {
				enum: [
					'open',
					'suspend',
					'resume',
					'back_up',
					'restore',
					'move',
					'cancel_move',
					'host',
					'wait',
					'close',
					'rename',
					'retire',
					'delete',
				],
			},
			door: { type: 'object', properties: { ...door.properties }, additionalProperties: false },
			policies: { type: 'array', items: text },
			appeal_partner: text,
			why: whySuspended,
			until: {
				...time,
				description: 'of a suspension, at most 14 days away; to wait for a host: until when, at most 180',
			},
			backup: { ...text, description: 'to be restored' },
			home: { enum: [...HOME_KINDS], description: 'to move: the kind of home it moves to' },
			place: { ...text, description: 'to move: which shared home; any that has room when nothing is said' },
			cell: { ...text, description: 'to move: to which cell; any that is for it when nothing is said' },
			slug: {
				...text,
				description:
					'to rename: the new name in addresses; `door` says who hosts it there, when that changes',
			},
			name: { ...text, description: 'to rename: the name for people, when that changes' },
			successor: {
				...text,
				description: 'to close: the slug of an open branch of the library at which it goes on',
			},
			confirm: { ...text, description: 'to retire or delete: the slug of the branch, once more' },
			days: {
				type: 'integer',
				description: 'to retire: how long its folder is kept, 90 unless said otherwise',
			},
		},
		['kind'],
	),
	...backupSchemas,
	...receiptSchemas,
	...hostingSchemas,
	...operationSchemas,
	...neighborhoodSchemas,
	NewInvitation: object({ role: text, name: text, until: lastDay }, ['role', 'name']),
	NewLibraryInvitation: object(
		{
			role: { enum: LIBRARY_ROLES },
			name: {
				...text,
				description: 'as they want to be called at work; may be left out for the panel',
			},
			until: lastDay,
		},
		['role'],
	),
	Invitation: object({
		id: text,
		url: { type: 'string', description: 'shown once; opens with the library’s card sign-in' },
		expires: time,
	}),
	Invitations: list(
		object({
			id: text,
			role: text,
			name: text,
			branch: { ...textOrNull, description: 'its slug; null for the whole library' },
			expires: time,
			role_until: timeOrNull,
			invited_by: text,
		}),
	),
	Staff: list(
		object({
			id: text,
			role: text,
			name: text,
			branch: { ...textOrNull, description: 'its slug; null for the whole library' },
			from: time,
			until: timeOrNull,
			invited_by: text,
			team: { ...textOrNull, description: 'the shared team that gives the role; null for every other' },
		}),
	),
	...auditSchemas,
	...tokenSchemas,
	...staffSignInSchemas,
};
