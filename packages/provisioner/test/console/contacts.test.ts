import { expect } from 'chai';
import { ADMIN_TOKEN, LIBRARY, type Platform, startPlatform } from '../fixtures/platform.ts';

const ORIGIN = 'http://localhost:4000';
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
		let cookie = '';
		let page = '';
		const ask = async (method: string, path: string, form?: Record<string, string>) => {
			const csrf = /name="_csrf" value="([^"]+)"/.exec(page)?.[1] ?? '';
			const answer = await platform.outgoing.request({
				url: platform.url + path,
				method,
				headers: {
					accept: 'text/html',
					...(cookie ? { cookie } : {}),
					...(form ? { origin: ORIGIN, 'content-type': 'application/x-www-form-urlencoded' } : {}),
				},
				body: form ? new URLSearchParams({ _csrf: csrf, ...form }).toString() : null,
			});
			cookie = /console=[^;]+/.exec(String(answer.headers['set-cookie'] ?? ''))?.[0] ?? cookie;
			if (answer.status !== 303) page = answer.body.toString('utf8');
			return { status: answer.status, headers: answer.headers, body: page };
		};
		await ask('GET', '/');
		await ask('POST', '/signin', { token });
		await ask('GET', PAGE);
		return ask;
	}

	it('a contact is added, checked, marked as broken and taken away, each with one button', async () => {
		const ask = await at(ADMIN_TOKEN);
		const added = await ask('POST', PAGE, {
			role: 'Ombuds',
			name: 'Wen Li',
			phone: '5035550100',
			languages: 'en, es',
		});
		expect([added.status, added.headers.location]).to.deep.equal([303, `${PAGE}?done=yes`]);
		const shown = await ask('GET', `${PAGE}?done=yes`);
		expect(shown.body)
			.to.contain('Wen Li')
			.and.to.contain('The contacts are changed.')
			.and.to.contain('Checked on 2026-03-02');
		const action = /action="(\/libraries\/multnomah\/contacts\/[0-9a-f-]{36})"/.exec(shown.body)![1]!;
		await ask('POST', action, { act: 'broken' });
		expect((await ask('GET', PAGE)).body).to.contain('does not work');
		expect((await ask('GET', '/libraries/multnomah')).body).to.contain('1 contact needs a look');
		await ask('GET', PAGE);
		await ask('POST', action, { act: 'check' });
		expect((await ask('GET', '/libraries/multnomah')).body).to.not.contain('needs a look');
		await ask('GET', PAGE);
		await ask('POST', action, { act: 'remove' });
		expect((await ask('GET', PAGE)).body).to.contain('Nobody yet.');
	});

	it('nothing that was typed is lost when something is wrong', async () => {
		const ask = await at(ADMIN_TOKEN);
		const refused = await ask('POST', PAGE, {
			role: 'Council member',
			name: 'Bo "Bob" Park',
			term_end: 'next year',
		});
		expect(refused.status).to.equal(422);
		expect(refused.body).to.contain('value="Bo &quot;Bob&quot; Park"').and.to.contain('value="next year"');
		expect(refused.body).to.contain('href="#term_end"').and.to.contain('href="#phone"');
	});

	it('a file is looked at before it is used, is written as text, and says what it would change', async () => {
		const ask = await at(ADMIN_TOKEN);
		const looked = await ask('POST', `${PAGE}/preview`, { file: FILE });
		expect(looked.status).to.equal(200);
		expect(looked.body)
			.to.contain('New: 1')
			.and.to.contain('Ana &lt;Ruiz&gt;')
			.and.to.not.contain('Ana <Ruiz>');
		expect(looked.body).to.not.contain('<table>');
		const digest = /name="digest" value="([^"]+)"/.exec(looked.body)![1]!;
		expect((await ask('POST', `${PAGE}/import`, { file: FILE, digest })).status).to.equal(303);
		const shown = await ask('GET', PAGE);
		expect(shown.body).to.contain('term over');
		const again = await ask('POST', `${PAGE}/import`, { file: FILE, digest });
		expect(again.status).to.equal(409);
		expect(again.body).to.contain('changed since you looked');
	});

	it('what is no file of that kind is told in a sentence', async () => {
		const ask = await at(ADMIN_TOKEN);
		const broken = await ask('POST', `${PAGE}/preview`, { file: '{"persons": [' });
		expect(broken.status).to.equal(422);
		expect(broken.body).to.contain('it has to be JSON');
		expect((await ask('POST', `${PAGE}/preview`, { file: '{}' })).body).to.contain('Give a Popolo document');
	});
});
