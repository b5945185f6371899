/** One rule of conduct as data (DESIGN 4.8): objective, with a test anybody can apply. */
export interface Rule {
	/** Stable for ever, `no-threats`. */
	readonly id: string;
	readonly version: number;
	/** By language; English is always there. */
	readonly title: Readonly<Record<string, string>>;
	readonly text: Readonly<Record<string, string>>;
	/** The question a host answers with yes or no before using the rule. */
	readonly test: Readonly<Record<string, string>>;
	/**
	 * Posts to which the test says yes, and posts near it to which it says no, by language. Rules that were adopted before examples were
	 * asked for have none.
	 */
	readonly examples_yes?: Readonly<Record<string, readonly string[]>>;
	readonly examples_no?: Readonly<Record<string, readonly string[]>>;
	/** The strongest thing that may be done the first time. */
	readonly greatest_first_action: Action;
	/** Does what was hidden or removed stay so while somebody appeals? Missing is no: it comes back until somebody else has decided. */
	readonly down_during_appeal?: boolean;
}

/** A set of rules as a library adopted it. Its digest pins the exact text in every statement; a version is never edited. */
export interface Policy {
	readonly id: string;
	/** The branch whose own addition this is; missing for what the library set for all that adopt it. */
	readonly branch?: string;
	readonly version: number;
	readonly adopted_by: string;
	/** YYYY-MM-DD in the library's zone. */
	readonly effective_on: string;
	readonly rules: readonly Rule[];
}

/** What a host can do about a post or a person; the words of the published log (reference/accountability.md 1.2). */
export const ACTIONS = [
	'content_removed',
	'content_hidden',
	'content_labelled',
	'media_marked_sensitive',
	'reach_limited',
	'post_locked',
	'content_moved',
	'warning',
	'account_limited',
	'account_suspended',
	'account_ended',
	'none',
] as const;
export type Action = (typeof ACTIONS)[number];

/** `ACTIONS` lists what is done about a post before what is done about a person, and the milder of each is not always first; this is their order from mild to strong. */
const MILD_TO_STRONG: readonly Action[] = [
	...([
		'none',
		'warning',
		'media_marked_sensitive',
		'content_labelled',
		'post_locked',
		'content_moved',
		'reach_limited',
	] as const),
	...([
		'content_hidden',
		'content_removed',
		'account_limited',
		'account_suspended',
		'account_ended',
	] as const),
];

/** How strong an action is, from 0. What a rule allows the first time includes whatever is milder (DESIGN 4.8). */
export function strengthOf(action: Action): number {
	return MILD_TO_STRONG.indexOf(action);
}
