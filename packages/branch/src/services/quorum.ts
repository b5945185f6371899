import { bodiesOf, type QuorumOf, quorumsAmong, seatOf } from '@understory/core/office.ts';
import type { BranchContext } from '../context.ts';
import { addNotice } from '../store/notices.ts';
import { hasLabels, keepTold, wasTold } from '../store/office-labels.ts';
import { type Person, personById } from '../store/people.ts';
import { type Post, threadOf } from '../store/posts.ts';
import type { Reading, Writing } from '../store/store.ts';
import { type Draft, makeReady, postOf } from './drafting.ts';
import { shownLabel } from './office-labels.ts';
import { mayRead, readerFor } from './readers.ts';

/** A conversation longer than this is looked at so far. */
const LOOKED_AT = 500;

type Speaks = Pick<Post, 'person' | 'audience' | 'deleted'>;

/**
 * The bodies of which a quorum takes part in these posts, which the asker may read, every one: who else is in a conversation is told to nobody who may not see it. Whoever
 * wrote takes part; where a post is for named people, whoever it is for does too, since open meetings laws look at messages as well as at speech.
 */
export function quorumsIn(context: BranchContext, reading: Reading, posts: readonly Speaks[]): QuorumOf[] {
	const labels = [...takingPart(context, posts)].flatMap((id) => shownLabel(context, reading, id) ?? []);
	if (labels.length < 2) return [];
	const { current } = context;
	const bodies = bodiesOf(current.contacts(), current.library().bodies);
	return quorumsAmong(
		bodies,
		labels.map((label) => ({ body: label.body, seat: seatOf(label) })),
	);
}

/** Of which bodies a quorum would take part by this draft, if its author is of such a body and was not told yet of this conversation. Throws what `makeReady` throws. */
export async function quorumsBy(context: BranchContext, author: Person, draft: Draft): Promise<QuorumOf[]> {
	const own = context.store.read((reading) => shownLabel(context, reading, author.id));
	if (!own) return [];
	const ready = await makeReady(context, author, draft);
	const post = postOf(context, author, ready, 0);
	const thread = ready.parent?.thread;
	return context.store.read((reading) => {
		const before = thread === undefined ? [] : readableBy(context, reading, author, thread);
		const told = (body: string) => thread !== undefined && wasTold(reading, thread, body, author.id);
		return quorumsIn(context, reading, [...before, post]).filter(
			({ body }) => body === own.body && !told(body),
		);
	});
}

/** Tells each labelled member of a body once that a quorum of it takes part in the conversation of this post, as far as they can read it. */
export function tellOfQuorum(context: BranchContext, writing: Writing, post: Post): void {
	if (!hasLabels(writing)) return;
	const members = [...takingPart(context, threadOf(writing, post.thread, LOOKED_AT))].flatMap((id) => {
		const label = shownLabel(context, writing, id);
		const person = label && personById(writing, id);
		return label && person ? [{ person, body: label.body }] : [];
	});
	if (members.length < 2) return;
	for (const { person, body } of members) {
		const posts = readableBy(context, writing, person, post.thread);
		const newest = posts.at(-1);
		if (!newest || !takingPart(context, posts).has(person.id)) continue;
		if (!quorumsIn(context, writing, posts).some((quorum) => quorum.body === body)) continue;
		const at = context.clock.now();
		if (!keepTold(writing, { thread: post.thread, body, person: person.id, at })) continue;
		const about = { kind: 'quorum', post: newest.id, actor: null, decision: null } as const;
		addNotice(writing, { ...about, id: context.ids.next(), person: person.id, created: at, read: null });
	}
}

/** People of this branch who wrote these posts, or for whom alone they are. */
function takingPart({ at }: Pick<BranchContext, 'at'>, posts: readonly Speaks[]): Set<number> {
	const people = posts
		.filter(({ deleted }) => deleted === null)
		.flatMap(({ person, audience }) => [person, ...(audience.only ?? []).map((actor) => at.personIn(actor))]);
	return new Set(people.filter((id) => id !== null));
}

function readableBy(context: BranchContext, reading: Reading, person: Person, thread: number): Post[] {
	const reader = readerFor(context, person);
	return threadOf(reading, thread, LOOKED_AT).filter((post) => mayRead(context, post, reader));
}
