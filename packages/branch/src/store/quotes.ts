import { sql, written } from './sql.ts';
import type { Reading, Writing } from './store.ts';

/**
 * How it stands with the consent of whoever wrote the quoted post. `asked`: there is none, or none that could be seen yet. `link`: nobody
 * was ever asked (the older ways to quote). `gone`: the server that quotes says that there is nothing to quote any more.
 */
export type QuoteState = 'asked' | 'agreed' | 'refused' | 'taken_back' | 'link' | 'gone';

/** That one post quotes another; either may be ours or a copy. */
export interface Quote {
	/** The post that quotes. */
	readonly post: number;
	/** The post that is quoted, when it is here. */
	readonly quoted: number | null;
	/** Its id on the wire; empty when that was never said. */
	readonly uri: string;
	readonly state: QuoteState;
	/** Address of the consent (QuoteAuthorization): of ours as we gave it, of others as it was told. */
	readonly stamp: string | null;
	/** Id of the activity that asked for it. */
	readonly request: string | null;
	/** When the state changed last; UTC milliseconds, as the next two. */
	readonly changed: number;
	/** When the consent was seen last at its own address. */
	readonly checked: number | null;
	/** When it is to be looked for next. */
	readonly due: number | null;
	readonly tries: number;
}

/** What a post quotes. */
export function quoteIn(reading: Reading, post: number): Quote | undefined {
	return reading.first<Quote>(written('SELECT * FROM quote WHERE post = ?', post));
}

/** By the address of the consent. */
export function quoteByStamp(reading: Reading, stamp: string): Quote | undefined {
	return reading.first<Quote>(sql('quote').where({ stamp }));
}

/** By the activity that asked. */
export function quoteByRequest(reading: Reading, request: string): Quote | undefined {
	return reading.first<Quote>(sql('quote').where({ request }));
}

/** What quotes a post, newest first. */
export function quotesOf(reading: Reading, quoted: number, limit: number): Quote[] {
	return reading.all<Quote>(
		written('SELECT * FROM quote WHERE quoted = ? ORDER BY post DESC LIMIT ?', quoted, limit),
	);
}

/** What quotes posts of a person here and stands like this, newest first. */
export function quotesOfPerson(reading: Reading, person: number, state: QuoteState, limit: number): Quote[] {
	const posts = sql('post').select('id').where({ person });
	const query = sql('quote').where({ state }).whereIn('quoted', posts);
	return reading.all<Quote>(query.orderBy('post', 'desc').limit(limit));
}

/** Keeps that a post quotes another; a post quotes one. */
export function keepQuote(writing: Writing, quote: Quote): void {
	writing.run(
		sql('quote')
			.insert({ ...quote })
			.onConflict('post')
			.merge(),
	);
}

/** Changes how it stands. */
export function changeQuote(writing: Writing, post: number, changes: Partial<Omit<Quote, 'post'>>): void {
	writing.run(
		sql('quote')
			.where({ post })
			.update({ ...changes }),
	);
}

/** Forgets what a post quoted. */
export function forgetQuote(writing: Writing, post: number): void {
	writing.run(sql('quote').where({ post }).delete());
}

/** A post came that others quote: they point to it now, and their consent is looked for. */
export function joinQuotes(
	writing: Writing,
	post: { readonly id: number; readonly uri: string },
	now: number,
): boolean {
	const join = 'UPDATE quote SET quoted = ?, due = ?, tries = 0 WHERE uri = ? AND quoted IS NULL';
	return writing.run(written(join, post.id, now, post.uri)) > 0;
}

/** The one whose consent is to be looked for next. */
export function nextQuote(reading: Reading): Quote | undefined {
	return reading.first<Quote>(sql('quote').whereNotNull('due').orderBy('due').orderBy('post'));
}

/** Those of these posts whose consent lies elsewhere and was seen before a moment. */
export function quotesToCheck(reading: Reading, posts: readonly number[], before: number): number[] {
	const query = sql('quote')
		.select('post')
		.whereIn('post', [...posts])
		.where({ state: 'agreed' })
		.whereNotNull('stamp')
		.whereNull('due')
		.whereRaw('coalesce(checked, changed) < ?', [before])
		.whereIn('quoted', sql('post').select('id').whereNotNull('remote'));
	return reading.all<{ post: number }>(query).map(({ post }) => post);
}

/** How many wait for that. */
export function countDueQuotes(reading: Reading): number {
	return reading.first<{ n: number }>(sql('quote').count({ n: '*' }).whereNotNull('due'))?.n ?? 0;
}
