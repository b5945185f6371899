import { Conflict, NotAllowed, NotFound } from '@understory/core/errors.ts';
import { mayReceive, scopeOf } from '@understory/core/scope.ts';
import type { BranchContext } from '../context.ts';
import { type Act, type ActKind, actsBy, addAct, findAct, removeAct } from '../store/acts.ts';
import { takeBackAct } from '../store/deliveries.ts';
import type { NoticeKind } from '../store/notices.ts';
import { type Person, personById } from '../store/people.ts';
import { type Post, postById } from '../store/posts.ts';
import { remoteById } from '../store/remote-actors.ts';
import type { Writing } from '../store/store.ts';
import { checkMayWrite } from './drafting.ts';
import { notice, unnotice } from './noticing.ts';
import { type Recipient, recipientsOf, sendAct } from './outbox.ts';
import { mayRead, readerFor, serverReader } from './readers.ts';

type Told = Exclude<ActKind, 'keep'>;
/** How each is told to other servers. */
const TOLD = { star: 'like', share: 'announce', pin: 'pin' } as const satisfies Record<Told, string>;
/** As many of one's own posts stand first on one's page. */
export const MOST_PINNED = 5;

/**
 * Stars, passes along, keeps or pins a post. Repeatable. Throws NotFound for what this person may not read, NotAllowed `stays_here` for
 * passing along what must stay where it is and `not_yours` for pinning another's post, Conflict `pins_full`.
 */
export function act(context: BranchContext, person: Person, kind: ActKind, id: number): void {
	if (kind !== 'keep') checkMayWrite(context, person);
	const actor = context.at.person(person.id);
	context.store.transact((writing) => {
		const post = postById(writing, id);
		if (!post || !mayRead(context, post, readerFor(context, person))) throw new NotFound();
		if (findAct(writing, kind, id, actor)) return;
		if (kind === 'share' && !mayPassAlong(post)) {
			throw new NotAllowed('This post stays where its author put it.', 'stays_here');
		}
		if (kind === 'pin') checkPin(writing, person, actor, post);
		const told = recipientsFor(context, writing, kind, post, person);
		const number = context.ids.next();
		const activity = kind === 'keep' ? null : `${actor}#${kind}s/${number}`;
		addAct(writing, { id: number, kind, post: id, actor, activity, created: context.clock.now() });
		if (activity !== null) {
			const what = TOLD[kind as Told];
			sendAct(context, writing, { what, post: id, activity, sender: String(person.id) }, told);
		}
		if (kind === 'star' || kind === 'share') tell(context, writing, kind, post, actor);
	});
}

/** Undoes it, and tells whoever was told. Repeatable. */
export function undo(context: BranchContext, person: Person, kind: ActKind, id: number): void {
	const actor = context.at.person(person.id);
	context.store.transact((writing) => {
		const done = findAct(writing, kind, id, actor);
		const post = postById(writing, id);
		if (!done || !post) return;
		removeAct(writing, done.id);
		untell(writing, post, done);
		if (done.activity === null) return;
		const what = `un${TOLD[kind as Told]}` as const;
		const errand = { what, post: id, activity: done.activity, sender: String(person.id) } as const;
		// Whoever was told, and not whoever would be told now: people follow others by now, and what is new may not leave.
		sendAct(context, writing, errand, takeBackAct(writing, id, done.activity));
	});
}

/**
 * May a post be passed along? What is for everyone, to everyone; what is for the neighborhood, inside this branch only
 * (reference/fediverse.md 2.4); nothing else, since its readers are all there already, or were chosen.
 */
export function mayPassAlong(post: Post): boolean {
	const scope = scopeOf(post.audience);
	return scope === 'public' || scope === 'neighborhood';
}

/** Tells the author, when they are of this branch and it was not themselves. */
export function tell(
	context: BranchContext,
	writing: Writing,
	kind: Extract<NoticeKind, 'star' | 'share'>,
	post: Post,
	actor: string,
): void {
	if (post.person === null || context.at.person(post.person) === actor) return;
	// What the branch itself said has nobody who reads its notices.
	if (personById(writing, post.person)?.kind !== 'person') return;
	notice(context, writing, { person: post.person, kind, post: post.id, actor });
}

/** Takes back that the author was told. */
export function untell(writing: Writing, post: Pick<Post, 'id' | 'person'>, { kind, actor }: Act): void {
	if (post.person === null || (kind !== 'star' && kind !== 'share')) return;
	unnotice(writing, { person: post.person, kind, post: post.id, actor });
}

/** The posts somebody keeps, newest first, as far as they may still read them. */
export function keptBy(
	context: BranchContext,
	person: Person,
	limit: number,
	before?: number,
): { readonly posts: Post[]; readonly last: Act | null } {
	const reader = readerFor(context, person);
	return context.store.read((reading) => {
		const acts = actsBy(reading, context.at.person(person.id), 'keep', limit, before);
		const posts = acts.flatMap(({ post }) => {
			const found = postById(reading, post);
			return found && mayRead(context, found, reader) ? [found] : [];
		});
		return { posts, last: acts.length === limit ? (acts.at(-1) ?? null) : null };
	});
}

/** Who is told of an act beyond this branch: the author's server of a star, and of what is passed along whoever gets our public posts. */
function recipientsFor(
	context: BranchContext,
	writing: Writing,
	kind: ActKind,
	post: Post,
	person: Person,
): Recipient[] {
	const author = post.remote === null ? undefined : remoteById(writing, post.remote);
	const home = author ? [{ origin: author.origin, inbox: author.shared_inbox ?? author.inbox }] : [];
	if (kind === 'star') {
		const may = ({ origin }: Recipient) =>
			mayReceive(post.audience, serverReader(context, origin), context.book.trust()).allowed;
		return post.audience.reach === 'branch' ? [] : home.filter(may);
	}
	if (kind === 'keep' || scopeOf(post.audience) !== 'public') return [];
	const mine = { ...post, person: person.id, remote: null, mentions: [], reply_to: null };
	const found = new Map([...home, ...recipientsOf(context, writing, mine)].map((one) => [one.inbox, one]));
	return [...found.values()];
}

function checkPin(writing: Writing, person: Person, actor: string, post: Post): void {
	if (post.person !== person.id) throw new NotAllowed('Only your own posts stand on your page.', 'not_yours');
	if (actsBy(writing, actor, 'pin', MOST_PINNED).length === MOST_PINNED) {
		throw new Conflict('Five posts are pinned already. Take one down first.', 'pins_full');
	}
}
