import type { Context } from '../context.ts';
import { glanceAt, turnOf } from '../reconcile/glance.ts';
import { FIRST_CELL, furtherCells } from '../store/cells.ts';

/** The glances that each cell has of its own. */
export interface Glances {
	/** Begins to glance at the branches whose turn it is, in every cell where none is under way. */
	begin(): Promise<void>;
	isUnderway(): boolean;
	/** Resolves when none is. */
	ended(): Promise<void>;
}

/** Glances beside everything else, in each cell by itself: one that is slow or lost has nobody wait. What breaks off comes again in an hour. */
export function createGlances(
	context: Context,
	parts: { look(branches: readonly string[]): Promise<void>; isOver(): boolean },
): Glances {
	const underway = new Map<string, Promise<void>>();
	return {
		async begin() {
			const range = turnOf(context.clock.now());
			for (const cell of [FIRST_CELL, ...(await furtherCells(context.database))]) {
				if (parts.isOver() || underway.has(cell)) continue;
				const glance = glanceAt(context, { cell, range, ...parts })
					.catch((error: unknown) => context.log.error('not_glanced', { error }))
					.finally(() => underway.delete(cell));
				underway.set(cell, glance);
			}
		},
		isUnderway: () => underway.size > 0,
		async ended() {
			while (underway.size > 0) await Promise.all(underway.values());
		},
	};
}
