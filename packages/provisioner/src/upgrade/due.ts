import type { UpgradeHomeRow } from '../store/upgrades.ts';

/** A home of the wave that is under way, which does not have the new version yet. */
export interface WaitingHome {
	readonly name: string;
	readonly state: UpgradeHomeRow['state'];
	readonly cell: string;
}

/** Homes that a cell is upgrading at the same time where its own measure says nothing else. */
const AT_ONCE = 4;

/**
 * Which homes are to be gone on with now: those that were begun, and of each cell so many more that it has as many under way as it takes. A cell that is slow has
 * its own under way, and none of another's. Pure. `most`: how many a cell takes where it says so; `isOpen`: whether it is the hour of a home.
 */
export function dueHomes(
	homes: readonly WaitingHome[],
	most: ReadonlyMap<string, number>,
	isOpen: (home: string) => boolean,
): string[] {
	const begun = homes.filter(({ state }) => state !== 'waiting');
	const free = new Map<string, number>();
	for (const { cell } of homes) free.set(cell, most.get(cell) ?? AT_ONCE);
	for (const { cell } of begun) free.set(cell, free.get(cell)! - 1);
	const next = homes.filter(({ name, state, cell }) => {
		const left = free.get(cell)!;
		if (state !== 'waiting' || left <= 0 || !isOpen(name)) return false;
		free.set(cell, left - 1);
		return true;
	});
	return [...begun, ...next].map(({ name }) => name);
}
