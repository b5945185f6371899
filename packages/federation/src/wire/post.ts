import { mayReceive, type Reader, type Trust } from '@understory/core/scope.ts';
import type { WirePoll } from '../polls.ts';
import type { WirePost } from '../ports.ts';
import type { QuoteAsk } from '../quotes.ts';
import type { Addresses } from './addresses.ts';
import { type Addressing, addressingOf } from './addressing.ts';
import { CONTEXT, QUOTE_CONTEXT } from './context.ts';
import { contentOf, quoteOf } from './quote.ts';

/** A document as it goes over the wire. */
export type Json = Readonly<Record<string, unknown>>;

/** Turns posts into what other servers read. There is no other way in this package from a post to a body. */
export interface PostSerializer {
	/** The Note itself. */
	note(post: WirePost, reader: Reader): Json | null;
	/** `id`: another than its own. */
	create(post: WirePost, reader: Reader, id?: string): Json | null;
	update(post: WirePost, reader: Reader, id?: string): Json | null;
	/** Asks whoever wrote the quoted post, with the whole quote inside, so that they know what they answer (FEP-044f). */
	quoteRequest(post: WirePost, asked: QuoteAsk, reader: Reader): Json | null;
	/** That `quoted` may be quoted by the post `quoting`, for whoever may read `quoted`; it says nothing but the two addresses (FEP-044f). */
	quoteAuthorization(quoted: WirePost, stamp: Stamp, reader: Reader): Json | null;
}

/** A QuoteAuthorization: its address, and the id of the post that quotes. */
export interface Stamp {
	readonly id: string;
	readonly quoting: string;
}

/**
 * Every function asks `mayReceive` first and answers null when it says no, or when the audience has no wire form at all: what was
 * not allowed is never turned into bytes (DESIGN 4.6; reference/fediverse.md 0.7). No linked-data signature and no object
 * proof is ever added, since either would let a leaked copy prove itself (0.6).
 */
export function createPostSerializer(at: Addresses, trust: () => Trust): PostSerializer {
	function allowed(post: WirePost, reader: Reader): Addressing | null {
		const now = trust();
		// Nobody is told that something is quoted who may not read it.
		if (post.quote && !mayReceive(post.quote.audience, reader, now).allowed) return null;
		return mayReceive(post.audience, reader, now).allowed ? addressingOf(post, at, now) : null;
	}
	function wrapped(post: WirePost, reader: Reader, type: 'Create' | 'Update', id: string): Json | null {
		const addressing = allowed(post, reader);
		if (!addressing) return null;
		return {
			'@context': CONTEXT,
			id,
			type,
			actor: at.actor(post.author),
			published: instant(post.edited !== null && type === 'Update' ? post.edited : post.published),
			to: addressing.to,
			cc: addressing.cc,
			object: noteOf(post, at, addressing),
		};
	}
	return {
		note(post, reader) {
			const addressing = allowed(post, reader);
			return addressing && { '@context': CONTEXT, ...noteOf(post, at, addressing) };
		},
		create: (post, reader, id) =>
			wrapped(post, reader, 'Create', id ?? `${at.post(post.author, post.id)}/activity`),
		update: (post, reader, id) =>
			wrapped(
				post,
				reader,
				'Update',
				id ??
					`${at.post(post.author, post.id)}#updates/${post.edited ?? post.published}${countsOf(post)}${standingOf(post)}`,
			),
		quoteRequest(post, { id, author }, reader) {
			const addressing = post.quote?.uri ? allowed(post, reader) : null;
			return (
				addressing && {
					'@context': QUOTE_CONTEXT,
					id,
					type: 'QuoteRequest',
					actor: at.actor(post.author),
					to: [author],
					object: post.quote?.uri,
					instrument: noteOf(post, at, addressing),
				}
			);
		},
		quoteAuthorization(quoted, { id, quoting }, reader) {
			return (
				allowed(quoted, reader) && {
					'@context': QUOTE_CONTEXT,
					id,
					type: 'QuoteAuthorization',
					attributedTo: at.actor(quoted.author),
					interactingObject: quoting,
					interactionTarget: at.post(quoted.author, quoted.id),
				}
			);
		},
	};
}

