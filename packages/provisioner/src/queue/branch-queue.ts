import { randomUUID } from 'node:crypto';
import type { Clock } from '@understory/core/clock.ts';
import type { Log } from '@understory/core/log.ts';
import { createPostgresBackend, withBackend } from 'bullmq';

/** Which branches are to be looked at. Jobs carry ids and nothing else; what is wanted stands in the tables. */
export interface BranchQueue {
	/** Looks at a branch soon, or at a later moment (UTC milliseconds). Asking twice before it was looked at is asking once. */
	add(branchIds: readonly string[], notBefore?: number): Promise<void>;
	/** Resolves when nothing this process asked for without a delay is waiting or running. */
	settle(): Promise<void>;
	close(): Promise<void>;
}

const NAME = 'branches';

/**
 * BullMQ on PostgreSQL (docs/adr/0006). `work` looks at one branch and returns when to look again, or null. A branch that is asked for while
 * it is being looked at is looked at once more afterwards, so that no change is missed between reading and acting.
 */
export async function createBranchQueue(options: {
	connection: string;
	schema: string;
	concurrency: number;
	clock: Clock;
	log: Log;
	work(branchId: string): Promise<number | null>;
}): Promise<BranchQueue> {
	const { clock, log } = options;
	const { Queue, Worker } = withBackend(createPostgresBackend);
	const connection = { connectionString: options.connection, schema: options.schema, migrate: true, max: 4 };
	const queue = new Queue<{ branch: string }>(NAME, { connection, defaultJobOptions: JOB });
	// A process that was killed leaves its keys behind; a new one must not wait for them.
	const boot = randomUUID();
	const waiting = new Set<string>();
	const running = new Map<string, { again: boolean }>();
	const idle = new Set<() => void>();
	queue.on('error', (error) => log.warn('queue_failed', { error }));
	await queue.waitUntilReady();

	async function enqueue(ids: readonly string[], delay: number): Promise<void> {
		const jobs = ids.map((id) => ({
			name: 'look',
			data: { branch: id },
			opts: {
				deduplication: { id: `${boot}-${delay > 0 ? 'later' : 'now'}-${id}` },
				...(delay > 0 ? { delay } : {}),
			},
		}));
		if (jobs.length > 0) await queue.addBulk(jobs);
	}

	async function process(id: string): Promise<void> {
		waiting.delete(id);
		const run = { again: false };
		running.set(id, run);
		try {
			const again = await options.work(id);
			if (again !== null) await enqueue([id], Math.max(1, again - clock.now()));
		} finally {
			running.delete(id);
			if (run.again) {
				waiting.add(id);
				await enqueue([id], 0);
			}
			if (waiting.size === 0 && running.size === 0) for (const resolve of idle) resolve();
		}
	}

	const worker = new Worker<{ branch: string }>(NAME, (job) => process(job.data.branch), {
		connection,
		concurrency: options.concurrency,
		...KEEP,
	});
	worker.on('error', (error) => log.warn('queue_failed', { error }));
	await worker.waitUntilReady();

	return {
		async add(branchIds, notBefore) {
			const delay = notBefore === undefined ? 0 : notBefore - clock.now();
			if (delay > 0) return enqueue(branchIds, delay);
			const fresh: string[] = [];
			for (const id of new Set(branchIds)) {
				const run = running.get(id);
				if (run) run.again = true;
				else if (!waiting.has(id)) {
					waiting.add(id);
					fresh.push(id);
				}
			}
			await enqueue(fresh, 0);
		},
		async settle() {
			while (waiting.size > 0 || running.size > 0) {
				await new Promise<void>((resolve) => {
					idle.add(resolve);
				});
				idle.clear();
			}
		},
		async close() {
			await worker.close();
			await queue.close();
		},
	};
}

const KEEP = { removeOnComplete: { count: 0 }, removeOnFail: { count: 0 } };
const JOB = { removeOnComplete: true, removeOnFail: true, attempts: 1 };
