import { ACTIONS } from '@understory/core/rule.ts';

const date = { type: 'string', format: 'date' } as const;
const uuid = {
	type: 'string',
	pattern: '^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$',
} as const;
const digest = { type: 'string', pattern: '^sha256:[0-9a-f]{64}$' } as const;
const keyId = { type: 'string', pattern: '^[0-9a-f]{16}$' } as const;
/** A name that cannot be a sentence: rules, policies, stations. */
const name = { type: 'string', pattern: '^[a-z0-9][a-z0-9.:@#_-]{0,79}$' } as const;

/**
 * What a signed entry must be (core/statement.ts, reference/accountability.md 1.2). Closed: a field that is not named here is
 * refused, and every text is of a closed form, so that no handle and no words of a post can get into the log.
 */
export const entrySchema = {
	$schema: 'http://json-schema.org/draft-07/schema#',
	type: 'object',
	additionalProperties: false,
	required: [
		'type',
		'id',
		'branch',
		'kind',
		'action',
		'until',
		'ground',
		'rule',
		'scope',
		'content_type',
		'content_month',
		'decided_on',
		'received_to_decided_hours',
		'source',
		'automated_detection',
		'automated_decision',
		'notice_sent',
		'appeal',
		'decided_by',
		'refs',
		'_sd_alg',
		'_sd',
		'branch_key_id',
		'prev',
		'key_id',
		'sig',
	],
	properties: {
		type: { const: 'understory/entry/v1' },
		id: uuid,
		branch: { type: 'string', pattern: '^[a-z0-9.-]{1,253}(:[0-9]{1,5})?$' },
		kind: { enum: ['decision', 'reversal', 'correction', 'redaction'] },
		action: { type: 'array', minItems: 1, maxItems: 5, uniqueItems: true, items: { enum: ACTIONS } },
		until: { anyOf: [date, { type: 'null' }] },
		ground: { enum: ['rule', 'law'] },
		rule: {
			type: 'object',
			additionalProperties: false,
			required: ['id', 'version', 'policy', 'policy_sha256'],
			properties: {
				id: name,
				version: { type: 'integer', minimum: 1 },
				policy: name,
				policy_sha256: { type: 'string', pattern: '^(sha256:)?[0-9a-f]{64}$' },
			},
		},
		scope: { enum: ['branch', 'neighborhood', 'public', 'federated_in'] },
		content_type: {
			type: 'array',
			maxItems: 7,
			uniqueItems: true,
			items: { enum: ['text', 'image', 'audio', 'video', 'link', 'account', 'domain'] },
		},
		content_month: { type: 'string', pattern: '^[0-9]{4}-(0[1-9]|1[0-2])$' },
		decided_on: date,
		received_to_decided_hours: { enum: ['<=4', '<=24', '<=72', '<=168', '>168'] },
		source: { enum: ['patron_report', 'remote_report', 'staff', 'legal_order', 'official_request'] },
		automated_detection: { type: 'boolean' },
		automated_decision: { const: 'none' },
		notice_sent: { enum: ['yes', 'no_account', 'unreachable'] },
		appeal: {
			anyOf: [
				{
					type: 'object',
					additionalProperties: false,
					required: ['open_until'],
					properties: { open_until: date },
				},
				{ type: 'null' },
			],
		},
		decided_by: name,
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
	},
} as const;

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
	},
} as const;