/** The votes are part of what an Update says, so that each count has an id of its own. */
function countsOf({ poll }: WirePost): string {
	if (!poll) return '';
	return `-${poll.choices.map(({ votes }) => votes).join('-')}${poll.over ? '-over' : ''}`;
}

/** An answer to whoever quotes changes what an Update says, too. */
function standingOf({ quote }: WirePost): string {
	return quote ? `-quote-${quote.changed}` : '';
}

function noteOf(post: WirePost, at: Addresses, addressing: Addressing): Json {
	return {
		id: at.post(post.author, post.id),
		...kindOf(post),
		attributedTo: at.actor(post.author),
		to: addressing.to,
		cc: addressing.cc,
		content: contentOf(post),
		...(post.language ? { contentMap: { [post.language]: contentOf(post) } } : {}),
		summary: post.summary ?? post.event?.inWords ?? null,
		sensitive: post.sensitive,
		inReplyTo: post.inReplyTo,
		...(post.thread === null ? {} : { context: at.context(post.thread) }),
		replies: at.replies(post.author, post.id),
		published: instant(post.published),
		...(post.edited === null ? {} : { updated: instant(post.edited) }),
		url: at.page(post.url),
		tag: [
			...addressing.mentions.map(({ actor, handle }) => ({
				type: 'Mention',
				href: actor,
				name: handle.startsWith('@') ? handle : `@${handle}`,
			})),
			...post.tags.map(({ name, href }) => ({ type: 'Hashtag', href, name: `#${name}` })),
		],
		attachment: post.attachments.map(({ url, type, description, width, height }) => ({
			type: 'Document',
			mediaType: type,
			url: at.page(url),
			name: description,
			...(width === null || height === null ? {} : { width, height }),
		})),
		...quoteOf(post),
		...(addressing.interactionPolicy ? { interactionPolicy: addressing.interactionPolicy } : {}),
	};
}

/** A Note, or an Event in the words Mobilizon and gathio read (FEP-8a8e, reference/fediverse.md 5). */
function kindOf({ event, poll }: WirePost): Json {
	if (poll) return questionOf(poll);
	if (!event) return { type: 'Note' };
	const online = event.online === null ? {} : { onlineAddress: event.online };
	const capacity =
		event.capacity === null
			? {}
			: {
					maximumAttendeeCapacity: event.capacity,
					remainingAttendeeCapacity: Math.max(0, event.capacity - event.coming),
				};
	return {
		type: 'Event',
		name: event.title,
		startTime: instant(event.starts),
		endTime: instant(event.ends),
		timezone: event.zone,
		location: { type: 'Place', name: event.place, ...(event.address ? { address: event.address } : {}) },
		'ical:status': event.cancelled ? 'CANCELLED' : 'CONFIRMED',
		joinMode: JOIN_MODES[event.joining],
		externalParticipationUrl: event.page,
		...online,
		...capacity,
	};
}

/** Mobilizon's words. */
const JOIN_MODES = { free: 'free', asked: 'restricted', open: 'external' } as const;

function questionOf({ choices, many, ends, over, voters }: WirePoll): Json {
	const offered = choices.map(({ name, votes }) => ({
		type: 'Note',
		name,
		replies: { type: 'Collection', totalItems: votes },
	}));
	return {
		type: 'Question',
		[many ? 'anyOf' : 'oneOf']: offered,
		...(ends === null ? {} : { endTime: instant(ends), ...(over ? { closed: instant(ends) } : {}) }),
		...(voters === null ? {} : { votersCount: voters }),
	};
}

function instant(milliseconds: number): string {
	return new Date(milliseconds).toISOString();
}
