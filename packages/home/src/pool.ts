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
			.finally(() => {
				closing.delete(branch);
			});
		closing.set(branch, done);
		return done;
	}

	return {
		get size() {
			return slots.size;
		},
		async hold(branch) {
			if (closed) throw new Unavailable('This home is closing.', 'closing');
			let slot = slots.get(branch);
			if (!slot) {
				slot = { opening: begin(branch), held: 0, usedAt: options.clock.now() };
				slots.set(branch, slot);
			}
			const mine = slot;
			mine.held++;
			let released = false;
			const release = () => {
				if (released) return;
				released = true;
				mine.held--;
				mine.usedAt = options.clock.now();
			};
			try {
				return { open: await mine.opening, release };
			} catch (error) {
				release();
				throw error;
			}
		},
		async sweep() {
			const now = options.clock.now();
			const free = [...slots]
				.filter(([, slot]) => slot.held === 0)
				.sort(([, a], [, b]) => a.usedAt - b.usedAt);
			const tooMany = slots.size - options.most;
			const out = free.filter(
				([, slot], at) => at < tooMany || now - slot.usedAt >= options.idleMilliseconds,
			);
			await Promise.all(out.map(([branch, slot]) => shut(branch, slot)));
		},
		async close() {
			closed = true;
			await Promise.allSettled([...slots].map(([branch, slot]) => shut(branch, slot)));
			await Promise.allSettled(closing.values());
		},
	};
}
