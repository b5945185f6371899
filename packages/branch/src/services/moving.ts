import { BadInput, Conflict, NotAllowed } from '@understory/core/errors.ts';
import type { Incoming, RemoteActor } from '@understory/federation/ports.ts';
import type { BranchContext } from '../context.ts';
import { addAlias, aliasesOf, removeAlias } from '../store/aliases.ts';
import { findFollow, followersOf } from '../store/follows.ts';
import { changePerson, type Person, personById } from '../store/people.ts';
import { noteReceived, wasReceived } from '../store/received.ts';
import { type RemoteRow, remoteByUri } from '../store/remote-actors.ts';
import { mayRelate } from './followed.ts';
import { findSomebody, follow, unfollow } from './following.ts';
import { knowRemote } from './known-remote.ts';
import { notice } from './noticing.ts';
import { sendMove, sendProfile } from './outbox.ts';

/** More accounts than this are nobody's. */
const MOST_ALIASES = 10;

/**
 * Says that an account elsewhere is theirs too, so that its followers can be brought here. Repeatable. Throws what `findSomebody` throws, and
 * Conflict `aliases_full`.
 */
export async function claimAlias(context: BranchContext, person: Person, address: string): Promise<void> {
	const somebody = await findSomebody(context, address);
	if (somebody.kind === 'here') throw notElsewhere();
	context.store.transact((writing) => {
		if (aliasesOf(writing, person.id).length >= MOST_ALIASES) {
			throw new Conflict('Ten accounts are the most.', 'aliases_full');
		}
		addAlias(writing, person.id, somebody.remote.uri);
		sendProfile(context, writing, person);
	});
}

/** It is theirs no more. Repeatable. */
export function dropAlias(context: BranchContext, person: Person, actor: string): void {
	context.store.transact((writing) => {
		removeAlias(writing, person.id, actor);
		sendProfile(context, writing, person);
	});
}

/**
 * Moves to an account elsewhere which says that this one is theirs: servers of followers are asked to follow there, and people here do.
 * Posts stay. Throws BadInput `move_no_alias` when that account does not say so, and what `findSomebody` throws.
 */
export async function moveAway(context: BranchContext, person: Person, address: string): Promise<void> {
	const somebody = await findSomebody(context, address);
	if (somebody.kind === 'here') throw notElsewhere();
	const actor = context.at.person(person.id);
	const there = await lookUp(context, somebody.remote.uri);
	if (!there?.aliases?.includes(actor)) {
		throw new BadInput('That account does not say that this one is yours.', [
			{ field: 'address', text: 'move_no_alias' },
		]);
	}
	const target = context.store.transact((writing) => {
		const row = knowRemote(context, writing, there);
		changePerson(writing, person.id, { moved_to: row.uri });
		sendProfile(context, writing, person);
		sendMove(context, writing, person, row.uri);
		return row;
	});
	bringAlong(context, actor, target);
}

/** They are here after all. Who follows elsewhere by now stays there. Repeatable. */
export function stayHere(context: BranchContext, person: Person): void {
	context.store.transact((writing) => {
		changePerson(writing, person.id, { moved_to: null });
		sendProfile(context, writing, person);
	});
}

/**
 * Somebody elsewhere moved. Believed when the account they moved to, asked now, says that the old one is theirs: people here who followed there
 * follow on, and are told. Throws Unavailable when its server does not answer, so that this is sent again.
 */
export async function receiveMove(
	context: BranchContext,
	incoming: Extract<Incoming, { type: 'move' }>,
): Promise<void> {
	const old = incoming.actor.id;
	const seen = context.store.read((reading) => wasReceived(reading, incoming.id));
	if (seen || context.store.read((reading) => followersOf(reading, old)).length === 0) return;
	const own = context.at.personIn(incoming.target);
	const target = own === null ? await lookUp(context, incoming.target) : null;
	const aliases = own === null ? target?.aliases : context.store.read((reading) => aliasesOf(reading, own));
	if (!aliases?.includes(old)) throw new NotAllowed('The other account does not say so.', 'move_not_mutual');
	const now = context.clock.now();
	const row = context.store.transact((writing) => {
		noteReceived(writing, incoming.id, now);
		return target ? knowRemote(context, writing, target) : null;
	});
	bringAlong(context, old, row ?? own!);
}

/** Everybody here who follows somebody follows them where they are now. */
function bringAlong(context: BranchContext, old: string, target: RemoteRow | number): void {
	const here = typeof target === 'number';
	const actor = here ? context.at.person(target) : target.uri;
	if (!here && !mayRelate(context, target.origin)) return;
	for (const follower of context.store.read((reading) => followersOf(reading, old))) {
		const id = context.at.personIn(follower);
		const found = context.store.read((reading) => ({
			person: id === null ? undefined : personById(reading, id),
			owner: here ? personById(reading, target) : undefined,
			already: findFollow(reading, follower, actor),
		}));
		const { person, owner, already } = found;
		if (person?.standing !== 'full' || follower === actor || (here && !owner)) continue;
		if (!already)
			follow(
				context,
				person,
				owner ? { kind: 'here', person: owner } : { kind: 'elsewhere', remote: target as RemoteRow },
			);
		unfollow(context, person, old);
		context.store.transact((writing) =>
			notice(context, writing, { person: person.id, kind: 'moved', post: null, actor }),
		);
	}
}

/** Asked for anew each time: what was kept may be of before. */
async function lookUp(context: BranchContext, actor: string): Promise<RemoteActor | null> {
	return (await context.federation()).lookup(actor);
}

function notElsewhere(): BadInput {
	return new BadInput('That account is of this branch.', [{ field: 'address', text: 'move_here' }]);
}

/** The account somebody moved to, as far as it is known here. */
export function movedTo(context: Pick<BranchContext, 'store'>, person: Person): RemoteRow | null {
	const { moved_to } = person;
	return moved_to ? (context.store.read((reading) => remoteByUri(reading, moved_to)) ?? null) : null;
}
