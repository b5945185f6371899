import { OFFICE } from '@understory/core/contact-versions.ts';
import { ACTIONS } from '@understory/core/rule.ts';
import {
	FEDERATION_ACTIONS,
	FEWEST,
	MOST_CONTACT_CHANGES,
	OFFICIAL_REQUESTS,
	REQUEST_OUTCOMES,
	STATEMENT_KINDS,
	UNSEALABLE,
	VOICES,
} from '@understory/core/statement.ts';

const date = { type: 'string', format: 'date' } as const;
const uuid = {
	type: 'string',
	pattern: '^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$',
} as const;
const digest = { type: 'string', pattern: '^sha256:[0-9a-f]{64}$' } as const;
const month = { type: 'string', pattern: '^[0-9]{4}-(0[1-9]|1[0-2])$' } as const;
const keyId = { type: 'string', pattern: '^[0-9a-f]{16}$' } as const;
/** A name that cannot be a sentence: rules, policies, stations. */
const name = { type: 'string', pattern: '^[a-z0-9][a-z0-9.:@#_-]{0,79}$' } as const;

/** The name of an office, and where it holds (Open Civic Data). */
const office = { type: 'string', pattern: OFFICE } as const;
const division = {
	...{ type: 'string', maxLength: 300 },
	pattern: '^ocd-division/country:[a-z]{2}(?:/[a-z_]+:[a-z0-9._~-]+)*$',
} as const;

const count = { type: 'integer', minimum: 0 } as const;
const host = { type: 'string', pattern: '^[a-z0-9.-]{1,253}(:[0-9]{1,5})?$' } as const;

/** What every entry has (core/statement.ts, `EntryFrame`), with its signature. */
const frame = {
	type: { const: 'understory/entry/v1' },
	id: uuid,
	branch: host,
	decided_on: date,
	refs: { type: 'array', maxItems: 100, uniqueItems: true, items: uuid },
	_sd_alg: { const: 'sha-256' },
	_sd: {
		type: 'array',
		maxItems: 40,
		uniqueItems: true,
		items: { type: 'string', pattern: '^[A-Za-z0-9_-]{43}$' },
	},
	branch_key_id: keyId,
	prev: { anyOf: [digest, { type: 'null' }] },
	key_id: keyId,
	sig: { type: 'string', pattern: '^[A-Za-z0-9_-]{86}$' },
} as const;

/** Closed: a field that is not named is refused, and every text is of a closed form, so that no handle and no words of a post get into the log. */
function closed(title: string, properties: object, optional: object = {}) {
	return {
		title,
		type: 'object',
		additionalProperties: false,
		required: Object.keys({ ...frame, ...properties }),
		properties: { ...frame, ...properties, ...optional },
	} as const;
}

/** An object with these properties and no others; those in `optional` may be missing. */
function part(properties: object, optional: readonly string[] = []) {
	return {
		type: 'object',
		additionalProperties: false,
		required: Object.keys(properties).filter((name) => !optional.includes(name)),
		properties,
	} as const;
}

const orNull = (schema: object) => ({ anyOf: [schema, { type: 'null' }] });

/** Of people. */
const fewOrMany = { anyOf: [{ const: 'under_five' }, { type: 'integer', minimum: FEWEST }] } as const;

