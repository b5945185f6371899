import { expect } from 'chai';
import { driverRules } from '../../src/drivers/conformance.ts';
import type { HomeDriver, HomeSight } from '../../src/drivers/driver.ts';
import { createLocalDriver } from '../../src/drivers/local.ts';
import { withRecentSights } from '../../src/drivers/recent-sights.ts';
import { localHomes } from '../fixtures/local-homes.ts';

const SPEC = { name: 'home-1', kind: 'shared', enrolmentToken: 'once' } as const;

describe('what a driver saw just now', () => {
	let now = 1_000;
	let looks = 0;
	let sight: HomeSight = { state: 'Running' };
	const driver: HomeDriver = {
		observe: async () => {
			looks += 1;
			return sight;
		},
		start: async () => undefined,
		stop: async () => undefined,
	};
	let remembering: HomeDriver;
	beforeEach(() => {
		looks = 0;
		sight = { state: 'Running' };
		remembering = withRecentSights(driver, () => now);
	});
	const see = async () => (await remembering.observe('home-1')).state;

	it('a home that runs is looked at once in two seconds, however many ask', async () => {
		await Promise.all([see(), see(), see()]);
		await see();
		expect(looks).to.equal(1);
		now += 1_999;
		await see();
		expect(looks).to.equal(1);
		now += 1;
		sight = { state: 'Absent' };
		expect(await see()).to.equal('Absent');
	});

	it('what is absent or unknown is looked at each time', async () => {
		for (const state of ['Absent', 'Unknown'] as const) {
			sight = { state, reason: 'the test says so' };
			await see();
			sight = { state: 'Running' };
			expect(await see(), state).to.equal('Running');
			now += 2_000;
		}
	});

	it('a look that fails is not remembered', async () => {
		const failing = withRecentSights(
			{
				...driver,
				observe: () => (looks++ === 0 ? Promise.reject(new Error('silent')) : driver.observe('')),
			},
			() => now,
		);
		const first = await failing.observe('home-1').catch((error: Error) => error.message);
		expect(first).to.equal('silent');
		expect((await failing.observe('home-1')).state).to.equal('Running');
	});

	it('what is done with a home is seen at once', async () => {
		for (const act of [() => remembering.start(SPEC), () => remembering.stop('home-1')]) {
			sight = { state: 'Running' };
			await see();
			await act();
			sight = { state: 'Absent' };
			expect(await see()).to.equal('Absent');
		}
	});

	it('a home of which it is told that it changed is looked at again, and whoever listens is told afterwards', async () => {
		let tell: (home: string) => void = () => undefined;
		const heard: string[] = [];
		const watched = withRecentSights(
			{
				...driver,
				watch(changed) {
					tell = changed;
					return { close: async () => undefined };
				},
			},
			() => now,
		);
		watched.watch!((home) => heard.push(home));
		expect((await watched.observe('home-1')).state).to.equal('Running');
		sight = { state: 'Absent' };
		tell('home-2');
		expect((await watched.observe('home-1')).state).to.equal('Running');
		tell('home-1');
		expect((await watched.observe('home-1')).state).to.equal('Absent');
		expect(heard).to.deep.equal(['home-2', 'home-1']);
	});

	describe('keeps the rules of every driver:', () => {
		const { start, seen } = localHomes();
		const whole = withRecentSights(createLocalDriver(start), () => 0);
		for (const { rule, check } of driverRules(seen)) it(rule, () => check(whole));
	});
});
