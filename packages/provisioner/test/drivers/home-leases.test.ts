import { expect } from 'chai';
import { freshDatabase } from '../../../town/src/test-postgres.ts';
import type { HomeDriver, HomeSpec } from '../../src/drivers/driver.ts';
import { createHomeLeases, type HomeLeases } from '../../src/drivers/home-leases.ts';
import { underLease } from '../../src/drivers/under-lease.ts';
import { type Database, openDatabase, openLocks } from '../../src/store/database.ts';

describe('who may change a home', () => {
	let one: { locks: Database; database: Database; leases: HomeLeases };
	let other: typeof one;
	before(async () => {
		const url = await freshDatabase('leases');
		const process = async () => {
			const database = await openDatabase(url);
			const locks = openLocks(url);
			return { database, locks, leases: createHomeLeases(locks, database) };
		};
		one = await process();
		other = await process();
	});
	after(() =>
		Promise.all([one, other].flatMap(({ locks, database }) => [locks.destroy(), database.destroy()])),
	);

	const code = (promise: Promise<unknown>) =>
		promise.then(
			() => null,
			(error: { code: string }) => error.code,
		);
	/** Begins to work on a home and stays at it until `end`. */
	async function atIt({ leases }: typeof one, home: string) {
		const { promise: begun, resolve: begin } = Promise.withResolvers<void>();
		const { promise: ended, resolve: end } = Promise.withResolvers<void>();
		const working = leases.hold(home, async () => {
			begin();
			await ended;
		});
		await begun;
		return { end, working };
	}
	/** Ends the connections of the locks, as a network that breaks does. */
	const cut = () =>
		other.database.raw(
			`select pg_terminate_backend(pid) from pg_locks join pg_stat_activity using (pid)
			where locktype = 'advisory' and usename = current_user and pid <> pg_backend_pid()`,
		);

	it('is one process at a time; the other is told, and may when it is done', async () => {
		const { end, working } = await atIt(one, 'home-1');
		expect(await code(other.leases.hold('home-1', async () => undefined))).to.equal('home_busy');
		expect(await other.leases.hold('home-2', async () => 'another home')).to.equal('another home');
		end();
		await working;
		expect(await other.leases.hold('home-1', async () => 'mine')).to.equal('mine');
	});

	it('within a process waits for its turn, whatever became of the one before', async () => {
		const done: number[] = [];
		const first = code(
			one.leases.hold('home-1', async () => {
				done.push(1);
				throw new Error('broken');
			}),
		);
		const second = one.leases.hold('home-1', async () => done.push(2));
		await Promise.all([first, second]);
		expect(done).to.deep.equal([1, 2]);
	});

	it('nobody may who does not hold it', async () => {
		expect(await code(one.leases.mayChange('home-1'))).to.equal('lease_lost');
		await one.leases.hold('home-1', () => one.leases.mayChange('home-1'));
		expect(await code(one.leases.mayChange('home-1'))).to.equal('lease_lost');
	});

	it('whose lock fell with its connection may not go on once another has begun', async () => {
		const { end, working } = await atIt(one, 'home-1');
		await one.leases.mayChange('home-1');
		await cut();
		await other.leases.hold('home-1', async () => {
			expect(await code(one.leases.mayChange('home-1'))).to.equal('lease_lost');
			await other.leases.mayChange('home-1');
		});
		expect(await code(one.leases.mayChange('home-1'))).to.equal('lease_lost');
		end();
		// Its own work says that it was cut off, so that nobody takes it for done.
		expect(await code(working)).not.to.equal(null);
	});

	it('many branches that ask for the same start are one start', async () => {
		const starts: string[] = [];
		const driver = {
			start: async ({ name }: HomeSpec) => void starts.push(name),
		} as unknown as HomeDriver;
		const leased = underLease(driver, one.leases);
		const spec = { name: 'home-1', kind: 'shared', enrolmentToken: 'token' } as const;
		await Promise.all([leased.start(spec), leased.start(spec), leased.start({ ...spec, name: 'home-2' })]);
		expect(starts.toSorted()).to.deep.equal(['home-1', 'home-2']);
	});
});
