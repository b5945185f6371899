/** What kind of thing waits for a moderation team: no word of it, nobody's name. */
export const WAITING_KINDS = ['emergency', 'official', 'report', 'appeal'] as const;
export type WaitingKind = (typeof WAITING_KINDS)[number];

/** One thing that waits. */
export interface Waiting {
	/** Means something to its branch alone (`Keyring.mark`). */
	readonly id: string;
	readonly kind: WaitingKind;
	/** UTC milliseconds: by when it is to be answered. */
	readonly due: number;
	/** Somebody has it; nothing says who. */
	readonly taken: boolean;
}

/** What waits at one branch: the most pressing, and how many there are in all. */
export interface BranchWaiting {
	readonly branch: string;
	readonly total: number;
	readonly items: readonly Waiting[];
}

/**
 * What waits for moderation teams at the branches of a home (POST /internal/v1/team-waiting). Of a branch that is not in it what was said before still holds, so an empty one
 * says that the home lives.
 */
export interface WaitingReport {
	readonly type: 'understory/team-waiting/v1';
	readonly home: string;
	readonly issued: number;
	readonly branches: readonly BranchWaiting[];
}

/** What waits for somebody's team, over all branches where they are on it now. */
export interface TeamList {
	readonly branches: readonly TeamBranch[];
	/** The most pressing, `byPressure`; at most `MOST_WAITING`. */
	readonly items: readonly (Waiting & { readonly branch: string })[];
}

/** A branch on the list. */
export interface TeamBranch extends Heard {
	readonly id: string;
	readonly name: string;
	/** Name of its library. */
	readonly library: string;
	readonly origin: string;
	/** How many wait there. */
	readonly total: number;
}

/** How old it is what is known of a branch. */
export interface Heard {
	/** UTC milliseconds: when its home last said so; null when it never did. */
	readonly as_of: number | null;
	/** Its home has not been heard for too long: there may be more. */
	readonly silent: boolean;
}

/** So many are told of one branch, and stand on one list. */
export const MOST_WAITING = 200;
/** A home with nothing new says so this often, in milliseconds. */
export const HEARD_EVERY = 60_000;
/** Whoever was not heard for this long is silent, in milliseconds. */
export const SILENT_AFTER = 5 * HEARD_EVERY;

/** Emergencies first, then what is due first. */
export function byPressure(one: Waiting, other: Waiting): number {
	const urgency = Number(other.kind === 'emergency') - Number(one.kind === 'emergency');
	return urgency || one.due - other.due || (one.id < other.id ? -1 : 1);
}

/** Reads what waits at a branch; null when it is not in its form. */
export function readWaiting(value: unknown): BranchWaiting | null {
	const { branch, total, items } = (value ?? {}) as Partial<Record<keyof BranchWaiting, unknown>>;
	if (typeof branch !== 'string' || !isCount(total)) return null;
	if (!Array.isArray(items) || items.length > Math.min(MOST_WAITING, total)) return null;
	const read = items.map(waitingIn).filter((one) => one !== null);
	return read.length === items.length ? { branch, total, items: read } : null;
}

/** Only these fields are taken over, whatever else somebody sent. */
function waitingIn(value: unknown): Waiting | null {
	const { id, kind, due, taken } = (value ?? {}) as Partial<Record<keyof Waiting, unknown>>;
	const known = WAITING_KINDS.find((one) => one === kind);
	if (!known || typeof id !== 'string' || !/^[\w-]{16,64}$/.test(id)) return null;
	return isCount(due) && typeof taken === 'boolean' ? { id, kind: known, due, taken } : null;
}

function isCount(value: unknown): value is number {
	return Number.isSafeInteger(value) && (value as number) >= 0;
}
