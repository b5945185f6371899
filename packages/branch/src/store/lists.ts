import { sql } from './sql.ts';
import type { Reading, Writing } from './store.ts';

/** People somebody gathered under a name. */
export interface List {
	readonly id: number;
	readonly person: number;
	readonly name: string;
	/** 1: its people are on this list and not on the home board. */
	readonly exclusive: 0 | 1;
}

/** Somebody's lists, oldest first. */
export function listsOf(reading: Reading, person: number): List[] {
	return reading.all<List>(sql('list').where({ person }).orderBy('id'));
}

/** One of somebody's lists. */
export function listBy(reading: Reading, person: number, id: number): List | undefined {
	return reading.first<List>(sql('list').where({ person, id }));
}

/** Keeps a new list. */
export function addList(writing: Writing, list: List): void {
	writing.run(sql('list').insert({ ...list }));
}

/** Changes a list. */
export function changeList(writing: Writing, id: number, changes: Pick<List, 'name' | 'exclusive'>): void {
	writing.run(sql('list').where({ id }).update(changes));
}

/** Takes a list away, with its people. */
export function removeList(writing: Writing, id: number): void {
	writing.run(sql('list').where({ id }).delete());
}

/** Actor ids on a list. */
export function membersOf(reading: Reading, list: number): string[] {
	const query = sql('list_member').select('actor').where({ list }).orderBy('actor');
	return reading.all<{ actor: string }>(query).map(({ actor }) => actor);
}

/** Puts somebody on a list. */
export function addMember(writing: Writing, list: number, actor: string): void {
	writing.run(sql('list_member').insert({ list, actor }).onConflict().ignore());
}

/** Takes somebody off a list. */
export function removeMember(writing: Writing, list: number, actor: string): void {
	writing.run(sql('list_member').where({ list, actor }).delete());
}

/** Actor ids on any exclusive list of somebody. */
export function exclusiveMembers(reading: Reading, person: number): string[] {
	const query = sql('list_member')
		.distinct('actor')
		.join('list', 'list.id', 'list_member.list')
		.where({ person, exclusive: 1 });
	return reading.all<{ actor: string }>(query).map(({ actor }) => actor);
}
