import type { QuorumOf } from '@understory/core/office.ts';
import { mayReceive, originOf, type Scope, toScope } from '@understory/core/scope.ts';
import { wantWhole } from '../services/completing.ts';
import { exchangesWith } from '../services/exchanging.ts';
import { quorumsIn } from '../services/quorum.ts';
import { wantQuotesChecked } from '../services/quote-checks.ts';
import { isKeptApart, mayRead, readerFor } from '../services/readers.ts';
import { hasLabels } from '../store/office-labels.ts';
import { type Post, threadOf } from '../store/posts.ts';
import { spineOf } from './author-view.ts';
import { composerChoices, type Typed, typedFields } from './composer.ts';
import { doorView } from './door.ts';
import { type FaultViews, NO_FAULTS } from './faults.ts';
import { say, show } from './frame.ts';
import { headOf } from './link-preview.ts';
import { quorumWords } from './office-view.ts';
import { type PostView, postView } from './post-view.ts';
import type { Visit } from './visit.ts';
import type { Web } from './web.ts';

/** How much of a conversation a page shows, and how deep its lists nest. */
const LONGEST_THREAD = 200;
const DEEPEST = 2;

/** What somebody began to say, and why it was not kept. */
export interface Unsent {
	readonly typed: Typed;
	readonly scope: Scope;
	readonly faults: FaultViews;
	readonly status: number;
}

interface Knot {
	readonly post: PostView;
	readonly here: boolean;
	/** Whom it answers, where the lists nest no deeper. */
	readonly answers: string | null;
	/** Why what it answers does not stand above it; null when it does, or it answers nothing. */
	readonly missing: string | null;
	readonly replies: Knot[];
}

/** Shows one post with its conversation, for somebody who may read it; after a fault with what was typed. */
export function showThread(web: Web, visit: Visit, post: Post, draft: Unsent | null): void {
	const view = postView(web, visit, post);
	const posts = web.context.store.read((reading) => threadOf(reading, post.thread, LONGEST_THREAD));
	if (visit.person) {
		wantWhole(web.context, posts);
		wantQuotesChecked(web.context, posts);
	}
	const knots = thread(web, visit, post, posts);
	const person = visit.person;
	const scope = draft?.scope ?? toScope(view.scope.word);
	show(
		web,
		visit,
		'thread',
		{
			title: say(web, visit, 'thread.title', { name: view.author.name }),
			status: draft?.status ?? 200,
			...(draft ? {} : { path: view.href, ...headOf(web, visit, post, posts) }),
		},
		{
			name: view.author.name,
			knots,
			quorums: quorumWords(web, visit, 'takes_part', quorumsOf(web, visit, posts)),
			faults: draft?.faults ?? NO_FAULTS,
			replying: person !== null && view.canReply,
			compose: {
				...typedFields(web, visit, draft?.typed ?? null),
				replyTo: post.id,
				...composerChoices(web, visit, scope, post.audience),
			},
			signedIn: person !== null,
			here: view.href,
			door: doorView(web, visit),
		},
	);
}

/** Of which bodies a quorum takes part, as far as this visitor may know. */
function quorumsOf({ context }: Web, visit: Visit, posts: readonly Post[]): QuorumOf[] {
	if (!context.store.read(hasLabels)) return [];
	const reader = readerFor(context, visit.person);
	const readable = posts.filter((one) => mayRead(context, one, reader));
	return context.store.read((reading) => quorumsIn(context, reading, readable));
}

/** The conversation as far as this visitor may read it; what was taken down or back in it is said, not shown. */
function thread(web: Web, visit: Visit, post: Post, all: readonly Post[]): Knot[] {
	const reader = readerFor(web.context, visit.person);
	const trust = web.context.book.trust();
	const posts = parentsFirst(all).filter(
		(one) => mayReceive(one.audience, reader, trust).allowed && !isKeptApart(one, reader),
	);
	const depths = new Map<number, { readonly depth: number; readonly knot: Knot }>();
	const roots: Knot[] = [];
	for (const one of posts) {
		const parent = one.reply_to === null ? undefined : depths.get(one.reply_to);
		const deep = parent !== undefined && parent.depth >= DEEPEST;
		const knot: Knot = {
			post: postView(web, visit, one),
			here: one.id === post.id,
			answers: deep ? parent.knot.post.author.name : null,
			missing: parent ? null : missing(web, visit, one),
			replies: [],
		};
		if (!parent) roots.push(knot);
		else if (deep) shelf(parent.knot, depths).push(knot);
		else parent.knot.replies.push(knot);
		depths.set(one.id, { depth: parent ? Math.min(DEEPEST, parent.depth + 1) : 0, knot });
	}
	return roots;
}

/** What is answered before what answers it, also when it came later; otherwise as they came. */
function parentsFirst(posts: readonly Post[]): Post[] {
	const byId = new Map(posts.map((post) => [post.id, post]));
	const placed = new Set<Post>();
	for (const post of posts) {
		const above: Post[] = [];
		for (let one: Post | undefined = post; one && !placed.has(one) && !above.includes(one); ) {
			above.unshift(one);
			one = one.reply_to === null ? undefined : byId.get(one.reply_to);
		}
		for (const one of above) placed.add(one);
	}
	return [...placed];
}

/** Why what a post answers is not on this page, in words: it is not for this reader, or it is elsewhere and did not come here. */
function missing(web: Web, visit: Visit, post: Post): string | null {
	if (post.reply_uri === null) return null;
	if (post.reply_to !== null || originOf(post.reply_uri) === web.context.origin) {
		return say(web, visit, 'thread.missing.not_for_you');
	}
	const origin = originOf(post.reply_uri);
	if (!/^https?:/.test(origin)) return say(web, visit, 'thread.missing.elsewhere');
	const { name } = spineOf(web, origin);
	const key = exchangesWith(web.context, origin) ? 'not_here' : 'no_neighbor';
	return say(web, visit, `thread.missing.${key}`, { name, branch: web.context.current.branch().name });
}

/** The list that a knot at the deepest level stands in. */
function shelf(
	knot: Knot,
	depths: ReadonlyMap<number, { readonly depth: number; readonly knot: Knot }>,
): Knot[] {
	for (const { knot: other } of depths.values()) {
		if (other.replies.includes(knot)) return other.replies;
	}
	return knot.replies;
}
