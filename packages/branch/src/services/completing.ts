import { PublicError } from '@understory/core/errors.ts';
import { originOf } from '@understory/core/scope.ts';
import type { BranchContext } from '../context.ts';
import { type Post, postById, postByUri, threadOf } from '../store/posts.ts';
import { askForThread, finishThread, nextThread } from '../store/threads.ts';
import { exchangesWith } from './exchanging.ts';
import { keepFetched } from './keeping.ts';

/** A conversation is looked at anew at most this often, in milliseconds. */
const AGAIN = 15 * 60_000;
/** So many posts are fetched for one conversation at a time, and for so long at most, in milliseconds. */
const MOST = 12;
const PATIENCE = 8_000;
const LONGEST = 200;

/** Somebody reads a conversation: what of it is elsewhere is to be fetched, in the background. Costs nothing when it is all from here. */
export function wantWhole(context: BranchContext, posts: readonly Post[]): void {
	const first = posts[0];
	if (!first || missingFrom(context, posts).length === 0) return;
	const now = context.clock.now();
	const asked = context.store.transact((writing) => askForThread(writing, first.thread, now, now - AGAIN));
	if (asked) context.wake();
}

/** Where a conversation may go on, in the order in which it is looked for: what is answered and is not here, then what may have answers. */
function missingFrom(context: BranchContext, posts: readonly Post[]): string[] {
	const above = posts
		.filter((post) => post.reply_to === null && post.reply_uri !== null)
		.map((post) => post.reply_uri!);
	const below = posts
		.filter((post) => post.remote !== null && post.audience.reach === 'public' && post.deleted === null)
		.map((post) => post.uri);
	return [...new Set([...above, ...below])].filter((uri) => exchangesWith(context, originOf(uri)));
}

/** Fetches what is missing of the conversation that waits longest; what its server does not give is left out. */
export async function completeNext(context: BranchContext): Promise<void> {
	const next = context.store.read((reading) => nextThread(reading));
	if (!next) return;
	try {
		await complete(context, next.thread);
	} finally {
		const now = context.clock.now();
		context.store.transact((writing) => {
			finishThread(writing, next.thread, now);
			// What stood first may stand below another post by now; then that conversation was looked at.
			const whole = postById(writing, next.thread)?.thread ?? next.thread;
			if (whole === next.thread) return;
			askForThread(writing, whole, now, now);
			finishThread(writing, whole, now);
		});
	}
}

/** When `completeNext` is to be called, or null. */
export function nextCompletionAt(context: Pick<BranchContext, 'store'>): number | null {
	return context.store.read((reading) => nextThread(reading))?.asked ?? null;
}

async function complete(context: BranchContext, thread: number): Promise<void> {
	const posts = context.store.read((reading) => threadOf(reading, thread, LONGEST));
	const queue = missingFrom(context, posts);
	const seen = new Set<string>();
	const until = context.clock.now() + PATIENCE;
	while (queue.length > 0 && seen.size < MOST && context.clock.now() <= until) {
		const uri = queue.shift()!;
		if (seen.has(uri) || !exchangesWith(context, originOf(uri))) continue;
		seen.add(uri);
		const { above, answers } = await fetchOne(context, uri);
		// Upwards first: a newcomer wants to know what it was about.
		if (above !== null) queue.unshift(above);
		queue.push(...answers.filter((answer) => !isHere(context, answer)));
	}
}

async function fetchOne(
	context: BranchContext,
	uri: string,
): Promise<{ readonly above: string | null; readonly answers: readonly string[] }> {
	try {
		const fetched = await (await context.federation()).fetchPost(uri);
		if (!fetched) return { above: null, answers: [] };
		if (!isHere(context, uri)) keepFetched(context, fetched);
		const above = fetched.post.inReplyTo;
		return { above: above !== null && !isHere(context, above) ? above : null, answers: fetched.replies };
	} catch (error) {
		if (!(error instanceof PublicError)) throw error;
		context.log.info('thread.not_fetched', { error_code: error.code });
		return { above: null, answers: [] };
	}
}

function isHere(context: Pick<BranchContext, 'store'>, uri: string): boolean {
	return context.store.read((reading) => postByUri(reading, uri)) !== undefined;
}
