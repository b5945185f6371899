import { NotFound } from '@understory/core/errors.ts';
import { parseId } from '@understory/core/ids.ts';
import { quoteChances } from '../../services/quote-rules.ts';
import { answerQuote, quotesFor, takeBackQuote } from '../../services/quoting.ts';
import { mayRead, readerFor } from '../../services/readers.ts';
import { type Post, postById } from '../../store/posts.ts';
import { quotesOf } from '../../store/quotes.ts';
import { composerChoices, quoteChoices, typedFields } from '../composer.ts';
import { doorView } from '../door.ts';
import { NO_FAULTS } from '../faults.ts';
import { show } from '../frame.ts';
import { postViews } from '../post-view.ts';
import { quotedCard } from '../quote-view.ts';
import type { Unsent } from '../thread.ts';
import { field, goTo, part, personOf, type Visit } from '../visit.ts';
import type { Route, Web } from '../web.ts';

/** Quoting a post, who quotes one, and saying yes or no to being quoted. */
export const QUOTE_ROUTES: readonly Route[] = [
	{ method: 'get', path: '/posts/:id/quote', need: 'person', run: begin },
	{ method: 'post', path: '/posts/:id/quote/answer', need: 'person', run: answer },
	{ method: 'post', path: '/posts/:id/quote/back', need: 'person', run: takeBack },
	{ method: 'get', path: '/posts/:id/quotes', need: 'person', run: quotes },
	{ method: 'get', path: '/you/quotes', need: 'person', run: mine },
];

const LONGEST = 100;

function begin(web: Web, visit: Visit): void {
	showQuoting(web, visit, readable(web, visit), null);
}

/** The composer for a quote of a post that this visitor may read; after a fault with what was typed. */
export function showQuoting(web: Web, visit: Visit, quoted: Post, draft: Unsent | null): void {
	const person = personOf(visit);
	const chances = quoteChances(web.context, person, quoted);
	const asks = [...chances.values()].some(({ answer }) => answer === 'ask');
	const card = quotedCard(web, visit, quoted);
	const { design } = web.views;
	const { name } = card.author;
	const open = chances.size > 0;
	const scope = draft?.scope ?? person.default_scope;
	const says = chances.size === 0 ? 'none' : quoted.person === person.id ? 'own' : asks ? 'asks' : 'lets';
	show(
		web,
		visit,
		'quote',
		{
			title: design.t(visit.language, 'quotes.title', { name }),
			sign: 'board',
			status: draft?.status ?? 200,
			...(draft ? {} : { path: `/posts/${quoted.id}/quote` }),
		},
		{
			name,
			href: card.href,
			quote: { card },
			says: design.t(visit.language, `quotes.says.${says}`, { name }),
			// What was typed comes back, as a post that quotes nothing when it may not.
			composing: person.standing === 'full' && (open || draft !== null),
			faults: draft?.faults ?? NO_FAULTS,
			compose: {
				...typedFields(web, visit, draft?.typed ?? null),
				quote: open ? quoted.id : null,
				...(open ? quoteChoices(web, visit, scope, [...chances.keys()]) : composerChoices(web, visit, scope)),
			},
			door: doorView(web, visit),
		},
	);
}

function answer(web: Web, visit: Visit): void {
	answerQuote(web.context, personOf(visit), idIn(visit), field(visit, 'yes') === 'yes');
	goTo(visit, '/you/quotes');
}

function takeBack(web: Web, visit: Visit): void {
	takeBackQuote(web.context, personOf(visit), idIn(visit));
	goTo(visit, '/you/quotes');
}

/** What quotes a post with the consent of whoever wrote it, as far as this visitor may read it. */
function quotes(web: Web, visit: Visit): void {
	const post = readable(web, visit);
	const reader = readerFor(web.context, visit.person);
	const { store } = web.context;
	const posts = store.read((reading) =>
		quotesOf(reading, post.id, LONGEST).flatMap(({ post: id, state }) => {
			const found = state === 'agreed' ? postById(reading, id) : undefined;
			return found && mayRead(web.context, found, reader) ? [found] : [];
		}),
	);
	const card = quotedCard(web, visit, post);
	const { name } = card.author;
	show(
		web,
		visit,
		'quotes',
		{
			title: web.views.design.t(visit.language, 'quotes.of.title', { name }),
			sign: 'board',
			path: `/posts/${post.id}/quotes`,
		},
		{
			name,
			href: card.href,
			posts: postViews(web, visit, posts),
			door: doorView(web, visit),
		},
	);
}

/** Who asks to quote this person, and whom they let. */
function mine(web: Web, visit: Visit): void {
	const person = personOf(visit);
	const views = (state: 'asked' | 'agreed') =>
		postViews(
			web,
			visit,
			quotesFor(web.context, person, state).map(({ post }) => post),
		).filter(({ quote }) => (state === 'asked' ? quote?.answer : quote?.takeBack));
	show(
		web,
		visit,
		'your-quotes',
		{ title: web.views.design.t(visit.language, 'quotes.yours.title'), path: '/you/quotes' },
		{ asking: views('asked'), agreed: views('agreed') },
	);
}

function readable(web: Web, visit: Visit): Post {
	const post = web.context.store.read((reading) => postById(reading, idIn(visit)));
	if (!post || !mayRead(web.context, post, readerFor(web.context, visit.person))) throw new NotFound();
	return post;
}

function idIn(visit: Visit): number {
	const id = parseId(part(visit, 'id'));
	if (id === null) throw new NotFound();
	return id;
}
