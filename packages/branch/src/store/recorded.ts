import type { FederationAction, PeriodTotals } from '@understory/core/statement.ts';
import { sql } from './sql.ts';
import type { Reading, Writing } from './store.ts';

/** The newest version of a policy that came into force here; undefined before the first. */
export function policyInForce(reading: Reading, policy: string): number | undefined {
	const newest = sql('policy_in_force')
		.where({ policy })
		.orderBy('at', 'desc')
		.orderBy('version', 'desc')
		.limit(1);
	return reading.first<{ version: number }>(newest)?.version;
}

/** Keeps that a version came into force. */
export function keepPolicyInForce(writing: Writing, policy: string, version: number, at: number): void {
	writing.run(
		sql('policy_in_force').insert({ policy, version, at }).onConflict(['policy', 'version']).merge(),
	);
}

/** When the first version of any rules came into force; undefined before. */
export function recordedSince(reading: Reading): number | undefined {
	return reading.first<{ at: number | null }>(sql('policy_in_force').min({ at: 'at' }))?.at ?? undefined;
}

/** The last month (YYYY-MM) whose totals were written; undefined before the first. */
export function lastMonth(reading: Reading): string | undefined {
	return (
		reading.first<{ month: string | null }>(sql('month_closed').max({ month: 'month' }))?.month ?? undefined
	);
}

/** Keeps that a month's totals were written; fails when they were already. */
export function keepMonth(writing: Writing, month: string, at: number): void {
	writing.run(sql('month_closed').insert({ month, at }));
}

/** A decision of hosts about a server. */
export interface ServerAnswer {
	/** Random UUIDv4: the id of its entry. */
	readonly id: string;
	readonly origin: string;
	readonly state: FederationAction;
	readonly staff_id: string;
	readonly at: number;
}

/** Keeps an answer. */
export function addServerAnswer(writing: Writing, answer: ServerAnswer): void {
	writing.run(sql('server_answer').insert({ ...answer }));
}

/** What was done from one moment to before another, counted from the case files and not from the log. */
export function monthFigures(reading: Reading, from: number, until: number): PeriodTotals {
	const count = (table: string, column: string, only: Readonly<Record<string, string>> = {}): number =>
		reading.first<{ n: number }>(
			sql(table).count({ n: '*' }).where(only).where(column, '>=', from).where(column, '<', until),
		)?.n ?? 0;
	const by_rule = reading.all<{ policy: string; id: string; count: number }>(
		sql('decision')
			.select('policy', { id: 'rule' })
			.count({ count: '*' })
			.where('created', '>=', from)
			.where('created', '<', until)
			.groupBy('policy', 'rule')
			.orderBy(['policy', 'rule']),
	);
	return {
		decisions: count('decision', 'created'),
		by_rule,
		reversals: count('reversal', 'created'),
		appeals: count('appeal', 'filed'),
		appeals_decided: count('appeal', 'decided'),
		federation: count('server_answer', 'at'),
		policies: count('policy_in_force', 'at'),
		reports_received: count('report', 'created'),
		reports_closed: count('report', 'closed'),
		removed_opened: count('access', 'at', { what: 'removed' }),
		cases_destroyed: destroyed(reading, from, until),
		official_requests: count('office_question', 'asked'),
		official_requests_closed: count('office_question', 'closed'),
	};
}

/** Rows of who looked are not cases. */
function destroyed(reading: Reading, from: number, until: number): number {
	const query = sql('destruction').sum({ n: 'count' }).whereNot({ class: 'accesses' });
	return reading.first<{ n: number | null }>(query.where('at', '>=', from).where('at', '<', until))?.n ?? 0;
}
