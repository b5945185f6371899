import type { RosterProposal } from './roster-change.ts';
import type { Action } from './rule.ts';
import type { Scope } from './scope.ts';

/**
 * One entry of the public log (reference/accountability.md 1.2): dates and not times, no handle, no text, no id of a post or a
 * person. Free text is committed to by salted digests (`_sd`) and published apart, so that it can be withdrawn (DESIGN 5.9).
 * The bytes that are logged are the JCS form of the signed entry.
 */
export interface Entry {
	readonly type: 'understory/entry/v1';
	/** Random UUIDv4. */
	readonly id: string;
	/** Host name of the branch, with its port where it has one. */
	readonly branch: string;
	readonly kind: 'decision' | 'reversal' | 'correction' | 'redaction';
	readonly action: readonly Action[];
	/** YYYY-MM-DD, or null for without end. */
	readonly until: string | null;
	readonly ground: 'rule' | 'law';
	readonly rule: {
		readonly id: string;
		readonly version: number;
		readonly policy: string;
		readonly policy_sha256: string;
	};
	readonly scope: Exclude<Scope, 'direct' | 'followers'> | 'federated_in';
	readonly content_type: readonly ContentType[];
	/** YYYY-MM. */
	readonly content_month: string;
	/** YYYY-MM-DD in the library's zone. */
	readonly decided_on: string;
	readonly received_to_decided_hours: '<=4' | '<=24' | '<=72' | '<=168' | '>168';
	readonly source: 'patron_report' | 'remote_report' | 'staff' | 'legal_order' | 'official_request';
	readonly automated_detection: boolean;
	readonly automated_decision: 'none';
	readonly notice_sent: 'yes' | 'no_account' | 'unreachable';
	readonly appeal: { readonly open_until: string } | null;
	/** Role and branch, `host@belmont#1`: never a name. */
	readonly decided_by: string;
	readonly refs: readonly string[];
	readonly _sd_alg: 'sha-256';
	readonly _sd: readonly string[];
	readonly branch_key_id: string;
	/** `sha256:<hex>` of this branch's entry before, null for its first. */
	readonly prev: string | null;
}

/** What every entry of a branch's chain has, whatever it tells. */
export interface EntryFrame {
	readonly type: 'understory/entry/v1';
	readonly id: string;
	readonly branch: string;
	/** YYYY-MM-DD in the library's zone. */
	readonly decided_on: string;
	readonly refs: readonly string[];
	readonly _sd_alg: 'sha-256';
	readonly _sd: readonly string[];
	readonly branch_key_id: string;
	readonly prev: string | null;
}

/**
 * Hosts decided about another server: let it in or refused it, keep it away so far, keep it away no more (`restored`), or leave it as it is (`left`); or gave the branch's voice about it
 * in a neighborhood. Servers are named; people on them are not (reference/accountability.md 1.3).
 */
export interface FederationEntry extends EntryFrame {
	readonly kind: 'federation';
	readonly action: FederationAction;
	/** Host name of the server, with its port where it has one; for a list of servers that of its address. */
	readonly server: string;
	readonly decided_by: string;
	/** With the two voices, and with nothing else. */
	readonly voice?: VoiceInLog;
	/** Missing where nobody is asked. */
	readonly people?: {
		/** People of the branch whom it touches, and who were asked before, or told after where it could not wait. */
		readonly asked: CountInLog;
		readonly answered: CountInLog;
	};
	/** YYYY-MM-DD: when it ends by itself; missing or null for when hosts decide so. */
	readonly until?: string | null;
	/** YYYY-MM-DD: when hosts look again; null where there is nothing to look at. */
	readonly review_on?: string | null;
}

export const FEDERATION_ACTIONS = [
	'let_in',
	'refused',
	'media_refused',
	'silenced',
	'limited',
	'suspended',
	'restored',
	'left',
	'voice_yes',
	'voice_no',
] as const;
export type FederationAction = (typeof FEDERATION_ACTIONS)[number];
/** The branch said what it thinks of a proposal to its neighborhood, whose members decide together (docs/adr/0101). */
export const VOICES = ['voice_yes', 'voice_no'] as const satisfies readonly FederationAction[];

