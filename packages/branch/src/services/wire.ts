import { audienceOf } from '@understory/core/scope.ts';
import type { WireEvent } from '@understory/federation/events.ts';
import type { LocalActor, WirePost } from '@understory/federation/ports.ts';
import type { WireQuote } from '@understory/federation/quotes.ts';
import type { BranchContext } from '../context.ts';
import { countComing } from '../store/attendance.ts';
import { eventOf } from '../store/events.ts';
import { mediaOf } from '../store/media.ts';
import { type Person, personById } from '../store/people.ts';
import { tagsOf } from '../store/post-tags.ts';
import { type Post, postById } from '../store/posts.ts';
import { quoteIn } from '../store/quotes.ts';
import type { Reading } from '../store/store.ts';
import { asksFirst } from './follow-requests.ts';
import { isListed } from './listed.ts';
import { mediaPath } from './media-type.ts';
import { escapeHtml } from './plain-text.ts';
import { standingOf } from './question.ts';
import { policyOf } from './quote-rules.ts';

/** A person as other servers see them. */
export function toLocalActor(person: Person): LocalActor {
	return {
		id: String(person.id),
		handle: person.handle,
		displayName: person.name,
		summaryHtml: person.summary_html,
		created: person.created,
		kind: person.kind,
		listed: isListed(person),
		asksFirst: asksFirst(person),
	};
}

/** The branch itself, `/ap/actor`. */
export function serverActor(context: Pick<BranchContext, 'current' | 'desired'>): LocalActor {
	const { name } = context.current.branch();
	const library = context.current.library().name;
	return {
		id: 'server',
		handle: 'branch',
		displayName: name,
		summaryHtml: `<p>${escapeHtml(name)}, ${escapeHtml(library)}</p>`,
		created: context.desired().issued,
		kind: 'server',
		listed: false,
		asksFirst: false,
	};
}

/**
 * A post of ours in the form federation takes; null for copies, and for what was deleted or hidden. Who may have it is decided
 * there, by `mayReceive`.
 */
export function toWirePost(
	context: Pick<BranchContext, 'at'>,
	reading: Reading,
	post: Post | undefined,
): WirePost | null {
	if (!post || post.person === null || post.deleted !== null || post.hidden !== null) return null;
	const author = personById(reading, post.person);
	if (!author) return null;
	const event = post.kind === 'Event' ? wireEvent(context, reading, post, author) : undefined;
	const poll = post.kind === 'Question' ? standingOf(reading, post.id) : undefined;
	const quote = wireQuote(reading, post);
	return {
		...(event ? { event } : {}),
		...(poll ? { poll } : {}),
		...(quote ? { quote } : {}),
		quotable: policyOf(author),
		id: String(post.id),
		author: toLocalActor(author),
		contentHtml: post.content_html,
		summary: post.summary,
		language: post.language,
		published: post.created,
		edited: post.edited,
		inReplyTo: post.reply_uri,
		audience: post.audience,
		mentions: post.mentions,
		sensitive: post.sensitive,
		attachments: mediaOf(reading, post.id).map((media) => ({
			url: context.at.below(mediaPath(media)),
			type: media.type,
			description: media.description || null,
			width: media.width,
			height: media.height,
		})),
		tags: tagsOf(reading, post.id).map(({ name, shown }) => ({ name: shown, href: context.at.tag(name) })),
		url: context.at.page(author.handle, post.id),
		thread: postById(reading, post.thread)?.person == null ? null : String(post.thread),
	};
}

/** What a post quotes; of what is not to be quoted any more, or is gone, not even the name. */
function wireQuote(reading: Reading, post: Post): WireQuote | undefined {
	const quote = quoteIn(reading, post.id);
	if (!quote) return undefined;
	const quoted = quote.quoted === null ? undefined : postById(reading, quote.quoted);
	// Nothing is known of whom it is for: then it is for nobody.
	const audience = quoted?.audience ?? { ...audienceOf('branch', { origin: '', author: '' }), walls: [] };
	const open = quote.state === 'asked' || quote.state === 'agreed';
	const there = quoted && quoted.deleted === null && quoted.hidden === null;
	const own = quoted?.person !== null && quoted?.person === post.person;
	return {
		uri: open && there ? quote.uri : null,
		audience,
		url: quoted?.url ?? quote.uri,
		// To others a yes is what they can look up.
		agreed: quote.state === 'agreed' && (own || quote.stamp !== null),
		stamp: own ? null : quote.stamp,
		changed: quote.changed,
	};
}

function wireEvent(
	context: Pick<BranchContext, 'at'>,
	reading: Reading,
	post: Post,
	author: Person,
): WireEvent | undefined {
	const event = eventOf(reading, post.id);
	if (!event) return undefined;
	const day = new Intl.DateTimeFormat(post.language ?? author.language, {
		timeZone: event.zone,
		dateStyle: 'full',
		timeStyle: 'short',
	});
	return {
		title: post.title ?? '',
		starts: event.starts,
		ends: event.ends,
		zone: event.zone,
		place: event.place,
		address: event.address,
		online: event.online,
		capacity: event.capacity,
		coming: countComing(reading, post.id),
		cancelled: event.cancelled !== null,
		// Nobody here announces an event that people are invited to.
		joining: event.joining === 'invite' ? 'open' : event.joining,
		page: context.at.page(author.handle, post.id),
		inWords: [day.format(event.starts), event.place, event.address].filter(Boolean).join(', '),
	};
}
