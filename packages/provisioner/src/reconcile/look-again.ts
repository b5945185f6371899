import type { BranchState } from './observe.ts';

/** When to look again at a branch of which nothing more can be done now, UTC milliseconds; null when only a change can do something. */
export function lookAgain(state: BranchState, now: number): number | null {
	switch (state.state) {
		case 'Waiting':
		case 'ClockSkew':
			return state.until;
		case 'Drifted':
			return state.until ?? now + 5_000;
		case 'Unknown':
		case 'HomeAbsent':
			return now + 5_000;
		// Something moved between acting and looking: another process, or a home that takes a moment to enrol.
		case 'NoHome':
		case 'NotEntered':
		case 'OutOfSync':
			return now + 1_000;
		default:
			return null;
	}
}
