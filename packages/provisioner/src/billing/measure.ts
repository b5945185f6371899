import type { Context } from '../context.ts';
import { forgetUsage, homesToSize, keepSizes, measureDays } from '../store/usage.ts';
import { isUuid } from '../store/uuid.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
/** From one question after the sizes of its folders to the next, for a home that answers; one that does not is asked again in an hour. */
const ASK_EVERY = 20 * HOUR;
/** Homes that are asked in one go. */
const AT_ONCE = 10;
/** How long days are kept: thirteen months. */
const KEEP = 400 * DAY;
/** A home of a thousand branches takes a while to look. */
const PATIENCE = 60_000;
const LARGEST_ANSWER = 4 * 1024 * 1024;

/** Asks homes whose turn it is how large their folders are, and writes down for each library what it has today. Called every minute; `noMore` ends it between two homes, and the question that is under way. */
export async function measureUsage(context: Context, noMore: AbortSignal): Promise<void> {
	const { clock, database } = context;
	const homes = await homesToSize(database, { before: clock.now() - ASK_EVERY, limit: AT_ONCE });
	for (const home of homes) {
		const sizes = await sizesIn(context, home.internal_url!, noMore);
		if (noMore.aborted) return;
		const now = clock.now();
		await keepSizes(database, home, sizes ?? [], { now, sizedAt: sizes ? now : now - ASK_EVERY + HOUR });
	}
	await measureDays(database, clock.now());
	await forgetUsage(database, new Date(clock.now() - KEEP).toISOString().slice(0, 10));
}

/** Null when the home does not say it: it is away, or older than the question. */
async function sizesIn(
	context: Context,
	internalUrl: string,
	signal: AbortSignal,
): Promise<{ branch: string; bytes: number }[] | null> {
	try {
		const url = `${internalUrl}/internal/v1/sizes`;
		const answer = await context.internal.request({
			url,
			timeoutMs: PATIENCE,
			maxBytes: LARGEST_ANSWER,
			signal,
		});
		if (answer.status !== 200) return null;
		const { sizes } = JSON.parse(answer.body.toString('utf8')) as {
			sizes: { branch: string; bytes: number }[];
		};
		return sizes.filter(({ branch, bytes }) => isUuid(branch) && Number.isSafeInteger(bytes) && bytes >= 0);
	} catch (error) {
		context.log.warn('sizes_not_told', { error });
		return null;
	}
}
