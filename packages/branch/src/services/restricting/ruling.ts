import { NotAllowed } from '@understory/core/errors.ts';
import type { BranchContext } from '../../context.ts';
import type { Settled, Writing } from '../../store/store.ts';

/** Throws NotAllowed for whoever is no host here. */
export function checkDecides(context: Pick<BranchContext, 'current'>, staffId: string): void {
	if (context.current.mayDecide(staffId)) return;
	throw new NotAllowed('Only the hosts of this branch decide about other servers.', 'not_a_host');
}

/** A transaction in which `impose` may be called: what holds is read anew after it, also when it came to nothing. */
export function ruling<T>(context: BranchContext, fn: (writing: Writing) => Settled<T>): T {
	try {
		return context.store.transact(fn);
	} finally {
		context.restrictions.changed();
	}
}
