import type { AuditEntry, SignedBranchEntry } from '@understory/core/statement.ts';
import { type EntryRow, toEntry } from './entries.ts';
import { readSetting, writeSetting } from './settings.ts';
import { sql } from './sql.ts';
import type { Reading, Writing } from './store.ts';

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

/** By decision, which host has not yet read what an auditor found of it. */
type Unread = Readonly<Record<string, string>>;

/** Whoever decided is told of it until they open the case. */
export function addAuditNews(writing: Writing, decision: string, staffId: string): void {
	writeSetting(writing, 'audit_news', { ...readSetting<Unread>(writing, 'audit_news'), [decision]: staffId });
}

/** Their decisions that an auditor read, and they have not opened since. */
export function auditNews(reading: Reading, staffId: string): string[] {
	const unread = Object.entries(readSetting<Unread>(reading, 'audit_news') ?? {});
	return unread.filter(([, host]) => host === staffId).map(([decision]) => decision);
}

/** They have read it. */
export function endAuditNews(writing: Writing, decision: string): void {
	const { [decision]: _read, ...others } = readSetting<Unread>(writing, 'audit_news') ?? {};
	writeSetting(writing, 'audit_news', others);
}
