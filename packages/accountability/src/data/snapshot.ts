import { STATEMENT_KINDS } from '@understory/core/statement.ts';
import type { Library } from '../registers.ts';
import { auditDraws } from '../store/audit-draws.ts';
import type { Db } from '../store/database.ts';
import { publishedEntries } from '../store/entries.ts';
import { policiesOf } from '../store/policies.ts';
import { unsealedIds } from '../store/unsealed.ts';
import { ACT_KINDS, type Act, actOf, REVIEW_KINDS } from './act.ts';
import { createStatements, type Statements } from './read-statements.ts';
import { type Statement, statementOf } from './statement.ts';

/**
 * All that is published of a library at this moment, read once, for whoever makes every page of it. Texts are read a thousand at a time, when the
 * first of them is asked for; what is not published is asked of the database as ever.
 */
export async function snapshotOf(
	db: Db,
	library: Library,
): Promise<Statements & { readonly ids: readonly string[] }> {
	const live = createStatements(db);
	const policies = await policiesOf(db, library.id);
	const draws = await auditDraws(db, library.id);
	const unsealed = await unsealedIds(db, library.id);
	const rows = await publishedEntries(db, library.id, { kinds: [...STATEMENT_KINDS, ...ACT_KINDS] });
	const statements: Statement[] = [];
	const acts: Act[] = [];
	for (const row of rows) {
		if (ACT_KINDS.includes(row.kind)) acts.push(actOf(library, row));
		else statements.push(statementOf(library, policies, row));
	}
	const statementById = new Map(statements.map((one) => [one.entry.id, one]));
	const actById = new Map(acts.map((one) => [one.entry.id, one]));
	const about = new Map<string, Statement[]>();
	for (const one of statements.toReversed())
		for (const ref of one.entry.refs) about.set(ref, [...(about.get(ref) ?? []), one]);
	const appeals = new Map<string, Act[]>();
	for (const one of acts.toReversed())
		if (REVIEW_KINDS.includes(one.entry.kind))
			for (const ref of one.entry.refs) appeals.set(ref, [...(appeals.get(ref) ?? []), one]);
	const ids = rows.map(({ id }) => id);
	const placeOf = new Map(ids.map((id, n) => [id, n]));
	const statementsOf = Map.groupBy(statements, ({ row }) => row.branch_id);
	const actsOf = Map.groupBy(acts, ({ row }) => row.branch_id);
	let part: { readonly from: number; readonly texts: ReturnType<Statements['texts']> } | null = null;

	return {
		ids,
		list: async (_library, { branchId, limit } = {}) =>
			(branchId === undefined ? statements : (statementsOf.get(branchId) ?? [])).slice(0, limit),
		async acts(_library, { kinds, branchId, limit } = {}) {
			const some = branchId === undefined ? acts : (actsOf.get(branchId) ?? []);
			return (kinds ? some.filter(({ entry }) => kinds.includes(entry.kind)) : some).slice(0, limit);
		},
		counts: async () => new Map([...statementsOf].map(([id, some]) => [id, some.length])),
		appealsAbout: async (_library, id) => appeals.get(id) ?? [],
		one: async (_library, id) => statementById.get(id) ?? (actById.has(id) ? null : live.one(library, id)),
		async some(_library, ids) {
			const known = ids.flatMap((id) => statementById.get(id) ?? []);
			// What was published a moment ago is not in it.
			return known.length === ids.length ? known : live.some(library, ids);
		},
		act: async (_library, id) => actById.get(id) ?? null,
		about: async (_library, id) => about.get(id) ?? [],
		async texts(wanted) {
			const places = wanted.map((id) => placeOf.get(id) ?? -1);
			const from = Math.floor(Math.min(...places) / AT_ONCE) * AT_ONCE;
			if (places.length !== 1 || from < 0) return live.texts(wanted);
			if (part?.from !== from) part = { from, texts: live.texts(ids.slice(from, from + AT_ONCE)) };
			return part.texts;
		},
		unsealed: async (_library, id) => (unsealed.has(id) ? live.unsealed(library, id) : null),
		policies: async () => policies,
		draws: async () => draws,
	};
}

const AT_ONCE = 1_000;
