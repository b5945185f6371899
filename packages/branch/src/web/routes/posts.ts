import { BadInput, NotFound, PublicError, toPublicError } from '@understory/core/errors.ts';
import { parseId } from '@understory/core/ids.ts';
import type { QuorumOf } from '@understory/core/office.ts';
import { toScope } from '@understory/core/scope.ts';
import { type Draft, LONGEST_POST, makeReady, postOf, type Ready } from '../../services/drafting.ts';
import { ownPost, revise } from '../../services/editing.ts';
import { suggestionsFor } from '../../services/mentions.ts';
import { closedToAuthor, moveOwn } from '../../services/placing.ts';
import { cleanText, lengthOf } from '../../services/plain-text.ts';
import { takeBack } from '../../services/posting.ts';
import type { Question } from '../../services/question.ts';
import { quorumsBy } from '../../services/quorum.ts';
import { quoteChances } from '../../services/quote-rules.ts';
import { mayRead, readerFor } from '../../services/readers.ts';
import { ownUpload } from '../../services/uploading.ts';
import { publishOrWait } from '../../services/waiting.ts';
import { versionsOf } from '../../store/post-versions.ts';
import { type Post, postById } from '../../store/posts.ts';
import { composerChoices, quoteChoices, type Typed, typedFields, typedIn } from '../composer.ts';
import { doorView } from '../door.ts';
import { EMOJI_OF, emojiView, NO_EMOJI } from '../emoji-view.ts';
import { type FaultViews, faultViews, NO_FAULTS } from '../faults.ts';
import { say, show } from '../frame.ts';
import { mediaIn } from '../media-form.ts';
import { mediaView } from '../media-view.ts';
import { quorumWords } from '../office-view.ts';
import type { PollView } from '../poll-view.ts';
import { postView } from '../post-view.ts';
import { quotedCard } from '../quote-view.ts';
import { placesOf, spaceChoices } from '../space-view.ts';
import { showThread } from '../thread.ts';
import { field, goTo, part, personOf, type Visit } from '../visit.ts';
import type { Route, Web } from '../web.ts';
import { showBoard } from './boards.ts';
import { showQuoting } from './quotes.ts';

/** Writing, one post with its conversation, changing it, and taking it back. */
export const POST_ROUTES: readonly Route[] = [
	{ method: 'post', path: '/posts', need: 'person', run: write },
	{ method: 'get', path: '/posts/:id/edit', need: 'person', run: edit },
	{ method: 'post', path: '/posts/:id/edit', need: 'person', run: change },
	{ method: 'post', path: '/posts/:id/space', need: 'person', run: move },
	{ method: 'post', path: '/posts/:id/delete', need: 'person', run: remove },
	{ method: 'get', path: '/@:handle/:id', need: 'nobody', run: one },
	{ method: 'get', path: '/@:handle/:id/history', need: 'nobody', run: history },
];

async function write(web: Web, visit: Visit): Promise<void> {
	const { ids, faults } = await mediaIn(web, visit, personOf(visit));
	const typed = { ...typedIn(visit), media: ids };
	const scope = field(visit, 'scope');
	const replyTo = field(visit, 'reply_to') === '' ? null : (parseId(field(visit, 'reply_to')) ?? 0);
	const quote = field(visit, 'quote') === '' ? null : (parseId(field(visit, 'quote')) ?? 0);
	const draft: Draft = { ...typed, scope, replyTo, quote };
	try {
		if (faults.length > 0) throw new BadInput('A file needs another look.', faults);
		const quorums =
			field(visit, 'quorum') === 'seen' ? [] : await quorumsBy(web.context, personOf(visit), draft);
		// Nobody meets without having been told: once, and what they do then is theirs.
		if (field(visit, 'do') === 'preview' || quorums.length > 0) {
			await preview(web, visit, draft, typed, quorums);
			return;
		}
		const post = await publishOrWait(web.context, personOf(visit), draft);
		goTo(visit, post ? `/@${personOf(visit).handle}/${post.id}` : '/you/waiting');
	} catch (error) {
		const parent = replyTo === null ? null : readablePost(web, visit, replyTo);
		const unsent = { typed, scope: toScope(scope), ...faultsOf(web, visit, error, typed.text) };
		const quoted = quote === null ? null : readablePost(web, visit, quote);
		if (quoted) showQuoting(web, visit, quoted, unsent);
		else if (parent) showThread(web, visit, parent, unsent);
		else showBoard(web, visit, 'all', unsent);
	}
}

