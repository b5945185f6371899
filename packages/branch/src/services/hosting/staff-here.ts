import { countsAt, type Grant, holds } from '@understory/core/grants.ts';
import { allows } from '@understory/core/permissions.ts';
import type { BranchContext } from '../../context.ts';

/** Somebody who may decide at this branch now. */
export interface Colleague {
	readonly staffId: string;
	readonly name: string;
	/** The library they come from, when it is another one: they are here in a team that several libraries share. */
	readonly from: string | null;
}

type Now = Pick<BranchContext, 'current' | 'clock'>;

/** Everybody who may decide here now, each once: the hosts of the branch and the library's moderation team. */
export function colleagues(context: Now): Colleague[] {
	return named(grantsNow(context).filter(({ role }) => allows([role], 'moderate')));
}

/** Those of them who are hosts of this branch. */
export function hostsHere(context: Now): Colleague[] {
	const ofBranch = (grant: Grant) => grant.role !== 'moderation_team' && allows([grant.role], 'moderate');
	return named(grantsNow(context).filter(ofBranch));
}

/** The moderation team that counts here now. */
export function teamHere(context: Now): Colleague[] {
	return named(grantsNow(context).filter(({ role }) => role === 'moderation_team'));
}

function grantsNow({ current, clock }: Now): Grant[] {
	const grants = current.register()?.grants ?? [];
	return grants.filter((grant) => countsAt(grant, current.branch().id) && holds(grant, clock.now()));
}

function named(grants: readonly Grant[]): Colleague[] {
	const one = ({ staff_id, name, team }: Grant) => ({ staffId: staff_id, name, from: team?.from ?? null });
	return [...new Map(grants.map((grant) => [grant.staff_id, one(grant)])).values()];
}
