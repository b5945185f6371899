import { countsAt } from '@understory/core/grants.ts';
import type { BranchContext } from '../../context.ts';
import { addMove } from '../../store/matter-moves.ts';
import { assignedMatters, changeMatter } from '../../store/matters.ts';
import { hostsHere, teamHere } from './staff-here.ts';

/**
 * Open matters belong to the rota: what somebody had who may not decide here any more is free for the other hosts, or with the moderation team where there is none, and both are
 * told. The clock goes on. While no register is known nobody's role is, so nothing is passed on.
 */
export function passOnWhatIsLeft(context: BranchContext): void {
	const { store, current, clock, ids } = context;
	if (!current.register()) return;
	const left = store.read(assignedMatters).filter(({ assignee }) => !current.mayDecide(assignee));
	if (left.length === 0) return;
	const toTeam = hostsHere(context).length === 0 && teamHere(context).length > 0;
	store.transact((writing) => {
		const at = clock.now();
		for (const { id, assignee, handed } of left) {
			changeMatter(writing, id, { assignee: null, handed: toTeam ? (handed ?? at) : handed });
			const move = { id: ids.next(), matter: id, staff_id: assignee!, to_staff: null, at };
			addMove(writing, { ...move, what: 'left' });
		}
	});
}

/** When the next role of somebody ends who has an open matter, UTC milliseconds, or null. */
export function nextLeavingAt(
	context: Pick<BranchContext, 'store' | 'current' | 'clock' | 'id'>,
): number | null {
	const { store, current, clock } = context;
	const having = new Set(store.read(assignedMatters).map(({ assignee }) => assignee));
	const ends = (current.register()?.grants ?? [])
		.filter((grant) => having.has(grant.staff_id) && countsAt(grant, context.id))
		.flatMap(({ until }) => (until !== null && until > clock.now() ? [until] : []));
	return ends.length > 0 ? Math.min(...ends) : null;
}
