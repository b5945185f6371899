import { BadInput, type Fault, NotAllowed, NotFound, TooMany } from '@understory/core/errors.ts';
import { firstIdAt } from '@understory/core/ids.ts';
import { type Audience, type Scope, scopeOf, toScope } from '@understory/core/scope.ts';
import { isLive } from '@understory/core/stage.ts';
import type { BranchContext } from '../context.ts';
import { findFollow } from '../store/follows.ts';
import { limitedUntil } from '../store/limitations.ts';
import { mediaOf } from '../store/media.ts';
import type { Person } from '../store/people.ts';
import type { Tag } from '../store/post-tags.ts';
import { countSince, type Mention, type Post, postById } from '../store/posts.ts';
import { remoteById } from '../store/remote-actors.ts';
import { audienceFor, keptNear, offeredFor, staysNear, withinBoth } from './audiences.ts';
import { findMentions } from './mentions.ts';
import { addressTo } from './messages.ts';
import { cleanLine, cleanText, type Found, lengthOf, tagsIn, toHtml } from './plain-text.ts';
import { type PollForm, type Question, readQuestion } from './question.ts';
import { type Decided, decideQuote, refusalOf } from './quote-rules.ts';
import { mayRead, readerFor } from './readers.ts';
import { placeNamed, wrongPlace } from './spaces.ts';

/** Longest post, in characters as people count them. */
export const LONGEST_POST = 5000;
/** Longest line that stands before a post that not everybody wants to read. */
export const LONGEST_SUMMARY = 200;
/** So many posts in ten minutes are more than anybody writes by hand. */
const MOST = 60;
const WITHIN = 10 * 60_000;

/** What a person wants to say. */
export interface Draft {
	readonly text: string;
	/** What stands before it, for a post that not everybody wants to read at once; empty for most. */
	readonly summary?: string;
	/** Its pictures are shown only when asked for. */
	readonly sensitive?: boolean;
	/** The scope as it came from the form; unknown is `branch` (DESIGN 4.6). */
	readonly scope: unknown;
	readonly language: string;
	readonly replyTo: number | null;
	/** The post it quotes. */
	readonly quote?: number | null;
	/** Numbers of files that were taken for it (`uploading.ts`). */
	readonly media?: readonly number[];
	/** The space of the board it is for, as it came from the form; nothing is the main board. */
	readonly space?: string;
	/** Set when it announces something that happens somewhere. */
	readonly event?: { readonly title: string };
	/** Set when it asks people to choose. */
	readonly poll?: PollForm;
}

/** What a post will say, in the words and markup that are kept. */
export interface Written {
	readonly text: string;
	readonly html: string;
	readonly summary: string | null;
	readonly sensitive: boolean;
	readonly language: string | null;
	readonly found: readonly Found[];
	/** Whom it names, and for a post between named people everybody in it. */
	readonly mentions: readonly Mention[];
	readonly tags: readonly Tag[];
}

/** A draft that may be kept. */
export interface Ready extends Written {
	readonly audience: Audience;
	readonly parent: Post | null;
	readonly question: Question | null;
	/** The space it will stand in; null for the main board. */
	readonly space: number | null;
	/** What it quotes, and what is to be expected of whoever wrote that. */
	readonly quote: { readonly quoted: Post; readonly decided: Decided } | null;
}

/**
 * Holds a draft to everything that holds for a post: for keeping it, and for showing how it will look. Throws NotAllowed when this person
 * may not write now, NotFound when the post it answers or quotes is not for them, TooMany, and BadInput with fault codes: `text_missing`,
 * `text_long`, `warning_long`, `scope_wider`, `scope_teen`, `mention_outside`, `mention_not_following`, `mention_teen`,
 * `direct_nobody`, `space_unknown`, `space_scope`, those of `readQuestion`, and those of `refusalOf` a quote.
 */
