import { NotFound, TooMany, toPublicError } from '@understory/core/errors.ts';
import type { BranchContext } from '../context.ts';
import { type Person, personById } from '../store/people.ts';
import type { Post } from '../store/posts.ts';
import {
	addWaiting,
	changeWaiting,
	dropWaiting,
	nextWaiting,
	type WaitingPost,
	waitingOf,
} from '../store/waiting-posts.ts';
import { type Draft, makeReady } from './drafting.ts';
import { publish } from './posting.ts';
import { quietUntil, waitsAtNight } from './quiet-hours.ts';

const LATER = 10 * 60_000;

/**
 * Posts what somebody wrote, or keeps it for the end of the quiet hours when it is for more than the branch. What waits is a draft and no post: it is on no page and leaves
 * in no form. Held to the same as a post that goes out at once. Throws what `makeReady` throws. Null when it waits.
 */
export async function publishOrWait(
	context: BranchContext,
	author: Person,
	draft: Draft,
): Promise<Post | null> {
	const due = quietUntil(context);
	if (due === null) return publish(context, author, draft);
	const { audience } = await makeReady(context, author, draft);
	if (!waitsAtNight(audience)) return publish(context, author, draft);
	context.store.transact((writing) => {
		const id = context.ids.next();
		addWaiting(writing, { id, person: author.id, draft: JSON.stringify(draft), due, fault: null });
		writing.afterwards(context.wake);
	});
	return null;
}

/** What somebody has waiting, with what they wrote. */
export function waitingDrafts(
	context: BranchContext,
	person: Person,
): { readonly waiting: WaitingPost; readonly draft: Draft }[] {
	return context.store
		.read((reading) => waitingOf(reading, person.id))
		.map((waiting) => ({ waiting, draft: draftOf(waiting) }));
}

/** Its author wants it no more. Throws NotFound for what is not theirs, or went out already. */
export function unwait(context: BranchContext, person: Person, id: number): void {
	ownWaiting(context, person, id);
	context.store.transact((writing) => {
		if (dropWaiting(writing, id) === 0) throw new NotFound();
	});
}

/** Posts it now, for the branch alone. Throws NotFound, and what `publish` throws; then it still waits. */
export async function publishHere(context: BranchContext, person: Person, id: number): Promise<Post> {
	const draft = { ...draftOf(ownWaiting(context, person, id)), scope: 'branch' };
	return publish(context, person, draft, (writing) => {
		if (dropWaiting(writing, id) === 0) throw new NotFound();
	});
}

function ownWaiting(context: BranchContext, person: Person, id: number): WaitingPost {
	const own = context.store.read((reading) => waitingOf(reading, person.id)).find((one) => one.id === id);
	if (!own) throw new NotFound();
	return own;
}

/** Posts what waited long enough, each in one transaction with its not waiting any more. What cannot be posted stays, with the reason, for its author to see. */
export async function publishWaiting(context: BranchContext): Promise<void> {
	for (;;) {
		const waiting = context.store.read((reading) => nextWaiting(reading));
		if (!waiting || waiting.due > context.clock.now()) return;
		await publishOne(context, waiting);
	}
}

/** When `publishWaiting` is to be called, or null. */
export function nextWaitingAt(context: Pick<BranchContext, 'store'>): number | null {
	return context.store.read((reading) => nextWaiting(reading))?.due ?? null;
}

async function publishOne(context: BranchContext, waiting: WaitingPost): Promise<void> {
	const { id } = waiting;
	const until = quietUntil(context);
	const author = context.store.read((reading) => personById(reading, waiting.person));
	const change = (changes: Parameters<typeof changeWaiting>[2]) =>
		context.store.transact((writing) => changeWaiting(writing, id, changes));
	// The hours were changed meanwhile.
	if (until !== null) return change({ due: until });
	try {
		if (!author) throw new NotFound();
		await publish(context, author, draftOf(waiting), (writing) => {
			if (dropWaiting(writing, id) === 0) throw new NotFound();
		});
	} catch (error) {
		const known = toPublicError(error);
		if (known.status >= 500) throw error;
		if (known instanceof TooMany) return change({ due: context.clock.now() + LATER });
		change({ fault: known.faults[0]?.text ?? known.code });
	}
}

function draftOf({ draft }: WaitingPost): Draft {
	return JSON.parse(draft) as Draft;
}
