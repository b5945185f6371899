import { sql, written } from './sql.ts';
import type { Reading, Writing } from './store.ts';

/** A question somebody asks, here or elsewhere. Moments are UTC milliseconds. */
export interface Poll {
	readonly post: number;
	/** Null when its server names no end. */
	readonly ends: number | null;
	/** May people choose more than one? */
	readonly many: boolean;
	/** How many people chose something: as its server says, or as it was at the end; null while it is open here. */
	readonly voters: number | null;
	readonly closed: number | null;
	/** When the servers that hold it are told how it stands; null when they know. */
	readonly refresh: number | null;
}

/** One of the things to choose. `votes` is what its server says, or how it was at the end. */
export interface Choice {
	readonly n: number;
	readonly name: string;
	readonly votes: number;
}

/** That somebody chose something; kept until the question is over. */
export interface Vote {
	readonly id: number;
	readonly post: number;
	readonly choice: number;
	readonly actor: string;
}

type Row = Omit<Poll, 'many'> & { readonly many: number };

/** The question of a post, or undefined. */
export function pollOf(reading: Reading, post: number): Poll | undefined {
	return toPoll(reading.first<Row>(written('SELECT * FROM poll WHERE post = ?', post)));
}

/** In the order in which they are offered. */
export function choicesOf(reading: Reading, post: number): Choice[] {
	return reading.all<Choice>(
		written('SELECT n, name, votes FROM poll_choice WHERE post = ? ORDER BY n', post),
	);
}

/** Keeps a question with its choices, or how it stands now. */
export function keepPoll(writing: Writing, poll: Poll, choices: readonly Choice[]): void {
	const row: Row = { ...poll, many: poll.many ? 1 : 0 };
	writing.run(sql('poll').insert(row).onConflict('post').merge());
	for (const choice of choices) {
		const one = { ...choice, post: poll.post };
		writing.run(sql('poll_choice').insert(one).onConflict(['post', 'n']).merge());
	}
}

/** Changes when its holders are told. */
export function refreshAt(writing: Writing, post: number, refresh: number | null): void {
	writing.run(sql('poll').where({ post }).update({ refresh }));
}

/** Takes a question away, with everything about it. */
export function removePoll(writing: Writing, post: number): void {
	writing.run(sql('poll').where({ post }).delete());
}

/** Keeps a vote. */
export function addVote(writing: Writing, vote: Vote): void {
	writing.run(sql('vote').insert({ ...vote }));
}

/** By its number. */
export function voteById(reading: Reading, id: number): Vote | undefined {
	return reading.first<Vote>(sql('vote').where({ id }));
}

/** What somebody chose. */
export function votesBy(reading: Reading, post: number, actor: string): number[] {
	return reading.all<Vote>(sql('vote').where({ post, actor }).orderBy('choice')).map(({ choice }) => choice);
}

/** How many chose each, by number; and how many people that are. */
export function tally(
	reading: Reading,
	post: number,
): { readonly votes: ReadonlyMap<number, number>; readonly voters: number } {
	const each = sql('vote').where({ post }).groupBy('choice').select('choice').count({ n: '*' });
	const people = sql('vote').where({ post }).countDistinct({ n: 'actor' });
	const rows = reading.all<{ choice: number; n: number }>(each);
	const voters = reading.first<{ n: number }>(people)?.n ?? 0;
	return { votes: new Map(rows.map(({ choice, n }) => [choice, n])), voters };
}

/** Everybody who chose something. */
export function votersOf(reading: Reading, post: number): string[] {
	return reading
		.all<{ actor: string }>(sql('vote').distinct('actor').where({ post }))
		.map(({ actor }) => actor);
}

/** Forgets who chose what. */
export function forgetVotes(writing: Writing, post: number): void {
	writing.run(sql('vote').where({ post }).delete());
}

/** Questions whose time is over, and those whose holders are to be told. */
export function pollsDue(reading: Reading, now: number, limit: number): Poll[] {
	const over = sql('poll').whereNull('closed').where('ends', '<=', now).limit(limit);
	const stale = sql('poll').whereNotNull('refresh').where('refresh', '<=', now).limit(limit);
	const found = new Map(
		[...reading.all<Row>(over), ...reading.all<Row>(stale)].map((row) => [row.post, row]),
	);
	return [...found.values()].map((row) => toPoll(row)!);
}

/** When there is something to do for a question, or null. */
export function nextPoll(reading: Reading): number | null {
	const ends = reading.first<{ at: number | null }>(sql('poll').min({ at: 'ends' }).whereNull('closed'));
	const told = reading.first<{ at: number | null }>(
		sql('poll').min({ at: 'refresh' }).whereNotNull('refresh'),
	);
	const due = [ends?.at, told?.at].filter((at) => at !== null && at !== undefined);
	return due.length > 0 ? Math.min(...due) : null;
}

function toPoll(row: Row | undefined): Poll | undefined {
	return row && { ...row, many: row.many === 1 };
}
