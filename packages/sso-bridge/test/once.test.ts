import { expect } from 'chai';
import { freshDatabase } from '../../town/src/test-postgres.ts';
import { type Bed, startBed } from './fixtures/bed.ts';
import { type BranchClient, branchClient, visitorOf } from './fixtures/branch-client.ts';
import { type SlowDatabase, slowDatabase } from './fixtures/slow-database.ts';

describe('with a database that is 50 ms away', () => {
	let bed: Bed;
	let belmont: BranchClient;
	let database: SlowDatabase;
	before(async () => {
		database = await slowDatabase(await freshDatabase('sso_bridge'));
		bed = await startBed({ databaseUrl: database.url });
		belmont = await branchClient(bed, bed.salem, 'belmont');
	});
	after(async () => {
		await bed?.close();
		await database?.close();
	});

	it('five who redeem one code at the same moment over HTTP are given one answer and four refusals', async () => {
		const { begun, url } = await belmont.code(visitorOf(bed), bed.person('Whitehorse'));
		database.delay(50);
		const tries = await Promise.allSettled(Array.from({ length: 5 }, () => belmont.redeem(begun, url)));
		database.delay(0);
		expect(tries.filter((one) => one.status === 'fulfilled')).to.have.length(1);
		const refused = tries.filter((one) => one.status === 'rejected').map(({ reason }) => reason);
		expect(refused.map(({ error, status }) => [error, status])).to.deep.equal(
			Array(4).fill(['invalid_grant', 400]),
		);
	});

	it('one signed request of a branch that arrives five times at once is answered once', async () => {
		const { begun, url } = await belmont.code(visitorOf(bed), bed.person('Whitehorse'));
		const request = await belmont.tokenRequest(begun, url);
		database.delay(50);
		const answers = await Promise.all(
			Array.from({ length: 5 }, () =>
				bed.outgoing.request({ ...request, headers: { ...request.headers, accept: 'application/json' } }),
			),
		);
		database.delay(0);
		const codes = answers.map(({ status, body }) => [status, JSON.parse(body.toString()).error]);
		expect(codes.filter(([status]) => status === 200)).to.have.length(1);
		expect(codes.filter(([, error]) => error === 'invalid_client')).to.have.length(4);
	});
});
