import { Conflict } from '@understory/core/errors.ts';
import { expect } from 'chai';
import { createLocalDriver } from '../../src/drivers/local.ts';
import { atConsole } from '../fixtures/console-visitor.ts';
import { ADMIN_TOKEN, BRANCH, LIBRARY, type Platform, startPlatform } from '../fixtures/platform.ts';

describe('the console page of the cells', () => {
	let platform: Platform;
	before(async () => {
		platform = await startPlatform({
			driverOfCell: async (cell) => {
				const driver = createLocalDriver(async ({ name, enrolmentToken }) => {
					const home = await platform.newHome(name);
					await home.enrol(platform.url, enrolmentToken);
					return { close: async () => undefined };
				});
				const tryOut = async () => {
					if (cell === 'lost') throw new Conflict('Its API server does not answer.', 'cell');
				};
				return { ...driver, tryOut };
			},
		});
		await platform.api('POST', '/api/v1/libraries', { body: LIBRARY });
	});
	after(() => platform.close());

	it('says how full each is, and is found from the first page', async () => {
		const visitor = await atConsole(platform, ADMIN_TOKEN);
		expect((await visitor.get('/')).body).to.contain('href="/cells"');
		const before = await visitor.get('/cells');
		expect(before.status).to.equal(200);
		expect(before.body).to.contain('0, no limit').and.to.contain('Every library that no cell names');
		const change = { most_homes: 0, libraries: ['multnomah'], starts_per_minute: 60 };
		await platform.api('PATCH', '/api/v1/cells/default', { body: change });
		const { body } = await visitor.get('/cells');
		expect(body).to.contain('0 of 0').and.to.contain('Full').and.to.contain('Only multnomah');
		expect(body).to.contain('60 in a minute');
	});

	it('one is added after its cluster was tried; what is wrong stands at its field, and what the cluster says in a sentence', async () => {
		const visitor = await atConsole(platform, ADMIN_TOKEN);
		await visitor.get('/cells');
		const wrong = { name: 'East', most_homes: 'many', libraries: 'multnomah, nowhere' };
		const { status, body } = await visitor.post('/cells', wrong);
		expect(status).to.equal(422);
		for (const field of ['name', 'most_homes', 'libraries'])
			expect(body).to.contain(`href="#${field}"`).and.contain(`id="${field}-fault"`);
		expect(body).to.contain('value="multnomah, nowhere"');
		const lost = await visitor.post('/cells', { name: 'lost', most_homes: '', libraries: '' });
		expect(lost.status).to.equal(409);
		expect(lost.body).to.contain('The cell was not added').and.contain('Its API server does not answer.');
		const added = await visitor.post('/cells', { name: 'west', most_homes: '7', libraries: 'multnomah' });
		expect([added.status, added.location]).to.deep.equal([303, '/cells/west']);
		const { body: cells } = await platform.api<{ items: object[] }>('GET', '/api/v1/cells');
		expect(cells.items).to.have.length(2);
		expect(cells.items[1]).to.deep.include({ name: 'west', most_homes: 7, libraries: ['multnomah'] });
		const { body: audit } = await visitor.get('/audit');
		expect(audit).to.contain('A cell was added');
		await visitor.get('/cells/west');
		expect((await visitor.post('/cells/west/remove', { confirm: 'west' })).location).to.equal('/cells');
		const made = await platform.api<{ token: string }>('POST', '/api/v1/tokens', {
			body: { name: 'an auditor', role: 'auditor' },
		});
		const auditor = await atConsole(platform, made.body.token);
		expect((await auditor.get('/cells')).body).to.not.contain('action="/cells"');
		expect((await auditor.post('/cells', { name: 'west' })).status).to.equal(403);
	});

	it('moves a branch to the cell that was chosen, and says what cannot be', async () => {
		await platform.api('PATCH', '/api/v1/cells/default', { body: { most_homes: null, libraries: [] } });
		await platform.api('POST', '/api/v1/libraries/multnomah/branches', { body: BRANCH });
		await platform.settle();
		const visitor = await atConsole(platform, ADMIN_TOKEN);
		const life = '/libraries/multnomah/branches/belmont/life';
		expect((await visitor.get(life)).body).to.not.contain('To which cell');
		await platform.api('POST', '/api/v1/cells', { body: { name: 'east', starts_per_minute: null } });
		expect((await visitor.get(life)).body).to.contain('<option value="east">');
		const nowhere = await visitor.post(`${life}/move`, { home: 'shared', cell: 'west' });
		expect(nowhere.status).to.equal(422);
		expect(nowhere.body).to.contain('href="#cell"').and.to.contain('Choose a cell that is there.');
		await platform.api('PATCH', '/api/v1/cells/east', { body: { takes: 'dedicated' } });
		const full = await visitor.post(`${life}/move`, { home: 'shared', cell: 'east' });
		expect(full.status).to.equal(409);
		expect(full.body)
			.to.contain('takes no such home of this library')
			.and.to.contain('value="east" selected');
		await platform.api('PATCH', '/api/v1/cells/east', { body: { takes: 'any' } });
		expect((await visitor.post(`${life}/move`, { home: 'shared', cell: 'east' })).status).to.equal(303);
		const { database } = platform.provisioner().context;
		const [to] = await database('move').join('home', 'home.name', 'to_place').pluck('cell');
		expect(to).to.equal('east');
	});

	it('is emptied by having it take nobody, and taken away when nobody is on the way to it, with its name written once more', async () => {
		const visitor = await atConsole(platform, ADMIN_TOKEN);
		await visitor.get('/cells/east');
		expect((await visitor.post('/cells/east', { takes: 'all' })).status).to.equal(422);
		expect((await visitor.post('/cells/east', { takes: 'none' })).location).to.equal('/cells/east');
		expect((await visitor.get('/cells/east')).body).to.contain('it is being emptied');
		const slip = await visitor.post('/cells/east/remove', { confirm: 'default' });
		expect(slip.status).to.equal(422);
		expect(slip.body).to.contain('href="#confirm"').and.to.contain('value="default"');
		const lived = await visitor.post('/cells/east/remove', { confirm: 'east' });
		expect(lived.status).to.equal(409);
		expect(lived.body).to.contain('1 are on their way there or away');
		const life = '/libraries/multnomah/branches/belmont/life';
		await visitor.get(life);
		await visitor.post(`${life}/cancel_move`, {});
		const { context, services } = platform.provisioner();
		const [id] = await context.database('branch').where({ slug: 'belmont' }).pluck('id');
		for (let looks = 0; looks < 10; looks += 1) {
			platform.clock.advance(10_000);
			await services.look([id]);
			await platform.settle();
		}
		await visitor.get('/cells/east');
		const gone = await visitor.post('/cells/east/remove', { confirm: 'east' });
		expect([gone.status, gone.location]).to.deep.equal([303, '/cells']);
		expect((await visitor.get('/cells/east')).status).to.equal(404);
		const acts = await context.database('audit').where({ subject: 'cell east' }).pluck('act');
		expect(acts).to.deep.equal(['cell_removed']);
		// The first one leads where the settings of the platform do.
		expect((await visitor.get('/cells/default')).body).to.not.contain('/cells/default/remove');
		expect((await visitor.post('/cells/default/remove', { confirm: 'default' })).status).to.equal(409);
	});

	it('is for whoever runs the platform', async () => {
		const { id } = await platform.provisioner().context.database('library').first();
		const { body } = await platform.api<{ token: string }>('POST', '/api/v1/tokens', {
			body: { name: 'it', role: 'library_it', library: id, expires: platform.clock.now() + 1_000_000 },
		});
		const visitor = await atConsole(platform, body.token);
		expect((await visitor.get('/')).body).to.not.contain('href="/cells"');
		for (const page of ['/cells', '/cells/default']) expect((await visitor.get(page)).status).to.equal(403);
		const life = await visitor.get('/libraries/multnomah/branches/belmont/life');
		expect(life.body).to.contain('To which kind of home').and.to.not.contain('To which cell');
		for (const act of ['/cells/default', '/cells/default/remove'])
			expect((await visitor.post(act, { takes: 'none', confirm: 'default' })).status).to.equal(403);
	});
});
