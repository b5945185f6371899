import { unreachable } from '@understory/core/result.ts';
import type { BranchState } from './observe.ts';

/** The one thing to do next, or nothing. */
export type Action =
	| 'choose_home'
	| 'start_home'
	| 'mend_home'
	| 'enter_home'
	| 'send_desired'
	| 'delete_folder'
	| null;

/** Decides. Pure; one row a state, so that the whole policy is on one screen. */
export function nextAction(state: BranchState): Action {
	switch (state.state) {
		case 'NoHome':
			return 'choose_home';
		case 'HomeAbsent':
			return 'start_home';
		case 'Drifted':
			return state.until === null ? 'mend_home' : null;
		case 'NotEntered':
			return 'enter_home';
		case 'OutOfSync':
			return 'send_desired';
		case 'ToBeDeleted':
			return 'delete_folder';
		// A damaged folder, or a home that will not, is for a person: sending the same wish again does not mend a disk.
		case 'Damaged':
		case 'Refused':
		case 'NotServed':
		case 'Suspended':
		case 'Moving':
		case 'Unknown':
		case 'GivenUp':
		case 'Waiting':
		case 'ClockSkew':
		case 'InSync':
			return null;
		default:
			return unreachable(state);
	}
}
