import { BadInput } from '@understory/core/errors.ts';
import { type Audience, mayReceive, originOf } from '@understory/core/scope.ts';
import type { BranchContext } from '../context.ts';
import { findFollow } from '../store/follows.ts';
import { peopleLike, personByHandle } from '../store/people.ts';
import { remoteByAddress } from '../store/remote-actors.ts';
import { exchangesWith, originAt } from './exchanging.ts';
import { knowRemote } from './known-remote.ts';
import { type Found, type Naming, namingsIn } from './plain-text.ts';
import { serverReader } from './readers.ts';

/** More names than this in one post stay words, so that one post cannot make us ask a hundred servers. */
const MOST_NAMED = 20;

/**
 * Finds the people a text names. Names that nobody has stay words. Throws BadInput `mention_outside` (`mention_not_following`) when somebody lives where this
 * audience does not reach: naming must not carry a post out (reference/fediverse.md 2.4, Hometown #72). Looks up strangers only for posts
 * that may reach them. Throws Unavailable when such a look-up gets no answer.
 */
export async function findMentions(
	context: BranchContext,
	text: string,
	audience: Audience,
): Promise<Found[]> {
	const found: Found[] = [];
	for (const naming of namingsIn(text).slice(0, MOST_NAMED)) {
		const own = naming.host === null || naming.host === new URL(context.origin).host;
		const who = own ? here(context, naming) : await elsewhere(context, naming, audience);
		if (who) found.push(who);
	}
	checkReached(context, found, audience);
	return found;
}

/** Who is named is also who gets it: in a circle of followers only those who follow. */
function checkReached(context: BranchContext, found: readonly Found[], audience: Audience): void {
	if (audience.followersOf.length === 0) return;
	const all = context.store.read((reading) =>
		found.every(({ actor }) => {
			const follows = (other: string) => findFollow(reading, actor, other)?.state === 'accepted';
			const reader = { kind: 'person', actor, origin: originOf(actor), follows } as const;
			return mayReceive(audience, reader, context.book.trust()).allowed;
		}),
	);
	if (all) return;
	throw new BadInput('Somebody you name does not follow you, so they would not get this.', [
		{ field: 'text', text: 'mention_not_following' },
	]);
}

function here(context: BranchContext, naming: Naming): Found | null {
	const person = context.store.read((reading) => personByHandle(reading, naming.handle));
	if (!person) return null;
	return {
		naming,
		actor: context.at.person(person.id),
		handle: person.handle,
		url: context.at.profile(person.handle),
	};
}

async function elsewhere(context: BranchContext, naming: Naming, audience: Audience): Promise<Found | null> {
	const host = naming.host!;
	const neighbor = neighborAt(context, host);
	if (audience.reach !== 'public') {
		const inside =
			neighbor !== null &&
			mayReceive(audience, serverReader(context, neighbor), context.book.trust()).allowed;
		if (!inside) throw outside();
	} else if (neighbor === null && !exchangesWith(context, originAt(context, host))) {
		// A stranger's server gets nothing from us in this mode, so the name stays a word.
		return null;
	}
	const kept = known(context, naming);
	const actor = kept ?? (await lookUp(context, naming));
	if (!actor) return null;
	if (neighbor !== null && originOf(actor.uri) !== neighbor) throw outside();
	return { naming, actor: actor.uri, handle: `${naming.handle}@${host}`, url: actor.url ?? actor.uri };
}

function known(context: BranchContext, naming: Naming) {
	return context.store.read((reading) => remoteByAddress(reading, naming.handle, naming.host!));
}

async function lookUp(context: BranchContext, naming: Naming) {
	const federation = await context.federation();
	const actor = await federation.lookup(`@${naming.handle}@${naming.host}`);
	if (!actor) return null;
	return context.store.transact((writing) => knowRemote(context, writing, actor));
}

/** A name in a text that nobody has, and who may have been meant. */
export interface Suggestion {
	readonly name: string;
	readonly perhaps: readonly { readonly handle: string; readonly name: string }[];
}

/** The names in a text that nobody was found for, each with people of this branch whose names begin alike. */
export function suggestionsFor(
	context: Pick<BranchContext, 'store'>,
	draft: { readonly text: string; readonly found: readonly Found[] },
): Suggestion[] {
	const known = new Set(draft.found.map(({ naming }) => keyOf(naming)));
	return namingsIn(draft.text)
		.filter((naming) => !known.has(keyOf(naming)))
		.slice(0, MOST_NAMED)
		.map((naming) => ({
			name: `@${keyOf(naming).replace(/@$/, '')}`,
			perhaps: context.store
				.read((reading) => peopleLike(reading, naming.handle, 5))
				.map(({ handle, name }) => ({ handle, name })),
		}));
}

function keyOf({ handle, host }: Naming): string {
	return `${handle}@${host ?? ''}`;
}

function neighborAt(context: BranchContext, host: string): string | null {
	const neighbors = [...context.book.trust().neighborsOf(context.origin)];
	return neighbors.find((origin) => new URL(origin).host === host) ?? null;
}

function outside(): BadInput {
	return new BadInput('Somebody you name is at a branch that does not get this post.', [
		{ field: 'text', text: 'mention_outside' },
	]);
}
