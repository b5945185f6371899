import { expect } from 'chai';
import { atConsole } from '../fixtures/console-visitor.ts';
import { type FarMastodon, instanceOf, startFarMastodon } from '../fixtures/far-mastodon.ts';
import { ADMIN_TOKEN, LIBRARY, type Platform, startPlatform } from '../fixtures/platform.ts';

const PAGE = '/libraries/multnomah/external-servers';
const V2 = '/api/v2/instance';

describe('the console page of servers on other software', () => {
	let platform: Platform;
	let far: FarMastodon;
	before(async () => {
		platform = await startPlatform();
		far = await startFarMastodon();
		await platform.api('POST', '/api/v1/libraries', { body: LIBRARY });
	});
	after(async () => {
		await platform.close();
		await far.close();
	});

	async function at(token: string, language = 'en') {
		const visitor = await atConsole(platform, token, language);
		await visitor.get(PAGE);
		return visitor;
	}

	it('shows what a server says before it is listed, and lists it with a name', async () => {
		const librarian = await at(ADMIN_TOKEN);
		far.say(V2, { json: instanceOf(far.host, { description: 'Ana <3 & "books"' }) });
		const seen = await librarian.post(`${PAGE}/preview`, { address: far.origin });
		expect(seen.status).to.equal(200);
		expect(seen.body)
			.to.contain('No advertising.')
			.and.to.contain('hometown')
			.and.to.contain('Ana &lt;3 &amp; &quot;books&quot;');
		const form = { address: librarian.hidden('address'), sha256: librarian.hidden('sha256') };
		expect((await librarian.post(PAGE, { ...form, name: '' })).body).to.contain('href="#name"');
		const added = await librarian.post(PAGE, { ...form, name: 'Old Social' });
		expect([added.status, added.location]).to.deep.equal([303, `${PAGE}?done=yes`]);
		expect((await librarian.get(`${PAGE}?done=yes`)).body)
			.to.contain('Old Social')
			.and.to.contain('The list is changed.');
		await librarian.get(PAGE);
		const again = await librarian.post(PAGE, { ...form, name: 'Old Social' });
		expect([again.status, again.body.includes('on the list already')]).to.deep.equal([409, true]);
	});

	it('says why a server cannot be read, in either language, and keeps what was typed', async () => {
		far.say(V2, { json: instanceOf('other.example') });
		for (const [language, words] of [
			['en', 'says that it is another one'],
			['es', 'dice que es otro'],
		] as const) {
			const librarian = await at(ADMIN_TOKEN, language);
			const refused = await librarian.post(`${PAGE}/preview`, { address: far.origin });
			expect(refused.status).to.equal(422);
			expect(refused.body)
				.to.contain(words)
				.and.to.contain(`value="${far.origin}"`)
				.and.to.contain('href="#address"');
		}
		const librarian = await at(ADMIN_TOKEN);
		expect((await librarian.post(`${PAGE}/preview`, { address: 'nowhere' })).body).to.contain(
			'with https, such as',
		);
	});

	it('says that a listed one cannot be read, there at once and on the page of the library after three days', async () => {
		const librarian = await at(ADMIN_TOKEN);
		const action = /action="(\/libraries\/multnomah\/external-servers\/[0-9a-f-]{36})"/;
		const server = action.exec((await librarian.get(PAGE)).body)![1]!;
		await librarian.post(server, { act: 'check' });
		expect((await librarian.get(PAGE)).body).to.contain('not read at the last try');
		expect((await librarian.get('/libraries/multnomah')).body).to.not.contain('Old Social cannot be read');
		platform.clock.advance(3 * 86_400_000);
		const signedIn = await at(ADMIN_TOKEN);
		expect((await signedIn.get('/libraries/multnomah')).body).to.contain('Old Social cannot be read');
		await signedIn.get(PAGE);
		await signedIn.post(server, { act: 'remove' });
		expect((await signedIn.get(PAGE)).body).to.contain('None yet.');
		expect((await signedIn.get('/libraries/multnomah')).body).to.not.contain('Old Social');
	});
});
