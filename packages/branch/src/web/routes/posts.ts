import { NotFound, PublicError, toPublicError } from '@understory/core/errors.ts';
import { parseId } from '@understory/core/ids.ts';
import { mayReceive, type Scope, toScope } from '@understory/core/scope.ts';
import { cleanText, lengthOf } from '../../services/plain-text.ts';
import { LONGEST_POST, publish, takeBack } from '../../services/posting.ts';
import { mayRead, readerFor } from '../../services/readers.ts';
import { type Post, postById, threadOf } from '../../store/posts.ts';
import { scopeChoices } from '../composer.ts';
import { doorView } from '../door.ts';
import { type FaultViews, faultViews, NO_FAULTS } from '../faults.ts';
import { say, show } from '../frame.ts';
import { type PostView, postView } from '../post-view.ts';
import { field, goTo, part, personOf, type Visit } from '../visit.ts';
import type { Route, Web } from '../web.ts';
import { showBoard } from './boards.ts';

/** Writing, one post with its conversation, and taking back. */
export const POST_ROUTES: readonly Route[] = [
	{ method: 'post', path: '/posts', need: 'person', run: write },
	{ method: 'post', path: '/posts/:id/delete', need: 'person', run: remove },
	{ method: 'get', path: '/@:handle/:id', need: 'nobody', run: one },
];

/** How much of a conversation a page shows, and how deep its lists nest. */
const LONGEST_THREAD = 200;
const DEEPEST = 2;

interface Draft {
	readonly text: string;
	readonly scope: Scope;
	readonly faults: FaultViews;
	readonly status: number;
}

async function write(web: Web, visit: Visit): Promise<void> {
	const text = field(visit, 'text');
	const scope = field(visit, 'scope');
	const replyTo = field(visit, 'reply_to') === '' ? null : (parseId(field(visit, 'reply_to')) ?? 0);
	try {
		const draft = { text, scope, language: visit.language, replyTo };
		const post = await publish(web.context, personOf(visit), draft);
		goTo(visit, `/@${personOf(visit).handle}/${post.id}`);
	} catch (error) {
		const parent = replyTo === null ? null : readablePost(web, visit, replyTo);
		const draft = { text, scope: toScope(scope), ...faultsOf(web, visit, error, text) };
		if (parent) showThread(web, visit, parent, draft);
		else showBoard(web, visit, 'all', draft);
	}
}

/** Whatever went wrong, what was typed comes back with it. */
function faultsOf(
	web: Web,
	visit: Visit,
	error: unknown,
	text: string,
): { faults: FaultViews; status: number } {
	const known = toPublicError(error);
	if (known.faults.length > 0) {
		const over = Math.max(0, lengthOf(cleanText(text)) - LONGEST_POST);
		return { faults: faultViews(web, visit, known, { count: over }), status: known.status };
	}
	if (!(error instanceof PublicError) || known.status >= 500) {
		web.context.log.error('post_not_kept', { branch: web.context.id, error_code: known.code, error });
	}
	const words = web.views.design.words.entries(visit.language);
	const code = words.has(`branch.fault.${known.code}`) ? known.code : 'ours';
	const sentence = say(web, visit, `fault.${code}`);
	return {
		faults: { list: [{ field: 'text', text: sentence }], by: { text: sentence } },
		status: known.status,
	};
}

function remove(web: Web, visit: Visit): void {
	const id = parseId(part(visit, 'id'));
	if (id === null) throw new NotFound();
	takeBack(web.context, personOf(visit), id);
	goTo(visit, '/home');
}

function one(web: Web, visit: Visit): void {
	const id = parseId(part(visit, 'id'));
	const post = id === null ? null : readablePost(web, visit, id);
	if (!post) throw new NotFound();
	// The name in the address is for people; the number decides. Another name is another address.
	if (postView(web, visit, post).href !== `/@${part(visit, 'handle')}/${post.id}`) throw new NotFound();
	showThread(web, visit, post, null);
}

function readablePost(web: Web, visit: Visit, id: number): Post | null {
	const post = web.context.store.read((reading) => postById(reading, id));
	return post && mayRead(web.context, post, readerFor(web.context, visit.person)) ? post : null;
}

interface Knot {
	readonly post: PostView;
	readonly here: boolean;
	/** Whom it answers, where the lists nest no deeper. */
	readonly answers: string | null;
	readonly replies: Knot[];
}

function showThread(web: Web, visit: Visit, post: Post, draft: Draft | null): void {
	const view = postView(web, visit, post);
	const knots = thread(web, visit, post);
	const person = visit.person;
	const scope = draft?.scope ?? toScope(view.scope.word);
	show(
		web,
		visit,
		'thread',
		{
			title: say(web, visit, 'thread.title', { name: view.author.name }),
			status: draft?.status ?? 200,
			...(draft ? {} : { path: view.href }),
		},
		{
			name: view.author.name,
			knots,
			faults: draft?.faults ?? NO_FAULTS,
			replying: person !== null && view.canReply,
			compose: {
				text: draft?.text ?? '',
				replyTo: post.id,
				...scopeChoices(web, visit, scope, post.audience),
			},
			signedIn: person !== null,
			here: view.href,
			door: doorView(web, visit),
		},
	);
}

/** The conversation as far as this visitor may read it; what was taken down or back in it is said, not shown. */
function thread(web: Web, visit: Visit, post: Post): Knot[] {
	const reader = readerFor(web.context, visit.person);
	const trust = web.context.book.trust();
	const posts = web.context.store
		.read((reading) => threadOf(reading, post.thread, LONGEST_THREAD))
		.filter((one) => mayReceive(one.audience, reader, trust).allowed);
	const depths = new Map<number, { readonly depth: number; readonly knot: Knot }>();
	const roots: Knot[] = [];
	for (const one of posts) {
		const parent = one.reply_to === null ? undefined : depths.get(one.reply_to);
		const deep = parent !== undefined && parent.depth >= DEEPEST;
		const knot: Knot = {
			post: postView(web, visit, one),
			here: one.id === post.id,
			answers: deep ? parent.knot.post.author.name : null,
			replies: [],
		};
		if (!parent) roots.push(knot);
		else if (deep) shelf(parent.knot, depths).push(knot);
		else parent.knot.replies.push(knot);
		depths.set(one.id, { depth: parent ? Math.min(DEEPEST, parent.depth + 1) : 0, knot });
	}
	return roots;
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
