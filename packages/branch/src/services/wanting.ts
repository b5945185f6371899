import { originOf } from '@understory/core/scope.ts';
import type { BranchContext } from '../context.ts';
import { countPassedAlong, type PassedAlong, wantPassedAlong } from '../store/passed-along.ts';
import type { Writing } from '../store/store.ts';
import { exchangesWith } from './exchanging.ts';

/** More than so many do not wait: whoever passes along a thousand posts is heard for the newest. */
const MOST_WAITING = 200;

/**
 * Somebody whom people here follow passed along a post that we do not hold. Only its address came, and that is all that is believed: the
 * post is fetched from where it lives, in the background.
 */
export function wantWhatIsPassedAlong(
	context: BranchContext,
	writing: Writing,
	one: Pick<PassedAlong, 'activity' | 'uri' | 'actor'>,
): void {
	if (!exchangesWith(context, originOf(one.uri)) || countPassedAlong(writing) >= MOST_WAITING) return;
	wantPassedAlong(writing, { ...one, due: context.clock.now(), tries: 0 });
	writing.afterwards(() => context.wake());
}
