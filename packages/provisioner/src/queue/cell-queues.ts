import { type BranchQueue, type BranchQueueOptions, createBranchQueue } from './branch-queue.ts';

export interface CellQueuesOptions extends Omit<BranchQueueOptions, 'name' | 'later'> {
	/** The names of all cells but the first. */
	cells(): Promise<readonly string[]>;
	/** In which of them each of these branches is; branches of the first cell, and of none, are left out. */
	cellsOf(branchIds: readonly string[]): Promise<ReadonlyMap<string, string>>;
}

/** The queues of all cells as one. */
export interface CellQueues extends BranchQueue {
	/** Gives cells that were added queues of their own; until then their branches wait with those of the first. */
	openCells(): Promise<void>;
}

/**
 * A queue for each cell, each with as many looks side by side, that are one to whoever asks: a cell that is slow or lost has its own branches wait, and no
 * other's. Rejects when the database is away.
 */
export async function createCellQueues(options: CellQueuesOptions): Promise<CellQueues> {
	const { clock, cells, cellsOf, sweep, idle, ...shared } = options;
	const further = new Map<string, Promise<BranchQueue>>();
	const opened: BranchQueue[] = [];
	let begun = false;
	let closed = false;
	const isIdle = () => opened.every((queue) => queue.isIdle());

	async function make(name: string | null): Promise<BranchQueue> {
		const queue: BranchQueue = await createBranchQueue({
			...shared,
			...(name === null ? sweep && { sweep } : { name: `branches-${name}` }),
			clock,
			async later(id, at) {
				const theirs = await queueOf(await cellOf(id));
				// In another cell by now: what is due is asked for there at once. Here the look that asks is not over.
				if (theirs !== queue && at <= clock.now()) await theirs.add([id]);
				else await theirs.add([id], Math.max(at, clock.now() + 1));
			},
			idle() {
				if (isIdle()) idle?.();
			},
		});
		opened.push(queue);
		if (begun) queue.begin();
		return queue;
	}

	function open(cell: string): Promise<BranchQueue> {
		let queue = further.get(cell);
		if (!queue) {
			queue = make(cell);
			further.set(cell, queue);
			// The database was away: the next sweep tries again.
			queue.catch(() => further.delete(cell));
		}
		return queue;
	}

	const cellOf = async (id: string) => (further.size === 0 ? null : ((await cellsOf([id])).get(id) ?? null));
	const queueOf = (cell: string | null) => (cell === null ? first : (further.get(cell) ?? first));

	async function openCells(): Promise<void> {
		if (!closed) await Promise.all((await cells()).map(open));
	}

	async function close(): Promise<void> {
		closed = true;
		await Promise.allSettled(further.values());
		await Promise.all(opened.map((queue) => queue.close()));
	}

	const first = await make(null);
	try {
		await openCells();
	} catch (error) {
		await close();
		throw error;
	}
	return {
		isIdle,
		openCells,
		close,
		begin() {
			begun = true;
			for (const queue of opened) queue.begin();
		},
		async add(ids, notBefore) {
			if (further.size === 0) return first.add(ids, notBefore);
			const known = await cellsOf(ids);
			const byCell = Map.groupBy(ids, (id) => known.get(id) ?? null);
			for (const [cell, theirs] of byCell) await (await queueOf(cell)).add(theirs, notBefore);
		},
		async settle() {
			while (!isIdle()) await Promise.all(opened.map((queue) => queue.settle()));
		},
	};
}
