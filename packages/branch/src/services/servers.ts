import { BadInput, NotAllowed, NotFound } from '@understory/core/errors.ts';
import type { BranchContext } from '../context.ts';
import { acceptFollow, askingFrom, type Follow, removeFollow } from '../store/follows.ts';
import { type Person, personById } from '../store/people.ts';
import { remoteByUri } from '../store/remote-actors.ts';
import { addServer, decideServer, type Server, serverAt } from '../store/servers.ts';
import type { Writing } from '../store/store.ts';
import { asksFirst } from './follow-requests.ts';
import { notice } from './noticing.ts';
import { sendAbout } from './outbox.ts';
import { cleanLine, lengthOf } from './plain-text.ts';

/** Longest reason for a yes or no, in characters. */
const LONGEST_REASON = 300;

/** Keeps that a server wants to exchange posts, when this branch is one that lets new servers in; whether it waits now. */
export function askAboutServer(context: BranchContext, writing: Writing, origin: string): boolean {
	if (context.current.branch().federation !== 'cautious') return false;
	addServer(writing, origin, context.clock.now());
	return serverAt(writing, origin)?.state === 'waiting';
}

/**
 * A host lets a server in, or says no; in writing, since people of the branch may ask why. Whoever of it waited to follow somebody here gets
 * the answer. A no can become a yes later; a yes is ended by other means than this. Throws NotAllowed for anybody who is no host here, NotFound
 * when nobody asked, BadInput `server_reason`.
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
	const reason = cleanLine(answer.reason);
	if (reason === '' || lengthOf(reason) > LONGEST_REASON) {
		throw new BadInput('Say why, in a sentence.', [{ field: 'reason', text: 'server_reason' }]);
	}
	context.store.transact((writing) => {
		const server = serverAt(writing, origin);
		if (!server || server.state === 'let_in') throw new NotFound();
		const state: Server['state'] = answer.yes ? 'let_in' : 'refused';
		decideServer(writing, origin, { state, decided: context.clock.now(), staff_id: staffId, reason });
		for (const follow of askingFrom(writing, `${origin}/`)) settle(context, writing, follow, answer.yes);
	});
}

function settle(context: BranchContext, writing: Writing, follow: Follow, yes: boolean): void {
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
