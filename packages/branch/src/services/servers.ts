import { Conflict, NotAllowed, NotFound } from '@understory/core/errors.ts';
import type { BranchContext } from '../context.ts';
import { acceptFollow, askingFrom, type Follow, removeFollow } from '../store/follows.ts';
import { type Person, personById } from '../store/people.ts';
import { openProposalAbout } from '../store/proposals.ts';
import { addServerAnswer } from '../store/recorded.ts';
import { remoteByUri } from '../store/remote-actors.ts';
import { addServer, decideServer, serverAt } from '../store/servers.ts';
import type { Writing } from '../store/store.ts';
import { asksFirst } from './follow-requests.ts';
import { isHeldBack } from './newcomers.ts';
import { notice } from './noticing.ts';
import { sendAbout } from './outbox.ts';
import { decidedBy, record } from './recording.ts';
import { checkedReason } from './restricting/reason.ts';
import { ruling } from './restricting/ruling.ts';

/** Keeps that a server wants to exchange posts, when this branch is one that lets new servers in; whether it waits now. */
export function askAboutServer(context: BranchContext, writing: Writing, origin: string): boolean {
	// A newcomer of the neighborhood waits here whatever the mode of federation.
	const waits = isHeldBack(writing, origin);
	if (context.current.branch().federation !== 'cautious' && !waits) return false;
	addServer(writing, origin, context.clock.now());
	return serverAt(writing, origin)?.state === 'waiting';
}

/**
 * A host lets a server in, or says no; in writing, since both are published with the reason. The reason names nobody. Whoever of it waited to follow somebody here gets
 * the answer. A no can become a yes later; a yes is ended by other means than this. Throws NotAllowed for anybody who is no host here, NotFound
 * when nobody asked, Conflict `already_proposed` while people here are asked about it, BadInput `server_reason`, `server_name`.
 */
export function answerServer(
	context: BranchContext,
	staffId: string,
	origin: string,
	answer: { readonly yes: boolean; readonly reason: string },
): void {
	if (!context.current.mayDecide(staffId)) {
		throw new NotAllowed('Only the hosts of this branch let servers in.', 'not_a_host');
	}
	const reason = checkedReason(answer.reason);
	ruling(context, (writing) => {
		if (openProposalAbout(writing, new URL(origin).host)) {
			throw new Conflict('The people of this branch are being asked about this server.', 'already_proposed');
		}
		answerServerIn(context, writing, staffId, origin, { ...answer, reason });
	});
}

/** The same in the transaction of a caller, who has checked who answers and the reason. Returns the number of the decision. Throws NotFound. */
export function answerServerIn(
	context: BranchContext,
	writing: Writing,
	staffId: string,
	origin: string,
	{ yes, reason }: { readonly yes: boolean; readonly reason: string },
): string {
	const server = serverAt(writing, origin);
	if (!server || server.state === 'let_in') throw new NotFound();
	const state = yes ? 'let_in' : 'refused';
	const [id, at] = [context.ids.random(), context.clock.now()];
	decideServer(writing, origin, { state, decided: at, staff_id: staffId, reason });
	addServerAnswer(writing, { id, origin, state, staff_id: staffId, at });
	recordAnswer(context, writing, id, staffId, { origin, state, reason });
	// Whether a newcomer is a neighbor hangs on it, and so does what is told below.
	context.restrictions.changed();
	for (const follow of askingFrom(writing, `${origin}/`)) settle(context, writing, follow, yes);
	return id;
}

function recordAnswer(
	context: BranchContext,
	writing: Writing,
	id: string,
	staffId: string,
	said: { readonly origin: string; readonly state: 'let_in' | 'refused'; readonly reason: string },
): void {
	record(context, writing, {
		...{ id, kind: 'federation', action: said.state, server: new URL(said.origin).host, refs: [] },
		decided_by: decidedBy(context, writing, staffId),
		texts: { explanation: said.reason },
	});
}

/** Whoever asked to follow somebody here, and was not heard, gets the answer; call it within the transaction that decides about their server. */
export function settle(context: BranchContext, writing: Writing, follow: Follow, yes: boolean): void {
	const id = context.at.personIn(follow.followed);
	const person = id === null ? undefined : personById(writing, id);
	if (!person) return;
	if (yes) notice(context, writing, newsOf(person, follow));
	if (yes && asksFirst(person)) return;
	if (yes) acceptFollow(writing, follow.id);
	else removeFollow(writing, follow.follower, follow.followed);
	const remote = remoteByUri(writing, follow.follower);
	if (!remote) return;
	const what = yes ? 'accept' : 'reject';
	const errand = {
		what,
		activity: follow.activity,
		actor: follow.follower,
		sender: String(person.id),
	} as const;
	sendAbout(context, writing, errand, { origin: remote.origin, inbox: remote.inbox });
}

function newsOf(person: Person, follow: Follow) {
	const kind = asksFirst(person) ? 'follow_request' : 'follow';
	return { person: person.id, kind, post: null, actor: follow.follower } as const;
}
