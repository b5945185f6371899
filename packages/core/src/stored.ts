/**
 * What the bridge keeps about the patrons of a library, kind by kind, as counts (`understory privacy-report`). Kinds are words for
 * `packages/cli/src/stored-words.ts`; a kind without a sentence there is a mistake.
 */
export const STORED_KINDS = [
	'account',
	'link_card',
	'link_ils_id',
	'link_saml',
	'link_oidc',
	'staff',
	'session',
	'grant',
	'code_or_token',
	'wrong_try',
	'recovery_code',
	'desk_code',
	'foreign_handle',
	'tombstone',
	'sign_out_notice',
	'sign_in',
	'listed_card',
	'passkey',
	'way_back',
	'used_answer',
	'provider_session',
	'erasure',
	'restriction',
	'restricted_account',
	'restricted_link',
	'restricted_pass',
] as const;
export type StoredKind = (typeof STORED_KINDS)[number];

export interface StoredLine {
	readonly kind: StoredKind;
	readonly count: number;
}

/** The bridge's answer to one asking. */
export interface StoredReport {
	readonly library: string;
	/** The operation that asked. */
	readonly operation: string;
	readonly lines: readonly StoredLine[];
}
