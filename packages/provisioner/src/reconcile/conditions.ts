import type { ConditionRow, ConditionType } from '../store/rows.ts';
import type { BranchState } from './observe.ts';

type Told = { type: ConditionType; status: ConditionRow['status']; reason: string; message: string };

/** What a state means for the conditions people read. `Available` stays apart from `Progressing`: one can be both. */
export function conditionsFor(state: BranchState, facts: { everServed: boolean; onRoster: boolean }): Told[] {
	const { reason: message } = state;
	const yes = (type: ConditionType, reason: string): Told => ({ type, status: 'True', reason, message });
	const no = (type: ConditionType, reason: string): Told => ({ type, status: 'False', reason, message });
	const unknown = (type: ConditionType, reason: string): Told => ({
		type,
		status: 'Unknown',
		reason,
		message,
	});
	const neighborly: Told = facts.onRoster
		? { type: 'Neighborly', status: 'True', reason: 'OnRoster', message: 'The branch stands on its roster.' }
		: {
				type: 'Neighborly',
				status: 'False',
				reason: 'NoConsent',
				message: 'The branch stands on no roster yet.',
			};
	switch (state.state) {
		case 'InSync':
			return [yes('Available', 'Serving'), yes('Synced', 'InSync'), no('Progressing', 'Settled'), neighborly];
		case 'NotServed':
			return [no('Available', 'Listed'), yes('Synced', 'Listed'), no('Progressing', 'Settled'), neighborly];
		case 'Damaged':
			return [no('Available', 'Damaged'), yes('Synced', 'InSync'), no('Progressing', 'NeedsYou'), neighborly];
		case 'GivenUp':
			return [
				unknown('Available', 'GivenUp'),
				no('Synced', 'GivenUp'),
				no('Progressing', 'NeedsYou'),
				neighborly,
			];
		case 'Unknown':
			return [
				unknown('Available', 'HomeSilent'),
				unknown('Synced', 'HomeSilent'),
				yes('Progressing', 'Waiting'),
				neighborly,
			];
		default:
			return [
				facts.everServed ? yes('Available', 'ServingOlder') : no('Available', 'NotYet'),
				no('Synced', state.state),
				yes('Progressing', state.state),
				neighborly,
			];
	}
}
