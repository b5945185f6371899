/** Where a role gets the time from: UTC milliseconds since 1970. Passed in everywhere, so that a test can set it. */
export interface Clock {
	now(): number;
}

/** The machine's own clock. */
export const systemClock: Clock = { now: () => Date.now() };

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
