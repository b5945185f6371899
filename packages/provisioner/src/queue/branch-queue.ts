import { randomUUID } from 'node:crypto';
import type { Clock } from '@understory/core/clock.ts';
import type { Log } from '@understory/core/log.ts';
import { createPostgresBackend, withBackend } from 'bullmq';
import { migrateQueue } from './migrate-queue.ts';

/** Which branches are to be looked at. Jobs carry ids and nothing else; what is wanted stands in the tables. */
export interface BranchQueue {
	/** Begins to look, also at what an earlier process left in line. Call once, when everything the work needs is there. */
	begin(): void;
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
	/** Of a queue beside the first one. */
	readonly name?: string;
	/** Branches looked at side by side. */
	readonly concurrency: number;
	readonly clock: Clock;
	readonly log: Log;
	/** Looks at one branch and returns when to look again (UTC milliseconds), or null. */
	work(branchId: string): Promise<number | null>;
	/** Puts a branch that was looked at in line for a later moment; in this queue unless said otherwise. */
	later?(branchId: string, notBefore: number): Promise<void>;
	/** Told each time the last branch was looked at. */
	idle?(): void;
	/** Called every `sweepEvery` milliseconds by one of the processes that share the queue. */
	sweep?(): Promise<void>;
}

interface LookJob {
	/** Without a branch it is the sweep. */
	readonly branch?: string;
	/** The process that asked. */
	readonly by?: string;
}

interface Pending {
	/** Was it asked for once more since the look began? */
	asked: boolean;
	/** Is this process looking at it right now? */
	readonly here: boolean;
}

const NAME = 'branches';
const SWEEP_EVERY = 60_000;
/** A notice that came just before we listened is found this many milliseconds later. */
const EVENTS_EVERY = 1_000;
/** Jobs put in line by one statement. It holds a lock for each until its end, and PostgreSQL has room for some thousands of all connections together. */
const AT_ONCE = 500;
/** How long a branch waits whose look broke off, for instance because the database was away; in milliseconds. */
const AFTER_A_BREAK = 5_000;

/**
 * BullMQ on PostgreSQL (docs/adr/0006). A branch that is asked for while it is being looked at is looked at once more afterwards, so that no
 * change is missed between reading and acting; it is never looked at twice at once. Rejects when the database is away.
 */
export async function createBranchQueue(options: BranchQueueOptions): Promise<BranchQueue> {
	const { clock, log, name = NAME } = options;
	const { Queue, QueueEvents, Worker } = withBackend(createPostgresBackend);
	await migrateQueue(options.connection, options.schema);
	const connection = { connectionString: options.connection, schema: options.schema, max: 3 };
	const queue = new Queue<LookJob>(name, { connection, defaultJobOptions: JOB });
	// A process that was killed leaves its keys behind; a new one must not wait for them.
	const boot = randomUUID();
	/** Branches this process asked for, until somebody looked. */
	const pending = new Map<string, Pending>();
	const settled = new Set<() => void>();
	const isIdle = () => pending.size === 0;

	async function enqueue(ids: readonly string[], milliseconds: number): Promise<void> {
		// A look that is put off by a part of a millisecond while another one runs is never put in line: its delay is a `bigint` there.
		const delay = Math.ceil(milliseconds);
		// A look in a moment is another one than a look in an hour, which it would be taken for: it is late by as much again at the most.
		const when = delay > 0 ? `later-${Math.ceil(Math.log2(delay))}` : 'now';
		const jobs = ids.map((id) => ({
			name: 'look',
			data: { branch: id, by: boot },
			opts: {
				// What is asked for while a job runs, up to its very end, is kept and comes after it.
				deduplication: { id: `${boot}-${when}-${id}`, keepLastIfActive: true },
				...(delay > 0 ? { delay } : {}),
			},
		}));
		for (let from = 0; from < jobs.length; from += AT_ONCE)
			await queue.addBulk(jobs.slice(from, from + AT_ONCE));
	}

	const later = options.later ?? ((id: string, at: number) => enqueue([id], Math.max(1, at - clock.now())));

	/** Puts branches in line; when that fails nobody waits for them, and the sweep finds them. */
	async function line(ids: readonly string[]): Promise<void> {
		for (const id of ids) pending.set(id, { asked: false, here: false });
		try {
			await enqueue(ids, 0);
		} catch (error) {
			for (const id of ids) pending.delete(id);
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

	/** A look ended, here or in another process. What was asked for meanwhile is put in line again. */
	async function ended(id: string): Promise<void> {
		const asked = pending.get(id)?.asked;
		pending.delete(id);
		if (asked) await line([id]);
		rest();
	}

	async function look(id: string): Promise<void> {
		const known = pending.get(id);
		if (known?.here) {
			// A look that was put off has come due in the middle of another.
			known.asked = true;
			return;
		}
		pending.set(id, { asked: false, here: true });
		try {
			const again = await options.work(id).catch((error: unknown) => {
				log.warn('look_failed', { error, job: 'look' });
				return clock.now() + AFTER_A_BREAK;
			});
			if (again !== null) await later(id, again);
		} finally {
			await ended(id);
		}
	}

	async function run({ branch, by }: LookJob): Promise<string | null> {
		if (branch === undefined) {
			await options.sweep?.();
			return null;
		}
		await look(branch);
		return `${by} ${boot} ${branch}`;
	}

	const worker = new Worker<LookJob>(name, (job) => run(job.data), {
		connection,
		concurrency: options.concurrency,
		autorun: false,
		// How soon it looks whether a database that went away is back; BullMQ's own 15 s is long when somebody waits.
		runRetryDelay: 1_000,
		...KEEP,
	});
	// Another process that shares the queue may have taken up what this one asked for.
	const events = new QueueEvents(name, {
		connection: { ...connection, max: 1 },
		blockingTimeout: EVENTS_EVERY,
	});
	events.on('completed', ({ returnvalue }) => {
		const [by, ranBy, id] = String(returnvalue).split(' ');
		// What ran here was told when it ended. Told again this late, it would pass for the look that was asked for since.
		if (by !== boot || ranBy === boot || id === undefined) return;
		if (pending.get(id)?.here !== false) return;
		ended(id).catch(failed);
	});
	const failed = (error: Error) => log.warn('queue_failed', { error });
	queue.on('error', failed);
	worker.on('error', failed);
	events.on('error', failed);
	await Promise.all([queue.waitUntilReady(), worker.waitUntilReady(), events.waitUntilReady()]);
	if (options.sweep)
		await queue.upsertJobScheduler('sweep', { every: SWEEP_EVERY }, { name: 'sweep', opts: JOB });

	return {
		isIdle,
		begin() {
			worker.run().catch(failed);
		},
		async add(branchIds, notBefore) {
			const delay = notBefore === undefined ? 0 : notBefore - clock.now();
			if (delay > 0) return enqueue(branchIds, delay);
			const ids = [...new Set(branchIds)];
			for (const id of ids) {
				const known = pending.get(id);
				if (known) known.asked = true;
			}
			await line(ids.filter((id) => !pending.has(id)));
		},
		async settle() {
			while (!isIdle()) await new Promise<void>((resolve) => settled.add(resolve));
		},
		async close() {
			await worker.close();
			await Promise.all([events.close(), queue.close()]);
		},
	};
}

const KEEP = { removeOnComplete: { count: 0 }, removeOnFail: { count: 0 } };
const JOB = { removeOnComplete: true, removeOnFail: true, attempts: 1 };
