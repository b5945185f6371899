import type { Action } from '@understory/core/rule.ts';
import { sql } from './sql.ts';
import type { Reading, Writing } from './store.ts';

/** A host's decision about a post, or about somebody as such: the case. Its id is the id of the public statement. */
export interface DecisionRow {
	/** Random UUIDv4. */
	readonly id: string;
	readonly post: number | null;
	/** Whom it is about; null when they have no account here. */
	readonly person: number | null;
	readonly rule: string;
	readonly rule_version: number;
	readonly policy: string;
	readonly policy_version: number;
	readonly actions: readonly Action[];
	/** Sealed with the data key. */
	readonly facts: string;
	readonly staff_id: string;
	/** YYYY-MM-DD, at the outside: who reads of it sooner has less time (`appeal-clock.ts`). */
	readonly appeal_until: string;
	readonly created: number;
	/** UTC milliseconds when it ends by itself; null for what does not. */
	readonly until: number | null;
	/** How many days of suspension it says are considered; the person can answer first. Null for most. */
	readonly considers: number | null;
	/** The decision that said so before. */
	readonly follows: string | null;
}

type Row = Omit<DecisionRow, 'actions'> & { readonly actions: string };

/** That a decision does not hold any more, from its beginning. */
export interface ReversalRow {
	/** Random UUIDv4: the id of its entry. */
	readonly id: string;
	readonly decision: string;
	/** Sealed with the data key. */
	readonly reason: string;
	readonly staff_id: string;
	readonly created: number;
}

/** By id. */
export function decisionById(reading: Reading, id: string): DecisionRow | undefined {
	const row = reading.first<Row>(sql('decision').where({ id }));
	return row && toDecision(row);
}

/** The newest first; `before`: older than this moment. */
export function listDecisions(
	reading: Reading,
	{ before = Number.MAX_SAFE_INTEGER, limit }: { readonly before?: number; readonly limit: number },
): DecisionRow[] {
	const query = sql('decision').where('created', '<', before).orderBy('created', 'desc').orderBy('id');
	return reading.all<Row>(query.limit(limit)).map(toDecision);
}

/** Those about one person, the newest first, each with the notice that told them. */
export function decisionsToldTo(
	reading: Reading,
	person: number,
	limit: number,
): { readonly decision: DecisionRow; readonly notice: number }[] {
	const query = sql('decision')
		.join('notice', 'notice.decision', 'decision.id')
		.where({ 'decision.person': person, 'notice.person': person, 'notice.kind': 'decision' })
		.select('decision.*', { notice: 'notice.id' })
		.orderBy('decision.created', 'desc')
		.orderBy('decision.id')
		.limit(limit);
	return reading
		.all<Row & { notice: number }>(query)
		.map(({ notice, ...row }) => ({ decision: toDecision(row), notice }));
}

/** Those about one person of here, or about posts of one from elsewhere, the newest first. */
export function decisionsAbout(
	reading: Reading,
	who: { readonly person: number } | { readonly remote: number },
	limit: number,
): DecisionRow[] {
	const query =
		'person' in who
			? sql('decision').where({ person: who.person })
			: sql('decision')
					.select('decision.*')
					.join('post', 'post.id', 'decision.post')
					.where({ remote: who.remote });
	const newest = query.orderBy('decision.created', 'desc').orderBy('decision.id').limit(limit);
	return reading.all<Row>(newest).map(toDecision);
}

function toDecision(row: Row): DecisionRow {
	return { ...row, actions: JSON.parse(row.actions) as Action[] };
}

/** What somebody says to a longer suspension that is considered. */
export interface AnswerRow {
	readonly decision: string;
	/** Sealed with the data key. */
	readonly words: string;
	readonly at: number;
}

/** What the person said to what a decision considers. */
export function answerTo(reading: Reading, decision: string): AnswerRow | undefined {
	return reading.first<AnswerRow>(sql('answer').where({ decision }));
}

/** Keeps an answer; fails when there is one. */
export function addAnswer(writing: Writing, answer: AnswerRow): void {
	writing.run(sql('answer').insert({ ...answer }));
}

/** The decision that did what an earlier one considered. */
export function followUpOf(reading: Reading, decision: string): DecisionRow | undefined {
	const row = reading.first<Row>(sql('decision').where({ follows: decision }));
	return row && toDecision(row);
}

/** What took a decision back, if anything did. */
export function reversalOf(reading: Reading, decision: string): ReversalRow | undefined {
	return reading.first<ReversalRow>(sql('reversal').where({ decision }));
}

/** Keeps a reversal; fails when the decision was reversed already. */
export function addReversal(writing: Writing, reversal: ReversalRow): void {
	writing.run(sql('reversal').insert({ ...reversal }));
}

/** Keeps a decision. */
export function addDecision(writing: Writing, decision: DecisionRow): void {
	writing.run(sql('decision').insert({ ...decision, actions: JSON.stringify(decision.actions) }));
}

/** The number a member of the staff goes by in the log this year: a pseudonym that ends with the year. */
export function staffNumber(writing: Writing, staffId: string, year: number): number {
	const known = writing.first<{ number: number }>(
		sql('staff_number').select('number').where({ staff_id: staffId, year }),
	);
	if (known) return known.number;
	const top = writing.first<{ n: number | null }>(sql('staff_number').max({ n: 'number' }).where({ year }));
	const number = (top?.n ?? 0) + 1;
	writing.run(sql('staff_number').insert({ staff_id: staffId, year, number }));
	return number;
}
