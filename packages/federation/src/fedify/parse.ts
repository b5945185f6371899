import {
	Accept,
	Activity,
	Add,
	Announce,
	type Object as AsObject,
	Block,
	Create,
	Delete,
	Flag,
	Follow,
	isActor,
	Join,
	Leave,
	Like,
	Move,
	QuoteRequest,
	Reject,
	Remove,
	Tombstone,
	Undo,
	Update,
} from '@fedify/vocab';
import type { DocumentLoader } from '@fedify/vocab-runtime';
import { Malformed, NotAllowed } from '@understory/core/errors.ts';
import { originOf } from '@understory/core/scope.ts';
import type { BranchPorts, Incoming, RemoteActor } from '../ports.ts';
import { readVote } from './parse-poll.ts';
import { readPost } from './parse-post.ts';
import { readActor } from './remote-actors.ts';
import { plain } from './text.ts';
import { isUnreadable } from './unreadable.ts';

const MOST_FLAGGED = 50;
const LONGEST_WORDS = 1000;

/** What an activity means to us: something for the branch, or nothing. */
export type Meaning = Incoming | null;

/** What is needed to understand an activity. */
export interface ParseParts {
	readonly origin: string;
	/** What the activity said on its outside, which is what was verified. */
	readonly id: string;
	readonly actor: string;
	readonly contexts: DocumentLoader;
	readonly clean: BranchPorts['clean'];
	/** UTC milliseconds. */
	readonly now: number;
	/** The verified sender, from the cache or fetched; asked only when needed. */
	sender(): Promise<RemoteActor>;
}

/**
 * Understands an activity of a verified sender. Tolerates the shapes of Mastodon, Pleroma, Misskey and others, since JSON-LD
 * expansion makes them one; objects are never fetched, so what is not inside the activity is not acted on. Throws Malformed when it
 * cannot be read, NotAllowed when it speaks for another server (reference/fediverse.md 2.4: no forwarding).
 */
export async function parseActivity(document: unknown, parts: ParseParts): Promise<Meaning> {
	try {
		return await meaningOf(document, parts);
	} catch (error) {
		if (isUnreadable(error)) throw new Malformed('The activity cannot be read.', { cause: error });
		throw error;
	}
}

async function meaningOf(document: unknown, parts: ParseParts): Promise<Meaning> {
	const activity = await readActivity(document, parts.contexts);
	const { id, actor } = parts;
	// A context can give words another meaning; it must not give the activity another sender.
	if (activity.actorIds.length !== 1 || activity.actorId?.href !== actor || activity.id?.href !== id) {
		throw new Malformed('The activity says two things about who it is from.');
	}
	if (activity instanceof Follow) return follow(activity, id, parts);
	if (activity instanceof Accept || activity instanceof Reject) return answer(activity, actor, parts);
	if (activity instanceof QuoteRequest)
		return quoteRequest(activity, { id, actor, document: partOf(document, 'instrument') }, parts);
	if (activity instanceof Like || activity instanceof Announce) return act(activity, id, parts);
	if (activity instanceof Join || activity instanceof Leave) return join(activity, id, parts);
	if (activity instanceof Block) return block(activity, id, parts);
	if (activity instanceof Add || activity instanceof Remove) return pin(activity, id, parts);
	if (activity instanceof Move) return move(activity, id, parts);
	if (activity instanceof Flag) return flag(activity, id, parts);
	if (activity instanceof Undo) return undo(activity, actor, parts);
	if (activity instanceof Delete) return remove(activity, actor, parts);
	if (activity instanceof Create || activity instanceof Update) {
		return post(activity, { id, actor, document: partOf(document, 'object') }, parts);
	}
	return null;
}

async function readActivity(document: unknown, contexts: DocumentLoader): Promise<Activity> {
	try {
		return await Activity.fromJsonLd(document, { contextLoader: contexts, documentLoader: refuse });
	} catch (error) {
		if (error instanceof Error) throw new Malformed('The activity cannot be read.', { cause: error });
		throw error;
	}
}

async function follow(activity: Follow, id: string, parts: ParseParts): Promise<Meaning> {
	const object = activity.objectId?.href;
	if (object === undefined || originOf(object) !== parts.origin) return null;
	return { type: 'follow', id, actor: await parts.sender(), object };
}

async function answer(activity: Accept | Reject, actor: string, parts: ParseParts): Promise<Meaning> {
	const id = activity.objectId?.href;
	if (id === undefined || originOf(id) !== parts.origin) return null;
	const type = activity instanceof Accept ? 'accept' : 'reject';
	return { type, actor, asked: id, result: activity.resultId?.href ?? null };
}

/** Of a post of ours, by one of theirs: what quotes lives where whoever asks does (FEP-044f). */
async function quoteRequest(
	activity: QuoteRequest,
	by: { id: string; actor: string; document: unknown },
	parts: ParseParts,
): Promise<Meaning> {
	const object = activity.objectId?.href;
	const quoting = activity.instrumentId;
	if (object === undefined || quoting === null || originOf(object) !== parts.origin) return null;
	if (quoting.origin !== originOf(by.actor)) throw speaksForAnother();
	const inside = await activity.getInstrument({
		contextLoader: parts.contexts,
		documentLoader: refuse,
		suppressError: true,
	});
	const { contexts, clean, now } = parts;
	const whole = { actor: by.actor, activity: null, document: by.document, contexts, clean, now };
	const post = inside && (await readPost(inside, whole));
	const actor = await parts.sender();
	return { type: 'quote_request', id: by.id, actor, object, quoting: quoting.href, post };
}

