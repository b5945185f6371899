import { mayReceive, type Reader, type Trust } from '@understory/core/scope.ts';
import type { WirePoll, WirePost } from '../ports.ts';
import type { Addresses } from './addresses.ts';
import { type Addressing, addressingOf } from './addressing.ts';

/** A document as it goes over the wire. */
export type Json = Readonly<Record<string, unknown>>;

const GTS = 'https://gotosocial.org/ns#';
const term = (name: string) => ({ '@id': `gts:${name}`, '@type': '@id' });
/** Terms that are not ActivityStreams' own. Written out, so that nobody has to fetch anything to read us. */
const CONTEXT = [
	'https://www.w3.org/ns/activitystreams',
	{
		sensitive: 'as:sensitive',
		Hashtag: 'as:Hashtag',
		toot: 'http://joinmastodon.org/ns#',
		votersCount: 'toot:votersCount',
		ical: 'http://www.w3.org/2002/12/cal/ical#',
		mz: 'https://joinmobilizon.org/ns#',
		timezone: 'mz:timezone',
		joinMode: 'mz:joinMode',
		externalParticipationUrl: 'mz:externalParticipationUrl',
		onlineAddress: 'mz:onlineAddress',
		maximumAttendeeCapacity: 'https://schema.org/maximumAttendeeCapacity',
		remainingAttendeeCapacity: 'https://schema.org/remainingAttendeeCapacity',
		gts: GTS,
		interactionPolicy: term('interactionPolicy'),
		canReply: term('canReply'),
		canAnnounce: term('canAnnounce'),
		canQuote: term('canQuote'),
		automaticApproval: term('automaticApproval'),
	},
];

/** Turns posts into what other servers read. There is no other way in this package from a post to a body. */
export interface PostSerializer {
	/** The Note itself. */
	note(post: WirePost, reader: Reader): Json | null;
	create(post: WirePost, reader: Reader): Json | null;
	update(post: WirePost, reader: Reader): Json | null;
}

/**
 * Every function asks `mayReceive` first and answers null when it says no, or when the audience has no wire form at all: what was
 * not allowed is never turned into bytes (DESIGN 4.6; reference/fediverse.md 0.7). No linked-data signature and no object
 * proof is ever added, since either would let a leaked copy prove itself (0.6).
 */
export function createPostSerializer(at: Addresses, trust: () => Trust): PostSerializer {
	function allowed(post: WirePost, reader: Reader): Addressing | null {
		const now = trust();
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
		create: (post, reader) => wrapped(post, reader, 'Create', `${at.post(post.author, post.id)}/activity`),
		update: (post, reader) =>
			wrapped(
				post,
				reader,
				'Update',
				`${at.post(post.author, post.id)}#updates/${post.edited ?? post.published}${countsOf(post)}`,
			),
	};
}

/** The votes are part of what an Update says, so that each count has an id of its own. */
function countsOf({ poll }: WirePost): string {
	if (!poll) return '';
	return `-${poll.choices.map(({ votes }) => votes).join('-')}${poll.over ? '-over' : ''}`;
}

function noteOf(post: WirePost, at: Addresses, addressing: Addressing): Json {
	return {
		id: at.post(post.author, post.id),
		...kindOf(post),
		attributedTo: at.actor(post.author),
		to: addressing.to,
		cc: addressing.cc,
		content: post.contentHtml,
		...(post.language ? { contentMap: { [post.language]: post.contentHtml } } : {}),
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
