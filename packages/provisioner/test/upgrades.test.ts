import { hourIn } from '@understory/core/calendar.ts';
import { expect } from 'chai';
import type { UpgradeHomeRow } from '../src/store/upgrades.ts';
import { dueHomes } from '../src/upgrade/due.ts';
import { isInWindow, planWaves } from '../src/upgrade/waves.ts';
import { isTheirHour } from '../src/upgrade/windows.ts';
import { LIBRARY } from './fixtures/platform.ts';
import {
	type ShownUpgrade,
	startUpgradedPlatform,
	type UpgradedPlatform,
} from './fixtures/upgraded-platform.ts';

const MINUTE = 60_000;

describe('waves of an upgrade', () => {
	it('begin with the home of the fewest branches alone, then a hundredth, a tenth, and the rest; each home once', () => {
		const homes = Array.from({ length: 500 }, (_, at) => ({ name: `home-${at}`, branches: (at * 7) % 500 }));
		const waves = planWaves(homes);
		expect(waves.map((wave) => wave.length)).to.deep.equal([1, 4, 45, 450]);
		expect(waves[0]).to.deep.equal(['home-0']);
		expect(new Set(waves.flat()).size).to.equal(500);
	});

	it('are as many as there are homes for', () => {
		expect(planWaves([])).to.deep.equal([]);
		expect(planWaves([{ name: 'a', branches: 1 }])).to.deep.equal([['a']]);
	});

	it('wait for the hours of a library, past midnight too', () => {
		const night = { from: 22, to: 4 };
		expect([21, 22, 23, 0, 3, 4].map((hour) => isInWindow(hour, night))).to.deep.equal([
			...[false, true, true, true, true, false],
		]);
		expect(isInWindow(12, { from: 9, to: 17 })).to.equal(true);
		expect(isInWindow(17, { from: 9, to: 17 })).to.equal(false);
		expect(isInWindow(5, null)).to.equal(true);
	});
});

describe('which homes of a wave are gone on with', () => {
	const home = (name: string, cell = 'default', state: UpgradeHomeRow['state'] = 'waiting') => ({
		...{ name, cell, state },
	});
	const always = () => true;

	it('are as many of each cell as it takes at a time; four where it does not say', () => {
		const homes = [1, 2, 3, 4, 5, 6].flatMap((at) => [home(`a-${at}`), home(`b-${at}`, 'east')]);
		const due = dueHomes(homes, new Map([['east', 2]]), always);
		expect(due).to.deep.equal(['a-1', 'b-1', 'a-2', 'b-2', 'a-3', 'a-4']);
	});

	it('are those that were begun first, also when a cell takes fewer by now', () => {
		const homes = [
			home('a'),
			home('b', 'east'),
			home('c', 'east', 'upgrading'),
			home('d', 'east', 'backing_up'),
		];
		expect(dueHomes(homes, new Map([['east', 1]]), always)).to.deep.equal(['c', 'd', 'a']);
	});

	it('are in their hours; one that is not takes the turn of no other', () => {
		const homes = [home('a'), home('b'), home('c')];
		expect(dueHomes(homes, new Map([['default', 1]]), (name) => name === 'c')).to.deep.equal(['c']);
	});
});

describe('the hours of a home', () => {
	const [portland, newYork] = ['America/Los_Angeles', 'America/New_York'];
	const early = { from: 1, to: 4 };
	/** UTC of a day in which Portland is eight hours behind and New York five. */
	const utc = (hour: number) => Date.UTC(2026, 0, 12, hour);
	const open = (...libraries: Parameters<typeof isTheirHour>[0]) =>
		Array.from({ length: 24 }, (_, hour) => hour).filter((hour) => isTheirHour(libraries, early, utc(hour)));

	it('are those of the upgrade in the time of its library, and the library’s own where it has some', () => {
		expect(open({ zone: portland, hours: null, branches: 3 })).to.deep.equal([9, 10, 11]);
		expect(open({ zone: portland, hours: { from: 22, to: 0 }, branches: 3 })).to.deep.equal([6, 7]);
	});

	it('are those that suit all of its libraries, where there are such', () => {
		const wide = { from: 0, to: 6 };
		const both = open(
			{ zone: portland, hours: wide, branches: 1 },
			{ zone: newYork, hours: wide, branches: 9 },
		);
		expect(both).to.deep.equal([8, 9, 10]);
	});

	it('are those of as many branches as possible where no hour suits all, and never of none', () => {
		const [few, many] = [
			{ zone: portland, hours: { from: 1, to: 2 }, branches: 1 },
			{ zone: portland, hours: { from: 13, to: 14 }, branches: 2 },
		];
		expect(open(few, many)).to.deep.equal([21]);
		expect(open(few, { ...many, branches: 1 })).to.deep.equal([9, 21]);
	});
});

