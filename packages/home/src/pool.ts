import type { OpenBranch } from '@understory/branch/open-branch.ts';
import type { Clock } from '@understory/core/clock.ts';
import { Unavailable } from '@understory/core/errors.ts';

/** The open folders of a home. A branch is opened when somebody needs it and closed when nobody has for a while. */
export interface Pool {
	/** Holds a branch open until the returned `release` is called; opens it first when needed, once however many ask. */
	hold(branch: string): Promise<{ readonly open: OpenBranch; release(): void }>;
	/** Closes what nobody holds and nobody used since `idleMilliseconds`, and the longest unused beyond `most`. */
	sweep(): Promise<void>;
	readonly size: number;
	close(): Promise<void>;
}

interface Slot {
	readonly opening: Promise<OpenBranch>;
	held: number;
	usedAt: number;
}

export function createPool(options: {
	readonly clock: Clock;
	readonly most: number;
	readonly idleMilliseconds: number;
	open(branch: string): Promise<OpenBranch>;
	/** Told when opening failed, before the caller is. */
	failed(branch: string, error: unknown): void;
	/** Told when one did not close well; it is let go all the same. */
	closedBadly(branch: string, error: unknown): void;
}): Pool {
	const slots = new Map<string, Slot>();
	const closing = new Map<string, Promise<void>>();
	let closed = false;

	async function begin(branch: string): Promise<OpenBranch> {
		// A folder has one owner: the next one waits until the last has let go.
		await closing.get(branch);
		try {
			return await options.open(branch);
		} catch (error) {
			slots.delete(branch);
			options.failed(branch, error);
			throw error;
		}
	}

	function shut(branch: string, slot: Slot): Promise<void> {
		slots.delete(branch);
		const done = slot.opening
			.then((open) => open.close())
			.catch((error: unknown) => options.closedBadly(branch, error))
			.finally(() => {
				closing.delete(branch);
			});
		closing.set(branch, done);
		return done;
	}

	/** Closes what nobody holds: the longest unused beyond `most`, and whatever has not been used for `idle` milliseconds. */
	async function shutUnused(idle: number): Promise<void> {
		const now = options.clock.now();
		const tooMany = slots.size - options.most;
		const free = [...slots].filter(([, slot]) => slot.held === 0).sort(([, a], [, b]) => a.usedAt - b.usedAt);
		const out = free.filter(([, slot], at) => at < tooMany || now - slot.usedAt >= idle);
		await Promise.all(out.map(([branch, slot]) => shut(branch, slot)));
	}

	return {
		get size() {
			return slots.size;
		},
		async hold(branch) {
			if (closed) throw new Unavailable('This home is closing.', 'closing');
			const known = slots.get(branch);
			const slot = known ?? { opening: begin(branch), held: 0, usedAt: options.clock.now() };
			slots.set(branch, slot);
			slot.held++;
			if (!known) void shutUnused(Number.POSITIVE_INFINITY);
			let released = false;
			const release = () => {
				if (released) return;
				released = true;
				slot.held--;
				slot.usedAt = options.clock.now();
			};
			try {
				return { open: await slot.opening, release };
			} catch (error) {
				release();
				throw error;
			}
		},
		sweep: () => shutUnused(options.idleMilliseconds),
		async close() {
			closed = true;
			for (const [branch, slot] of slots) void shut(branch, slot);
			await Promise.all(closing.values());
		},
	};
}
