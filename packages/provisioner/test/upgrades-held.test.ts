import { expect } from 'chai';
import { alone } from '../src/store/database.ts';
import { startUpgradedPlatform, type UpgradedPlatform } from './fixtures/upgraded-platform.ts';

const MINUTE = 60_000;

describe('an upgrade of homes goes no further than it should', () => {
	let world: UpgradedPlatform;
	let { platform, acts, poisoned, upgrader, upgrade, lookRound, upgraded } = {} as UpgradedPlatform;
	before(async () => {
		world = await startUpgradedPlatform(4);
		({ platform, acts, poisoned, upgrader, upgrade, lookRound, upgraded } = world);
	});
	after(() => platform.close());
	beforeEach(() => {
		acts.splice(0);
		platform.clock.advance(1_000);
	});

	let versions = 0;
	/** Begins to bring all homes to a version that none of them has. */
	async function begin(body: object, version = `v1.${++versions}`): Promise<string> {
		upgrader.version = version;
		const begun = await platform.api<{ id: string }>('POST', '/api/v1/upgrades', { body });
		expect(begun.status).to.equal(202);
		await lookRound();
		return begun.body.id;
	}
	describe('watches a wave: the next begins only while its branches are there for people', () => {
		/** What is known of the branch of a home whether people reach it, as the reconciler writes it down. */
		async function told(
			name: string,
			status: 'True' | 'False' | 'Unknown',
			reason: string,
			at = platform.clock.now(),
		): Promise<void> {
			const { database } = platform.provisioner().context;
			await database('condition')
				.whereIn('branch', database('branch').where({ place: name }).select('id'))
				.where({ type: 'Available' })
				.update({ status, reason, transition_at: at });
		}
		/** Goes on with upgrading some minutes later. */
		async function goOn(minutes: number): Promise<void> {
			platform.clock.advance(minutes * MINUTE);
			platform.provisioner().services.goOnUpgrading();
			await platform.settle();
		}
		let id: string;
		let home: string;
		let letLook: () => void;
		let held: Promise<unknown>;
		beforeEach(async () => {
			id = await begin({ soak_minutes: 10 });
			home = (await upgrade(id)).homes[0]!.name;
			expect(upgraded()).to.equal(1);
			// Its branch has its look for as long as the test lasts: nobody else tells how it stands.
			const { database, locks } = platform.provisioner().context;
			const { id: branch } = await database('branch').where({ place: home }).first('id');
			const { promise: over, resolve: end } = Promise.withResolvers<void>();
			const { promise: holds, resolve: begun } = Promise.withResolvers<void>();
			letLook = end;
			held = alone(locks, `branch-pass:${branch}`, () => {
				begun();
				return over;
			});
			await holds;
		});
		afterEach(async () => {
			letLook();
			await held;
			if ((await upgrade(id)).state === 'running')
				await platform.api('PATCH', `/api/v1/upgrades/${id}`, { body: { state: 'aborted' } });
			await told(home, 'True', 'Serving');
		});

		for (const [status, reason] of [
			['False', 'Damaged'],
			['False', 'Refused'],
			['Unknown', 'GivenUp'],
		] as const)
			it(`${reason} does not pass by itself: it was the last wave`, async () => {
				await told(home, status, reason);
				await goOn(1);
				const seen = await upgrade(id);
				expect(seen.state).to.equal('stopped');
				expect(seen.message).to.contain('these are not served: Belmont Library');
			});

		for (const [status, reason] of [
			['False', 'HomeAbsent'],
			['Unknown', 'HomeSilent'],
		] as const) {
			it(`${reason} holds the next wave, which is watched anew from when people are let in again`, async () => {
				await told(home, status, reason);
				await goOn(11);
				expect([(await upgrade(id)).state, upgraded()]).to.deep.equal(['running', 1]);
				await told(home, 'True', 'Serving');
				await goOn(9);
				expect(upgraded()).to.equal(1);
				await goOn(1);
				expect((await upgrade(id)).wave).to.equal(2);
			});

			it(`${reason} for a quarter of an hour is a loss: it was the last wave`, async () => {
				await told(home, status, reason);
				await goOn(14);
				expect((await upgrade(id)).state).to.equal('running');
				await goOn(1);
				expect((await upgrade(id)).message).to.contain('these are not served: Belmont Library');
			});
		}

		describe('and before each home of a wave', () => {
			/** In the next wave, which has the three homes that are left: what is told of the first as soon as one of them has the version. */
			async function whileInWave(tell: () => Promise<void>): Promise<void> {
				const { upgrade: bring } = upgrader;
				upgrader.upgrade = async (spec) => {
					await bring(spec);
					if (upgraded() === 2) await tell();
				};
				await goOn(10);
				upgrader.upgrade = bring;
			}
			const startsAtOnce = (starts_at_once: number | null) =>
				platform.api('PATCH', '/api/v1/cells/default', { body: { starts_at_once } });
			before(async () => {
				expect((await startsAtOnce(1)).status).to.equal(200);
			});
			after(() => startsAtOnce(null));

			it('a loss is seen: no other one is touched', async () => {
				await whileInWave(() => told(home, 'False', 'Damaged'));
				const seen = await upgrade(id);
				expect([seen.state, upgraded()]).to.deep.equal(['stopped', 2]);
				expect(seen.message).to.equal(
					'After homes of wave 2 had the version these are not served: Belmont Library.',
				);
			});

			it('one that is away is waited for', async () => {
				await whileInWave(() => told(home, 'Unknown', 'HomeSilent'));
				await goOn(1);
				expect([(await upgrade(id)).state, upgraded()]).to.deep.equal(['running', 2]);
				await told(home, 'True', 'Serving');
				await goOn(0);
				expect(upgraded()).to.equal(4);
			});

			it('copies are made once more where it was paused since they were', async () => {
				await whileInWave(() => told(home, 'Unknown', 'HomeSilent'));
				const { database } = platform.provisioner().context;
				const place = (await upgrade(id)).homes.find(({ state }) => state === 'backing_up')!.name;
				const asked = async () =>
					Number((await database('backup').where({ place, state: 'done' }).max('asked').first())?.max);
				const before = await asked();
				expect(before).to.equal(platform.clock.now());
				await platform.api('PATCH', `/api/v1/upgrades/${id}`, { body: { state: 'paused' } });
				await told(home, 'True', 'Serving');
				await goOn(61);
				await platform.api('PATCH', `/api/v1/upgrades/${id}`, { body: { state: 'running' } });
				await platform.settle();
				expect(upgraded()).to.equal(4);
				expect((await asked()) - before).to.be.at.least(61 * MINUTE);
			});
		});

		it('one that was suspended is no loss', async () => {
			await told(home, 'False', 'Suspended');
			await goOn(11);
			expect((await upgrade(id)).wave).to.equal(2);
		});

		it('one that was not there before the upgrade was asked for is no loss by it', async () => {
			await told(home, 'Unknown', 'GivenUp', platform.clock.now() - 60 * MINUTE);
			await goOn(11);
			expect((await upgrade(id)).wave).to.equal(2);
		});
	});

	describe('copies what it touches when its turn comes', () => {
		const HOUR = 60 * MINUTE;
		let id: string;
		/** The branch of a home whose turn comes second. */
		let next: string;
		beforeEach(async () => {
			id = await begin({ soak_minutes: 48 * 60 });
			const { name } = (await upgrade(id)).homes[1]!;
			const { database } = platform.provisioner().context;
			next = (await database('branch').where({ place: name }).first('id')).id;
			expect(upgraded()).to.equal(1);
		});
		afterEach(async () => {
			await platform.api('PATCH', `/api/v1/upgrades/${id}`, { body: { state: 'aborted' } });
		});
		/** When the newest copy of its branch was asked for that is made. */
		const newest = async () => {
			const { database } = platform.provisioner().context;
			const copies = database('backup').where({ branch: next, state: 'done' });
			return Number((await copies.max('asked').first())?.max);
		};

		it('and is not content with a copy from the days in which the wave before was watched', async () => {
			const branch = (
				await platform.api<{ items: { id: string; slug: string }[] }>(
					'GET',
					'/api/v1/libraries/multnomah/branches',
				)
			).body.items.find((one) => one.id === next)!;
			const path = `/api/v1/libraries/multnomah/branches/${branch.slug}/operations`;
			expect((await platform.api('POST', path, { body: { kind: 'back_up' } })).status).to.equal(202);
			await lookRound();
			platform.clock.advance(48 * HOUR);
			await lookRound();
			expect(upgraded()).to.equal(4);
			expect(platform.clock.now() - (await newest())).to.be.lessThan(HOUR);
		});
	});

	it('a version that changes folders and does not come up is not gone back from: the one before would open none of them', async () => {
		poisoned.add('migrates');
		world.migrates.set('migrates', () => {
			platform.folders.schema = 2;
		});
		const seen = await upgrade(await begin({ soak_minutes: 0 }, 'migrates'));
		platform.folders.schema = 1;
		poisoned.delete('migrates');
		// Nor does a start bring it back to that.
		expect(acts).to.deep.equal([`upgrade ${seen.homes[0]!.name}`, `leave ${seen.homes[0]!.name} as it is`]);
		expect([seen.state, seen.homes[0]!.state]).to.deep.equal(['stopped', 'failed']);
		expect(seen.message)
			.to.contain('needs you')
			.and.to.contain('It keeps the new version')
			.and.to.contain('are of schema 2')
			.and.to.contain('opens folders up to schema 1')
			.and.to.contain('restore the copies');
		expect(seen.homes.slice(1).every(({ state }) => state === 'waiting')).to.equal(true);
	});

	it('one that changes no folder and does not come up is gone back from', async () => {
		poisoned.add('poison');
		const seen = await upgrade(await begin({ soak_minutes: 0 }, 'poison'));
		expect([seen.state, seen.homes[0]!.state]).to.deep.equal(['stopped', 'rolled_back']);
	});
});
