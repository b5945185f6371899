import { dateIn } from '@understory/core/calendar.ts';

/** Of how many days, weeks and months with a copy one is kept. */
export interface Keeping {
	readonly daily: number;
	readonly weekly: number;
	readonly monthly: number;
}

const DAY = 86_400_000;

/**
 * Which copies are kept: the newest of each of the last days, weeks (from Monday) and months that have one, counted in the library's time; and always the
 * newest of all. `made` in UTC milliseconds. Returns their ids.
 */
export function keptCopies(
	copies: readonly { readonly id: string; readonly made: number }[],
	keep: Keeping,
	zone: string,
): Set<string> {
	const newestFirst = copies.toSorted((a, b) => b.made - a.made);
	const kept = new Set(newestFirst.slice(0, 1).map(({ id }) => id));
	const rules = [
		{ most: keep.daily, of: (date: string) => date },
		// The first day of 1970 was a Thursday.
		{ most: keep.weekly, of: (date: string) => String(Math.floor((Date.parse(date) / DAY + 3) / 7)) },
		{ most: keep.monthly, of: (date: string) => date.slice(0, 7) },
	];
	for (const { most, of } of rules) {
		const seen = new Set<string>();
		for (const { id, made } of newestFirst) {
			const stretch = of(dateIn(zone, made));
			if (seen.has(stretch)) continue;
			if (seen.size === most) break;
			seen.add(stretch);
			kept.add(id);
		}
	}
	return kept;
}
