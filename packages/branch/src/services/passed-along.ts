import { PublicError } from '@understory/core/errors.ts';
import { originOf, scopeOf } from '@understory/core/scope.ts';
import type { BranchContext } from '../context.ts';
import { addAct } from '../store/acts.ts';
import { followersOf } from '../store/follows.ts';
import {
	dropPassedAlong,
	nextPassedAlong,
	type PassedAlong,
	putOffPassedAlong,
} from '../store/passed-along.ts';
import { postByUri } from '../store/posts.ts';
import type { Writing } from '../store/store.ts';
import { exchangesWith } from './exchanging.ts';
import { keepFetched } from './keeping.ts';

/** So many are fetched in a row. */
const AT_ONCE = 5;
const TRIES = 3;
/** Between two tries, in milliseconds. */
const PAUSE = 10 * 60_000;

/** Fetches what is due; what its server does not give is forgotten, what does not answer is tried again. */
export async function fetchPassedAlong(context: BranchContext): Promise<void> {
	for (let n = 0; n < AT_ONCE; n++) {
		const next = context.store.read((reading) => nextPassedAlong(reading));
		if (!next || next.due > context.clock.now()) return;
		const came = await fetchOne(context, next.uri);
		context.store.transact((writing) => {
			if (came || next.tries + 1 >= TRIES) dropPassedAlong(writing, next.activity);
			else putOffPassedAlong(writing, next.activity, context.clock.now() + PAUSE, next.tries + 1);
			if (came) passOn(context, writing, next);
		});
	}
}

/** When `fetchPassedAlong` is to be called, or null. */
export function nextPassedAlongAt(context: Pick<BranchContext, 'store'>): number | null {
	return context.store.read((reading) => nextPassedAlong(reading))?.due ?? null;
}

/** Whether its server answered, with the post or without. */
async function fetchOne(context: BranchContext, uri: string): Promise<boolean> {
	if (!exchangesWith(context, originOf(uri))) return true;
	try {
		const fetched = await (await context.federation()).fetchPost(uri);
		if (fetched) keepFetched(context, fetched);
		return true;
	} catch (error) {
		if (!(error instanceof PublicError)) throw error;
		context.log.info('passed_along.not_fetched', { error_code: error.code });
		return error.status < 500;
	}
}

function passOn(context: BranchContext, writing: Writing, { activity, uri, actor }: PassedAlong): void {
	const post = postByUri(writing, uri);
	if (!post || post.deleted !== null || post.hidden !== null || scopeOf(post.audience) !== 'public') return;
	if (followersOf(writing, actor).length === 0) return;
	const created = context.clock.now();
	addAct(writing, { id: context.ids.next(), kind: 'share', post: post.id, actor, activity, created });
}