/** What a branch gave its voice about. */
export interface VoiceInLog {
	readonly about: RosterProposal['kind'];
	/** `sha256:<hex>` of the signed proposal, under which the voice stands on the roster. */
	readonly proposal: string;
}

/** Counts from nought to four are never told apart (reference/accountability.md 3.1, 6). */
export const FEWEST = 5;
export type CountInLog = number | 'under_five';

/** A count of people as the log may say it. */
export function countInLog(count: number): CountInLog {
	return count < FEWEST ? 'under_five' : count;
}

/** A version of the rules came into force at a branch. */
export interface PolicyEntry extends EntryFrame {
	readonly kind: 'policy';
	readonly policy: {
		readonly id: string;
		readonly version: number;
		readonly sha256: string;
		/** YYYY-MM-DD. */
		readonly effective_on: string;
		/** The version that held here before; null for the first. */
		readonly replaces: number | null;
	};
}

/**
 * The contacts that hold at a branch, its own or the library's, are others than before. The list is `contact-versions.ts`'s document; the log names offices and no
 * people, and digests of what is told about each.
 */
export interface ContactsEntry extends EntryFrame {
	readonly kind: 'contacts';
	readonly contacts: {
		/** 1, 2, 3 …: the branch's own count. Many changes at once stand in several entries of one version. */
		readonly version: number;
		/** `sha256:<hex>` of the whole list as it is now. */
		readonly sha256: string;
		/** That of the version before; null for the first. */
		readonly replaces: string | null;
		readonly changes: readonly ContactInLog[];
	};
}

/** What became of one contact. */
export interface ContactInLog {
	readonly what: 'added' | 'changed' | 'ended';
	/** Whose contact it is. */
	readonly of: 'library' | 'branch';
	readonly role: string;
	readonly body: string | null;
	/** Open Civic Data division id. */
	readonly division: string | null;
	/** `sha256:<hex>` of what is told about it now; null when it ended. */
	readonly sha256: string | null;
	/** That of what was told before; null when it is new. */
	readonly replaces: string | null;
}

/** Changes that one entry may name: so many of the longest fit into 65,535 bytes. */
export const MOST_CONTACT_CHANGES = 40;

/** Somebody appeals: `refs` names the decision. Their words and who they are stay with the case. */
export interface AppealEntry extends EntryFrame {
	readonly kind: 'appeal';
	/** The step of the ladder, from 1. */
	readonly step: number;
	/** What the decision did is lifted until somebody else has decided, or stands meanwhile because its rule says so. */
	readonly meanwhile: Meanwhile;
}

export type Meanwhile = 'lifted' | 'stands';

/** Somebody else decided again: `refs` names the appeal, then the decision. What was overturned is reversed by an entry of its own. */
export interface AppealOutcomeEntry extends EntryFrame {
	readonly kind: 'appeal_outcome';
	readonly step: number;
	readonly outcome: AppealOutcome;
	readonly decided_by: string;
}

export type AppealOutcome = 'upheld' | 'overturned';

/** Somebody who decides nothing here read a decision again, after it was drawn (`audit-draw.ts`): `refs` names it. */
export interface AuditEntry extends EntryFrame {
	readonly kind: 'audit';
	/** Would they have decided the same under the same rule? */
	readonly agrees: boolean;
	readonly decided_by: string;
}

/** Texts of a decision that the person it is about may make public: what the host wrote, and what they themselves had posted. */
export const UNSEALABLE = ['facts', 'text'] as const;
export type Unsealable = (typeof UNSEALABLE)[number];

/** The person a decision is about made texts of it public, or took that back: `refs` names the decision. Nobody else can. */
export interface UnsealingEntry extends EntryFrame {
	readonly kind: 'unsealing';
	readonly state: 'published' | 'taken_back';
	/** In the order of `UNSEALABLE`; none of them can be left over when it is taken back. */
	readonly fields: readonly Unsealable[];
}

/** An office, and nobody's name. */
export interface OfficeInLog {
	readonly role: string;
	readonly body: string | null;
	/** Open Civic Data division id. */
	readonly division: string | null;
}

