import type { Street } from '@understory/branch/street.ts';
import { NotAllowed, NotFound } from '@understory/core/errors.ts';
import type { Pool } from './pool.ts';
import type { Registry } from './registry.ts';

/** How many openings that ended are remembered: many more than end in the minute after which they are asked about. */
const REMEMBERED = 10_000;

/**
 * The short way between the branches of this home (DESIGN 5.4, ADR 21). The home vouches for who speaks: the branch that is named in a proof
 * is one of its own and has the origin it says. A branch whose folder is closed is opened for what comes, in passing: it does not
 * push out one that people use. `closed` is told of each opening that ended well.
 */
export function createStreet(parts: {
	readonly registry: Pick<Registry, 'byHost' | 'byId'>;
	readonly pool: Pick<Pool, 'hold' | 'isOpen'>;
}): Street & { closed(opening: string): void } {
	const { registry, pool } = parts;
	/** Openings that ended well, so that all that was taken in during them is on the disk. */
	const closedWell = new Set<string>();
	const at = (origin: string) => {
		const found = registry.byHost(new URL(origin).host)?.branch;
		return found?.origin === origin ? found.id : null;
	};
	return {
		standing(origin) {
			const branch = at(origin);
			return branch === null ? null : pool.isOpen(branch) ? 'open' : 'closed';
		},
		async hand(origin, handed) {
			const branch = at(origin);
			if (branch === null) throw new NotFound();
			if (registry.byId(handed.proof.branch)?.branch.origin !== handed.proof.origin) {
				throw new NotAllowed('This is not by a branch of this home.', 'not_of_this_home');
			}
			const { open, release } = await pool.hold(branch, 'passing');
			try {
				await open.takeIn(handed);
				return open.opening;
			} finally {
				release();
			}
		},
		async confirm(origin, receipt) {
			if (closedWell.has(receipt)) return true;
			const branch = at(origin);
			if (branch === null || !pool.isOpen(branch)) return false;
			const { open, release } = await pool.hold(branch, 'passing');
			try {
				if (open.opening !== receipt) return false;
				open.sync();
				return true;
			} finally {
				release();
			}
		},
		closed(opening) {
			closedWell.add(opening);
			const [oldest] = closedWell;
			if (closedWell.size > REMEMBERED && oldest !== undefined) closedWell.delete(oldest);
		},
	};
}
