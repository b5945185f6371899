import { silentLog } from '@understory/core/log.ts';
import { expect } from 'chai';
import { freshDatabase } from '../../town/src/test-postgres.ts';
import { type BranchQueue, createBranchQueue } from '../src/queue/branch-queue.ts';

/** The rows of the survey: more than the locks of one statement have room for. */
const MANY = 17_496;

/** Work that waits until it is told to go on, so that a test can ask for things while it runs. */
function gate(): { opened: Promise<void>; open(): void } {
	const { promise, resolve } = Promise.withResolvers<void>();
	return { opened: promise, open: () => resolve() };
}

describe('the queue of branches', () => {
	let connection: string;
	let schema: string;
	const open: BranchQueue[] = [];

	beforeEach(async () => {
		connection = await freshDatabase('queue');
		schema = new URL(connection).username;
	});

	afterEach(async () => {
		await Promise.all(open.splice(0).map((queue) => queue.close()));
	});

	async function start(work: (id: string) => Promise<number | null>, concurrency = 8): Promise<BranchQueue> {
		const queue = await createBranchQueue({
			connection,
			schema,
			concurrency,
			clock: { now: () => Date.now() },
			log: silentLog,
			work,
		});
		open.push(queue);
		queue.begin();
		return queue;
	}

	it('looks at a branch that was asked for', async () => {
		const seen: string[] = [];
		const queue = await start(async (id) => {
			seen.push(id);
			return null;
		});
		await queue.add(['a']);
		await queue.settle();
		expect(seen).to.deep.equal(['a']);
	});

	it('is settled at once when nothing was asked for', async () => {
		const queue = await start(async () => null);
		await queue.settle();
	});

	it('looks at a branch again and again, by parts of milliseconds too', async () => {
		let looks = 0;
		const queue = await start(async () => {
			looks += 1;
			return looks < 6 ? Date.now() + 20.25 : null;
		});
		await queue.add(['a']);
		const deadline = Date.now() + 20_000;
		while (looks < 6 && Date.now() < deadline) await new Promise((resolve) => setImmediate(resolve));
		expect(looks).to.equal(6);
	});

	it('looks at a branch again in a moment, though it is to be looked at in an hour too', async () => {
		const again = [3_600_000, 50, null];
		const { promise: third, resolve: seen } = Promise.withResolvers<void>();
		const queue = await start(async () => {
			const after = again.shift() ?? null;
			if (again.length === 0) seen();
			return after === null ? null : Date.now() + after;
		});
		await queue.add(['a']);
		await queue.settle();
		await queue.add(['a']);
		await third;
	});

	it('takes a branch that is asked for twice before its turn once', async () => {
		const seen: string[] = [];
		const first = gate();
		const queue = await start(async (id) => {
			seen.push(id);
			if (id === 'slow') await first.opened;
			return null;
		}, 1);
		await queue.add(['slow']);
		await queue.add(['a', 'a']);
		await queue.add(['a']);
		first.open();
		await queue.settle();
		expect(seen).to.deep.equal(['slow', 'a']);
	});

	it('looks once more at a branch that is asked for while it is looked at, and never twice at once', async () => {
		let runs = 0;
		let together = 0;
		let most = 0;
		const begun = gate();
		const goOn = gate();
		const queue = await start(async () => {
			runs++;
			most = Math.max(most, ++together);
			begun.open();
			await goOn.opened;
			together--;
			return null;
		});
		await queue.add(['a']);
		await begun.opened;
		await queue.add(['a']);
		await queue.add(['a']);
		goOn.open();
		await queue.settle();
		expect({ runs, most }).to.deep.equal({ runs: 2, most: 1 });
	});

	it('looks at many branches side by side, up to its limit', async () => {
		let together = 0;
		let most = 0;
		const full = gate();
		const queue = await start(async () => {
			most = Math.max(most, ++together);
			if (together === 4) full.open();
			await full.opened;
			together--;
			return null;
		}, 4);
		await queue.add(Array.from({ length: 12 }, (_, i) => `b${i}`));
		await queue.settle();
		expect(most).to.equal(4);
	});

	it('takes as many branches at once as a country has, though PostgreSQL holds a lock for each while they are put in line', async () => {
		const goOn = gate();
		const queue = await start(async () => {
			await goOn.opened;
			return null;
		});
		await queue.add(Array.from({ length: MANY }, (_, i) => `b${i}`));
		expect(queue.isIdle()).to.equal(false);
		goOn.open();
	});

	it('looks again by itself when the work asks for it, without holding settle up', async () => {
		const again = gate();
		let runs = 0;
		const queue = await start(async () => {
			if (++runs === 1) return Date.now() + 1;
			again.open();
			return null;
		});
		await queue.add(['a']);
		await queue.settle();
		await again.opened;
		expect(runs).to.equal(2);
	});

	it('goes on with the others when the work on one branch throws', async () => {
		const seen: string[] = [];
		const queue = await start(async (id) => {
			seen.push(id);
			if (id === 'bad') throw new Error('broken');
			return null;
		}, 1);
		await queue.add(['bad', 'good']);
		await queue.settle();
		expect(seen).to.deep.equal(['bad', 'good']);
	});

	it('does not wait for the jobs of a process that was killed', async () => {
		const begun = gate();
		const never = gate();
		// Busy for ever with one look, it takes no other: as good as dead.
		const dead = await start(async () => {
			begun.open();
			await never.opened;
			return null;
		}, 1);
		await dead.add(['a']);
		await begun.opened;
		const seen: string[] = [];
		const next = await start(async (id) => {
			seen.push(id);
			return null;
		});
		await next.add(['a']);
		await next.settle();
		never.open();
		expect(seen).to.deep.equal(['a']);
	});

	it('is settled when another process looked at what this one asked for', async () => {
		const begun = gate();
		const goOn = gate();
		const seen: string[] = [];
		const busy = await start(async (id) => {
			if (id === 'slow') {
				begun.open();
				await goOn.opened;
			} else seen.push(`busy ${id}`);
			return null;
		}, 1);
		await busy.add(['slow']);
		await begun.opened;
		const taken = gate();
		await start(async (id) => {
			seen.push(`other ${id}`);
			taken.open();
			return null;
		});
		await busy.add(['a']);
		await taken.opened;
		goOn.open();
		await busy.settle();
		expect(seen).to.deep.equal(['other a']);
	});
});
