import type { Register } from '@understory/core/register.ts';

/** Within this time people are told of it, in milliseconds. */
const HOUR = 60 * 60_000;

/** Has a suspension of a member begun within the last hour, on a roster of this register? Then branches that are closed take it up as well (docs/adr/0101). */
export function beganLately({ rosters }: Pick<Register, 'rosters'>, now: number): boolean {
	return rosters.some(({ suspensions = [] }) =>
		suspensions.some(({ from, until }) => now < until && now - from < HOUR),
	);
}
