import { expect } from 'chai';
import { driverRules } from '../../src/drivers/conformance.ts';
import type { HomeSpec } from '../../src/drivers/driver.ts';
import { createLocalDriver } from '../../src/drivers/local.ts';
import { localHomes } from '../fixtures/local-homes.ts';

const SPEC: HomeSpec = { name: 'home-1', kind: 'shared', enrolmentToken: 'one-time' };

describe('the driver for one machine', () => {
	describe('keeps the rules of every driver:', () => {
		const { start, seen } = localHomes();
		const driver = createLocalDriver(start);
		for (const { rule, check } of driverRules(seen)) it(rule, () => check(driver));
	});

	it('starts a home once, however many ask at once', async () => {
		let starts = 0;
		const driver = createLocalDriver(async () => {
			starts++;
			return { close: async () => undefined };
		});
		await Promise.all([driver.start(SPEC), driver.start(SPEC), driver.start(SPEC)]);
		await driver.start(SPEC);
		expect(starts).to.equal(1);
	});

	it('hands the home the token it enrols with', async () => {
		const handed: HomeSpec[] = [];
		const driver = createLocalDriver(async (spec) => {
			handed.push(spec);
			return { close: async () => undefined };
		});
		await driver.start(SPEC);
		expect(handed).to.deep.equal([SPEC]);
	});

	it('forgets a start that failed, so that the next one is tried', async () => {
		let starts = 0;
		const driver = createLocalDriver(async () => {
			if (++starts === 1) throw new Error('no room');
			return { close: async () => undefined };
		});
		const first = await driver.start(SPEC).catch((error: Error) => error.message);
		expect(first).to.equal('no room');
		expect((await driver.observe(SPEC.name)).state).to.equal('Absent');
		await driver.start(SPEC);
		expect((await driver.observe(SPEC.name)).state).to.equal('Running');
	});

	it('closes every home it started when it is closed itself', async () => {
		const closed: string[] = [];
		const driver = createLocalDriver(async ({ name }) => ({
			close: async () => {
				closed.push(name);
			},
		}));
		await driver.start(SPEC);
		await driver.start({ ...SPEC, name: 'home-2' });
		await driver.close();
		expect(closed.sort()).to.deep.equal(['home-1', 'home-2']);
		expect((await driver.observe('home-1')).state).to.equal('Absent');
	});
});
