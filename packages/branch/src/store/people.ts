import type { AgeBand, Standing } from '@understory/core/claims.ts';
import type { QuotePolicy } from '@understory/core/quote.ts';
import type { Scope } from '@understory/core/scope.ts';
import { sql, written } from './sql.ts';
import type { Reading, Writing } from './store.ts';

/** Somebody with an account at this branch. Nothing here says who they are outside (DESIGN 4.7). */
export interface Person {
	readonly id: number;
	/** `branch` is the branch's own voice: nobody signs in as it. */
	readonly kind: 'person' | 'branch';
	/** The pairwise name the card issuer gave us. */
	readonly sub: string;
	readonly handle: string;
	readonly name: string;
	readonly summary_source: string;
	readonly summary_html: string;
	readonly age_band: AgeBand;
	readonly standing: Standing;
	readonly staff_id: string | null;
	readonly default_scope: Scope;
	readonly language: string;
	/** `<policy>@<version>` of what they agreed to, separated by spaces. */
	readonly rules_agreed: string;
	/** 1: whoever wants to follow asks first. */
	readonly asks_first: 0 | 1;
	/** Who may quote their posts. */
	readonly quote_policy?: QuotePolicy;
	/** 1: search engines may list their page and posts, unless they are young (`services/listed.ts`). */
	readonly listed?: 0 | 1;
	/** Actor id of the account elsewhere they moved to. */
	readonly moved_to?: string | null;
	readonly created: number;
	/** UTC milliseconds of the last sign-in. */
	readonly seen: number;
}

/** By id; whoever deleted their account is not found here. */
export function personById(reading: Reading, id: number): Person | undefined {
	return reading.first<Person>(written('SELECT * FROM person WHERE id = ? AND gone IS NULL', id));
}

/** Somebody who deleted their account: a number and a handle, and nothing else. */
export function departed(reading: Reading, id: number): Person | undefined {
	return reading.first<Person>(written('SELECT * FROM person WHERE id = ? AND gone IS NOT NULL', id));
}

/** How somebody is called. */
export interface PersonName {
	readonly handle: string;
	readonly name: string;
}

/** How everybody here is called. */
export function personNames(reading: Reading): PersonName[] {
	return reading.all<PersonName>(written("SELECT handle, name FROM person WHERE kind = 'person'"));
}

/** Has anybody this handle, or had they ever? */
export function isHandleTaken(reading: Reading, handle: string): boolean {
	return reading.first(sql('person').select('id').where({ handle })) !== undefined;
}

/** By handle, whatever its case. */
export function personByHandle(reading: Reading, handle: string): Person | undefined {
	return reading.first<Person>(written('SELECT * FROM person WHERE handle = ? AND gone IS NULL', handle));
}

/** By the pairwise subject of a sign-in. */
export function personBySub(reading: Reading, sub: string): Person | undefined {
	return reading.first<Person>(sql('person').where({ sub }));
}

/** The branch's own voice, once it has one. */
export function voice(reading: Reading): Person | undefined {
	return reading.first<Person>(sql('person').where({ kind: 'branch' }));
}

/** Everyone, by name. */
export function everybody(reading: Reading): Person[] {
	return reading.all<Person>(
		sql('person').where({ kind: 'person' }).whereNull('gone').orderByRaw('name COLLATE NOCASE, id'),
	);
}

/** The branch's voice, and people who said that search engines may list them; by how old their account is. */
export function listedPeople(reading: Reading, limit: number): Person[] {
	const query = sql('person').whereNull('gone').whereRaw("(listed = 1 OR kind = 'branch')");
	return reading.all<Person>(query.orderBy('id').limit(limit));
}

/** People whose handle, or a word of whose name, begins like this. */
export function peopleLike(reading: Reading, beginning: string, limit: number): Person[] {
	const start = `${beginning.replace(/[\\%_]/g, '\\$&')}%`;
	const like = "(handle LIKE ? ESCAPE '\\' OR name LIKE ? ESCAPE '\\' OR name LIKE ? ESCAPE '\\')";
	const query = sql('person')
		.where({ kind: 'person' })
		.whereNull('gone')
		.whereRaw(like, [start, start, `% ${start}`]);
	return reading.all<Person>(query.orderBy('handle').limit(limit));
}

/** How many accounts there are. */
export function countPeople(reading: Reading): number {
	return (
		reading.first<{ n: number }>(sql('person').count({ n: '*' }).where({ kind: 'person' }).whereNull('gone'))
			?.n ?? 0
	);
}

/** How many signed in since a moment. */
export function countSeenSince(reading: Reading, since: number): number {
	return reading.first<{ n: number }>(sql('person').count({ n: '*' }).where('seen', '>=', since))?.n ?? 0;
}

/** A new account. Fails when the handle or the subject is taken. */
export function addPerson(writing: Writing, person: Person): void {
	writing.run(sql('person').insert({ ...person }));
}

/** Changes what may change of an account. */
export function changePerson(
	writing: Writing,
	id: number,
	changes: Partial<Omit<Person, 'id' | 'sub' | 'handle' | 'created'>>,
): void {
	writing.run(
		sql('person')
			.where({ id })
			.update({ ...changes }),
	);
}

/** How many people made an account here since a moment. */
export function joinedSince(reading: Reading, since: number): number {
	const query = sql('person').count({ n: '*' }).where({ kind: 'person' }).where('created', '>=', since);
	return reading.first<{ n: number }>(query)?.n ?? 0;
}
