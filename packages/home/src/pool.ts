import type { OpenBranch } from '@understory/branch/open-branch.ts';
import type { Clock } from '@understory/core/clock.ts';
import { Unavailable } from '@understory/core/errors.ts';

/** The open folders of a home. A branch is opened when somebody needs it and closed when nobody has for a while. */
export interface Pool {
	/**
	 * Holds a branch open until the returned `release` is called; opens it first when needed, once however many ask. One that was opened
	 * `passing`, for its work or for what is handed to it, goes first when there are too many, and never pushes out one that people use.
	 */
	hold(branch: string, how?: 'passing'): Promise<{ readonly open: OpenBranch; release(): void }>;
	/** Closes what nobody holds and nobody used since `idleMilliseconds`, and the longest unused beyond `most`. */
	sweep(): Promise<void>;
	readonly size: number;
	/** Is its folder open, or being opened? */
	isOpen(branch: string): boolean;
	/**
	 * Closes a folder, after those who hold it now have let go or ten seconds have gone by; resolves when it is closed and `act` was done.
	 * Whoever comes meanwhile opens it anew afterwards.
	 */
	letGo(branch: string, act?: () => void): Promise<void>;
	close(): Promise<void>;
}

/** How long somebody may hold a folder that is to be closed, in milliseconds: a download that never ends keeps nobody from it. */
const LAST_CALL = 10_000;

interface Slot {
	readonly opening: Promise<OpenBranch>;
	held: number;
	/** Told when nobody holds it any more. */
	left?: () => void;
	usedAt: number;
	/** Nobody has come for it yet; it was opened for its own work. */
	passing: boolean;
}

export function createPool(options: {
	readonly clock: Clock;
	readonly most: number;
	readonly idleMilliseconds: number;
	open(branch: string): Promise<OpenBranch>;
	/** Told when opening failed, before the caller is. */
	failed(branch: string, error: unknown): void;
	/** Told when one was closed well. */
	closedWell?(open: OpenBranch): void;
	/** Resolves when nobody else has anything to do with a folder that was closed and is to be acted on. */
	released?(branch: string): Promise<void>;
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

	function shut(branch: string, slot: Slot, empty?: Promise<void>): Promise<void> {
		slots.delete(branch);
		const done = (empty ? empty.then(() => slot.opening) : slot.opening)
			.then(async (open) => {
				await open.close();
				options.closedWell?.(open);
			})
			.catch((error: unknown) => options.closedBadly(branch, error));
		closeUntil(branch, done);
		return done;
	}

	/** Whoever opens a folder waits for this; a later one takes its place. */
	function closeUntil(branch: string, done: Promise<void>): void {
		closing.set(branch, done);
		void done.then(() => {
			if (closing.get(branch) === done) closing.delete(branch);
		});
	}

	/** Closes what nobody holds: the longest unused beyond `most`, and whatever has not been used for `idle` milliseconds. */
	async function shutUnused(idle: number, which: (slot: Slot) => boolean = () => true): Promise<void> {
		const now = options.clock.now();
		const tooMany = slots.size - options.most;
		const free = [...slots].filter(([, slot]) => slot.held === 0 && which(slot));
		free.sort(([, a], [, b]) => Number(b.passing) - Number(a.passing) || a.usedAt - b.usedAt);
		const out = free.filter(([, slot], at) => at < tooMany || now - slot.usedAt >= idle);
		await Promise.all(out.map(([branch, slot]) => shut(branch, slot)));
	}

	/** Makes room for one more; what only passes makes room among its like. */
	function makeRoom(how: 'passing' | undefined): void {
		void shutUnused(Number.POSITIVE_INFINITY, how === 'passing' ? (slot) => slot.passing : undefined);
	}

	return {
		get size() {
			return slots.size;
		},
		isOpen: (branch) => slots.has(branch),
		async hold(branch, how) {
			if (closed) throw new Unavailable('This home is closing.', 'closing');
			const known = slots.get(branch);
			const slot = known ?? {
				opening: begin(branch),
				held: 0,
				usedAt: options.clock.now(),
				passing: how === 'passing',
			};
			slots.set(branch, slot);
			slot.held++;
			if (how === undefined) slot.passing = false;
			if (!known) makeRoom(how);
			let released = false;
			const release = () => {
				if (released) return;
				released = true;
				slot.held--;
				if (slot.held === 0) slot.left?.();
				if (how === undefined) slot.usedAt = options.clock.now();
				else makeRoom(how);
			};
			try {
				return { open: await slot.opening, release };
			} catch (error) {
				release();
				throw error;
			}
		},
		async letGo(branch, act = () => undefined) {
			const slot = slots.get(branch);
			const shutting = slot ? shut(branch, slot, emptied(slot)) : closing.get(branch);
			const done = (shutting ?? Promise.resolve()).then(() => options.released?.(branch)).then(act);
			closeUntil(
				branch,
				done.catch(() => undefined),
			);
			await done;
		},
		sweep: () => shutUnused(options.idleMilliseconds),
		async close() {
			closed = true;
			for (const [branch, slot] of slots) void shut(branch, slot);
			await Promise.all(closing.values());
		},
	};
}

/** Resolves when nobody holds it any more, or when that takes too long. */
function emptied(slot: Slot): Promise<void> {
	if (slot.held === 0) return Promise.resolve();
	return new Promise((resolve) => {
		const timer = setTimeout(resolve, LAST_CALL);
		slot.left = () => {
			clearTimeout(timer);
			resolve();
		};
	});
}
