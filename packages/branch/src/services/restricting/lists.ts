import { BadInput, Conflict } from '@understory/core/errors.ts';
import type { BranchContext } from '../../context.ts';
import {
	addServerList,
	changeServerList,
	keepListed,
	nextServerList,
	removeServerList,
	type ServerList,
	serverListBy,
	serverLists,
} from '../../store/server-lists.ts';
import { cleanLine } from '../plain-text.ts';
import { isWebAddress, readPublished, type Unread } from '../read-published.ts';
import { LARGEST_LIST, type ReadList, readList } from './read-list.ts';
import { fault } from './reason.ts';
import { checkDecides } from './ruling.ts';

const HOUR = 60 * 60_000;
/** How often a list is read, and when again after a fault. */
const EVERY = 24 * HOUR;
const AFTER_A_FAULT = 6 * HOUR;
export const MOST_LISTS = 20;

/**
 * Follows a list that somebody publishes: it is read every day, and makes drafts. Nothing on it happens before a host says so, and nothing is taken back by itself.
 * Returns its number. Throws NotAllowed, BadInput `list_url`, `list_name`, Conflict `lists_full`, `list_known`.
 */
export function followList(
	context: BranchContext,
	staffId: string,
	typed: { readonly url: string; readonly name: string },
): number {
	checkDecides(context, staffId);
	const url = typed.url.trim();
	if (!isWebAddress(url)) throw fault('url', 'list_url');
	const id = context.ids.next();
	const { href } = new URL(url);
	context.store.transact((writing) => {
		if (serverLists(writing).some((list) => list.url === href)) {
			throw new Conflict('This list is followed already.', 'list_known');
		}
		addServerList(writing, newList(context, staffId, { id, name: typed.name, url: href }));
		writing.afterwards(context.wake);
	});
	return id;
}

/** Reads a file in as drafts, once. Returns the number of the list. Throws NotAllowed, BadInput `list_name`, and what `readList` throws, Conflict `lists_full`. */
export async function bringList(
	context: BranchContext,
	staffId: string,
	brought: { readonly bytes: Buffer; readonly name: string },
): Promise<number> {
	checkDecides(context, staffId);
	const found = await readList(brought.bytes, context.origin);
	const id = context.ids.next();
	context.store.transact((writing) => {
		addServerList(writing, newList(context, staffId, { id, name: brought.name, url: null }));
		const now = context.clock.now();
		keepListed(writing, id, found.listed, now);
		changeServerList(writing, id, { read: now, unread: found.unread });
	});
	return id;
}

/** A list is not followed any more. What was decided because of it stays. Repeatable. Throws NotAllowed. */
export function dropList(context: BranchContext, staffId: string, id: number): void {
	checkDecides(context, staffId);
	context.store.transact((writing) => removeServerList(writing, id));
}

/** Reads the list whose time it is. What cannot be read leaves what was there. */
export async function readServerLists(context: BranchContext): Promise<void> {
	const list = context.store.read((reading) => nextServerList(reading));
	const now = context.clock.now();
	if (!list?.due || list.due > now || list.url === null) return;
	const found = await fetchList(context, list.url);
	context.store.transact((writing) => {
		// A host may have dropped it meanwhile.
		if (!serverListBy(writing, list.id)) return;
		if (typeof found === 'string') {
			changeServerList(writing, list.id, { fault: found, due: now + AFTER_A_FAULT });
			return;
		}
		keepListed(writing, list.id, found.listed, now);
		changeServerList(writing, list.id, { fault: null, read: now, due: now + EVERY, unread: found.unread });
	});
}

/** When `readServerLists` is to be called, or null. */
export function nextListAt(context: Pick<BranchContext, 'store'>): number | null {
	return context.store.read((reading) => nextServerList(reading))?.due ?? null;
}

/** Reads a list at its address, with the one guarded client. */
export function fetchList(context: BranchContext, url: string): Promise<ReadList | Unread> {
	return readPublished(context, {
		url,
		accept: 'text/csv, text/plain, application/json',
		maxBytes: LARGEST_LIST,
		async read(body) {
			try {
				return await readList(body, context.origin);
			} catch (error) {
				if (error instanceof BadInput) return null;
				throw error;
			}
		},
	});
}

function newList(
	context: BranchContext,
	staffId: string,
	{ id, name: typed, url }: { readonly id: number; readonly name: string; readonly url: string | null },
): ServerList {
	const name = cleanLine(typed);
	if (name === '' || name.length > 60) throw fault('name', 'list_name');
	const count = context.store.read((reading) => serverLists(reading)).length;
	if (count >= MOST_LISTS) throw new Conflict('Twenty lists are the most.', 'lists_full');
	return unreadList({ id, name, url, staff_id: staffId }, context.clock.now());
}

/** A list that nobody has read yet; one with an address is due at once. */
export function unreadList(
	list: Pick<ServerList, 'id' | 'name' | 'url' | 'staff_id'>,
	now: number,
): ServerList {
	const unread = { read: null, fault: null, unread: 0 } as const;
	return { ...list, created: now, due: list.url === null ? null : now, ...unread };
}
