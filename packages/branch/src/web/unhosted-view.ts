import { dueOf, ROTA_WARNING } from '@understory/core/hosting.ts';
import type { BranchContext } from '../context.ts';

type Now = Pick<BranchContext, 'current' | 'clock'>;

/** What people at a branch read while nobody hosts it, or while it closes. `words` names the phrases in `branch.unhosted`. */
export interface UnhostedView {
	readonly words: 'open' | 'quiet' | 'closing' | 'over' | 'closes';
	/** When the next thing comes, and not before; null where nobody named a day. */
	readonly due: number | null;
	/** Their things and another branch are what to see to now. */
	readonly leave: boolean;
}

/** Null at a branch that goes on as it is. */
export function unhostedView({ current, clock }: Now): UnhostedView | null {
	const { stage, unhosted } = current.branch();
	if (stage === 'closing') {
		const words = unhosted ? (clock.now() < unhosted.over ? 'closing' : 'over') : 'closes';
		return { words, due: words === 'closing' ? unhosted!.over : null, leave: true };
	}
	if (!unhosted || (stage !== 'open' && stage !== 'quiet')) return null;
	return { words: stage, due: dueOf(stage, unhosted), leave: stage === 'quiet' };
}

/** For hosts: until when the rota of their branch is settled, UTC milliseconds, when that is soon; null otherwise. */
export function rotaEnds({ current, clock }: Now): number | null {
	const until = current.branch().hosted_until;
	const left = until === undefined ? null : until - clock.now();
	return left !== null && left > 0 && left <= ROTA_WARNING ? until! : null;
}
