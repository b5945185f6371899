/** Why a copy does not get to the object storage, or from there; stable words for machines and for the words of pages. */
export const AWAY_CODES = [
	'away_no_keys',
	'away_refused',
	'away_no_bucket',
	'away_full',
	'away_unreachable',
	'away_slow',
	'away_clock',
	'away_elsewhere',
	'away_changed',
	'away_missing',
	'away_broken',
	'away_damaged_here',
	'away_failed',
] as const;
export type AwayCode = (typeof AWAY_CODES)[number];

/** Where a copy is, besides in its home. */
export type CopyAway =
	/** Whole in the object storage since then, UTC milliseconds. */
	| { readonly state: 'there'; readonly where: string; readonly at: number }
	/** Not whole there yet; `code` and `problem`, a sentence for library IT, are of the last try that failed, and null before. */
	| {
			readonly state: 'not_yet';
			readonly where: string;
			readonly since: number;
			readonly code: AwayCode | null;
			readonly problem: string | null;
	  };
