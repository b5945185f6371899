import type { OpenBranch } from '@understory/branch/open-branch.ts';
import { stoppedClock } from '@understory/core/clock.ts';
import { expect } from 'chai';
import { createPool } from '../src/pool.ts';

describe('the pool of open folders', () => {
	function bed(most = 2) {
		const clock = stoppedClock(0);
		const events: string[] = [];
		const gates = new Map<string, Promise<void>>();
		const pool = createPool({
			clock,
			most,
			idleMilliseconds: 1_000,
			async open(branch) {
				events.push(`open ${branch}`);
				await gates.get(branch);
				if (branch === 'bad') throw new Error('does not open');
				return opened(branch, events);
			},
			failed: (branch) => void events.push(`failed ${branch}`),
			closedBadly: (branch) => void events.push(`badly ${branch}`),
		});
		return { clock, events, gates, pool };
	}

	it('however many ask at once, a folder is opened once', async () => {
		const { pool, events } = bed();
		const held = await Promise.all([pool.hold('a'), pool.hold('a'), pool.hold('a')]);
		expect(new Set(held.map(({ open }) => open)).size).to.equal(1);
		expect(events).to.deep.equal(['open a']);
	});

	it('one that does not open is told to everybody who waited, and the next one may try again', async () => {
		const { pool, events } = bed();
		const answers = await Promise.allSettled([pool.hold('bad'), pool.hold('bad')]);
		expect(answers.map(({ status }) => status)).to.deep.equal(['rejected', 'rejected']);
		await pool.hold('bad').catch(() => undefined);
		expect(events).to.deep.equal(['open bad', 'failed bad', 'open bad', 'failed bad']);
		expect(pool.size).to.equal(0);
	});

	it('a busy one is never closed, however long it takes', async () => {
		const { pool, clock, events } = bed();
		const { release } = await pool.hold('a');
		clock.advance(1_000_000);
		await pool.sweep();
		expect(pool.size).to.equal(1);
		release();
		clock.advance(999);
		await pool.sweep();
		expect(pool.size).to.equal(1);
		clock.advance(1);
		await pool.sweep();
		expect(events).to.deep.equal(['open a', 'close a']);
	});

	it('what is opened in passing pushes out nobody, and goes first', async () => {
		const { pool, events } = bed(2);
		for (const name of ['a', 'b']) (await pool.hold(name)).release();
		for (const name of ['c', 'd', 'e']) {
			(await pool.hold(name, 'passing')).release();
			await new Promise(setImmediate);
		}
		expect(events).to.deep.equal([
			'open a',
			'open b',
			'open c',
			'close c',
			'open d',
			'close d',
			'open e',
			'close e',
		]);
		expect([pool.isOpen('a'), pool.isOpen('b'), pool.isOpen('e')]).to.deep.equal([true, true, false]);
	});

	it('what was opened in passing stays as others do once somebody comes for it', async () => {
		const { pool, clock, events } = bed(2);
		(await pool.hold('a')).release();
		clock.advance(1);
		(await pool.hold('b', 'passing')).release();
		(await pool.hold('b')).release();
		(await pool.hold('c')).release();
		await new Promise(setImmediate);
		expect(events).to.deep.equal(['open a', 'open b', 'open c', 'close a']);
	});

	it('letting go twice is letting go once', async () => {
		const { pool, clock } = bed();
		const first = await pool.hold('a');
		await pool.hold('a');
		first.release();
		first.release();
		clock.advance(10_000);
		await pool.sweep();
		expect(pool.size).to.equal(1);
	});

	it('beyond the most that may be open, the longest unused is closed to make room', async () => {
		const { pool, clock, events } = bed(2);
		for (const branch of ['a', 'b', 'c']) {
			const { release } = await pool.hold(branch);
			release();
			clock.advance(1);
		}
		expect(pool.size).to.equal(2);
		expect(events).to.include('close a').and.not.include('close b');
	});

	it('when all are busy one more is opened all the same', async () => {
		const { pool } = bed(1);
		await pool.hold('a');
		await pool.hold('b');
		expect(pool.size).to.equal(2);
	});

	it('a folder that is being closed is opened again only when it has been let go', async () => {
		const { pool, clock, events } = bed();
		const { release } = await pool.hold('slow');
		release();
		clock.advance(1_000);
		const swept = pool.sweep();
		await pool.hold('slow');
		await swept;
		expect(events).to.deep.equal(['open slow', 'close slow', 'open slow']);
	});

	it('one that closes badly is reported, and can be opened again', async () => {
		const { pool, clock, events } = bed();
		(await pool.hold('stuck')).release();
		clock.advance(1_000);
		await pool.sweep();
		expect(events).to.include('badly stuck');
		await pool.hold('stuck');
	});

	it('closing waits for what is being opened, and nothing is opened afterwards', async () => {
		const { pool, gates, events } = bed();
		let open = () => {};
		gates.set(
			'a',
			new Promise((resolve) => {
				open = resolve;
			}),
		);
		const held = pool.hold('a');
		const closed = pool.close();
		open();
		await closed;
		await held;
		expect(events).to.deep.equal(['open a', 'close a']);
		expect(await pool.hold('b').catch((error: Error) => error.message)).to.equal('This home is closing.');
	});
});

function opened(branch: string, events: string[]): OpenBranch {
	return {
		branch,
		origin: `http://${branch}.localhost`,
		migrated: 0,
		handle: () => undefined,
		opening: `opening of ${branch}`,
		takeIn: async () => undefined,
		sync: () => undefined,
		goneSince: () => [],
		deliveriesWaiting: () => 0,
		waitingForTeam: () => ({ branch, total: 0, items: [] }),
		work: async () => ({ nextAt: null }),
		apply: () => Promise.reject(new Error('not asked for')),
		status: () => ({
			branch,
			generation: 1,
			epoch: 1,
			state: 'serving',
			message: null,
			branch_key: null,
			consents: [],
		}),
		async close() {
			await Promise.resolve();
			if (branch === 'stuck') throw new Error('does not close');
			events.push(`close ${branch}`);
		},
	};
}
