import { PublicError } from '@understory/core/errors.ts';
import { expect } from 'chai';
import type { Drift } from '../../src/drivers/driver.ts';
import { insertUpgrade } from '../../src/store/upgrades.ts';
import { BRANCH, LIBRARY, type Platform, startPlatform } from '../fixtures/platform.ts';

const BRANCHES = '/api/v1/libraries/multnomah/branches';
const DRIFT: Drift = {
	sentence: 'Somebody changed what this home is made of: its Service is not there.',
	cutsOff: true,
};

interface Condition {
	readonly type: string;
	readonly status: string;
	readonly reason: string;
	readonly message: string;
}

describe('a home that somebody else changed', () => {
	let platform: Platform;
	let found: Drift | null = null;
	let refusal: Error | null = null;
	let mends = 0;

	before(async () => {
		platform = await startPlatform({
			drift: {
				look: async () => found,
				async mend() {
					mends += 1;
					if (refusal) throw refusal;
					found = null;
				},
			},
		});
		await platform.api('POST', '/api/v1/libraries', { body: LIBRARY });
		for (const slug of ['belmont', 'kenton'])
			await platform.api('POST', BRANCHES, { body: { ...BRANCH, slug } });
		await platform.settle();
	});
	after(() => platform.close());
	beforeEach(() => {
		mends = 0;
	});

	const condition = async (slug: string, type: string) => {
		const { body } = await platform.api<{ conditions: Condition[] }>('GET', `${BRANCHES}/${slug}`);
		const { status, reason, message } = body.conditions.find((one) => one.type === type)!;
		return { status, reason, message };
	};
	const sweep = async () => {
		platform.clock.advance(5 * 60_000);
		await platform.provisioner().services.sweep();
		await platform.settle();
	};

	it('is changed back by the next sweep, and its branches are in order again', async () => {
		found = DRIFT;
		await sweep();
		expect(mends).to.equal(1);
		for (const slug of ['belmont', 'kenton'])
			expect(await condition(slug, 'Synced')).to.include({ status: 'True', reason: 'InSync' });
	});

	it('that cannot be changed back is said at each of its branches, with what differs and why', async () => {
		found = DRIFT;
		refusal = new PublicError(502, 'drift_again', 'Somebody changes it again at once.');
		await sweep();
		const message = `${DRIFT.sentence} Somebody changes it again at once. It is tried again.`;
		for (const slug of ['belmont', 'kenton']) {
			expect(await condition(slug, 'Synced')).to.deep.equal({ status: 'False', reason: 'Drifted', message });
			expect(await condition(slug, 'Available')).to.include({ status: 'Unknown', reason: 'Drifted' });
		}
		const { length } = platform.home.taken;
		await platform.provisioner().services.sweep();
		await platform.settle();
		expect(platform.home.taken).to.have.length(length);
	});

	it('is in order again for each of them when that ends', async () => {
		refusal = null;
		await sweep();
		await sweep();
		expect(mends).to.be.at.least(1);
		for (const slug of ['belmont', 'kenton'])
			for (const type of ['Available', 'Synced'])
				expect(await condition(slug, type), slug).to.include({ status: 'True' });
	});

	it('is left alone while an upgrade is at it, which changes it too', async () => {
		const { database, clock } = platform.provisioner().context;
		const id = '99999999-9999-4999-8999-999999999999';
		const settings = { soak: 0, hours: null };
		await database('operation').insert({
			id,
			kind: 'upgrade',
			state: 'running',
			done: 0,
			created_by: 'the test',
			created: clock.now(),
		});
		await insertUpgrade(
			database,
			{ id, version: 'v2', settings, asked_by: 'the test', undoes: null, asked: clock.now() },
			[['home-1']],
		);
		await database('upgrade').where({ id }).update({ state: 'paused' });
		await database('upgrade_home').where({ upgrade: id }).update({ state: 'upgrading' });
		found = DRIFT;
		await sweep();
		expect(mends).to.equal(0);
		await database('upgrade').where({ id }).update({ state: 'aborted' });
		await sweep();
		expect(mends).to.equal(1);
	});
});
