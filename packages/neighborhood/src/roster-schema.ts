import type { SignedRoster } from '@understory/core/register.ts';
import { failed, ok, type Result } from '@understory/core/result.ts';
import { Ajv, type ErrorObject, type ValidateFunction } from 'ajv';

const text = (maxLength: number) => ({ type: 'string', minLength: 1, maxLength });
const time = { type: 'integer', minimum: 0, maximum: Number.MAX_SAFE_INTEGER };
const digest = { type: 'string', pattern: '^sha256:[0-9a-f]{64}$' };
const address = { type: 'string', maxLength: 2048, pattern: '^https?://[^/?#@]+(/[^#]*)?$' };
const origin = { type: 'string', maxLength: 300, pattern: '^https?://[^/?#@]+$' };
const key = strict({
	id: { type: 'string', pattern: '^[0-9a-f]{16}$' },
	publicKey: { type: 'string', pattern: '^[A-Za-z0-9+/]{43}=$' },
});
const signature = {
	key_id: { type: 'string', pattern: '^[0-9a-f]{16}$' },
	sig: { type: 'string', pattern: '^[A-Za-z0-9_-]{86}$' },
};
const consent = strict({
	type: { const: 'understory/consent/v1' },
	neighborhood: text(200),
	charter_digest: digest,
	domain: text(260),
	server_actor: address,
	key_fingerprint: digest,
	since: time,
	...signature,
});
const member = strict({
	domain: text(260),
	origin,
	server_actor: address,
	name: text(300),
	library: text(300),
	key,
	consent,
});

const part = {
	type: 'array',
	minItems: 2,
	maxItems: 2,
	items: { type: 'integer', minimum: 1, maximum: 1000 },
};
const membersDecide = strict({
	by: { const: 'members' },
	share: part,
	quorum: part,
	days: { type: 'integer', minimum: 1, maximum: 90 },
});
/** What members and steward sign besides the roster; a steward reads what branches say by these too. */
export const WITHDRAWAL_SCHEMA = strict({
	type: { const: 'understory/roster-withdrawal/v1' },
	neighborhood: text(200),
	domain: text(260),
	since: time,
	at: time,
	...signature,
});

/** A proposal about a branch has its key, and one about a list has none; `isWellNamed` says which. */
export const PROPOSAL_SCHEMA = strict(
	{
		type: { const: 'understory/roster-proposal/v1' },
		id: text(100),
		neighborhood: text(200),
		charter_digest: digest,
		kind: { enum: ['admit', 'expel', 'follow_list'] },
		domain: text(260),
		name: text(300),
		reason: text(2000),
		evidence: { type: 'string', maxLength: 4000 },
		opened: time,
		until: time,
		...signature,
	},
	{ key },
);
export const VOICE_SCHEMA = strict(
	{
		type: { const: 'understory/roster-voice/v1' },
		proposal: digest,
		domain: text(260),
		voice: { enum: ['yes', 'no'] },
		reason: text(2000),
		at: time,
		...signature,
	},
	{ people: { anyOf: [{ type: 'integer', minimum: 5, maximum: 1_000_000_000 }, { const: 'few' }] } },
);
export const REPLY_SCHEMA = strict({
	type: { const: 'understory/roster-reply/v1' },
	proposal: digest,
	domain: text(260),
	text: text(4000),
	at: time,
	...signature,
});
const decided = strict({
	event: { const: 'decided' },
	at: time,
	proposal: PROPOSAL_SCHEMA,
	voices: { type: 'array', maxItems: 5000, items: VOICE_SCHEMA },
	reply: { anyOf: [REPLY_SCHEMA, { type: 'null' }] },
});
const withdrew = strict({ event: { const: 'withdrew' }, withdrawal: WITHDRAWAL_SCHEMA });
const suspension = strict({ domain: text(260), reason: text(2000), from: time, until: time });

/** JSON Schema of a signed roster (DESIGN 4.6, 5.10): nothing that it does not name, and a size that a home can hold. */
export const ROSTER_SCHEMA = strict(
	{
		type: { const: 'understory/roster/v1' },
		id: text(200),
		name: text(300),
		url: address,
		version: { type: 'integer', minimum: 1, maximum: Number.MAX_SAFE_INTEGER },
		prev: { anyOf: [digest, { type: 'null' }] },
		charter: strict({ title: text(300), text: text(50_000) }, { changes: membersDecide }),
		steward: key,
		members: { type: 'array', maxItems: 5000, items: member },
		issued: time,
		expires: time,
		...signature,
	},
	{
		founders: { type: 'array', maxItems: 5000, items: strict({ domain: text(260), key }) },
		history: { type: 'array', maxItems: 10_000, items: { anyOf: [decided, withdrew] } },
		suspensions: { type: 'array', maxItems: 5000, items: suspension },
	},
);

/** Reads something that came from outside as a roster. Says where it is not one; signatures are not looked at here. */
export type RosterReader = (value: unknown) => Result<SignedRoster, string>;

/** Compiles the schema once; keep the reader. */
export function createRosterReader(): RosterReader {
	const validate: ValidateFunction<SignedRoster> = new Ajv({ strict: true }).compile<SignedRoster>(
		ROSTER_SCHEMA,
	);
	return (value) => (validate(value) ? ok(value) : failed(sentence(validate.errors?.[0])));
}

function sentence(error: ErrorObject | undefined): string {
	if (!error) return 'It is not a roster.';
	const where = error.instancePath === '' ? 'The document' : `The member "${error.instancePath}"`;
	return `${where} ${error.message ?? 'is not as it should be'}.`;
}

function strict(properties: Record<string, unknown>, optional: Record<string, unknown> = {}) {
	const required = Object.keys(properties);
	return {
		type: 'object',
		additionalProperties: false,
		required,
		properties: { ...properties, ...optional },
	};
}
