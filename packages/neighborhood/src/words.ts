import type { RosterWords } from '@understory/core/roster-change.ts';
import { Ajv, type ValidateFunction } from 'ajv';
import { REPLY_SCHEMA, VOICE_SCHEMA, WITHDRAWAL_SCHEMA } from './roster-schema.ts';

/** What a branch may hold of each at once. */
const MOST = 500;
const some = (items: object) => ({ type: 'array', maxItems: MOST, items });

let compiled: ValidateFunction<RosterWords> | null = null;

/** Reads what a branch says about its rosters; null when it is not in its form. Signatures are looked at where it is counted. */
export function readRosterWords(value: unknown): RosterWords | null {
	compiled ??= new Ajv({ strict: true }).compile<RosterWords>({
		type: 'object',
		additionalProperties: false,
		required: ['voices', 'replies', 'withdrawals'],
		properties: {
			voices: some(VOICE_SCHEMA),
			replies: some(REPLY_SCHEMA),
			withdrawals: some(WITHDRAWAL_SCHEMA),
		},
	});
	return compiled(value) ? value : null;
}
