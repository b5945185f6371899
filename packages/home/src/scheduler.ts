import type { Clock } from '@understory/core/clock.ts';
import type { Log } from '@understory/core/log.ts';

/** Runs the jobs of many branches: each one's `work` when it is due, at most a few at a time. */
export interface Scheduler {
	/** Something became due now. Returns at once. */
	wake(branch: string): void;
	/** Something is due at a time that is known already. */
	expect(branch: string, at: number): void;
	/** When a branch has something to do next, as far as is known; null: nothing. */
	dueAt(branch: string): number | null;
	/** By how many milliseconds the work is late that has waited longest for its turn; 0 when nothing waits. */
	lateBy(): number;
	/** How many branches' work failed the last time. */
	failing(): number;
	/** Runs everything due now, and what that makes due, until nothing is. */
	settle(): Promise<void>;
	close(): Promise<void>;
}

/** After a failure a branch waits, in milliseconds: 5 s doubling up to 10 minutes. */
function pause(failures: number): number {
	return Math.min(600_000, 5_000 * 2 ** (failures - 1));
}

export function createScheduler(options: {
	readonly clock: Clock;
	readonly log: Log;
	readonly atOnce: number;
	/** Does what is due at a branch; answers when to come again (UTC milliseconds), or null. */
	work(branch: string): Promise<number | null>;
}): Scheduler {
	const { clock, log } = options;
	const due = new Map<string, number>();
	const running = new Map<string, Promise<void>>();
	const failures = new Map<string, number>();
	let timer: NodeJS.Timeout | undefined;
	let closed = false;

	async function run(branch: string): Promise<void> {
		due.delete(branch);
		try {
			const next = await options.work(branch);
			failures.delete(branch);
			// A wake during the work is earlier than what the work itself knew of.
			if (next !== null && !due.has(branch)) due.set(branch, next);
		} catch (error) {
			const count = (failures.get(branch) ?? 0) + 1;
			failures.set(branch, count);
			due.set(branch, clock.now() + pause(count));
			log.warn('branch_work_failed', { branch, count, error });
		}
	}

	function begin(branch: string): void {
		const done = run(branch).finally(() => {
			running.delete(branch);
			advance();
		});
		running.set(branch, done);
	}

	function advance(): void {
		if (closed) return;
		clearTimeout(timer);
		const now = clock.now();
		let next = Number.POSITIVE_INFINITY;
		for (const [branch, at] of due) {
			if (running.has(branch)) continue;
			if (at <= now && running.size < options.atOnce) begin(branch);
			else next = Math.min(next, at);
		}
		if (next === Number.POSITIVE_INFINITY || running.size >= options.atOnce) return;
		timer = setTimeout(advance, Math.min(60_000, Math.max(1, next - now)));
		timer.unref();
	}

	const isDue = () => [...due.values()].some((at) => at <= clock.now());
	return {
		wake(branch) {
			if (closed) return;
			due.set(branch, clock.now());
			advance();
		},
		expect(branch, at) {
			if (closed) return;
			due.set(branch, Math.min(at, due.get(branch) ?? at));
			advance();
		},
		dueAt: (branch) => due.get(branch) ?? null,
		lateBy() {
			const waiting = [...due].filter(([branch]) => !running.has(branch)).map(([, at]) => at);
			return waiting.reduce((late, at) => Math.max(late, clock.now() - at), 0);
		},
		failing: () => failures.size,
		async settle() {
			advance();
			while (running.size > 0 || (!closed && isDue())) {
				await Promise.all(running.values());
				advance();
			}
		},
		async close() {
			closed = true;
			clearTimeout(timer);
			await Promise.all(running.values());
		},
	};
}
