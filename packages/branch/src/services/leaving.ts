import { BadInput, NotAllowed } from '@understory/core/errors.ts';
import type { BranchContext } from '../context.ts';
import { asideOf } from '../store/aside.ts';
import { eventsAttendedBy } from '../store/attendance.ts';
import { followersOf, followsOf } from '../store/follows.ts';
import { emptyPerson, forgetActor, forgetDeeds, livePostsOf } from '../store/leaving.ts';
import { removeMedia, unattachedOf } from '../store/media.ts';
import type { Person } from '../store/people.ts';
import { postById } from '../store/posts.ts';
import { remoteById, remoteByUri } from '../store/remote-actors.ts';
import type { Reading, Writing } from '../store/store.ts';
import { erase } from './erasing.ts';
import { endReleasesOf } from './hosting/releasing.ts';
import { settleWhenGone } from './hosting/settling.ts';
import { type Recipient, recallPost, sendFarewell, whoHas } from './outbox.ts';
import { refreshQuotesOf, withdrawQuotesOf } from './quoting.ts';

/**
 * Deletes an account: its posts with their pictures here and, as far as other servers do what they are asked, wherever they went; its follows, lists,
 * notices and sign-ins. All or nothing. `typed` is the handle, written once more. Works with any standing (the porch, DESIGN section 2).
 * What a host hid stays sealed while an appeal may need it. Throws BadInput `handle_typed`.
 */
export function leaveForGood(context: BranchContext, person: Person, typed: string): void {
	if (typed.trim().replace(/^@/, '').toLowerCase() !== person.handle.toLowerCase()) {
		throw new BadInput('That is not your handle.', [{ field: 'handle', text: 'handle_typed' }]);
	}
	if (person.kind !== 'person') throw new NotAllowed('The branch itself cannot leave.');
	const actor = context.at.person(person.id);
	context.store.transact((writing) => {
		const told = whoKnows(context, writing, person);
		for (const id of livePostsOf(writing, { person: person.id })) {
			const post = postById(writing, id)!;
			recallPost(context, writing, post);
			withdrawQuotesOf(context, writing, post);
			erase(context, writing, id);
		}
		settleWhenGone(context, writing, actor);
		endReleasesOf(context, writing, person.id);
		emptyAccount(context, writing, person.id, `gone ${context.ids.random()}`);
		sendFarewell(context, writing, String(person.id), actor, told);
	});
}

/** Takes away everything of an account but its posts. `sub` takes the place of whose it was. */
export function emptyAccount(
	context: Pick<BranchContext, 'clock' | 'media' | 'at' | 'gone'>,
	writing: Writing,
	person: number,
	sub: string,
): void {
	for (const { id, file } of unattachedOf(writing, person)) {
		removeMedia(writing, id);
		writing.afterwards(() => file && context.media.remove(context.media.pathOf(file)));
	}
	forgetDeeds(writing, person, context.at.person(person));
	emptyPerson(writing, person, sub, context.clock.now());
	writing.afterwards(() => context.gone());
}

/** Somebody elsewhere is gone for good, says their own server: their copies go, and what people here had to do with them. */
export function forgetRemote(context: BranchContext, writing: Writing, actor: string): void {
	const remote = remoteByUri(writing, actor);
	if (!remote) return;
	for (const id of livePostsOf(writing, { remote: remote.id })) {
		erase(context, writing, id);
		refreshQuotesOf(context, writing, id);
	}
	settleWhenGone(context, writing, actor);
	forgetActor(writing, actor);
}

/** Servers that know of somebody: of those who follow them or whom they follow, those that hold or quote a post, and of events they come to. */
function whoKnows(context: BranchContext, reading: Reading, person: Person): Recipient[] {
	const actor = context.at.person(person.id);
	const known = [
		...followersOf(reading, actor),
		...followsOf(reading, actor).map(({ followed }) => followed),
		...asideOf(reading, actor).flatMap(({ follower, followed }) => [follower, followed]),
	];
	const found = known.flatMap((uri): Recipient[] => {
		const remote = remoteByUri(reading, uri);
		return remote ? [{ origin: remote.origin, inbox: remote.shared_inbox ?? remote.inbox }] : [];
	});
	for (const id of livePostsOf(reading, { person: person.id })) found.push(...whoHas(reading, id));
	// Who organizes an event elsewhere counts on them.
	for (const id of eventsAttendedBy(reading, actor)) {
		const post = postById(reading, id);
		const organizer = post?.remote == null ? undefined : remoteById(reading, post.remote);
		if (organizer) found.push({ origin: organizer.origin, inbox: organizer.shared_inbox ?? organizer.inbox });
	}
	return [...new Map(found.map((one) => [one.inbox, one])).values()];
}
