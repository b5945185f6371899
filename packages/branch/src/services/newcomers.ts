import type { SignedRoster } from '@understory/core/register.ts';
import type { BranchContext } from '../context.ts';
import { addServer, serverAt } from '../store/servers.ts';
import { readSetting, writeSetting } from '../store/settings.ts';
import type { Reading, Writing } from '../store/store.ts';
import { checkDecides } from './restricting/ruling.ts';

/** Do new members of a neighborhood wait here until a host lets them in? Unless hosts chose so, the roster is enough. */
export function newcomersWait(reading: Reading): boolean {
	return readSetting<boolean>(reading, 'newcomers_wait') === true;
}

/** Hosts choose. Who came before stays; whoever waits when it is switched off waits no more. Throws NotAllowed. */
export function letNewcomersWait(context: BranchContext, staffId: string, wait: boolean): void {
	checkDecides(context, staffId);
	context.store.transact((writing) => writeSetting(writing, 'newcomers_wait', wait));
	context.restrictions.changed();
}

/** A newer roster has members that the one before had not: they wait among the servers that want in, where hosts chose so. */
export function noteNewcomers(
	writing: Writing,
	{ before, after, self, now }: { before: SignedRoster; after: SignedRoster; self: string; now: number },
): void {
	if (!newcomersWait(writing)) return;
	const known = new Set(before.members.map(({ origin }) => origin));
	for (const { origin } of after.members) {
		if (origin !== self && !known.has(origin)) addServer(writing, origin, now);
	}
}

/** Has this member of a neighborhood not been let in here, or was it refused? */
export function isHeldBack(reading: Reading, origin: string): boolean {
	if (!newcomersWait(reading)) return false;
	const state = serverAt(reading, origin)?.state;
	return state !== undefined && state !== 'let_in';
}
