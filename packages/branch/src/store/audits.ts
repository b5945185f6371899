import type { AuditEntry, SignedBranchEntry } from '@understory/core/statement.ts';
import { type EntryRow, toEntry } from './entries.ts';
import { sql } from './sql.ts';
import type { Reading } from './store.ts';

/** What an auditor found of a decision, as its entry in the chain has it. */
export interface Audit {
	readonly entry: AuditEntry;
	readonly disclosures: EntryRow['disclosures'];
}

/** What an auditor found of a decision; undefined while nobody has read it. The chain itself keeps it, since nothing of it is secret. */
export function auditOf(reading: Reading, decision: string): Audit | undefined {
	const query = sql('entry').whereRaw(
		"json_extract(body, '$.kind') = 'audit' AND json_extract(body, '$.refs[0]') = ?",
		[decision],
	);
	const row = toEntry(reading.first(query));
	const entry = row && (JSON.parse(row.body) as SignedBranchEntry);
	return row && entry?.kind === 'audit' ? { entry, disclosures: row.disclosures } : undefined;
}
