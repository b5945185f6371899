import type { ToldCondition as Told } from '../store/branches.ts';
import type { ConditionType } from '../store/rows.ts';
import type { BranchState } from './observe.ts';
import type { ReasonOf } from './reasons.ts';

/**
 * What a state means for the conditions people read. `Available` stays apart from `Progressing`: one can be both. `Neighborly` follows from the
 * roster and is told where that is made (register/roster.ts).
 */
export function conditionsFor(state: BranchState, facts: { everServed: boolean }): Told[] {
	const { reason: message } = state;
	const told =
		(status: Told['status']) =>
		<T extends ConditionType>(type: T, reason: ReasonOf<T>): Told<T> => ({ type, status, reason, message });
	const yes = told('True');
	const no = told('False');
	const unknown = told('Unknown');
	switch (state.state) {
		case 'InSync':
			return [yes('Available', 'Serving'), yes('Synced', 'InSync'), no('Progressing', 'Settled')];
		case 'Suspended':
			return [no('Available', 'Suspended'), yes('Synced', 'InSync'), no('Progressing', 'Settled')];
		case 'Moving':
			return [no('Available', 'Moving'), no('Synced', 'Moving'), yes('Progressing', 'Moving')];
		case 'NotServed':
			return [no('Available', 'NotServed'), yes('Synced', 'NotServed'), no('Progressing', 'Settled')];
		case 'ToBeDeleted':
			return [no('Available', 'Retired'), no('Synced', 'ToBeDeleted'), yes('Progressing', 'ToBeDeleted')];
		case 'Damaged':
			return [no('Available', 'Damaged'), yes('Synced', 'InSync'), no('Progressing', 'NeedsYou')];
		case 'Refused':
			return [no('Available', 'Refused'), no('Synced', 'Refused'), no('Progressing', 'NeedsYou')];
		case 'GivenUp':
			if (state.absent)
				return [no('Available', 'HomeGivenUp'), no('Synced', 'HomeGivenUp'), no('Progressing', 'NeedsYou')];
			return [unknown('Available', 'GivenUp'), no('Synced', 'GivenUp'), no('Progressing', 'NeedsYou')];
		case 'Unknown':
			return [
				unknown('Available', 'HomeSilent'),
				unknown('Synced', 'HomeSilent'),
				yes('Progressing', 'Waiting'),
			];
		case 'Drifted':
			return [
				state.cutsOff
					? unknown('Available', 'Drifted')
					: facts.everServed
						? yes('Available', 'Serving')
						: no('Available', 'NotYet'),
				no('Synced', state.unmanaged ? 'Unmanaged' : 'Drifted'),
				yes('Progressing', 'Mending'),
			];
		case 'HomeAbsent':
			return [
				no('Available', facts.everServed ? 'HomeAbsent' : 'NotYet'),
				no('Synced', state.drifted ? 'Drifted' : state.state),
				yes('Progressing', state.state),
			];
		case 'Waiting':
			if (!state.absent) return behind(state.state);
			return [
				no('Available', facts.everServed ? 'HomeAbsent' : 'NotYet'),
				no('Synced', state.state),
				yes('Progressing', state.state),
			];
		default:
			return behind(state.state);
	}

	/** What is wanted is not carried out yet; what was before is. */
	function behind(why: ReasonOf<'Synced'> & ReasonOf<'Progressing'>): Told[] {
		return [
			facts.everServed ? yes('Available', 'ServingOlder') : no('Available', 'NotYet'),
			no('Synced', why),
			yes('Progressing', why),
		];
	}
}
