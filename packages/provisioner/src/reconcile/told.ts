import type { ToldCondition as Told } from '../store/branches.ts';
import type { UnderWay } from '../store/under-way.ts';
import { conditionsFor } from './conditions.ts';
import { type BranchState, isOver, type SeenBranch, whySuspended } from './observe.ts';
import type { ReasonOf } from './reasons.ts';
import type { Comparison } from './see-home.ts';

/** What is known beside the state of a branch. */
export interface Around {
	/** Of its home; null while it has none. */
	readonly compared: Comparison | null;
	readonly underWay: UnderWay | null;
}

/** Everything a look at a branch tells (ADR 140). */
export function toldOf(state: BranchState, branch: SeenBranch, around: Around): Told[] {
	return [
		...withProgress(state, branch, around.underWay),
		...drifted(state, around.compared),
		paused(branch),
		deleting(branch),
	];
}

/** What a look at one branch tells of its home, and so of everybody in it. */
export function toldOfHome(state: BranchState, branch: SeenBranch, { compared, underWay }: Around): Told[] {
	return [...withProgress(state, branch, underWay?.ofHome ? underWay : null), ...drifted(state, compared)];
}

/** Reasons that say more than what is under way: a person or a clock is waited for, or it is seen in the state itself. */
const SAY_MORE: ReadonlySet<ReasonOf> = new Set([
	...(['NeedsYou', 'ClockSkew', 'Mending', 'ToBeDeleted', 'Moving'] as const),
]);
/** Steps of carrying out what is wanted; what for says more. */
const STEPS: ReadonlySet<ReasonOf> = new Set(['NoHome', 'HomeAbsent', 'NotEntered', 'OutOfSync']);

function withProgress(state: BranchState, branch: SeenBranch, underWay: UnderWay | null): Told[] {
	return conditionsFor(state, { everServed: branch.branch_key !== null }).map((told) => {
		if (told.type !== 'Progressing' || state.state === 'NotServed' || SAY_MORE.has(told.reason)) return told;
		// A home that is being upgraded is away for that; nobody else is waited for on its account.
		if (underWay && (told.reason !== 'Waiting' || underWay.ofHome)) {
			const { reason, message } = underWay;
			return { type: told.type, status: 'True', reason, message };
		}
		return STEPS.has(told.reason) ? { ...told, reason: whatFor(branch) ?? told.reason } : told;
	});
}

/** What the steps are for that a branch is in; null for any other change. */
function whatFor({ branch_key, suspension, observed_state }: SeenBranch): ReasonOf<'Progressing'> | null {
	if (branch_key === null) return 'Installing';
	if (suspension !== null && observed_state === 'serving') return 'Suspending';
	if (suspension === null && observed_state === 'suspended') return 'Resuming';
	return null;
}

/** Did somebody change what its home is made of? Nothing is told while nothing was compared that could answer. */
function drifted(state: BranchState, compared: Comparison | null): Told<'Drifted'>[] {
	const say = (status: Told['status'], reason: ReasonOf<'Drifted'>, message: string): Told<'Drifted'>[] => [
		{ type: 'Drifted', status, reason, message },
	];
	if (state.state === 'NotServed') return say('False', 'NotServed', 'It has no home that could be changed.');
	switch (compared?.as) {
		case 'changed': {
			const isUnmanaged = state.state === 'Drifted' && state.unmanaged === true;
			return say('True', isUnmanaged ? 'Unmanaged' : 'Changed', compared.drift?.sentence ?? state.reason);
		}
		case 'same':
			return say('False', 'AsMade', 'Its home is what the platform made it.');
		case 'one_machine':
			return say('False', 'OneMachine', 'Its home is a process of the platform, which nobody else changes.');
		case 'absent':
			return say('Unknown', 'HomeAbsent', 'Its home does not run, so there is nothing to compare.');
		case 'unseen':
			return say('Unknown', 'HomeSilent', 'Nobody could see what its home is made of.');
		default:
			return [];
	}
}

function paused(branch: SeenBranch): Told<'Paused'> {
	const { suspension } = branch;
	if (suspension === null)
		return { type: 'Paused', status: 'False', reason: 'NotPaused', message: 'Nobody suspended it.' };
	const message = whySuspended({ suspension, observed_message: null });
	return { type: 'Paused', status: 'True', reason: 'Suspended', message };
}

/** Is its folder to be destroyed, or was it? */
function deleting(branch: SeenBranch): Told<'Deleting'> {
	const say = (status: Told['status'], reason: ReasonOf<'Deleting'>, message: string): Told<'Deleting'> => ({
		...{ type: 'Deleting', status, reason, message },
	});
	const { retirement } = branch;
	if (retirement === null) return say('False', 'Kept', 'It is not closed for good.');
	const { deleted, until } = retirement;
	if (deleted !== undefined)
		return say('True', 'Deleted', `It was deleted on ${new Date(deleted).toISOString()}.`);
	if (retirement.deleting)
		return say('True', 'BeingDeleted', 'The hold is over, and its folder is destroyed.');
	if (isOver(branch)) return say('False', 'NothingRan', 'It was closed before anything ran for it.');
	return say('True', 'Held', `Its folder is kept until ${new Date(until).toISOString()}.`);
}
