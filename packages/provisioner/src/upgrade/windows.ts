import { hourIn } from '@understory/core/calendar.ts';
import type { Database } from '../store/database.ts';
import {
	hasUpgradeHours,
	type LibraryHours,
	librariesToUpgrade,
	type UpgradeRow,
} from '../store/upgrades.ts';
import { isInWindow, type Window } from './waves.ts';

/** Zones begin their hours at halves too. */
const HALF_HOUR = 30 * 60_000;
const DAY = 24 * 60 * 60_000;

/**
 * Whether a home may be upgraded now: an hour of each of its libraries, in its own time; of one that says nothing, an hour of the upgrade. Where there is none that is all of
 * theirs, it is the hour of as many of its branches as ever in a day. It is never an hour of none of them. Pure.
 */
export function isTheirHour(
	libraries: readonly LibraryHours[],
	otherwise: Window | null,
	now: number,
): boolean {
	const suited = (at: number) =>
		libraries
			.filter(({ zone, hours }) => isInWindow(hourIn(zone, at), hours ?? otherwise))
			.reduce((sum, { branches }) => sum + branches, 0);
	const here = suited(now);
	if (here === libraries.reduce((sum, { branches }) => sum + branches, 0)) return true;
	if (here === 0) return false;
	for (let at = now + HALF_HOUR; at < now + DAY; at += HALF_HOUR) if (suited(at) > here) return false;
	return true;
}

/** Whether it is the hour of a home of an upgrade that was not begun. */
export async function openHours(
	database: Database,
	upgrade: UpgradeRow,
	now: number,
): Promise<(home: string) => boolean> {
	const { hours } = upgrade.settings;
	if (hours === null && !(await hasUpgradeHours(database))) return () => true;
	const homes = Map.groupBy(await librariesToUpgrade(database, upgrade), ({ name }) => name);
	return (home) => isTheirHour(homes.get(home) ?? [], hours, now);
}
