/** Milliseconds to wait after a number of failures: 1 s doubling up to 5 minutes. */
export function pause(failures: number): number {
	return Math.min(300_000, 1_000 * 2 ** Math.max(0, failures - 1));
}
