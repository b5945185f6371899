import { expect } from 'chai';
import { told } from '../../http/test/told.ts';
import { takeAlerts } from '../src/services/sign-in-alerts.ts';
import { BRANCH, LIBRARY, type Platform, startPlatform } from './fixtures/platform.ts';
import { NOON } from './fixtures/rows.ts';

const BRANCHES = '/api/v1/libraries/multnomah/branches';

describe('what the provisioner tells whoever watches over it', () => {
	let platform: Platform;
	let library: string;
	const value = (name: string, labels?: Record<string, string>) =>
		told(platform.provisioner().metrics, `understory_${name}`, labels);

	before(async () => {
		platform = await startPlatform();
		library = (await platform.api<{ id: string }>('POST', '/api/v1/libraries', { body: LIBRARY })).body.id;
		for (const slug of ['belmont', 'kenton'])
			await platform.api('POST', BRANCHES, { body: { ...BRANCH, slug } });
		await platform.settle();
	});
	after(() => platform.close());

	it('branches by stage, by condition and by cell, and homes by cell', async () => {
		expect(await value('branches', { stage: 'unopened' })).to.equal(2);
		expect(await value('branches', { stage: 'open' })).to.equal(0);
		const serving = { type: 'Available', status: 'True', reason: 'Serving' };
		expect(await value('branch_conditions', serving)).to.equal(2);
		expect(await value('cell_branches', { cell: 'default', available: 'True' })).to.equal(2);
		expect(await value('cell_homes', { cell: 'default' })).to.equal(1);
		expect(await value('cell_most_homes', { cell: 'default' })).to.equal(undefined);
		await platform.api('PATCH', '/api/v1/cells/default', { body: { most_homes: 40 } });
		expect(await value('cell_most_homes', { cell: 'default' })).to.equal(40);
	});

	it('libraries whose catalogue is silent, for as long as the bridge tells it', async () => {
		const silent = { kind: 'catalogue_silent' };
		const now = platform.clock.now();
		expect(await value('sign_in_alerts', silent)).to.equal(0);
		const alerts = [{ kind: 'catalogue_silent', since: now - 60_000, last: now }];
		await takeAlerts(platform.provisioner().context, { library, alerts });
		expect(await value('sign_in_alerts', silent)).to.equal(1);
		platform.clock.advance(15 * 60_000);
		expect(await value('sign_in_alerts', silent)).to.equal(0);
	});

	it('how old the oldest operation is, and that none goes on when it has ended', async () => {
		expect(await value('operations_underway')).to.equal(0);
		expect(await value('operation_age_seconds')).to.equal(0);
		const { database, clock } = platform.provisioner().context;
		const id = '00000000-0000-4000-8000-000000000001';
		await database('operation').insert({
			...{ id, kind: 'import', state: 'running', done: 0, created_by: 'administrator' },
			created: clock.now() - 90_000,
		});
		expect(await value('operations_underway')).to.equal(1);
		expect(await value('operation_age_seconds')).to.equal(90);
		await database('operation').where({ id }).delete();
	});

	it('when the last sweep ended, from the start on, and how many looks ended and broke off', async () => {
		expect(await value('sweep_timestamp_seconds')).to.equal(NOON / 1_000);
		expect(await value('looks_total', { outcome: 'ended' })).to.be.greaterThan(0);
		expect(await value('looks_total', { outcome: 'broke_off' })).to.equal(0);
	});

	it('a database that is away takes away what stands in it, and nothing else', async () => {
		const { context, metrics } = platform.provisioner();
		await context.database.raw('alter table condition rename to away');
		try {
			const text = await metrics.metrics();
			expect(text).to.match(/^understory_branches\{/m);
			expect(text).not.to.match(/^understory_(branch_conditions|cell_branches)\{/m);
		} finally {
			await context.database.raw('alter table away rename to condition');
		}
	});

	it('nothing of it names a branch, a library or a person', async () => {
		const text = await platform.provisioner().metrics.metrics();
		for (const name of ['belmont', 'kenton', LIBRARY.slug, LIBRARY.name, library])
			expect(text.toLowerCase()).not.to.include(name.toLowerCase());
	});
});
