import { expect } from 'chai';
import type { Drift, HomeDriver } from '../../src/drivers/driver.ts';
import { withSparingDrift } from '../../src/drivers/sparing-drift.ts';

const DRIFT: Drift = { sentence: 'Somebody changed it.', cutsOff: false };
const SPEC = { name: 'home-1', kind: 'shared', enrolmentToken: 'once' } as const;
const MINUTE = 60_000;

describe('a look for what somebody else changed', () => {
	let now: number;
	let found: Drift | null;
	let looked: string[];
	let mended: number;
	let driver: HomeDriver;
	let tell: (home: string) => void;
	let duringLook: () => void;
	beforeEach(() => {
		now = 1_000;
		found = null;
		looked = [];
		mended = 0;
		duringLook = () => undefined;
		const bare: HomeDriver = {
			observe: async () => ({ state: 'Running' }),
			start: async () => undefined,
			stop: async () => undefined,
			drift: {
				async look(name) {
					looked.push(name);
					duringLook();
					return found;
				},
				async mend() {
					mended += 1;
					found = null;
				},
			},
		};
		const watched: HomeDriver = {
			...bare,
			watch(changed) {
				tell = changed;
				return { close: async () => undefined };
			},
		};
		driver = withSparingDrift(watched, () => now);
		driver.watch!(() => undefined);
	});
	const look = (name = 'home-1') => driver.drift!.look(name);

	it('is one in a minute, however many ask', async () => {
		for (let at = 0; at < 100; at++) await look();
		expect(looked).to.have.length(1);
		now += MINUTE;
		await look();
		expect(looked).to.have.length(2);
	});

	it('is twenty homes a minute, and each comes in its turn', async () => {
		const homes = Array.from({ length: 100 }, (_, at) => `home-${at}`);
		for (let minute = 1; minute <= 10; minute++) {
			for (const name of homes) await look(name);
			expect(looked.length).to.be.at.most(20 * minute);
			now += MINUTE;
		}
		for (const name of homes) expect(looked.filter((one) => one === name)).to.have.length(2);
	});

	it('remembers what it found until that is mended, once for all who ask', async () => {
		found = DRIFT;
		expect(await look()).to.equal(DRIFT);
		expect(await look()).to.equal(DRIFT);
		await Promise.all([driver.drift!.mend('home-1'), driver.drift!.mend('home-1')]);
		expect(mended).to.equal(1);
		expect(await look()).to.equal(null);
		expect(looked).to.have.length(1);
	});

	it('comes later each time a home has to be mended again, so that it is not restarted for ever', async () => {
		let mends = 0;
		for (let minute = 0; minute < 8 * 60; minute++) {
			found = DRIFT;
			if (await look()) {
				await driver.drift!.mend('home-1');
				mends += 1;
			}
			now += MINUTE;
		}
		// After 1, 2, 4 … 32 minutes, and every hour from then on.
		expect(mends).to.be.within(11, 15);
		found = null;
		now += 60 * MINUTE;
		await look();
		now += MINUTE;
		found = DRIFT;
		expect(await look(), 'once nothing was found it is as at first').to.equal(DRIFT);
	});

	it('is made anew when something was done with the home', async () => {
		await look();
		await driver.start(SPEC);
		await look();
		await driver.stop('home-1');
		await look();
		expect(looked).to.have.length(3);
	});

	describe('at a home of which it is told that it changed', () => {
		it('does not wait for its turn, and is one however often that is told', async () => {
			await look();
			tell('home-1');
			tell('home-1');
			await look();
			await look();
			expect(looked).to.have.length(2);
		});

		it('is made once more when that was told in the middle of a look', async () => {
			duringLook = () => tell('home-1');
			await look();
			duringLook = () => undefined;
			await look();
			await look();
			expect(looked).to.have.length(2);
		});

		it('is out of the same twenty a minute, and what was found before is not forgotten for want of one', async () => {
			found = DRIFT;
			for (let time = 0; time < 40; time++) {
				tell('home-1');
				expect(await look()).to.equal(DRIFT);
			}
			expect(looked).to.have.length(20);
		});

		it('waits all the same for the pause after it was changed back', async () => {
			found = DRIFT;
			await look();
			await driver.drift!.mend('home-1');
			found = DRIFT;
			tell('home-1');
			expect(await look()).to.equal(null);
			now += 2 * MINUTE;
			expect(await look()).to.equal(DRIFT);
		});
	});
});
