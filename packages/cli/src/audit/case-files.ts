import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { dateIn, monthAfter, startOfMonth } from '@understory/core/calendar.ts';
import type { DesiredBranch } from '@understory/core/desired.ts';
import { BadInput } from '@understory/core/errors.ts';
import type { PeriodTotals } from '@understory/core/statement.ts';

/** Kinds of entry that have a case behind them in the branch's folder. */
export const CASE_KINDS = [
	'decision',
	'reversal',
	'appeal',
	'appeal_outcome',
	'federation',
	'policy',
	'period_totals',
] as const;
export type CaseKind = (typeof CASE_KINDS)[number];

/** Something that was done at a branch, as its case files have it. */
export interface Case {
	readonly kind: CaseKind;
	/** What tells it apart within its kind: an id, a policy with its version, a month. */
	readonly key: string;
	/** YYYY-MM-DD in the library's zone. */
	readonly on: string;
	/** What its entry has to say, by the names of the entry's fields. */
	readonly says: Readonly<Record<string, string | number>>;
}

/** An entry as the branch itself keeps it, in the order of its chain. */
export interface ChainEntry {
	readonly id: string;
	readonly body: string;
	readonly digest: string;
	readonly disclosures: readonly string[];
	/** When the site took it, UTC milliseconds; null before. */
	readonly sent: number | null;
}

/** What a branch's folder says was done. */
export interface CaseFiles {
	/** Host of the branch, with its port where it has one: the name under which it stands in the log. */
	readonly branch: string;
	readonly zone: string;
	readonly cases: readonly Case[];
	readonly chain: readonly ChainEntry[];
	/** What was done in a month (YYYY-MM), counted anew. */
	readonly figures: ReadonlyMap<string, PeriodTotals>;
}

/**
 * Reads the case files of a branch from its folder, which may be a copy or the one that is served: nothing is written, and all is of one moment.
 * Sealed texts stay sealed. Throws `BadInput` when the folder holds no branch that this command can read.
 */
export function readCaseFiles(folder: string): CaseFiles {
	const file = join(folder, 'branch.sqlite');
	let database: DatabaseSync | undefined;
	try {
		database = new DatabaseSync(file, { readOnly: true, timeout: 5_000 });
		database.exec('begin');
		return readAll(database);
	} catch (cause) {
		throw new BadInput(`${folder} holds no branch that can be read: ${(cause as Error).message}.`);
	} finally {
		database?.close();
	}
}

function readAll(database: DatabaseSync): CaseFiles {
	const all = <Row>(sql: string, ...given: number[]) => database.prepare(sql).all(...given) as Row[];
	const [setting] = all<{ value: string }>("select value from setting where key = 'desired'");
	if (!setting) throw new Error('it was never told what it is');
	const { library, branch } = JSON.parse(setting.value) as DesiredBranch;
	const on = (at: number) => dateIn(library.zone, at);
	const months = all<{ month: string; at: number }>('select month, at from month_closed order by month');
	const cases: Case[] = [
		...all<Decision>('select * from decision order by created, id').map((row): Case => decisionCase(row, on)),
		...all<{ id: string; decision: string; created: number }>(
			'select id, decision, created from reversal order by created, id',
		).map(
			({ id, decision, created }): Case => ({
				...{ kind: 'reversal', key: id, on: on(created) },
				says: { decided_on: on(created), 'refs.0': decision },
			}),
		),
		...all<Appeal>('select * from appeal order by filed, id').flatMap((row) => appealCases(row, on)),
		...all<Answer>('select * from server_answer order by at, id').map(
			({ id, state, origin, at }): Case => ({
				...{ kind: 'federation', key: id, on: on(at) },
				says: { decided_on: on(at), action: state, server: new URL(origin).host },
			}),
		),
		...all<{ policy: string; version: number; at: number }>('select * from policy_in_force order by at').map(
			({ policy, version, at }): Case => ({
				...{ kind: 'policy', key: `${policy}/${version}`, on: on(at) },
				says: { decided_on: on(at), 'policy.id': policy, 'policy.version': version },
			}),
		),
		...months.map(
			({ month, at }): Case => ({ kind: 'period_totals', key: month, on: on(at), says: { month } }),
		),
	];
	return {
		branch: new URL(branch.origin).host,
		zone: library.zone,
		cases,
		chain: all<Omit<ChainEntry, 'disclosures'> & { disclosures: string }>(
			'select id, body, digest, disclosures, sent from entry order by seq',
		).map((row) => ({ ...row, disclosures: JSON.parse(row.disclosures) as string[] })),
		figures: new Map(months.map(({ month }) => [month, figuresOf(all, library.zone, month)])),
	};
}

interface Decision {
	readonly id: string;
	readonly rule: string;
	readonly rule_version: number;
	readonly policy: string;
	/** JSON. */
	readonly actions: string;
	readonly appeal_until: string;
	readonly created: number;
}

interface Appeal {
	readonly id: string;
	readonly decision: string;
	readonly step: number;
	readonly meanwhile: string;
	readonly filed: number;
	/** These three are null until somebody decided. */
	readonly outcome: string | null;
	readonly outcome_id: string | null;
	readonly decided: number | null;
}

/** An appeal, and what came of it. */
function appealCases(row: Appeal, on: (at: number) => string): Case[] {
	const { id, decision, step, meanwhile, filed, outcome, outcome_id, decided } = row;
	const appeal: Case = {
		...{ kind: 'appeal', key: id, on: on(filed) },
		says: { decided_on: on(filed), step, meanwhile, 'refs.0': decision },
	};
	if (outcome === null || outcome_id === null || decided === null) return [appeal];
	const says = { decided_on: on(decided), step, outcome, 'refs.0': id };
	return [appeal, { ...{ kind: 'appeal_outcome', key: outcome_id, on: on(decided) }, says }];
}

interface Answer {
	readonly id: string;
	readonly origin: string;
	readonly state: string;
	readonly at: number;
}

function decisionCase(row: Decision, on: (at: number) => string): Case {
	return {
		...{ kind: 'decision', key: row.id, on: on(row.created) },
		says: {
			...{ decided_on: on(row.created), action: (JSON.parse(row.actions) as string[]).join() },
			...{ 'rule.policy': row.policy, 'rule.id': row.rule, 'rule.version': row.rule_version },
			'appeal.open_until': row.appeal_until,
		},
	};
}

/** A month counted from the cases themselves, as the branch should have counted it (reference/accountability.md 2.2). */
function figuresOf(
	all: <Row>(sql: string, ...given: number[]) => Row[],
	zone: string,
	month: string,
): PeriodTotals {
	const stretch = [startOfMonth(zone, month), startOfMonth(zone, monthAfter(month))];
	const count = (table: string, column: string): number =>
		all<{ n: number }>(
			`select count(*) n from ${table} where ${column} >= ? and ${column} < ?`,
			...stretch,
		)[0]!.n;
	return {
		decisions: count('decision', 'created'),
		by_rule: all<PeriodTotals['by_rule'][number]>(
			'select policy, rule id, count(*) count from decision where created >= ? and created < ? group by policy, rule',
			...stretch,
		).map((row) => ({ ...row })),
		federation: count('server_answer', 'at'),
		policies: count('policy_in_force', 'at'),
		reversals: count('reversal', 'created'),
		appeals: count('appeal', 'filed'),
		appeals_decided: count('appeal', 'decided'),
		reports_received: count('report', 'created'),
		reports_closed: count('report', 'closed'),
	};
}
