import { sql } from './sql.ts';
import type { Reading, Writing } from './store.ts';

/** Somebody elsewhere asks to quote a post of ours, and the post that is to quote it has to be fetched first. */
export interface QuoteAsk {
	/** Id of the QuoteRequest. */
	readonly activity: string;
	/** Who asks. */
	readonly actor: string;
	/** The post of ours. */
	readonly quoted: number;
	/** Id of the post that is to quote it. */
	readonly quoting: string;
	/** UTC milliseconds. */
	readonly due: number;
	readonly tries: number;
}

/** Keeps it; a second time changes nothing. */
export function addQuoteAsk(writing: Writing, ask: QuoteAsk): void {
	writing.run(
		sql('quote_ask')
			.insert({ ...ask })
			.onConflict()
			.ignore(),
	);
}

/** The one to be looked at next. */
export function nextQuoteAsk(reading: Reading): QuoteAsk | undefined {
	return reading.first<QuoteAsk>(sql('quote_ask').orderBy('due').orderBy('activity'));
}

/** It is tried again later. */
export function putOffQuoteAsk(writing: Writing, activity: string, due: number, tries: number): void {
	writing.run(sql('quote_ask').where({ activity }).update({ due, tries }));
}

/** It is done with. */
export function dropQuoteAsk(writing: Writing, activity: string): void {
	writing.run(sql('quote_ask').where({ activity }).delete());
}

/** How many wait. */
export function countQuoteAsks(reading: Reading): number {
	return reading.first<{ n: number }>(sql('quote_ask').count({ n: '*' }))?.n ?? 0;
}
