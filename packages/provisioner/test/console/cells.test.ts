import { expect } from 'chai';
import { atConsole } from '../fixtures/console-visitor.ts';
import { ADMIN_TOKEN, LIBRARY, type Platform, startPlatform } from '../fixtures/platform.ts';

describe('the console page of the cells', () => {
	let platform: Platform;
	before(async () => {
		platform = await startPlatform();
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

	it('is for whoever runs the platform', async () => {
		const { id } = await platform.provisioner().context.database('library').first();
		const { body } = await platform.api<{ token: string }>('POST', '/api/v1/tokens', {
			body: { name: 'it', role: 'library_it', library: id, expires: platform.clock.now() + 1_000_000 },
		});
		const visitor = await atConsole(platform, body.token);
		expect((await visitor.get('/')).body).to.not.contain('href="/cells"');
		expect((await visitor.get('/cells')).status).to.equal(403);
	});
});
