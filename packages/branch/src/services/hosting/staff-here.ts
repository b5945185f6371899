import { countsAt, type Grant, holds } from '@understory/core/grants.ts';
import { allows } from '@understory/core/permissions.ts';
import type { BranchContext } from '../../context.ts';

/** Somebody who may decide at this branch now. */
export interface Colleague {
	readonly staffId: string;
	readonly name: string;
}

type Now = Pick<BranchContext, 'current' | 'clock'>;

/** Everybody who may decide here now, each once: the hosts of the branch and the library's moderation team. */
export function colleagues(context: Now): Colleague[] {
	return named(grantsNow(context).filter(({ role }) => allows([role], 'moderate')));
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
	return [...new Map(grants.map(({ staff_id, name }) => [staff_id, { staffId: staff_id, name }])).values()];
}