export async function makeReady(context: BranchContext, author: Person, draft: Draft): Promise<Ready> {
	checkMayWrite(context, author);
	checkPace(context, author);
	const words = checkWords(draft, (draft.media?.length ?? 0) > 0);
	const parent = draft.replyTo === null ? null : readablePost(context, author, draft.replyTo);
	if (parent?.locked) throw new NotAllowed('A host ended the answers to this post.', 'post_locked');
	const quoted = draft.quote == null ? null : readablePost(context, author, draft.quote);
	const scope = allowedScope(context, author, toScope(draft.scope), parent, quoted);
	const said = { ...draft, ...words };
	const question = readQuestion(draft.poll, context.clock.now());
	const by = { origin: context.origin, author: context.at.person(author.id) };
	const quoting = (audience: Audience) => quoted && checkQuote(context, quoted, audience, by.author);
	if (scope === 'direct') {
		const { audience, found, mentions } = await addressTo(context, author, words.text, parent, quoted);
		checkStrangers(context, author, mentions, parent);
		const quote = quoting(audience);
		const space = placeOf(context, draft, false);
		return { ...written(context, said, found, mentions), audience, parent, question, quote, space };
	}
	const answering = audienceFor(scope, by, parent?.audience ?? null);
	const audience = keptNear(context, author, withinBoth(answering, quoted?.audience ?? null));
	const quote = quoting(audience);
	const found = await findMentions(context, words.text, audience);
	checkStrangers(context, author, found, parent);
	const fits = scopeOf(audience) === 'branch' && parent === null && !draft.event;
	const space = placeOf(context, draft, fits);
	return { ...written(context, said, found), audience, parent, question, quote, space };
}

/** The space a draft is for. Throws BadInput `space_unknown`, and `space_scope` for what does not fit in one. */
function placeOf(context: BranchContext, { space }: Draft, fits: boolean): number | null {
	const place = context.store.read((reading) => placeNamed(reading, space ?? ''));
	if (place === undefined) throw wrongPlace('There is no such space.', 'space_unknown');
	if (place !== null && !fits) throw wrongPlace('Spaces are for posts for this branch.', 'space_scope');
	return place;
}

/** Whoever is limited writes to nobody who does not follow them. Throws BadInput `limited_stranger`. */
function checkStrangers(
	context: BranchContext,
	author: Person,
	named: readonly { readonly actor: string }[],
	parent: Post | null,
): void {
	const { store, clock, at } = context;
	const me = at.person(author.id);
	const to = store.read((reading) => {
		if (!limitedUntil(reading, author.id, 'account_limited', clock.now())) return null;
		const answered =
			parent?.person == null ? remoteById(reading, parent?.remote ?? 0)?.uri : at.person(parent.person);
		return [...named.map(({ actor }) => actor), ...(answered ? [answered] : [])].filter(
			(actor) => actor !== me && findFollow(reading, actor, me)?.state !== 'accepted',
		);
	});
	if (!to || to.length === 0) return;
	throw new BadInput('Your account is limited for now: you write to people who follow you.', [
		{ field: 'text', text: 'limited_stranger' },
	]);
}

/** Throws BadInput with the code of `refusalOf`. */
function checkQuote(
	context: BranchContext,
	quoted: Post,
	quoting: Audience,
	actor: string,
): NonNullable<Ready['quote']> {
	const decided = context.store.read((reading) => decideQuote(context, reading, { quoted, quoting, actor }));
	const refusal = refusalOf(decided);
	if (refusal) throw new BadInput(refusal[0], [{ field: 'scope', text: refusal[1] }]);
	return { quoted, decided };
}

/** Holds new words for a post that is there already to the same. Whom it is for stays what it was. */
export async function rewrite(
	context: BranchContext,
	author: Person,
	post: Post,
	draft: Pick<Draft, 'text' | 'summary' | 'sensitive' | 'language'>,
): Promise<Written> {
	checkMayWrite(context, author);
	const shows = context.store.read((reading) => mediaOf(reading, post.id)).length > 0;
	const said = { ...draft, ...checkWords(draft, shows) };
	const found = await findMentions(context, said.text, post.audience);
	return post.audience.only === null
		? written(context, said, found)
		: written(context, said, found, post.mentions);
}

/** May this person write here now? Throws NotAllowed with the reason. */
export function checkMayWrite(context: BranchContext, person: Person): void {
	if (person.standing !== 'full') {
		throw new NotAllowed('Your card does not open writing now. Any desk can help.', 'standing');
	}
	const { store, clock } = context;
	if (store.read((reading) => limitedUntil(reading, person.id, 'account_suspended', clock.now()))) {
		throw new NotAllowed(
			'Your account is suspended for now. The porch says why and until when.',
			'suspended',
		);
	}
	if (!isLive(context.current.branch().stage)) {
		throw new NotAllowed('This branch is not open yet, so nothing can be posted here.', 'not_open');
	}
}

