import { expect } from 'chai';
import { atConsole } from '../fixtures/console-visitor.ts';
import { ADMIN_TOKEN, LIBRARY, type Platform, startPlatform } from '../fixtures/platform.ts';

const PAGE = '/libraries/multnomah/contacts';
const FILE = JSON.stringify({
	persons: [{ id: 'p1', name: 'Ana <Ruiz>', email: 'ana@city.example' }],
	memberships: [{ id: 'm1', person_id: 'p1', role: 'Councilor', end_date: '2026-01-31' }],
});

describe('the console page of whom to turn to', () => {
	let platform: Platform;
	before(async () => {
		platform = await startPlatform();
		await platform.api('POST', '/api/v1/libraries', { body: LIBRARY });
	});
	after(() => platform.close());

	async function at(token: string) {
		const visitor = await atConsole(platform, token);
		await visitor.get(PAGE);
		return visitor;
	}

	it('a contact is added, checked, marked as broken and taken away, each with one button', async () => {
		const librarian = await at(ADMIN_TOKEN);
		const added = await librarian.post(PAGE, {
			role: 'Ombuds',
			name: 'Wen Li',
			phone: '5035550100',
			languages: 'en, es',
		});
		expect([added.status, added.location]).to.deep.equal([303, `${PAGE}?done=yes`]);
		const shown = await librarian.get(`${PAGE}?done=yes`);
		expect(shown.body)
			.to.contain('Wen Li')
			.and.to.contain('The contacts are changed.')
			.and.to.contain('Checked on 2026-03-02');
		const action = /action="(\/libraries\/multnomah\/contacts\/[0-9a-f-]{36})"/.exec(shown.body)![1]!;
		await librarian.post(action, { act: 'broken' });
		expect((await librarian.get(PAGE)).body).to.contain('does not work');
		expect((await librarian.get('/libraries/multnomah')).body).to.contain('1 contact needs a look');
		await librarian.get(PAGE);
		await librarian.post(action, { act: 'check' });
		expect((await librarian.get('/libraries/multnomah')).body).to.not.contain('needs a look');
		await librarian.get(PAGE);
		await librarian.post(action, { act: 'remove' });
		expect((await librarian.get(PAGE)).body).to.contain('Nobody yet.');
	});

	it('nothing that was typed is lost when something is wrong', async () => {
		const librarian = await at(ADMIN_TOKEN);
		const refused = await librarian.post(PAGE, {
			role: 'Council member',
			name: 'Bo "Bob" Park',
			term_end: 'next year',
		});
		expect(refused.status).to.equal(422);
		expect(refused.body).to.contain('value="Bo &quot;Bob&quot; Park"').and.to.contain('value="next year"');
		expect(refused.body).to.contain('href="#term_end"').and.to.contain('href="#phone"');
	});

	it('a file is looked at before it is used, is written as text, and says what it would change', async () => {
		const librarian = await at(ADMIN_TOKEN);
		const looked = await librarian.post(`${PAGE}/preview`, { file: FILE });
		expect(looked.status).to.equal(200);
		expect(looked.body)
			.to.contain('New: 1')
			.and.to.contain('Ana &lt;Ruiz&gt;')
			.and.to.not.contain('Ana <Ruiz>');
		expect(looked.body).to.not.contain('<table>');
		const digest = /name="digest" value="([^"]+)"/.exec(looked.body)![1]!;
		expect((await librarian.post(`${PAGE}/import`, { file: FILE, digest })).status).to.equal(303);
		const shown = await librarian.get(PAGE);
		expect(shown.body).to.contain('term over');
		const again = await librarian.post(`${PAGE}/import`, { file: FILE, digest });
		expect(again.status).to.equal(409);
		expect(again.body).to.contain('changed since you looked');
	});

	it('what is no file of that kind is told in a sentence', async () => {
		const librarian = await at(ADMIN_TOKEN);
		const broken = await librarian.post(`${PAGE}/preview`, { file: '{"persons": [' });
		expect(broken.status).to.equal(422);
		expect(broken.body).to.contain('it has to be JSON');
		expect((await librarian.post(`${PAGE}/preview`, { file: '{}' })).body).to.contain(
			'Give a Popolo document',
		);
	});
});
