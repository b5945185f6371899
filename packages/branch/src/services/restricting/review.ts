import type { BranchContext } from '../../context.ts';
import type { Level } from './levels.ts';
import { fault } from './reason.ts';

const DAY = 24 * 60 * 60_000;
/** After how many days hosts look again, as they may choose. */
export const REVIEW_DAYS = [30, 90, 180] as const;

/** When hosts look again, UTC milliseconds; null where nothing is kept away. Throws BadInput `review_days`. */
export function reviewAt(
	{ clock }: Pick<BranchContext, 'clock'>,
	level: Level | null,
	days: number,
): number | null {
	if (level === null) return null;
	if (!REVIEW_DAYS.some((one) => one === days)) throw fault('days', 'review_days');
	return clock.now() + days * DAY;
}
