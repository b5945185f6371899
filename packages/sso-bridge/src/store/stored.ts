import type { StoredKind, StoredLine } from '@understory/core/stored.ts';
import type { Database } from './database.ts';

interface Counted {
	readonly kind: StoredKind;
	/** Which rows are of this kind, by a column and its values; all when nothing is said. */
	readonly where?: readonly [column: string, values: readonly string[]];
	/** Only rows in which this column says something. */
	readonly having?: string;
}

/**
 * Every table of this schema, and what of patrons stands in it. A table with nothing about anybody has an empty list, and says why. A test holds
 * this against the schema, so that no table is forgotten.
 */
export const STORED_IN: Readonly<Record<string, readonly Counted[]>> = {
	account: [{ kind: 'account' }, { kind: 'staff', having: 'staff_id' }],
	identity: [
		{ kind: 'link_card', where: ['kind', ['card']] },
		{ kind: 'link_ils_id', where: ['kind', ['ils_id']] },
		{ kind: 'link_saml', where: ['kind', ['saml']] },
		{ kind: 'link_oidc', where: ['kind', ['oidc']] },
	],
	oidc: [
		{ kind: 'session', where: ['model', ['Session', 'Interaction']] },
		{ kind: 'grant', where: ['model', ['Grant']] },
		{
			kind: 'code_or_token',
			where: ['model', ['AuthorizationCode', 'AccessToken', 'RefreshToken', 'ReplayDetection']],
		},
	],
	attempt: [{ kind: 'wrong_try' }],
	recovery_code: [{ kind: 'recovery_code' }],
	desk_code: [{ kind: 'desk_code' }],
	foreign_handle: [{ kind: 'foreign_handle' }],
	tombstone: [{ kind: 'tombstone' }],
	logout_notice: [{ kind: 'sign_out_notice' }],
	sign_in: [{ kind: 'sign_in' }],
	listed_card: [{ kind: 'listed_card' }],
	passkey: [{ kind: 'passkey' }],
	upstream_once: [{ kind: 'way_back' }],
	upstream_used: [{ kind: 'used_answer' }],
	upstream_session: [{ kind: 'provider_session' }],
	// Sums for a whole library, no row for anybody.
	tally: [],
	listed_batch: [],
	erasure: [{ kind: 'erasure' }],
	restriction: [{ kind: 'restriction', having: 'sealed' }],
	restricted_account: [{ kind: 'restricted_account' }],
	restricted_link: [{ kind: 'restricted_link' }],
	restricted_pass: [{ kind: 'restricted_pass' }],
	// What staff did, how often, on which day; not for whom.
	desk_act: [],
	alert: [],
	// What the catalogue did with the canary, a card of nobody.
	canary_verdict: [],
	// The bridge's own keys.
	signing_key: [],
	subject_key: [],
	day_key: [],
	upstream_key: [],
	// Providers' own public descriptions.
	upstream_provider: [],
	key_change: [],
	// Knex' own.
	migration: [],
	migration_lock: [],
};

/** Counts what is kept about the patrons of a library; kinds of which there is nothing are there too, with 0. */
export async function countStored(database: Database, library: string): Promise<StoredLine[]> {
	const lines: StoredLine[] = [];
	for (const [table, kinds] of Object.entries(STORED_IN)) {
		for (const { kind, where, having } of kinds) {
			const query = database(table).where({ library });
			if (where) query.whereIn(...(where as [string, string[]]));
			if (having) query.whereNotNull(having);
			const row = await query.count<{ count: string }[]>('* as count').first();
			lines.push({ kind, count: Number(row?.count ?? 0) });
		}
	}
	return lines;
}