function checkPace(context: BranchContext, person: Person): void {
	const since = firstIdAt(context.clock.now() - WITHIN);
	if (context.store.read((reading) => countSince(reading, person.id, since)) < MOST) return;
	throw new TooMany('That is a lot of posts in ten minutes. Take a breath, and send it then.', WITHIN / 1000);
}

function checkWords(
	draft: Pick<Draft, 'text' | 'summary'>,
	shows: boolean,
): { text: string; summary: string } {
	const text = cleanText(draft.text);
	const summary = cleanLine(draft.summary ?? '');
	const faults: Fault[] = [];
	if (text === '' && !shows) faults.push({ field: 'text', text: 'text_missing' });
	if (lengthOf(text) > LONGEST_POST) faults.push({ field: 'text', text: 'text_long' });
	if (lengthOf(summary) > LONGEST_SUMMARY) faults.push({ field: 'summary', text: 'warning_long' });
	if (faults.length === 0) return { text, summary };
	const sentence = text === '' ? 'There is nothing to post yet.' : 'This post is too long.';
	throw new BadInput(sentence, faults);
}

function written(
	context: BranchContext,
	draft: { text: string; summary: string; sensitive?: boolean; language: string },
	found: readonly Found[],
	mentions: readonly Mention[] = found.map(({ actor, handle }) => ({ actor, handle })),
): Written {
	const { text, summary, sensitive, language } = draft;
	return {
		text,
		html: toHtml(text, found, context.at.tag('')),
		summary: summary === '' ? null : summary,
		sensitive: sensitive === true || summary !== '',
		language: /^[a-z]{2,3}(-[A-Za-z0-9]{1,8})*$/.test(language) ? language : null,
		found,
		mentions,
		tags: tagsIn(text),
	};
}

function readablePost(context: BranchContext, author: Person, id: number): Post {
	const post = context.store.read((reading) => postById(reading, id));
	if (!post || !mayRead(context, post, readerFor(context, author))) throw new NotFound();
	return post;
}

function allowedScope(
	context: BranchContext,
	author: Person,
	scope: Scope,
	parent: Post | null,
	quoted: Post | null,
): Scope {
	const what = quoted && { audience: quoted.audience, own: quoted.person === author.id };
	const offered = offeredFor(context, author, parent?.audience ?? null, what);
	const chosen = offered.find((one) => one === scope);
	if (chosen) return chosen;
	if (scope === 'public' && staysNear(context, author)) {
		throw new BadInput('Accounts of teens do not post for everyone here.', [
			{ field: 'scope', text: 'scope_teen' },
		]);
	}
	if (quoted && offeredFor(context, author, parent?.audience ?? null).includes(scope)) {
		const circle = offered.length === 0;
		const [sentence, text] = refusalOf({ answer: 'no', reason: circle ? 'circle' : 'wider', told: false })!;
		throw new BadInput(sentence, [{ field: 'scope', text }]);
	}
	throw new BadInput('An answer cannot go farther than the post it answers.', [
		{ field: 'scope', text: 'scope_wider' },
	]);
}

/** A post as it will be once it is kept under this number. */
export function postOf(
	context: Pick<BranchContext, 'at' | 'clock'>,
	author: Person,
	ready: Ready,
	id: number,
	event?: Draft['event'],
): Post {
	return {
		id,
		uri: context.at.post(author.id, id),
		url: context.at.page(author.handle, id),
		person: author.id,
		remote: null,
		content_html: ready.html,
		source: ready.text,
		summary: ready.summary,
		language: ready.language,
		scope: scopeOf(ready.audience),
		audience: ready.audience,
		mentions: ready.mentions,
		reply_to: ready.parent?.id ?? null,
		reply_uri: ready.parent?.uri ?? null,
		thread: ready.parent?.thread ?? id,
		created: context.clock.now(),
		edited: null,
		deleted: null,
		hidden: null,
		kind: event ? 'Event' : ready.question ? 'Question' : 'Note',
		title: event?.title ?? null,
		sensitive: ready.sensitive,
		space: ready.space,
	};
}
