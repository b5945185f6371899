/** How often a test repeats itself: as often as it promises, or as seldom as `short` where `UNDERSTORY_SHORT` is set, for a look in between. */
export function times(whole: number, short: number): number {
	return process.env.UNDERSTORY_SHORT ? short : whole;
}
