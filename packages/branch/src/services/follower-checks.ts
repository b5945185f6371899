import { PublicError } from '@understory/core/errors.ts';
import { originOf } from '@understory/core/scope.ts';
import type { BranchContext } from '../context.ts';
import { askForCheck, type FollowerCheck, finishCheck, nextCheck } from '../store/follower-checks.ts';
import { acceptFollow, findFollow, followersOf, removeFollow } from '../store/follows.ts';
import { personById } from '../store/people.ts';
import { remoteByUri } from '../store/remote-actors.ts';
import type { Writing } from '../store/store.ts';
import { sendAbout } from './outbox.ts';

/** The lists of one person elsewhere are compared at most this often, in milliseconds. */
const AGAIN = 60 * 60_000;

/** Somebody elsewhere says that they count other followers here than we do; their list is read in the background (FEP-8fcf). */
export function wantFollowerCheck(context: BranchContext, actor: string, url: string): void {
	const asked = context.clock.now();
	const isNew = context.store.transact(
		(writing) => remoteByUri(writing, actor) && askForCheck(writing, { actor, url, asked }, asked - AGAIN),
	);
	if (isNew) context.wake();
}

/** Compares the list that waits longest with ours. A list that cannot be had changes nothing. */
export async function checkFollowers(context: BranchContext): Promise<void> {
	const check = context.store.read((reading) => nextCheck(reading));
	if (!check) return;
	const listed = await fetchList(context, check.url);
	context.store.transact((writing) => {
		if (listed) compare(context, writing, check, new Set(listed));
		finishCheck(writing, check.actor, context.clock.now());
	});
}

/** When `checkFollowers` is to be called, or null. */
export function nextFollowerCheckAt(context: Pick<BranchContext, 'store'>): number | null {
	return context.store.read((reading) => nextCheck(reading))?.asked ?? null;
}

async function fetchList(context: BranchContext, url: string): Promise<readonly string[] | null> {
	try {
		return await (await context.federation()).fetchCollection(url);
	} catch (error) {
		if (!(error instanceof PublicError)) throw error;
		context.log.info('followers.not_fetched', { error_code: error.code });
		return null;
	}
}

/** Whoever is not on their list follows them no more; whoever is and does not follow them takes that back there. */
function compare(
	context: BranchContext,
	writing: Writing,
	{ actor, asked }: FollowerCheck,
	listed: ReadonlySet<string>,
): void {
	for (const follower of followersOf(writing, actor)) {
		if (listed.has(follower)) continue;
		// What began while their list was under way may not be on it.
		const follow = findFollow(writing, follower, actor);
		if (follow && follow.created < asked) removeFollow(writing, follower, actor);
	}
	const there = remoteByUri(writing, actor);
	if (!there) return;
	for (const follower of listed) {
		const id = context.at.personIn(follower);
		const person = id === null ? undefined : personById(writing, id);
		if (!person) continue;
		const known = findFollow(writing, follower, actor);
		if (known) {
			if (known.state === 'asked') acceptFollow(writing, known.id);
			continue;
		}
		const activity = `${context.at.person(person.id)}/follows/${context.ids.next()}`;
		const recipient = { origin: originOf(actor), inbox: there.inbox };
		sendAbout(context, writing, { what: 'unfollow', activity, actor, sender: String(person.id) }, recipient);
	}
}
