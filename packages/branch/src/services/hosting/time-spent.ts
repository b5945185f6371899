import type { BranchContext } from '../../context.ts';
import { changeMatter, type Matter } from '../../store/matters.ts';

/** A longer pause than this between two looks was something else: a patron at the desk, a lunch. */
const LONGEST_LOOK = 15 * 60_000;

/** How long the staff had a matter before them since they last touched it, in milliseconds. */
export function spentBy({ looked }: Pick<Matter, 'looked'>, now: number): number {
	const since = looked === null ? 0 : now - looked;
	return since <= LONGEST_LOOK ? since : 0;
}

/** Somebody of the staff has it before them now. What is kept is a sum for the matter, not who looked: hours are the branch's measure and nobody's score. */
export function lookedAt({ store, clock }: Pick<BranchContext, 'store' | 'clock'>, matter: Matter): void {
	const looked = clock.now();
	const spent = matter.spent + spentBy(matter, looked);
	store.relaxed.transact((writing) => changeMatter(writing, matter.id, { looked, spent }));
}