describe('upgrading the homes of a platform', () => {
	let world: UpgradedPlatform;
	let { platform, acts, poisoned, upgrader, upgrade, lookRound, upgraded } = {} as UpgradedPlatform;
	before(async () => {
		world = await startUpgradedPlatform(12);
		({ platform, acts, poisoned, upgrader, upgrade, lookRound, upgraded } = world);
	});
	after(() => platform.close());
	beforeEach(() => {
		acts.splice(0);
		platform.clock.advance(1_000);
	});
	afterEach(() => platform.home.mood(() => 'serve'));

	const begin = async (body: object = {}) =>
		platform.api<{ id: string; code: string }>('POST', '/api/v1/upgrades', { body });
	const steer = (id: string, state: string) =>
		platform.api<{ state: string }>('PATCH', `/api/v1/upgrades/${id}`, { body: { state } });
	it('shows the plan first, and changes nothing by it', async () => {
		const { body } = await platform.api<{ version: string; waves: string[][]; current: string[] }>(
			'GET',
			'/api/v1/upgrades:plan',
		);
		expect(body.version).to.equal('v2');
		expect(body.waves.map((wave) => wave.length)).to.deep.equal([1, 1, 10]);
		expect(body.current).to.deep.equal([]);
		expect(acts).to.deep.equal([]);
	});

	it('a poisoned version stops at the first home, which is as it was before and serves; no other is touched', async () => {
		upgrader.version = 'poison';
		poisoned.add('poison');
		const begun = await begin({ soak_minutes: 0 });
		expect(begun.status).to.equal(202);
		await lookRound();
		expect(acts).to.deep.equal(['upgrade home-1', 'roll back home-1 to 1']);
		expect(world.of('home-1').at(-1)).to.equal('v1');
		const seen = await upgrade(begun.body.id);
		expect(seen.state).to.equal('stopped');
		expect(seen.message).to.contain('home-1 did not come up and is as it was before');
		expect(seen.homes.map(({ state }) => state)).to.deep.equal([
			'rolled_back',
			...Array.from({ length: 11 }, () => 'waiting'),
		]);
		const operation = await platform.api<{ state: string; problem: { title: string } }>(
			'GET',
			`/api/v1/operations/${begun.body.id}`,
		);
		expect(operation.body.state).to.equal('failed');
		expect(operation.body.problem.title).to.contain('Its log says why.');
		// Its branch says what went on, and that it is over.
		const told = await platform
			.provisioner()
			.context.database('branch_event')
			.join('branch', 'branch.id', 'branch_event.branch')
			.where({ 'branch.place': 'home-1', condition: 'Progressing' })
			.orderBy('turn')
			.pluck('branch_event.reason');
		expect(told.slice(-4)).to.deep.equal(['Settled', 'Upgrading', 'RollingBack', 'Settled']);
		// It is not tried again by itself.
		await lookRound();
		expect(upgraded()).to.equal(1);
	});

	it('every branch of a home is copied before it; one that cannot be copied stops it before anything is changed', async () => {
		upgrader.version = 'v2';
		platform.home.mood(() => 'damaged');
		const begun = await begin({ soak_minutes: 0 });
		await lookRound();
		expect(acts).to.deep.equal([]);
		const seen = await upgrade(begun.body.id);
		expect(seen.state).to.equal('stopped');
		expect(seen.message).to.contain('could not be copied before it');
	});

	it('goes wave by wave, watches each for a while, and can be paused, gone on with and aborted', async () => {
		const begun = await begin({ soak_minutes: 10 });
		await lookRound();
		expect(acts).to.deep.equal(['upgrade home-1']);
		const second = await begin();
		expect([second.status, second.body.code]).to.deep.equal([409, 'upgrade_underway']);
		expect((await steer(begun.body.id, 'paused')).body.state).to.equal('paused');
		platform.clock.advance(10 * MINUTE);
		await lookRound();
		expect(upgraded()).to.equal(1);
		await steer(begun.body.id, 'running');
		await lookRound();
		expect(upgraded()).to.equal(2);
		expect((await upgrade(begun.body.id)).wave).to.equal(2);
		await steer(begun.body.id, 'aborted');
		platform.clock.advance(10 * MINUTE);
		await lookRound();
		expect(upgraded()).to.equal(2);
		expect((await steer(begun.body.id, 'running')).status).to.equal(409);
	});

	it('waits for the hours that were said, in the time of the library', async () => {
		// It is 12:00 UTC and a little more: four in the morning in Portland.
		const begun = await begin({ soak_minutes: 0, hours: { from: 1, to: 3 } });
		await lookRound();
		expect(acts).to.deep.equal([]);
		await steer(begun.body.id, 'aborted');
	});

	it('waits for the hours of the library whatever the upgrade says, and goes on when they come', async () => {
		const wrong = { upgrade_hours: { from: 1, to: 24 } };
		const path = '/api/v1/libraries/multnomah';
		expect((await platform.api('PATCH', path, { body: wrong })).status).to.equal(422);
		const hour = hourIn(LIBRARY.zone, platform.clock.now());
		const body = { upgrade_hours: { from: (hour + 2) % 24, to: (hour + 3) % 24 } };
		expect((await platform.api('PATCH', path, { body })).body).to.deep.include(body);
		const begun = await begin({ soak_minutes: 10 });
		await lookRound();
		expect(acts).to.deep.equal([]);
		platform.clock.advance(2 * 60 * MINUTE);
		await lookRound();
		expect(upgraded()).to.equal(1);
		await steer(begun.body.id, 'aborted');
		await platform.api('PATCH', path, { body: { upgrade_hours: null } });
		await platform.settle();
	});

	it('goes on where the process that was at it ended, and brings all homes there', async () => {
		const begun = await begin({ soak_minutes: 0 });
		const { database } = platform.provisioner().context;
		await database('upgrade_home')
			.where({ upgrade: begun.body.id, wave: 0 })
			.update({ state: 'upgrading', revision: 1, schema: 1 });
		await platform.restart();
		await lookRound();
		await lookRound();
		const seen = await upgrade(begun.body.id);
		expect(seen.state, seen.message ?? '').to.equal('done');
		expect(seen.homes.every(({ state }) => state === 'done')).to.equal(true);
		for (let home = 1; home <= 12; home++) expect(world.of(`home-${home}`).at(-1)).to.equal('v2');
		const again = await begin();
		expect([again.status, again.body.code]).to.deep.equal([409, 'nothing_to_upgrade']);
	});

	describe('and undoing the last upgrade', () => {
		let last: string;
		let moved: string[];
		before(async () => {
			const { items } = (await platform.api<{ items: ShownUpgrade[] }>('GET', '/api/v1/upgrades')).body;
			last = items.find(({ state }) => state === 'done')!.id;
			moved = (await upgrade(last)).homes.map(({ name }) => name);
		});
		const undo = () => begin({ undo: last, soak_minutes: 0 });

		it('one that is not there, did not end as it should or is not the last is refused', async () => {
			const { items } = (await platform.api<{ items: ShownUpgrade[] }>('GET', '/api/v1/upgrades')).body;
			const aborted = items.find(({ state }) => state === 'aborted')!.id;
			for (const [id, status, code] of [
				['none', 404, 'not_found'],
				[aborted, 409, 'upgrade_not_done'],
			] as const) {
				const refused = await begin({ undo: id });
				expect([refused.status, refused.body.code]).to.deep.equal([status, code]);
			}
			upgrader.version = 'v3';
			expect((await undo()).body.code).to.equal('another_version');
			upgrader.version = 'v2';
		});

		it('stops before anything is touched where folders are too new for the version before, and says so', async () => {
			platform.folders.schema = 2;
			const begun = await undo();
			expect(begun.status).to.equal(202);
			await lookRound();
			platform.folders.schema = 1;
			expect(acts).to.deep.equal([]);
			const seen = await upgrade(begun.body.id);
			expect(seen.state).to.equal('stopped');
			expect(seen.message)
				.to.contain('was left as it is')
				.and.to.contain('are of schema 2')
				.and.to.contain('opens folders up to schema 1');
		});

		it('stops at the first home that does not come up as it was, which has the new version again', async () => {
			poisoned.add('v1');
			const begun = await undo();
			await lookRound();
			poisoned.delete('v1');
			expect(acts.map((act) => act.split(' to ')[0])).to.deep.equal([
				`roll back ${moved[0]}`,
				`upgrade ${moved[0]}`,
			]);
			expect(world.of(moved[0]!).at(-1)).to.equal('v2');
			const seen = await upgrade(begun.body.id);
			expect([seen.state, seen.homes[0]!.state]).to.deep.equal(['stopped', 'rolled_back']);
		});

		it('brings its homes back in waves, each once although the process ended, and not those of other upgrades', async () => {
			// No home gets past its copies before the process ends.
			platform.home.mood(() => 'slow');
			const begun = await undo();
			await steer(begun.body.id, 'paused');
			await platform.restart();
			platform.home.mood(() => 'serve');
			// Homes of the local driver end with the process, and none is started that an upgrade is at: they run again first.
			await lookRound();
			// The process ended after a home was brought back, and before that was written down.
			const { database } = platform.provisioner().context;
			const { revision } = await database('upgrade_home')
				.where({ upgrade: begun.body.id, wave: 0 })
				.first('revision');
			await upgrader.rollBack(moved[0]!, revision);
			await database('upgrade_home')
				.where({ upgrade: begun.body.id, wave: 0 })
				.update({ state: 'upgrading' });
			await steer(begun.body.id, 'running');
			await lookRound();
			await lookRound();
			const seen = await upgrade(begun.body.id);
			expect(seen.state, seen.message ?? '').to.equal('done');
			expect(acts).to.have.length(moved.length);
			for (const name of moved) expect(world.of(name).at(-1)).to.equal('v1');
			expect(world.of('home-1').at(-1)).to.equal('v2');
			const again = await undo();
			expect([again.status, again.body.code]).to.deep.equal([409, 'undone_already']);
		});
	});

	it('is for whoever runs the platform alone, with settings that can be', async () => {
		expect((await begin({ soak_minutes: -1 })).status).to.equal(422);
		expect((await begin({ hours: { from: 1, to: 30 } })).status).to.equal(422);
		expect((await platform.api('GET', '/api/v1/upgrades/none')).status).to.equal(404);
	});
});
