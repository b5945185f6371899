import { randomUUID } from 'node:crypto';
import type { Clock } from '@understory/core/clock.ts';
import type { Log } from '@understory/core/log.ts';
import { createPostgresBackend, withBackend } from 'bullmq';
import { migrateQueue } from './migrate-queue.ts';

/** Which branches are to be looked at. Jobs carry ids and nothing else; what is wanted stands in the tables. */
export interface BranchQueue {
	/** Looks at a branch soon, or at a later moment (UTC milliseconds). Asking twice before it was looked at is asking once. */
	add(branchIds: readonly string[], notBefore?: number): Promise<void>;
	/** Is nothing waiting or running that this process asked for without a delay? */
	isIdle(): boolean;
	/** Resolves when it is. */
	settle(): Promise<void>;
	close(): Promise<void>;
}

export interface BranchQueueOptions {
	readonly connection: string;
	/** A schema that is there, and that the role of `connection` owns. */
	readonly schema: string;
	/** Branches looked at side by side. */
	readonly concurrency: number;
	readonly clock: Clock;
	readonly log: Log;
	/** Looks at one branch and returns when to look again (UTC milliseconds), or null. */
	work(branchId: string): Promise<number | null>;
	/** Told each time the last branch was looked at. */
	idle?(): void;
	/** Called every `sweepEvery` milliseconds by one of the processes that share the queue. */
	sweep?(): Promise<void>;
}

const NAME = 'branches';
const SWEEP_EVERY = 60_000;
/** How long a branch waits whose look broke off, for instance because the database was away; in milliseconds. */
const AFTER_A_BREAK = 5_000;

/**
 * BullMQ on PostgreSQL (docs/adr/0006). A branch that is asked for while it is being looked at is looked at once more afterwards, so that no
 * change is missed between reading and acting; it is never looked at twice at once. Rejects when the database is away.
 */
export async function createBranchQueue(options: BranchQueueOptions): Promise<BranchQueue> {
	const { clock, log } = options;
	const { Queue, Worker } = withBackend(createPostgresBackend);
	await migrateQueue(options.connection, options.schema);
	const connection = { connectionString: options.connection, schema: options.schema, max: 4 };
	const queue = new Queue<{ branch?: string }>(NAME, {
		connection,
		defaultJobOptions: JOB,
		streams: { events: { maxLen: 100 } },
	});
	// A process that was killed leaves its keys behind; a new one must not wait for them.
	const boot = randomUUID();
	const waiting = new Set<string>();
	const running = new Map<string, { again: boolean }>();
	const settled = new Set<() => void>();
	queue.on('error', (error) => log.warn('queue_failed', { error }));
	await queue.waitUntilReady();
	const isIdle = () => waiting.size === 0 && running.size === 0;

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

	/** Puts branches in line; when that fails nobody waits for them, and the sweep finds them. */
	async function line(ids: readonly string[]): Promise<void> {
		for (const id of ids) waiting.add(id);
		try {
			await enqueue(ids, 0);
		} catch (error) {
			for (const id of ids) waiting.delete(id);
			rest();
			throw error;
		}
	}

	function rest(): void {
		if (!isIdle()) return;
		for (const resolve of settled) resolve();
		settled.clear();
		options.idle?.();
	}

	async function look(id: string): Promise<void> {
		const now = running.get(id);
		if (now) {
			// A look that was put off has come due in the middle of another.
			now.again = true;
			waiting.delete(id);
			return;
		}
		const run = { again: false };
		running.set(id, run);
		waiting.delete(id);
		try {
			const again = await options.work(id).catch((error: unknown) => {
				log.warn('look_failed', { error, job: 'look' });
				return clock.now() + AFTER_A_BREAK;
			});
			if (again !== null) await enqueue([id], Math.max(1, again - clock.now()));
			if (run.again) await line([id]);
		} finally {
			running.delete(id);
			rest();
		}
	}

	const worker = new Worker<{ branch?: string }>(
		NAME,
		(job) => (job.data.branch === undefined ? (options.sweep?.() ?? Promise.resolve()) : look(job.data.branch)),
		{ connection, concurrency: options.concurrency, ...KEEP },
	);
	worker.on('error', (error) => log.warn('queue_failed', { error }));
	await worker.waitUntilReady();
	if (options.sweep) await queue.upsertJobScheduler('sweep', { every: SWEEP_EVERY }, { name: 'sweep', opts: JOB });

	return {
		isIdle,
		async add(branchIds, notBefore) {
			const delay = notBefore === undefined ? 0 : notBefore - clock.now();
			if (delay > 0) return enqueue(branchIds, delay);
			const fresh: string[] = [];
			for (const id of new Set(branchIds)) {
				const run = running.get(id);
				if (run) run.again = true;
				else if (!waiting.has(id)) fresh.push(id);
			}
			await line(fresh);
		},
		async settle() {
			while (!isIdle()) await new Promise<void>((resolve) => settled.add(resolve));
		},
		async close() {
			await worker.close();
			await queue.close();
		},
	};
}

const KEEP = { removeOnComplete: { count: 0 }, removeOnFail: { count: 0 } };
const JOB = { removeOnComplete: true, removeOnFail: true, attempts: 1 };