/** Only the address of the post is believed: a copy inside an Announce proves nothing about its author. */
async function act(activity: Like | Announce, id: string, parts: ParseParts): Promise<Meaning> {
	const object = activity.objectId?.href;
	if (object === undefined) return null;
	if (activity instanceof Like && originOf(object) !== parts.origin) return null;
	const type = activity instanceof Like ? 'like' : 'announce';
	return { type, id, actor: await parts.sender(), object };
}

/** To an event of ours (Mobilizon, gathio); to others' they say so there. */
async function join(activity: Join | Leave, id: string, parts: ParseParts): Promise<Meaning> {
	const event = activity.objectId?.href;
	if (event === undefined || originOf(event) !== parts.origin) return null;
	const type = activity instanceof Join ? 'join' : 'leave';
	return { type, id, actor: await parts.sender(), event };
}

async function block(activity: Block, id: string, parts: ParseParts): Promise<Meaning> {
	const object = activity.objectId?.href;
	if (object === undefined || originOf(object) !== parts.origin) return null;
	return { type: 'block', id, actor: await parts.sender(), object };
}

/** Only about what is ours; the rest is for others to look at. */
async function flag(activity: Flag, id: string, parts: ParseParts): Promise<Meaning> {
	const objects = activity.objectIds
		.filter((object) => object.origin === parts.origin)
		.map((object) => object.href);
	if (objects.length === 0) return null;
	const words = plain(activity.content, LONGEST_WORDS);
	return { type: 'flag', id, actor: await parts.sender(), objects: objects.slice(0, MOST_FLAGGED), words };
}

/** Only of themselves. Whether the other account is theirs is asked there. */
async function move(activity: Move, id: string, parts: ParseParts): Promise<Meaning> {
	const target = activity.targetId?.href;
	if (target === undefined || activity.objectId?.href !== parts.actor) return null;
	return { type: 'move', id, actor: await parts.sender(), target };
}

/** Into the collection of their pins, or out of it; other collections are nothing to us. */
async function pin(activity: Add | Remove, id: string, parts: ParseParts): Promise<Meaning> {
	const object = activity.objectId;
	const target = activity.targetId?.href;
	if (object === null || target === undefined) return null;
	const actor = await parts.sender();
	if (actor.featured !== target) return null;
	if (object.origin !== originOf(actor.id)) throw speaksForAnother();
	return { type: activity instanceof Add ? 'pin' : 'unpin', id, actor, object: object.href };
}

async function undo(activity: Undo, actor: string, parts: ParseParts): Promise<Meaning> {
	const undone = await embedded(activity, parts);
	if (undone instanceof Like || undone instanceof Announce || undone instanceof Block) {
		if (undone.actorId?.href !== actor || undone.id?.origin !== originOf(actor)) throw speaksForAnother();
		return { type: 'unact', actor, object: undone.id.href };
	}
	if (undone instanceof Join) {
		if (undone.actorId?.href !== actor) throw speaksForAnother();
		const event = undone.objectId?.href;
		if (event === undefined || originOf(event) !== parts.origin) return null;
		return { type: 'leave', id: parts.id, actor: await parts.sender(), event };
	}
	if (!(undone instanceof Follow) || undone.objectId === null) return null;
	if (undone.actorId?.href !== actor) throw speaksForAnother();
	if (undone.objectId.origin !== parts.origin) return null;
	return { type: 'unfollow', actor, object: undone.objectId.href };
}

async function remove(activity: Delete, actor: string, parts: ParseParts): Promise<Meaning> {
	const object = activity.objectId ?? (await embedded(activity, parts))?.id;
	if (!object) return null;
	if (object.origin !== originOf(actor)) throw speaksForAnother();
	return { type: 'delete', actor, object: object.href };
}

async function post(
	activity: Create | Update,
	by: { id: string; actor: string; document: unknown },
	parts: ParseParts,
): Promise<Meaning> {
	if (activity.objectId && activity.objectId.origin !== originOf(by.actor)) throw speaksForAnother();
	const object = await embedded(activity, parts);
	if (!object || object instanceof Tombstone) return null;
	if (isActor(object)) {
		if (object.id?.href !== by.actor) throw speaksForAnother();
		return activity instanceof Update ? profile(object, by, parts) : null;
	}
	const vote = activity instanceof Create ? readVote(object, by.actor, parts) : null;
	if (vote) return { type: 'vote', id: by.id, actor: await parts.sender(), ...vote };
	const { contexts, clean, now } = parts;
	const read = await readPost(object, { ...by, activity, contexts, clean, now });
	if (!read) return null;
	const type = activity instanceof Create ? 'create' : 'update';
	return { type, id: by.id, actor: await parts.sender(), post: read };
}

/** Who somebody is now: the document that came with it, signed by themselves. One that cannot be read tells us nothing. */
async function profile(
	object: AsObject,
	by: { id: string; actor: string },
	parts: ParseParts,
): Promise<Meaning> {
	const document = await object.toJsonLd({ contextLoader: parts.contexts });
	const known = await readActor(document, parts.contexts);
	return known && { type: 'profile', id: by.id, actor: known.actor };
}

/** The object inside an activity; null when only its address is there, or when it cannot be read. */
async function embedded(activity: Activity, parts: ParseParts): Promise<AsObject | null> {
	return activity.getObject({ contextLoader: parts.contexts, documentLoader: refuse, suppressError: true });
}

/** The object as it stands in an activity. */
function partOf(document: unknown, name: 'object' | 'instrument'): unknown {
	return (document as Partial<Record<typeof name, unknown>> | null)?.[name];
}

function speaksForAnother(): NotAllowed {
	return new NotAllowed('A server speaks for its own people and posts only.', 'speaks_for_another');
}

async function refuse(url: string): Promise<never> {
	throw new TypeError(`Nothing is fetched to understand an activity: ${url}`);
}