/** How it will look, whom it names, and the same form again to send or change it. Nothing is kept. */
async function preview(
	web: Web,
	visit: Visit,
	draft: Draft,
	typed: Typed,
	quorums: readonly QuorumOf[],
): Promise<void> {
	const person = personOf(visit);
	const ready = await makeReady(web.context, person, draft);
	const post = postOf(web.context, person, ready, 0);
	const view = postView(web, visit, post);
	show(
		web,
		visit,
		'preview',
		{ title: web.views.design.t(visit.language, 'write.preview.title') },
		{
			post: {
				...view,
				poll: ready.question && asked(ready.question),
				quote: ready.quote && { card: quotedCard(web, visit, ready.quote.quoted) },
				quoting: null,
				media: typed.media.map((id) => mediaView(ownUpload(web.context, person, id))),
				href: '',
				acts: null,
				canReply: false,
				decide: null,
				takeBack: null,
				edit: null,
			},
			named: listed(visit, ready.found),
			unknown: suggestionsFor(web.context, ready),
			asked: askedFirst(web, visit, ready),
			answers: ready.parent ? postView(web, visit, ready.parent).author.name : null,
			quorums: quorumWords(web, visit, 'would', quorums),
			faults: NO_FAULTS,
			compose: {
				...typedFields(web, visit, typed),
				quorum: quorums.length > 0 || field(visit, 'quorum') === 'seen',
				replyTo: draft.replyTo,
				quote: draft.quote,
				spaces:
					draft.replyTo === null && draft.quote === null ? spaceChoices(web, visit, typed.space ?? '') : [],
				...(ready.quote
					? quoteChoices(web, visit, post.scope, [
							...quoteChances(web.context, person, ready.quote.quoted).keys(),
						])
					: composerChoices(web, visit, post.scope, ready.parent?.audience ?? null)),
			},
			door: doorView(web, visit),
		},
	);
}

/** Who is asked before the quoted post is shown in this one; null when they let it be, or nothing is quoted. */
function askedFirst(web: Web, visit: Visit, { quote }: Ready): string | null {
	if (!quote || quote.decided.reason === 'own') return null;
	const asks = quote.decided.told && (quote.decided.answer === 'ask' || quote.quoted.remote !== null);
	return asks ? quotedCard(web, visit, quote.quoted).author.name : null;
}

/** A question as it will stand before anybody chose. */
function asked({ choices, many, ends }: Question): PollView {
	const none = choices.map((name, n) => ({
		n,
		name: NO_EMOJI.line(name),
		votes: 0,
		share: 0,
		mine: false,
	}));
	return { many, over: false, ends, voters: null, action: null, id: 0, choices: none };
}

function listed(visit: Visit, found: readonly { readonly handle: string }[]): string | null {
	if (found.length === 0) return null;
	const names = found.map(({ handle }) => `@${handle}`);
	return new Intl.ListFormat(visit.language, { type: 'conjunction' }).format(names);
}

function edit(web: Web, visit: Visit): void {
	showEdit(web, visit, ...kept(web, visit), NO_FAULTS, 200);
}

/** A post of whoever asks, and what is kept of it in a form. */
function kept(web: Web, visit: Visit): [Post, Typed] {
	const post = ownPost(web.context, personOf(visit), idIn(visit));
	const { source, summary, sensitive, language } = post;
	const typed = {
		text: source ?? '',
		summary: summary ?? '',
		sensitive,
		language: language ?? visit.language,
		media: [],
	};
	return [post, typed];
}

