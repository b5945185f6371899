import type { BranchContext } from '../../context.ts';
import { decisionById } from '../../store/decisions.ts';
import { limitedUntil, nextUntold, noteTold } from '../../store/limitations.ts';
import { tellOfAct } from './telling.ts';

/**
 * Tells whoever was limited or suspended that it is over, once, unless another decision goes on with the same. Nothing has to run for it to be over: that is asked of the
 * clock each time (ADR 72).
 */
export function tellWhatIsOver(context: BranchContext): void {
	for (;;) {
		const over = context.store.read((reading) => nextUntold(reading));
		const now = context.clock.now();
		if (!over || over.until > now) return;
		context.store.transact((writing) => {
			const { decision, person, action } = over;
			noteTold(writing, decision, action, now);
			if (limitedUntil(writing, person, action, now) !== undefined) return;
			const post = decisionById(writing, decision)?.post ?? null;
			const kind = action === 'account_limited' ? 'limit_over' : 'suspension_over';
			tellOfAct(context, writing, { kind, decision, person, post });
		});
	}
}

/** When the next is over, UTC milliseconds, or null. */
export function nextOverAt(context: Pick<BranchContext, 'store'>): number | null {
	return context.store.read((reading) => nextUntold(reading))?.until ?? null;
}
