/** Why nobody comes in to a branch for a while. Never silent and never for ever: it has words for its people and an end (ADR 88). */
export interface Suspension {
	/** By language; the library's languages each have one. */
	readonly why: Readonly<Record<string, string>>;
	/** UTC milliseconds. From `until` on the branch is open again, whether or not anybody says so. */
	readonly since: number;
	readonly until: number;
}

/** The longest a branch may be suspended for in one go, in milliseconds: 14 days. */
export const LONGEST_SUSPENSION = 14 * 86_400_000;

/** The suspension that holds now, or null. */
export function suspensionAt(
	{ suspended }: { readonly suspended?: Suspension | null },
	now: number,
): Suspension | null {
	return suspended && now < suspended.until ? suspended : null;
}
