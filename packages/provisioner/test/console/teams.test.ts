import { expect } from 'chai';
import { acceptInvitation } from '../../src/services/invitations.ts';
import { atConsole } from '../fixtures/console-visitor.ts';
import { ADDRESS, LIBRARY, type Platform, startPlatform } from '../fixtures/platform.ts';

describe('the console page of shared teams', () => {
	let platform: Platform;
	const ids = new Map<string, string>();
	const tokens = new Map<string, string>();
	before(async () => {
		platform = await startPlatform();
		for (const [slug, name] of [
			['harbor', 'Harbor City Library'],
			['multnomah', 'Multnomah County Library'],
		] as const) {
			const made = await platform.api<{ id: string }>('POST', '/api/v1/libraries', {
				body: { ...LIBRARY, slug, name },
			});
			ids.set(slug, made.body.id);
			for (const branch of ['belmont', 'holgate']) {
				const body = { slug: branch, name: `${branch} of ${slug}`, address: ADDRESS };
				await platform.api('POST', `/api/v1/libraries/${slug}/branches`, { body });
			}
			for (const role of ['library_it', 'reader']) {
				const token = await platform.api<{ token: string }>('POST', '/api/v1/tokens', {
					body: { name: `${role} of ${slug}`, role, library: made.body.id },
				});
				tokens.set(`${slug} ${role}`, token.body.token);
			}
		}
		await platform.settle();
	});
	after(() => platform.close());

	const at = async (slug: string, language = 'en', role = 'library_it') => {
		const visitor = await atConsole(platform, tokens.get(`${slug} ${role}`)!, language);
		const page = `/libraries/${slug}/teams`;
		return {
			get: (path = page) => visitor.get(path),
			async send(step: string, form: Record<string, string>) {
				await visitor.get(page);
				return visitor.post(`${page}${step}`, form);
			},
		};
	};
	const teamIn = (body: string) => /id="team-([0-9a-f-]{36})"/.exec(body)![1]!;

	it('leads from making a team to somebody of another library who serves here, and to its end', async () => {
		const harbor = await at('harbor');
		expect((await harbor.get('/libraries/harbor')).body).to.contain('/libraries/harbor/teams');
		expect((await harbor.get()).body).to.contain('Your library shares no team.');
		expect((await harbor.send('', { name: 'River team' })).status).to.equal(303);
		const team = teamIn((await harbor.get()).body);
		expect((await harbor.send(`/${team}/members`, { [`member-${team}`]: 'Mo Lind' })).status).to.equal(303);
		expect((await harbor.send(`/${team}/offer`, { [`offer-${team}`]: 'multnomah' })).status).to.equal(303);
		expect((await harbor.get()).body).to.contain('was asked and has not answered');
		const multnomah = await at('multnomah');
		expect((await multnomah.get()).body)
			.to.contain('asks whether you share this team')
			.and.contain('Mo Lind')
			.and.not.contain('/invite"');
		expect((await multnomah.send(`/${team}/agree`, { branches: 'belmont' })).status).to.equal(303);
		const agreed = (await multnomah.get()).body;
		expect(agreed).to.contain('belmont of multnomah').and.contain('Does not serve at your library yet');
		const member = /members\/([0-9a-f-]{36})\/invite/.exec(agreed)![1]!;
		const made = await multnomah.send(`/${team}/members/${member}/invite`, {});
		expect(made.status).to.equal(201);
		const token = /card\.multnomah\.localhost:4000\/invitation\/([\w-]{32})/.exec(made.body)![1]!;
		expect((await multnomah.get()).body, 'once').not.to.contain(token);
		const { context } = platform.provisioner();
		await acceptInvitation(context, { token, library: ids.get('multnomah')!, staffId: 'mo' });
		expect((await multnomah.get()).body).to.contain('Has signed in at your library and serves here');
		expect((await multnomah.send(`/${team}/end`, {})).status).to.equal(303);
		expect((await multnomah.get()).body).to.contain('Your library shares no team.');
		expect((await harbor.send(`/${team}/members/${member}/take-off`, {})).status).to.equal(303);
		expect((await harbor.get()).body).not.to.contain('Mo Lind');
	});

	it('says what is missing beside its field and keeps what was typed, in both languages', async () => {
		for (const [language, words] of [
			['en', ['Write a name, in 100 signs', 'There is no library by that short name']],
			['es', ['Escriba un nombre, de 100 signos', 'No hay ninguna biblioteca con ese nombre corto']],
		] as const) {
			const harbor = await at('harbor', language);
			const none = await harbor.send('', { name: ' ' });
			expect(none.status).to.equal(422);
			expect(none.body).to.contain(words[0]).and.contain('href="#name"').and.contain('id="name-fault"');
			const team = teamIn((await harbor.get()).body);
			const nowhere = await harbor.send(`/${team}/offer`, { [`offer-${team}`]: 'nowhere"><b>' });
			expect(nowhere.status).to.equal(422);
			expect(nowhere.body)
				.to.contain(words[1])
				.and.contain(`id="offer-${team}-fault"`)
				.and.contain('nowhere&quot;&gt;');
		}
	});

	it('offers nothing to change to whoever may only look, and takes nothing from them', async () => {
		const reader = await at('harbor', 'en', 'reader');
		const { body } = await reader.get();
		expect(body).to.contain('River team').and.not.contain('/offer"');
		expect((await reader.send('', { name: 'Mine' })).status).to.equal(403);
	});
});
