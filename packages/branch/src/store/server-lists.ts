import type { Listed } from '../services/restricting/read-list.ts';
import { sql } from './sql.ts';
import type { Reading, Writing } from './store.ts';

/** A list of servers that somebody publishes. */
export interface ServerList {
	readonly id: number;
	readonly name: string;
	/** Where it is read every day; null for a file that was read in once. */
	readonly url: string | null;
	readonly staff_id: string;
	readonly created: number;
	/** When it is read next, UTC milliseconds. */
	readonly due: number | null;
	/** When it was last read well. */
	readonly read: number | null;
	/** Why it could not be read the last time: `silent`, `large`, `none`. */
	readonly fault: string | null;
	/** How many of its lines say nothing that a branch could do. */
	readonly unread: number;
}

/** A line of a list, and what hosts here made of it. `waiting` until they said something; `taken` when it was decided or is asked about. */
export interface ServerDraft extends Listed {
	readonly list: number;
	readonly state: 'waiting' | 'taken' | 'declined';
	readonly came: number;
	/** Since when the list does not have it any more. */
	readonly gone: number | null;
}

/** All lists, by name. */
export function serverLists(reading: Reading): ServerList[] {
	return reading.all<ServerList>(sql('server_list').orderBy('name').orderBy('id'));
}

/** One of them. */
export function serverListBy(reading: Reading, id: number): ServerList | undefined {
	return reading.first<ServerList>(sql('server_list').where({ id }));
}

/** The one that has been due longest. */
export function nextServerList(reading: Reading): ServerList | undefined {
	return reading.first<ServerList>(sql('server_list').whereNotNull('due').orderBy('due').limit(1));
}

/** Keeps a new list. */
export function addServerList(writing: Writing, list: ServerList): void {
	writing.run(sql('server_list').insert({ ...list }));
}

/** How the last reading went. */
export function changeServerList(
	writing: Writing,
	id: number,
	changes: Partial<Pick<ServerList, 'due' | 'read' | 'fault' | 'unread'>>,
): void {
	writing.run(sql('server_list').where({ id }).update(changes));
}

/** Takes it away with its drafts. What was decided stays. */
export function removeServerList(writing: Writing, id: number): void {
	writing.run(sql('server_list').where({ id }).delete());
}

/** What stands on a list, by name; with `state` only those. */
export function draftsOf(reading: Reading, list: number, state?: ServerDraft['state']): ServerDraft[] {
	const query = sql('server_draft').where({ list }).orderBy('host');
	return reading.all<ServerDraft>(state === undefined ? query : query.where({ state }));
}

/** How many drafts of all lists wait. */
export function countDrafts(reading: Reading, list?: number): number {
	const query = sql('server_draft').count({ n: '*' }).where({ state: 'waiting' }).whereNull('gone');
	return reading.first<{ n: number }>(list === undefined ? query : query.where({ list }))?.n ?? 0;
}

/** Puts what a list says now beside what it said: new lines wait, what is on it no more is marked, and nothing else happens. */
export function keepListed(writing: Writing, list: number, listed: readonly Listed[], now: number): void {
	const before = new Map(draftsOf(writing, list).map((draft) => [draft.host, draft]));
	for (const { host, level, comment } of listed) {
		const known = before.get(host);
		before.delete(host);
		if (!known) {
			writing.run(
				sql('server_draft').insert({ list, host, level, comment, state: 'waiting', came: now, gone: null }),
			);
		} else if (known.level !== level || known.comment !== comment || known.gone !== null) {
			const state = known.level === level ? known.state : 'waiting';
			writing.run(sql('server_draft').where({ list, host }).update({ level, comment, state, gone: null }));
		}
	}
	for (const { host, gone } of before.values()) {
		if (gone === null) writing.run(sql('server_draft').where({ list, host }).update({ gone: now }));
	}
}

/** What hosts made of a line. */
export function settleDraft(writing: Writing, list: number, host: string, state: ServerDraft['state']): void {
	writing.run(sql('server_draft').where({ list, host }).update({ state }));
}

/** What lists say about a server now, by the names of the lists. */
export function listsNaming(reading: Reading, host: string): (Listed & { readonly name: string })[] {
	const query = sql('server_draft').select('host', 'level', 'comment', 'name');
	const found = query.join('server_list', 'server_list.id', 'server_draft.list').where({ host });
	return reading.all<Listed & { name: string }>(found.whereNull('gone').orderBy('name'));
}
