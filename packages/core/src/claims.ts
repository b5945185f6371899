/** What a branch is told about a patron, and nothing more (DESIGN 5.7). */
export interface Claims {
	/** Pairwise: another one at every branch. */
	readonly sub: string;
	readonly age_band: AgeBand;
	readonly standing: Standing;
	/** Present only for enrolled staff; the same at every branch of one library. */
	readonly staff_id?: string;
}

export const AGE_BANDS = ['child', 'teen', 'adult', 'unknown'] as const;
export type AgeBand = (typeof AGE_BANDS)[number];

/** `porch`: the card no longer opens everything, but notices, appeals, export and leaving stay reachable. */
export const STANDINGS = ['full', 'porch'] as const;
export type Standing = (typeof STANDINGS)[number];

/** The band of an age in whole years: under 13, under 18, and grown. */
export function ageBand(years: number | null): AgeBand {
	if (years === null || !Number.isFinite(years) || years < 0 || years > 130) return 'unknown';
	if (years < 13) return 'child';
	return years < 18 ? 'teen' : 'adult';
}

/**
 * The `acr` of an ID token when somebody signed in at a computer that others use too; absent at any other. It says something of the computer
 * and nothing of the person: a branch then lets the session end with the browser, and soon when nobody does anything.
 */
export const SHARED_COMPUTER = 'urn:understory:shared-computer';
