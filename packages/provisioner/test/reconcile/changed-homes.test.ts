import { expect } from 'chai';
import type { Drift } from '../../src/drivers/driver.ts';
import { BRANCH, LIBRARY, type Platform, startPlatform } from '../fixtures/platform.ts';

const BRANCHES = '/api/v1/libraries/multnomah/branches';
const DRIFT: Drift = { sentence: 'Somebody changed it.', cutsOff: false };

describe('a home of which the driver tells that it changed', () => {
	let platform: Platform;
	let tell: (home: string) => void;
	let closed = 0;
	let looked: string[] = [];
	let found: Drift | null = null;
	let mends = 0;
	let onLook: ((home: string) => void) | null = null;

	before(async () => {
		platform = await startPlatform({
			branchesInHome: 2,
			drift: {
				async look(name) {
					looked.push(name);
					onLook?.(name);
					return found;
				},
				async mend() {
					mends += 1;
					found = null;
				},
			},
			watch(changed) {
				tell = changed;
				return {
					async close() {
						closed += 1;
					},
				};
			},
		});
		await platform.api('POST', '/api/v1/libraries', { body: LIBRARY });
		for (const slug of ['belmont', 'kenton', 'albina'])
			await platform.api('POST', BRANCHES, { body: { ...BRANCH, slug } });
		await platform.settle();
	});
	after(() => platform.close());
	beforeEach(() => {
		looked = [];
		mends = 0;
	});
	const seen = (home: string) =>
		new Promise<void>((resolve) => {
			onLook = (name) => {
				if (name === home) resolve();
			};
		});

	it('is looked at without a round, once however often that is told, and no other home is', async () => {
		const look = seen('home-1');
		for (let time = 0; time < 50; time++) tell('home-1');
		await look;
		await platform.settle();
		expect(looked).to.deep.equal(['home-1']);
	});

	it('is changed back when something is amiss', async () => {
		found = DRIFT;
		const look = seen('home-2');
		tell('home-2');
		await look;
		await platform.settle();
		expect(mends).to.equal(1);
	});

	it('is nothing when nobody knows it, and those that are known are looked at all the same', async () => {
		const look = seen('home-1');
		for (const name of ['home-none', "'; drop table branch; --", 'home-1']) tell(name);
		await look;
		await platform.settle();
		expect(looked).to.deep.equal(['home-1']);
	});

	it('is heard of no more once the platform ends, in the middle of it as well', async () => {
		const before = tell;
		tell('home-1');
		await platform.restart();
		expect(closed).to.equal(1);
		await platform.settle();
		looked = [];
		before('home-1');
		const look = seen('home-2');
		tell('home-2');
		await look;
		await platform.settle();
		expect(looked).to.deep.equal(['home-2']);
	});
});