/** To another space, or the main board. */
function move(web: Web, visit: Visit): void {
	const id = idIn(visit);
	try {
		moveOwn(web.context, personOf(visit), id, field(visit, 'space'));
	} catch (error) {
		if (!(error instanceof BadInput)) throw error;
		showEdit(web, visit, ...kept(web, visit), faultViews(web, visit, error), 422);
		return;
	}
	goTo(visit, `/@${personOf(visit).handle}/${id}`);
}

async function change(web: Web, visit: Visit): Promise<void> {
	const id = idIn(visit);
	const typed = typedIn(visit);
	try {
		await revise(web.context, personOf(visit), id, typed);
	} catch (error) {
		const post = ownPost(web.context, personOf(visit), id);
		const { faults, status } = faultsOf(web, visit, error, typed.text);
		showEdit(web, visit, post, typed, faults, status);
		return;
	}
	goTo(visit, `/@${personOf(visit).handle}/${id}`);
}

function showEdit(
	web: Web,
	visit: Visit,
	post: Post,
	typed: Typed,
	faults: FaultViews,
	status: number,
): void {
	const view = postView(web, visit, post);
	const closed = web.context.store.read((reading) => closedToAuthor(reading, post));
	show(
		web,
		visit,
		'edit',
		{
			title: web.views.design.t(visit.language, 'write.edit.title'),
			status,
			...(status === 200 ? { path: `/posts/${post.id}/edit` } : {}),
		},
		{
			action: `/posts/${post.id}/edit`,
			href: view.href,
			scope: view.scope,
			faults,
			move: `/posts/${post.id}/space`,
			places: placesOf(web, visit, post, field(visit, 'space'), closed),
			compose: typedFields(web, visit, typed),
			door: doorView(web, visit),
		},
	);
}

/** How a post read before, for whoever may read it now. */
function history(web: Web, visit: Visit): void {
	const post = shownAt(web, visit);
	const view = postView(web, visit, post);
	const emoji = emojiView(web, visit, EMOJI_OF.post(post.id), post.emoji ?? []);
	const before = web.context.store.read((reading) => versionsOf(reading, post.id));
	if (before.length === 0) throw new NotFound();
	show(
		web,
		visit,
		'history',
		{
			title: web.views.design.t(visit.language, 'write.history.title', { name: view.author.name }),
			path: `${view.href}/history`,
			noindex: true,
		},
		{
			name: view.author.name,
			href: view.href,
			scope: view.scope,
			versions: [
				{ since: post.edited ?? post.created, now: true, ...post },
				...before.toReversed().map((version) => ({ ...version, now: false })),
			].map(({ since, now, summary, content_html, language }) => ({
				since,
				now,
				summary: summary ? emoji.line(summary) : null,
				language,
				body: emoji.markup(content_html),
			})),
			door: doorView(web, visit),
		},
	);
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
	takeBack(web.context, personOf(visit), idIn(visit));
	goTo(visit, '/home');
}

function one(web: Web, visit: Visit): void {
	showThread(web, visit, shownAt(web, visit), null);
}

/** The post at this address. The name in it is for people; the number decides. Another name is another address. */
function shownAt(web: Web, visit: Visit): Post {
	const id = parseId(part(visit, 'id'));
	const post = id === null ? null : readablePost(web, visit, id);
	if (!post || postView(web, visit, post).href !== `/@${part(visit, 'handle')}/${post.id}`)
		throw new NotFound();
	return post;
}

function readablePost(web: Web, visit: Visit, id: number): Post | null {
	const post = web.context.store.read((reading) => postById(reading, id));
	return post && mayRead(web.context, post, readerFor(web.context, visit.person)) ? post : null;
}

function idIn(visit: Visit): number {
	const id = parseId(part(visit, 'id'));
	if (id === null) throw new NotFound();
	return id;
}
