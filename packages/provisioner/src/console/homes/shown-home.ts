import type { HomeSight } from '../../drivers/driver.ts';
import type { DepositedKeys } from '../../store/home-keys.ts';
import type { HomeNumbers } from '../../store/home-numbers.ts';

/** What a driver sees of a home, as one of the design's conditions. */
const KIND_OF_SIGHT = { Running: 'good', Absent: 'stop', Unknown: 'wait' } as const;

/** A home as pages show it: how it stands follows from its branches. */
export function shownHome(home: HomeNumbers) {
	const { branches, available, away, unknown, kind } = home;
	const state = away > 0 ? 'some_away' : unknown > 0 ? 'not_known' : branches === 0 ? 'empty' : 'all_served';
	const conditions = { some_away: 'stop', not_known: 'wait', empty: 'quiet', all_served: 'good' } as const;
	return {
		...home,
		...{ holds: `homes.holds.${kind}`, kind: conditions[state], state: `homes.state.${state}` },
		next: state === 'all_served' ? null : `homes.next.${state}`,
		// Those that serve nobody because that is wanted.
		still: Math.max(0, branches - available - away - unknown),
	};
}

/** What the driver sees, in words, and what to do next. */
export function shownSight(sight: HomeSight) {
	return {
		kind: KIND_OF_SIGHT[sight.state],
		says: `homes.sight.${sight.state}.says`,
		next: `homes.sight.${sight.state}.next`,
		reason: sight.state === 'Unknown' ? sight.reason : null,
	};
}

/** Whether the keys of a home would outlive its volume, in words, and what to do next. */
export function shownKeys(kept: Pick<DepositedKeys, 'deposited' | 'confirmed' | 'recoveryKey'> | undefined) {
	const state = kept ? 'kept' : 'not_kept';
	return {
		...{ kind: kept ? 'good' : 'stop', says: `homes.keys.${state}`, next: `homes.keys.next.${state}` },
		...{ since: kept?.deposited, confirmed: kept?.confirmed, recoveryKey: kept?.recoveryKey },
	};
}