/** What a signed entry of each kind must be (core/statement.ts, reference/accountability.md 1.2). */
export const entrySchemas = {
	statement: closed('A statement about content or people', {
		kind: { enum: STATEMENT_KINDS },
		action: { type: 'array', minItems: 1, maxItems: 5, uniqueItems: true, items: { enum: ACTIONS } },
		until: orNull(date),
		ground: { enum: ['rule', 'law'] },
		rule: part({
			id: name,
			version: { type: 'integer', minimum: 1 },
			policy: name,
			policy_sha256: { type: 'string', pattern: '^(sha256:)?[0-9a-f]{64}$' },
		}),
		scope: { enum: ['branch', 'neighborhood', 'public', 'federated_in'] },
		content_type: {
			type: 'array',
			maxItems: 7,
			uniqueItems: true,
			items: { enum: ['text', 'image', 'audio', 'video', 'link', 'account', 'domain'] },
		},
		content_month: month,
		received_to_decided_hours: { enum: ['<=4', '<=24', '<=72', '<=168', '>168'] },
		source: { enum: ['patron_report', 'remote_report', 'staff', 'legal_order', 'official_request'] },
		automated_detection: { type: 'boolean' },
		automated_decision: { const: 'none' },
		notice_sent: { enum: ['yes', 'no_account', 'unreachable'] },
		appeal: orNull(part({ open_until: date })),
		decided_by: name,
	}),
	federation: {
		...closed(
			'A decision about another server, or a voice about it in a neighborhood',
			{
				kind: { const: 'federation' },
				action: { enum: FEDERATION_ACTIONS },
				server: host,
				decided_by: name,
			},
			{
				people: part({ asked: fewOrMany, answered: fewOrMany }),
				until: orNull(date),
				review_on: orNull(date),
				voice: part({ about: { enum: ['admit', 'expel', 'follow_list'] }, proposal: digest }),
			},
		),
		if: { type: 'object', properties: { action: { enum: VOICES } } },
		// biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema.
		then: { type: 'object', properties: { voice: true }, required: ['voice'] },
		else: { type: 'object', properties: { voice: false } },
	},
	policy: closed('A version of the rules came into force', {
		kind: { const: 'policy' },
		policy: part({
			id: name,
			version: { type: 'integer', minimum: 1 },
			sha256: digest,
			effective_on: date,
			replaces: orNull({ type: 'integer', minimum: 1 }),
		}),
	}),
	contacts: closed('The contacts of a branch changed', {
		kind: { const: 'contacts' },
		contacts: part({
			version: { type: 'integer', minimum: 1 },
			sha256: digest,
			replaces: orNull(digest),
			changes: {
				type: 'array',
				minItems: 1,
				maxItems: MOST_CONTACT_CHANGES,
				items: part({
					what: { enum: ['added', 'changed', 'ended'] },
					of: { enum: ['library', 'branch'] },
					role: office,
					body: orNull(office),
					division: orNull(division),
					sha256: orNull(digest),
					replaces: orNull(digest),
				}),
			},
		}),
	}),
	appeal: closed('Somebody appeals against a decision', {
		kind: { const: 'appeal' },
		step: { type: 'integer', minimum: 1, maximum: 9 },
		meanwhile: { enum: ['lifted', 'stands'] },
	}),
	appeal_outcome: closed('Somebody else decided again', {
		kind: { const: 'appeal_outcome' },
		step: { type: 'integer', minimum: 1, maximum: 9 },
		outcome: { enum: ['upheld', 'overturned'] },
		decided_by: name,
	}),
	audit: closed('An auditor read a decision again', {
		kind: { const: 'audit' },
		agrees: { type: 'boolean' },
		decided_by: name,
	}),
	unsealing: closed('The person affected made a decision public, or took that back', {
		kind: { const: 'unsealing' },
		state: { enum: ['published', 'taken_back'] },
		fields: {
			type: 'array',
			minItems: 1,
			maxItems: UNSEALABLE.length,
			uniqueItems: true,
			items: { enum: UNSEALABLE },
		},
	}),
	official_request: closed('An office asked the library something, or what came of that', {
		kind: { const: 'official_request' },
		request: { enum: OFFICIAL_REQUESTS },
		office: part({ role: office, body: orNull(office), division: orNull(division) }),
		outcome: { enum: ['open', ...REQUEST_OUTCOMES] },
		days: orNull(count),
	}),
	period_totals: closed('What a branch did in a month', {
		kind: { const: 'period_totals' },
		month,
		totals: part(
			{
				decisions: count,
				by_rule: { type: 'array', maxItems: 500, items: part({ policy: name, id: name, count }) },
				reversals: count,
				appeals: count,
				appeals_decided: count,
				federation: count,
				policies: count,
				reports_received: count,
				reports_closed: count,
				removed_opened: count,
				cases_destroyed: count,
				official_requests: count,
				official_requests_closed: count,
			},
			[
				...['reversals', 'appeals', 'appeals_decided', 'removed_opened', 'cases_destroyed'],
				...['official_requests', 'official_requests_closed'],
			],
		),
	}),
} as const;

/** The schema of the entry of this kind; that of a statement for what is of no known kind, so that its faults are named. */
export function schemaNameOf(kind: unknown): keyof typeof entrySchemas {
	const own = typeof kind === 'string' && kind !== 'statement' && Object.hasOwn(entrySchemas, kind);
	return own ? (kind as keyof typeof entrySchemas) : 'statement';
}

/** What `/schemas/entry-v1.json` says: every entry of a branch, and what stands for one that is sealed. */
export function publishedSchema(address: string): object {
	return {
		$schema: 'http://json-schema.org/draft-07/schema#',
		$id: address,
		title: 'A leaf of a moderation log of Understory',
		description:
			'The first leaf of a year may be the last checkpoint of the year before, which is no JSON (C2SP tlog-checkpoint). Bytes are canonical JSON (RFC 8785); texts are disclosed apart (RFC 9901).',
		oneOf: [
			...Object.values(entrySchemas),
			{
				title: 'A decision that is counted and not shown, or a decoy',
				...part({
					type: { const: 'understory/sealed/v1' },
					_sd_alg: { const: 'sha-256' },
					_sd: {
						type: 'array',
						minItems: 1,
						maxItems: 1,
						items: { type: 'string', pattern: '^[A-Za-z0-9_-]{43}$' },
					},
				}),
			},
		],
	};
}

/** The body of `POST /entries`. */
export const submissionSchema = {
	$schema: 'http://json-schema.org/draft-07/schema#',
	type: 'object',
	additionalProperties: false,
	required: ['entry', 'disclosures'],
	properties: {
		entry: { type: 'string', minLength: 2 },
		people: { type: 'integer', minimum: 0 },
		disclosures: {
			type: 'array',
			maxItems: 20,
			uniqueItems: true,
			items: { type: 'string', pattern: '^[A-Za-z0-9_-]{1,8192}$' },
		},
		unsealed: {
			type: 'array',
			maxItems: UNSEALABLE.length,
			uniqueItems: true,
			items: { type: 'string', pattern: '^[A-Za-z0-9_-]{1,65536}$' },
		},
	},
} as const;
