import { createHash } from 'node:crypto';
import { entryIn } from './entry-sums.ts';
import { daysOf, isWithin, quarterAfter } from './quarters.ts';

/** One decision in so many is drawn, … */
const ONE_IN = 20;
/** … but not fewer than this, where there are so many, and not more than that. */
const FEWEST = 5;
const MOST = 50;

/** A leaf of a library's logs, with its place. */
export interface PlacedLeaf {
	readonly year: number;
	readonly index: number;
	readonly leaf: string;
}

/** What the decisions of a quarter are drawn from. */
export interface DrawnFrom {
	/** The log whose state decides, and how many leaves that state has. */
	readonly year: number;
	readonly size: number;
	/** Numbers of the decisions, in the order of the log. */
	readonly candidates: readonly string[];
}

/** The day, announced long before, that decides which decisions of a quarter are audited: the 15th of the month after it. */
export function auditDay(quarter: string): string {
	return `${daysOf(quarterAfter(quarter, 1)).from.slice(0, 8)}15`;
}

/**
 * Finds what a quarter's decisions are drawn from, in leaves that are in the order of the logs, from the first that may hold one of them. The state that decides
 * ends with the first leaf that is dated on or after the audit day; null while there is none. What is sealed names no day and no branch, and is not drawn.
 */
export function drawnFrom(quarter: string, leaves: Iterable<PlacedLeaf>): DrawnFrom | null {
	const days = daysOf(quarter);
	const day = auditDay(quarter);
	const candidates: string[] = [];
	for (const { year, index, leaf } of leaves) {
		const entry = entryIn(leaf);
		if (!entry) continue;
		if (entry.kind === 'decision' && isWithin(entry.decided_on, days)) candidates.push(entry.id);
		if (entry.decided_on >= day) return { year, size: index + 1, candidates };
	}
	return null;
}

/** How many of so many decisions are drawn. */
export function countToDraw(candidates: number): number {
	return Math.min(candidates, MOST, Math.max(FEWEST, Math.ceil(candidates / ONE_IN)));
}

/**
 * Draws the decisions of a quarter that an auditor reads again: those whose SHA-256 of the quarter, the root (base64, as checkpoints write it) and their number
 * comes first. Whoever has the log comes to the same.
 */
export function drawCases(quarter: string, root: string, candidates: readonly string[]): string[] {
	const place = (id: string): string =>
		createHash('sha256').update(`understory/audit/v1\n${quarter}\n${root}\n${id}\n`).digest('hex');
	return candidates
		.map((id) => ({ id, at: place(id) }))
		.sort((a, b) => (a.at < b.at ? -1 : 1))
		.slice(0, countToDraw(candidates.length))
		.map(({ id }) => id);
}
