import type { BranchRecord } from '@understory/core/register.ts';
import type {
	AppealEntry,
	AppealOutcomeEntry,
	AuditEntry,
	ContactsEntry,
	FederationEntry,
	OfficialRequestEntry,
	PolicyEntry,
	SignedBranchEntry,
	TotalsEntry,
	UnsealingEntry,
} from '@understory/core/statement.ts';
import type { Library } from '../registers.ts';
import type { EntryRow } from '../store/entries.ts';

/** A published entry that is no statement about content or people. */
export interface Act {
	readonly entry: ActEntry & Pick<SignedBranchEntry, 'key_id'>;
	readonly row: EntryRow;
	/** As the register has it now; null when the branch is gone from it. */
	readonly branch: BranchRecord | null;
}

export type ActEntry =
	| FederationEntry
	| PolicyEntry
	| ContactsEntry
	| AppealEntry
	| AppealOutcomeEntry
	| AuditEntry
	| UnsealingEntry
	| OfficialRequestEntry
	| TotalsEntry;

/** Somebody else looked at a decision again: an appeal, what came of it, an audit. */
export const REVIEW_KINDS: readonly ActEntry['kind'][] = ['appeal', 'appeal_outcome', 'audit'];

export const ACT_KINDS: readonly string[] = [
	...['federation', 'policy', 'contacts', 'period_totals', 'unsealing', 'official_request'],
	...REVIEW_KINDS,
];

/** Reads a row of the store. The bytes were checked when they came in. */
export function actOf(library: Library, row: EntryRow): Act {
	return {
		entry: JSON.parse(row.entry) as Act['entry'],
		row,
		branch: library.register.branches.find(({ id }) => id === row.branch_id) ?? null,
	};
}