/** What an office can ask: about a case that the person it is about let it read. */
export const OFFICIAL_REQUESTS = ['case_question'] as const;
/** What comes of it: `declined`, the library said why it does not answer; `withdrawn`, the person ended what they had signed. */
export const REQUEST_OUTCOMES = ['answered', 'declined', 'withdrawn'] as const;
export type RequestOutcome = (typeof REQUEST_OUTCOMES)[number];

/**
 * An office of government asked the library something (`open`, and `refs` is empty: neither the case nor anybody is named), or that came to an end: then `refs` names the
 * first. Every request is there, whatever came of it (reference/accountability.md 3.5).
 */
export interface OfficialRequestEntry extends EntryFrame {
	readonly kind: 'official_request';
	readonly request: (typeof OFFICIAL_REQUESTS)[number];
	readonly office: OfficeInLog;
	readonly outcome: 'open' | RequestOutcome;
	/** Days from the question to its end, both in the library's zone; null while it is open. */
	readonly days: number | null;
}

/** What a branch did in a month, counted from its own case files: it must equal what its entries sum to. */
export interface TotalsEntry extends EntryFrame {
	readonly kind: 'period_totals';
	/** YYYY-MM, closed. */
	readonly month: string;
	readonly totals: PeriodTotals;
}

export interface PeriodTotals {
	readonly decisions: number;
	/** Rules that were used, by policy and id. */
	readonly by_rule: readonly { readonly policy: string; readonly id: string; readonly count: number }[];
	/** Decisions about servers, with the voices that were given in neighborhoods. */
	readonly federation: number;
	/** These three are missing in sums of months before branches wrote them. */
	readonly reversals?: number;
	readonly appeals?: number;
	readonly appeals_decided?: number;
	/** Versions of rules that came into force. */
	readonly policies: number;
	readonly reports_received: number;
	/** Reports that a host closed, whatever they did about them. */
	readonly reports_closed: number;
	/** How often somebody on the staff opened what was removed; and cases of which something was destroyed by the schedule. Missing in sums from before branches wrote them. */
	readonly removed_opened?: number;
	readonly cases_destroyed?: number;
	/** Questions of offices, and those that came to an end. Missing in sums from before branches wrote them. */
	readonly official_requests?: number;
	readonly official_requests_closed?: number;
}

/** Everything that a branch writes into the log. */
export type BranchEntry =
	| Entry
	| FederationEntry
	| PolicyEntry
	| ContactsEntry
	| AppealEntry
	| AppealOutcomeEntry
	| AuditEntry
	| UnsealingEntry
	| OfficialRequestEntry
	| TotalsEntry;

/** Kinds that are statements about content or people; the others are told apart by what they have. */
export const STATEMENT_KINDS: readonly Entry['kind'][] = ['decision', 'reversal', 'correction', 'redaction'];

export type ContentType = 'text' | 'image' | 'audio' | 'video' | 'link' | 'account' | 'domain';

export type SignedEntry = Entry & Signed;
export type SignedBranchEntry = BranchEntry & Signed;
interface Signed {
	readonly key_id: string;
	readonly sig: string;
}

/** What a branch posts to `<accountability origin>/entries`: the exact bytes, and the disclosures that go with them. */
export interface EntrySubmission {
	readonly entry: string;
	readonly disclosures: readonly string[];
	/** With an unsealing: disclosures of the decision that it names, which stay apart so that they can be taken back. */
	readonly unsealed?: readonly string[];
	/**
	 * People with an account who were at the branch in the last 30 days. Never published: the site shows decisions one by one only where there are
	 * enough. Missing counts as nobody.
	 */
	readonly people?: number;
}

/** The bucket of a time to decision, so that no exact time is published. */
export function hoursBucket(milliseconds: number): Entry['received_to_decided_hours'] {
	const hours = milliseconds / 3_600_000;
	if (hours <= 4) return '<=4';
	if (hours <= 24) return '<=24';
	if (hours <= 72) return '<=72';
	return hours <= 168 ? '<=168' : '>168';
}
