import { PublicError } from '@understory/core/errors.ts';
import { expect } from 'chai';
import { told } from '../../../http/test/told.ts';
import { SAYS } from '../../src/drivers/helm/helm-faults.ts';
import { BRANCH, LIBRARY, type Platform, startPlatform } from '../fixtures/platform.ts';

interface Condition {
	readonly type: string;
	readonly status: string;
	readonly reason: string;
	readonly message: string;
}

const BRANCHES = '/api/v1/libraries/multnomah/branches';

describe('a cluster that is lost', () => {
	let platform: Platform;
	let lost = false;
	const silent = () => new PublicError(502, 'cluster_silent', SAYS.silent);

	before(async () => {
		platform = await startPlatform({
			beforeLook() {
				if (lost) throw silent();
			},
			startFailure: new PublicError(502, 'quota_full', SAYS.noRoom),
			startFails: 1,
		});
		await platform.api('POST', '/api/v1/libraries', { body: LIBRARY });
	});
	after(() => platform.close());

	const create = (slug: string) => platform.api('POST', BRANCHES, { body: { ...BRANCH, slug } });
	const branch = async (slug: string) =>
		(await platform.api<{ id: string; conditions: Condition[] }>('GET', `${BRANCHES}/${slug}`)).body;
	const condition = async (slug: string, type: string) =>
		(await branch(slug)).conditions.find((one) => one.type === type)!;
	const inCell = (available: string) =>
		told(platform.provisioner().metrics, 'understory_cell_branches', { cell: 'default', available });
	const sweep = async () => {
		platform.clock.advance(5 * 60_000);
		await platform.provisioner().services.sweep();
		await platform.settle();
	};

	it('is another matter than one that has no room, which is said where people look', async () => {
		await create('belmont');
		await platform.settle();
		expect(await condition('belmont', 'Available')).to.include({ status: 'False', reason: 'NotYet' });
		const { status, reason, message } = await condition('belmont', 'Progressing');
		expect([status, reason]).to.deep.equal(['True', 'Waiting']);
		expect(message).to.equal(`${SAYS.noRoom} It is tried again.`);
		await sweep();
		await create('kenton');
		await platform.settle();
		for (const slug of ['belmont', 'kenton'])
			expect(await condition(slug, 'Available')).to.include({ status: 'True', reason: 'Serving' });
	});

	it('turns the conditions of every branch in it Unknown, with the sentence', async () => {
		expect(await inCell('True')).to.equal(2);
		lost = true;
		await sweep();
		expect([await inCell('True'), await inCell('Unknown')]).to.deep.equal([undefined, 2]);
		for (const slug of ['belmont', 'kenton'])
			for (const type of ['Available', 'Synced'])
				expect(await condition(slug, type), `${slug} ${type}`).to.deep.include({
					status: 'Unknown',
					message: SAYS.silent,
				});
	});

	it('is not acted on: nothing is started or sent, whatever is wanted meanwhile', async () => {
		const before = [platform.starts.length, platform.home.taken.length];
		await platform.api('PATCH', `${BRANCHES}/belmont`, { body: { name: 'Belmont Street' } });
		await create('albina');
		for (let look = 0; look < 3; look++) await sweep();
		expect([platform.starts.length, platform.home.taken.length]).to.deep.equal(before);
		expect(await condition('belmont', 'Available')).to.include({ status: 'Unknown' });
	});

	it('is gone on with when it answers again, for every branch', async () => {
		lost = false;
		await sweep();
		for (const slug of ['belmont', 'kenton', 'albina'])
			expect(await condition(slug, 'Available'), slug).to.include({ status: 'True', reason: 'Serving' });
		expect(platform.starts).to.have.length(2);
	});
});
