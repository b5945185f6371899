import { BadInput, NotAllowed, NotFound } from '@understory/core/errors.ts';
import type { BranchContext } from '../context.ts';
import { dropAside, findAside } from '../store/aside.ts';
import { findFollow, keepFollow, removeFollow } from '../store/follows.ts';
import { type Person, personByHandle, personById } from '../store/people.ts';
import { type RemoteRow, remoteByAddress, remoteByUri } from '../store/remote-actors.ts';
import { isApart } from './apart.ts';
import { checkMayWrite } from './drafting.ts';
import { originAt } from './exchanging.ts';
import { asksFirst } from './follow-requests.ts';
import { mayRelate, notify, unnotify } from './followed.ts';
import { knowRemote } from './known-remote.ts';
import { sendAbout } from './outbox.ts';
import { askAboutServer } from './servers.ts';

/** Somebody an address names: of this branch, or of another server. */
export type Somebody =
	| { readonly kind: 'here'; readonly person: Person }
	| { readonly kind: 'elsewhere'; readonly remote: RemoteRow };

/**
 * Finds somebody by `handle`, `@handle@host` or the address of their page. Asks the other server only when we do not know them yet
 * and may have to do with it. Throws BadInput for what is no address, NotAllowed for a server this branch does not exchange posts with,
 * NotFound, or Unavailable when that server does not answer.
 */
export async function findSomebody(context: BranchContext, address: string): Promise<Somebody> {
	const parts = /^@?([\w.-]{1,64})(?:@([a-z0-9.-]+(?::\d{1,5})?))?$/i.exec(address.trim());
	if (!parts) {
		throw new BadInput('That is not an address of a person.', [{ field: 'address', text: 'address_form' }]);
	}
	const handle = parts[1]!;
	const host = parts[2]?.toLowerCase();
	if (host === undefined || host === new URL(context.origin).host) {
		const person = context.store.read((reading) => personByHandle(reading, handle));
		if (!person) throw new NotFound('Nobody here has that name.');
		return { kind: 'here', person };
	}
	const known = context.store.read((reading) => remoteByAddress(reading, handle, host));
	if (known) return { kind: 'elsewhere', remote: known };
	checkRelated(context, originAt(context, host));
	const actor = await (await context.federation()).lookup(`@${handle}@${host}`);
	if (!actor) throw new NotFound('Nobody has that name there.');
	const remote = context.store.transact((writing) => knowRemote(context, writing, actor));
	return { kind: 'elsewhere', remote };
}

/** Begins to follow somebody. Here it holds at once; elsewhere it is asked for. Repeatable. */
export function follow(context: BranchContext, person: Person, somebody: Somebody): void {
	checkMayWrite(context, person);
	const follower = context.at.person(person.id);
	const followed = actorOf(context, somebody);
	if (follower === followed) {
		throw new BadInput('You cannot follow yourself.', [{ field: 'address', text: 'address_own' }]);
	}
	if (somebody.kind === 'elsewhere') checkRelated(context, somebody.remote.origin);
	context.store.transact((writing) => {
		// To whoever is blocked they look like nobody.
		if (isApart(writing, follower, followed)) throw new NotFound();
		if (findFollow(writing, follower, followed)) return;
		const id = context.ids.next();
		const activity = `${follower}/follows/${id}`;
		const state = somebody.kind === 'here' && !asksFirst(somebody.person) ? 'accepted' : 'asked';
		keepFollow(writing, { id, follower, followed, activity, state, created: context.clock.now() });
		if (somebody.kind === 'here') {
			notify(context, writing, somebody.person, follower);
			return;
		}
		const { origin, inbox } = somebody.remote;
		const errand = { what: 'follow', activity, actor: followed, sender: String(person.id) } as const;
		sendAbout(context, writing, errand, { origin, inbox });
	});
}

/** Ends following somebody, and tells their server. Repeatable. */
export function unfollow(context: BranchContext, person: Person, followed: string): void {
	const follower = context.at.person(person.id);
	context.store.transact((writing) => {
		const known = findFollow(writing, follower, followed) ?? findAside(writing, follower, followed);
		if (!known) return;
		removeFollow(writing, follower, followed);
		dropAside(writing, follower, followed);
		unnotify(context, writing, followed, follower);
		const remote = remoteByUri(writing, followed);
		if (!remote) return;
		const errand = {
			what: 'unfollow',
			activity: known.activity,
			actor: followed,
			sender: String(person.id),
		} as const;
		sendAbout(context, writing, errand, { origin: remote.origin, inbox: remote.inbox });
	});
}

/** The actor id of somebody. */
export function actorOf(context: Pick<BranchContext, 'at'>, somebody: Somebody): string {
	return somebody.kind === 'here' ? context.at.person(somebody.person.id) : somebody.remote.uri;
}

/** A person or a remote actor by actor id, or null. */
export function somebodyBy(context: Pick<BranchContext, 'at' | 'store'>, actor: string): Somebody | null {
	const id = context.at.personIn(actor);
	return context.store.read((reading): Somebody | null => {
		if (id !== null) {
			const person = personById(reading, id);
			return person ? { kind: 'here', person } : null;
		}
		const remote = remoteByUri(reading, actor);
		return remote ? { kind: 'elsewhere', remote } : null;
	});
}

/** Throws NotAllowed: `server_suspended` and `server_limited` while hosts let nothing new begin with that server, `server_waits` when a host has to let that server in first, and is asked with this; `not_related` otherwise. */
function checkRelated(context: BranchContext, origin: string): void {
	if (context.restrictions.stops(origin, 'everything')) {
		throw new NotAllowed(
			'The hosts of this branch exchange nothing with that server now.',
			'server_suspended',
		);
	}
	const limited = context.restrictions.stops(origin, 'beginning');
	if (mayRelate(context, origin) && !limited) return;
	if (limited) {
		throw new NotAllowed(
			'The hosts of this branch let nothing new begin with that server now. Why stands on the page of other servers.',
			'server_limited',
		);
	}
	if (context.store.transact((writing) => askAboutServer(context, writing, origin))) {
		throw new NotAllowed('A host has to let that server in first. They have been asked.', 'server_waits');
	}
	throw new NotAllowed(
		'This branch does not exchange posts with that server. A host can tell you why.',
		'not_related',
	);
}
