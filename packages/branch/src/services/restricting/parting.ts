import type { BranchContext } from '../../context.ts';
import type { Errand } from '../../store/deliveries.ts';

/** What takes something back, or says no: it goes even while nothing new leaves the branch, and to servers that are suspended. */
export const PARTING: ReadonlySet<Errand> = new Set([
	'delete',
	'unlike',
	'unannounce',
	'unpin',
	'unfollow',
	'leave',
	'unattend',
	'block',
	'unblock',
	'farewell',
	'reject',
	'decline',
	'quote_reject',
	'unquote',
]);

/** May a server be told this, as far as hosts decided about it? */
export function mayTell(context: Pick<BranchContext, 'restrictions'>, what: Errand, origin: string): boolean {
	return PARTING.has(what) || !context.restrictions.stops(origin, 'everything');
}
