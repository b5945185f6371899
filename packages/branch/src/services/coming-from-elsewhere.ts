import { mayReceive, originOf } from '@understory/core/scope.ts';
import type { Incoming } from '@understory/federation/ports.ts';
import type { BranchContext } from '../context.ts';
import {
	attendanceOf,
	type Coming,
	countComing,
	keepAttendance,
	removeAttendance,
} from '../store/attendance.ts';
import { type Event, eventOf } from '../store/events.ts';
import { type Post, postByUri } from '../store/posts.ts';
import { noteReceived, wasReceived } from '../store/received.ts';
import type { Writing } from '../store/store.ts';
import { isApart } from './apart.ts';
import { knowRemote } from './known-remote.ts';
import { sendWelcome } from './outbox.ts';
import { serverReader } from './readers.ts';

type Said = Extract<Incoming, { type: 'join' | 'leave' }>;

/**
 * Somebody elsewhere says that they come to an event of ours, with the answer their server waits for: yes, no, or later by its organizer.
 * The same rules hold as for people here. An event that their server may not have leaves no trace.
 */
export function receiveJoin(context: BranchContext, incoming: Said): void {
	context.store.transact((writing) => {
		if (wasReceived(writing, incoming.id)) return;
		const now = context.clock.now();
		noteReceived(writing, incoming.id, now);
		const found = ours(context, writing, incoming);
		if (!found) return;
		const { post, event } = found;
		const actor = knowRemote(context, writing, incoming.actor).uri;
		const answer = { post, activity: incoming.id, actor };
		const known = attendanceOf(writing, post.id, actor);
		const state = known?.state ?? stateFor(context, writing, found, actor);
		if (!known && state !== 'refused' && event.joining !== 'open') {
			const id = context.ids.next();
			keepAttendance(writing, { id, post: post.id, actor, state, created: now, activity: incoming.id });
		}
		if (state !== 'asked') sendWelcome(context, writing, { ...answer, yes: state === 'coming' });
	});
}

/** They do not come after all. */
export function receiveLeave(context: BranchContext, incoming: Said): void {
	context.store.transact((writing) => {
		const found = ours(context, writing, incoming);
		if (found) removeAttendance(writing, found.post.id, incoming.actor.id);
	});
}

function ours(
	context: BranchContext,
	writing: Writing,
	{ actor, event: uri }: Said,
): { readonly post: Post; readonly event: Event } | null {
	const post = postByUri(writing, uri);
	const event = post && eventOf(writing, post.id);
	if (!post || !event || post.person === null || post.deleted !== null || post.hidden !== null) return null;
	const reader = serverReader(context, originOf(actor.id));
	return mayReceive(post.audience, reader, context.book.trust()).allowed ? { post, event } : null;
}

function stateFor(
	context: BranchContext,
	writing: Writing,
	{ post, event }: { readonly post: Post; readonly event: Event },
	actor: string,
): Coming {
	const over = event.cancelled !== null || event.ends < context.clock.now();
	const full = event.capacity !== null && countComing(writing, post.id) >= event.capacity;
	if (over || full || isApart(writing, actor, context.at.person(post.person!))) return 'refused';
	return event.joining === 'asked' ? 'asked' : 'coming';
}
