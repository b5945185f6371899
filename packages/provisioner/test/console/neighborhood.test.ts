import { expect } from 'chai';
import { atConsole } from '../fixtures/console-visitor.ts';
import { ADMIN_TOKEN, BRANCH, LIBRARY, type Platform, startPlatform } from '../fixtures/platform.ts';

const PAGE = '/libraries/multnomah/neighborhood';

describe('the console page of a neighborhood', () => {
	let platform: Platform;
	before(async () => {
		platform = await startPlatform();
		await platform.api('POST', '/api/v1/libraries', { body: LIBRARY });
		for (const slug of ['albina', 'belmont']) {
			await platform.api('POST', '/api/v1/libraries/multnomah/branches', { body: { ...BRANCH, slug } });
		}
		await platform.settle();
	});
	after(() => platform.close());

	it('lets the members decide, proposes to them, and says what is wrong with what was typed', async () => {
		const it = await atConsole(platform, ADMIN_TOKEN);
		expect((await it.get('/libraries/multnomah')).body).to.contain(PAGE);
		expect((await it.get(PAGE)).body).to.contain('The library decides who stands there');
		const form = { kind: 'expel', domain: 'belmont.multnomah.localhost:4000', reason: 'It is silent.' };
		expect((await it.post(`${PAGE}/proposals`, form)).status).to.equal(409);
		expect((await it.post(`${PAGE}/way`, { way: 'members' })).status).to.equal(303);
		await platform.settle();
		expect((await it.get(PAGE)).body).to.contain('of those who answer 2/3 have to say yes');
		const nobody = await it.post(`${PAGE}/proposals`, { ...form, domain: 'nobody.example' });
		expect(nobody.status).to.equal(409);
		expect(nobody.body).to.contain('No branch of this name stands there.').and.to.contain('It is silent.');
		expect((await it.post(`${PAGE}/proposals`, { ...form, reason: ' ' })).status).to.equal(422);
		expect((await it.post(`${PAGE}/proposals`, form)).status).to.equal(303);
		expect((await it.get(PAGE)).body)
			.to.contain('It is silent.')
			.and.to.contain('Voices until');
		const list = { ...form, kind: 'follow_list', domain: 'https://lists.example/a.csv', name: '' };
		const unnamed = await it.post(`${PAGE}/proposals`, list);
		expect(unnamed.status).to.equal(422);
		expect(unnamed.body).to.contain('which list by its address and a name');
		expect((await it.post(`${PAGE}/proposals`, { ...list, name: 'A list' })).status).to.equal(303);
		expect((await it.get(PAGE)).body).to.contain('https://lists.example/a.csv');
		expect((await it.post(`${PAGE}/way`, { way: 'steward' })).status).to.equal(409);
	});

	it('suspends a member for a week at most', async () => {
		const it = await atConsole(platform, ADMIN_TOKEN);
		await it.get(PAGE);
		const form = { domain: 'albina.multnomah.localhost:4000', reason: 'It sends spam.', days: '8' };
		expect((await it.post(`${PAGE}/suspensions`, form)).status).to.equal(422);
		expect((await it.post(`${PAGE}/suspensions`, { ...form, days: '7' })).status).to.equal(303);
		expect((await it.get(PAGE)).body).to.contain('It sends spam.');
	});

	it('whoever may only look changes nothing, and reads it in Spanish', async () => {
		const made = await platform.api<{ token: string }>('POST', '/api/v1/tokens', {
			body: { name: 'Reader', role: 'reader' },
		});
		const it = await atConsole(platform, made.body.token, 'es');
		const page = await it.get(PAGE);
		expect(page.body).to.contain('Vecindario').and.not.to.contain(`action="${PAGE}`);
		expect((await it.post(`${PAGE}/way`, { way: 'steward' })).status).to.equal(403);
	});
});
