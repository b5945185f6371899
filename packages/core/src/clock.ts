/** Where a role gets the time from: UTC milliseconds since 1970. Passed in everywhere, so that a test can set it. */
export interface Clock {
	now(): number;
}

/** The machine's own clock. */
export const systemClock: Clock = { now: () => Date.now() };

/** How far the clocks of two machines may differ before what one of them signed is not taken by the other, in milliseconds: 5 minutes. */
export const CLOCKS_DIFFER = 5 * 60_000;

/** Says how far two clocks are apart: `signed` is when a document says that it was signed, `here` what the clock says of whoever reads it. UTC milliseconds. */
export function clocksSentence(signed: number, here: number): string {
	const minutes = Math.round(Math.abs(here - signed) / 60_000);
	const apart = `${minutes} minutes ${here < signed ? 'earlier' : 'later'}`;
	return `It was signed at ${new Date(signed).toISOString()}, and the clock here says ${new Date(here).toISOString()}, ${apart}. One of the two clocks is wrong.`;
}

/** A clock that stands still until it is told to move, for tests. */
export function stoppedClock(start: number): Clock & { advance(milliseconds: number): void } {
	let now = start;
	return {
		now: () => now,
		advance(milliseconds) {
			now += milliseconds;
		},
	};
}
