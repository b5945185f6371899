import type { UnsealingEntry } from '@understory/core/statement.ts';
import { parseDisclosure } from '@understory/transparency-log/sd.ts';
import type { Library } from '../registers.ts';
import { type AuditDraw, auditDraws } from '../store/audit-draws.ts';
import type { Db } from '../store/database.ts';
import {
	countByBranch,
	disclosuresOf,
	type EntryRow,
	entriesAbout,
	entriesWith,
	findEntry,
	publishedEntries,
} from '../store/entries.ts';
import { type KeptPolicy, policiesOf } from '../store/policies.ts';
import { lastUnsealing, unsealedOf } from '../store/unsealed.ts';
import { ACT_KINDS, type Act, actOf, REVIEW_KINDS } from './act.ts';
import { type Statement, statementOf } from './statement.ts';
import { type Unsealed, unsealedOn } from './unsealed.ts';

/** What may be read of the published decisions of a library; nothing that is not yet in its log. */
export interface Statements {
	/** The newest first. */
	list(library: Library, by?: { readonly branchId?: string; readonly limit?: number }): Promise<Statement[]>;
	/** How many there are of each branch, by its id. */
	counts(library: Library): Promise<ReadonlyMap<string, number>>;
	/** One; `waiting` when it was accepted and is not published yet, `sealed` when it is counted and not shown; null when there is none. */
	one(library: Library, id: string): Promise<Statement | 'waiting' | 'sealed' | null>;
	/** Published entries of other kinds: answers to servers, versions of rules, appeals, sums of months; the newest first. */
	acts(
		library: Library,
		by?: { readonly branchId?: string; readonly limit?: number; readonly kinds?: readonly string[] },
	): Promise<Act[]>;
	/** One of these by its id; null when it is none, is not published, or is not shown. */
	act(library: Library, id: string): Promise<Act | null>;
	/** Those with these ids, in this order; what is none, or is not shown, is left out. */
	some(library: Library, ids: readonly string[]): Promise<Statement[]>;
	/** Later statements that name this one: what became of it. */
	about(library: Library, id: string): Promise<Statement[]>;
	/** Appeals and their outcomes that name this entry, the oldest first. */
	appealsAbout(library: Library, id: string): Promise<Act[]>;
	/** The texts that go with statements and were not withdrawn, by statement id, then by name (`facts`, `explanation`). */
	texts(ids: readonly string[]): Promise<Map<string, Map<string, string>>>;
	/** What the person affected made public of a decision that stands in the log; null where they did nothing. */
	unsealed(library: Library, id: string): Promise<Unsealed | null>;
	policies(library: Library): Promise<KeptPolicy[]>;
	/** Which decisions were drawn to be read again, the newest quarter first. */
	draws(library: Library): Promise<AuditDraw[]>;
}

const ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

export function createStatements(db: Db): Statements {
	async function read(library: Library, rows: readonly EntryRow[]): Promise<Statement[]> {
		if (rows.length === 0) return [];
		const policies = await policiesOf(db, library.id);
		return rows.map((row) => statementOf(library, policies, row));
	}

	return {
		list: async (library, by) => read(library, await publishedEntries(db, library.id, by)),
		counts: (library) => countByBranch(db, library.id),
		async one(library, id) {
			if (!ID.test(id)) return null;
			const row = await findEntry(db, id);
			if (row?.library_id !== library.id) return null;
			if (row.sealed) return 'sealed';
			if (!row.published) return 'waiting';
			if (ACT_KINDS.includes(row.kind)) return null;
			const [statement] = await read(library, [row]);
			return statement ?? null;
		},
		async some(library, ids) {
			const rows = await entriesWith(db, library.id, ids);
			const known = new Map((await read(library, rows)).map((one) => [one.entry.id, one]));
			return ids.flatMap((id) => known.get(id) ?? []);
		},
		acts: async (library, by) =>
			(await publishedEntries(db, library.id, { kinds: ACT_KINDS, ...by })).map((row) => actOf(library, row)),
		async act(library, id) {
			const row = ID.test(id) ? await findEntry(db, id) : undefined;
			const shown =
				row?.library_id === library.id && row.published && !row.sealed && ACT_KINDS.includes(row.kind);
			return shown ? actOf(library, row) : null;
		},
		about: async (library, id) => read(library, await entriesAbout(db, library.id, id)),
		appealsAbout: async (library, id) =>
			(await entriesAbout(db, library.id, id, REVIEW_KINDS)).map((row) => actOf(library, row)),
		async texts(ids) {
			const texts = new Map<string, Map<string, string>>();
			for (const { entry_id, disclosure } of await disclosuresOf(db, ids)) {
				const disclosed = parseDisclosure(disclosure);
				const known = texts.get(entry_id) ?? new Map<string, string>();
				if (disclosed) texts.set(entry_id, known.set(disclosed.name, disclosed.value));
			}
			return texts;
		},
		async unsealed(library, id) {
			const row = ID.test(id) ? await findEntry(db, id) : undefined;
			if (row?.library_id !== library.id || !row.published) return null;
			const last = await lastUnsealing(db, row.branch_id, id);
			if (!last?.shown) return null;
			const [statement] = await read(library, [row]);
			return unsealedOn(statement!, JSON.parse(last.entry) as UnsealingEntry, await unsealedOf(db, id));
		},
		policies: (library) => policiesOf(db, library.id),
		draws: (library) => auditDraws(db, library.id),
	};
}
