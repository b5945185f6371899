import type { Fault } from '@understory/core/errors.ts';

/** A home to be upgraded, and how many branches live in it. */
export interface HomeToUpgrade {
	readonly name: string;
	readonly branches: number;
}

/** Which part of the homes has the new version after each wave; the first is one home alone, the canary. */
const PARTS = [0.01, 0.1, 1] as const;

/**
 * Puts homes into waves: the canary, which is the one with the fewest branches, then a hundredth, a tenth, and the rest. Small homes go first,
 * so that what is wrong with a version meets few people. Waves that would be empty are left out.
 */
export function planWaves(homes: readonly HomeToUpgrade[]): string[][] {
	const names = homes
		.toSorted((a, b) => a.branches - b.branches || (a.name < b.name ? -1 : 1))
		.map(({ name }) => name);
	const ends = [1, ...PARTS.map((part) => Math.ceil(names.length * part))];
	return ends.map((end, at) => names.slice(ends[at - 1] ?? 0, end)).filter((wave) => wave.length > 0);
}

/** The hours in which homes may be upgraded, in the time of their library: `from` up to `to`, whole hours, past midnight when `to` is the smaller. */
export interface Window {
	readonly from: number;
	readonly to: number;
}

/** May something be upgraded at this hour? Without a window, always. */
export function isInWindow(hour: number, window: Window | null): boolean {
	if (window === null || window.from === window.to) return true;
	return window.from < window.to
		? hour >= window.from && hour < window.to
		: hour >= window.from || hour < window.to;
}

/** What is wrong with hours that somebody wrote. */
export function faultsOfHours(field: string, window: Window | null): Fault[] {
	const isHour = (hour: number) => Number.isInteger(hour) && hour >= 0 && hour <= 23;
	if (window === null || (isHour(window.from) && isHour(window.to))) return [];
	return [{ field, text: 'Whole hours, from 0 to 23.' }];
}
