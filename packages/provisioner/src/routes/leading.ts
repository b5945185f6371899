import type { Context } from '../context.ts';
import { kubeconfigsOfCells } from '../store/cells.ts';
import { namesOfHomes, namesOfRoles } from '../store/routes.ts';
import type { Names } from './cluster-routes.ts';

/** Keeps what leads people in each cluster as the routing table has it. */
export interface Leading {
	/** Looks at every cell, each by itself: one that does not answer keeps no other waiting. A cell that is being looked at is looked at once more. */
	begin(): void;
	/** Resolves when none is being looked at. */
	ended(): Promise<void>;
}

/** Builds it. What a cell refuses is logged, stays as it is there, and is done with the next sweep. */
export function createLeading(context: Context, { isOver }: { isOver(): boolean }): Leading {
	const { database, lead, log } = context;
	const underway = new Map<string | null, Promise<void>>();
	const again = new Set<string | null>();
	let asking: Promise<void> | null = null;

	const read = async (): Promise<Names> => ({
		homes: await namesOfHomes(database),
		roles: await namesOfRoles(database),
	});

	function look(cell: string | null): void {
		if (isOver()) return;
		if (underway.has(cell)) {
			again.add(cell);
			return;
		}
		const looking = lead!(cell, read)
			.catch((error: unknown) => log.warn('routes_not_written', { job: cell ?? 'default', error }))
			.then(() => {
				underway.delete(cell);
				if (again.delete(cell)) look(cell);
			});
		underway.set(cell, looking);
	}

	return {
		begin() {
			if (!lead || isOver()) return;
			asking ??= kubeconfigsOfCells(database)
				.then((cells) => cells.forEach(look))
				.catch((error: unknown) => log.warn('routes_not_written', { error }))
				.then(() => {
					asking = null;
				});
		},
		async ended() {
			await asking;
			while (underway.size > 0) await Promise.all(underway.values());
		},
	};
}
