import { stoppedClock } from '@understory/core/clock.ts';
import { type Log, silentLog } from '@understory/core/log.ts';
import { expect } from 'chai';
import { createScheduler, type Scheduler } from '../src/scheduler.ts';

describe('the scheduler', () => {
	let scheduler: Scheduler;
	afterEach(() => scheduler.close());

	function bed(work: (branch: string, count: number) => Promise<number | null> | number | null, atOnce = 2) {
		const clock = stoppedClock(0);
		const runs: string[] = [];
		const warnings: string[] = [];
		let running = 0;
		let most = 0;
		const log: Log = { ...silentLog, warn: (event) => void warnings.push(event) };
		scheduler = createScheduler({
			clock,
			log,
			atOnce,
			async work(branch) {
				running += 1;
				most = Math.max(most, running);
				runs.push(branch);
				try {
					return await work(branch, runs.length);
				} finally {
					running -= 1;
				}
			},
		});
		return { clock, runs, warnings, most: () => most };
	}

	it('what wakes is worked on at once, and settling waits for it', async () => {
		const { runs } = bed(() => null);
		scheduler.wake('a');
		scheduler.wake('b');
		await scheduler.settle();
		expect(runs).to.deep.equal(['a', 'b']);
	});

	it('work that is not due yet waits for its time', async () => {
		const { runs, clock } = bed((_branch, count) => (count === 1 ? 60_000 : null));
		scheduler.wake('a');
		await scheduler.settle();
		clock.advance(59_999);
		await scheduler.settle();
		expect(runs).to.deep.equal(['a']);
		clock.advance(1);
		await scheduler.settle();
		expect(runs).to.deep.equal(['a', 'a']);
	});

	it('only a few run side by side, and each gets its turn', async () => {
		const { runs, most } = bed(() => Promise.resolve(null), 2);
		const all = ['a', 'b', 'c', 'd', 'e'];
		for (const branch of all) scheduler.wake(branch);
		await scheduler.settle();
		expect(runs.sort()).to.deep.equal(all);
		expect(most()).to.equal(2);
	});

	it('one branch never runs twice at once; a call in the middle means once more afterwards', async () => {
		let release = () => {};
		const gate = new Promise<void>((resolve) => {
			release = resolve;
		});
		const { runs, most } = bed(async (_branch, count) => {
			if (count === 1) await gate;
			return null;
		});
		scheduler.wake('a');
		scheduler.wake('a');
		scheduler.wake('a');
		release();
		await scheduler.settle();
		expect(runs).to.deep.equal(['a', 'a']);
		expect(most()).to.equal(1);
	});

	it('after a failure a branch waits, longer each time, and the others go on', async () => {
		const { runs, clock, warnings } = bed((branch) => {
			if (branch === 'bad') throw new Error('fails');
			return null;
		});
		scheduler.wake('bad');
		scheduler.wake('good');
		await scheduler.settle();
		expect(runs).to.deep.equal(['bad', 'good']);
		for (const pause of [5_000, 10_000, 20_000]) {
			clock.advance(pause - 1);
			await scheduler.settle();
			const before = runs.length;
			clock.advance(1);
			await scheduler.settle();
			expect(runs.length).to.equal(before + 1);
		}
		expect(warnings).to.have.length(4);
	});

	it('says how late the work is that waits longest, and how many branches failed', async () => {
		let release = () => {};
		const gate = new Promise<void>((resolve) => {
			release = resolve;
		});
		const { clock } = bed(async (branch) => {
			await gate;
			if (branch === 'bad') throw new Error('fails');
			return null;
		}, 1);
		expect(scheduler.lateBy()).to.equal(0);
		scheduler.wake('bad');
		scheduler.wake('good');
		clock.advance(30_000);
		expect(scheduler.lateBy(), 'what runs is not late').to.equal(30_000);
		release();
		await scheduler.settle();
		expect([scheduler.lateBy(), scheduler.failing()]).to.deep.equal([0, 1]);
	});

	it('after closing nothing runs any more', async () => {
		const { runs } = bed(() => null);
		await scheduler.close();
		scheduler.wake('a');
		await scheduler.settle();
		expect(runs).to.deep.equal([]);
	});
});
