/**
 * What people of a branch deleted and hosts took down, by id and nothing else. It is kept outside the folder, and done again when an older copy
 * of the folder is restored (DESIGN 4.12, 5.8).
 */
export interface Gone {
	/** `post` and `person`: deleted for good. `hidden`: taken down by a decision, which may be reversed. */
	readonly what: 'post' | 'person' | 'hidden';
	/** The number of the post or the person in the branch. */
	readonly id: number;
	/** Of `hidden`, the decision; null otherwise. */
	readonly decision: string | null;
	/** When it was deleted, UTC milliseconds; 0 where nobody wrote that down. */
	readonly at: number;
}

/** A home tells which things are gone at a branch (POST /internal/v1/gone). Deleted ones add to those told before; hidden ones are all there are now. */
export interface GoneReport {
	readonly type: 'understory/gone/v1';
	readonly home: string;
	readonly issued: number;
	readonly branch: string;
	readonly gone: readonly Gone[];
}

/** Reads a list of what is gone; null when it is not in its form. */
export function readGone(value: unknown): Gone[] | null {
	return Array.isArray(value) && value.every(isGone) ? value : null;
}

function isGone(value: unknown): value is Gone {
	const { what, id, decision, at } = (value ?? {}) as Partial<Record<keyof Gone, unknown>>;
	if (!Number.isSafeInteger(id) || !Number.isSafeInteger(at)) return false;
	if (what === 'hidden') return typeof decision === 'string' && decision.length <= 100;
	return (what === 'post' || what === 'person') && decision === null;
}
