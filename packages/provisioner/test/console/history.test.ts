import { loadWords } from '@understory/design/words.ts';
import { expect } from 'chai';
import { routes } from '../../src/api/routes.ts';
import { deedOf } from '../../src/console/deeds.ts';
import { deedsIn } from '../../src/store/history.ts';
import { atConsole, type ConsoleVisitor } from '../fixtures/console-visitor.ts';
import { ADMIN_TOKEN, BRANCH, LIBRARY, type Platform, startPlatform } from '../fixtures/platform.ts';

const WHY = { en: 'New shelves are built.', es: 'Se construyen estantes nuevos.' };

describe('the history of a branch and the audit of a library and of the platform, at the console', () => {
	let platform: Platform;
	let admin: ConsoleVisitor;
	const branch = '/api/v1/libraries/multnomah/branches/belmont';
	before(async () => {
		platform = await startPlatform();
		const { clock } = platform;
		await platform.api('POST', '/api/v1/libraries', { body: LIBRARY });
		await platform.api('POST', '/api/v1/libraries', { body: { ...LIBRARY, slug: 'salem', name: 'Salem' } });
		for (const [library, slug] of [
			['multnomah', 'belmont'],
			['multnomah', 'kenton'],
			['salem', 'main'],
		])
			await platform.api('POST', `/api/v1/libraries/${library}/branches`, { body: { ...BRANCH, slug } });
		await platform.settle();
		clock.advance(86_400_000);
		const until = clock.now() + 3_600_000;
		await platform.api('POST', `${branch}/operations`, { body: { kind: 'suspend', why: WHY, until } });
		await platform.settle();
		clock.advance(60_000);
		await platform.api('POST', `${branch}/invitations`, { body: { role: 'host', name: 'Ana 100%' } });
		await platform.api('PATCH', '/api/v1/libraries/multnomah', { body: { phone: '503-988-5123' } });
		admin = await atConsole(platform, ADMIN_TOKEN);
	});
	after(() => platform.close());

	/** What stands below the form. */
	const list = (body: string) => body.slice(body.indexOf('</form>', body.indexOf('id="what"')));
	const lines = (body: string) => body.match(/<li>(?:<a href="\/operations|<b>)/g)?.length ?? 0;
	const audit = '/libraries/multnomah/audit';

	it('tell of a branch what was asked for, what was decided and what came of it, each once, and nothing of another', async () => {
		expect((await admin.get('/libraries/multnomah/branches/belmont/life')).body).to.contain(
			'/belmont/history"',
		);
		const { status, body } = await admin.get('/libraries/multnomah/branches/belmont/history');
		expect(status).to.equal(200);
		expect(body).to.contain('Suspend it').and.to.contain('Make the branch');
		expect(body).to.contain('Somebody was invited to a role at a branch');
		expect(body).to.contain('by administrator');
		expect(body).to.contain('What its conditions became').and.to.contain('before: Yes');
		expect(body).to.contain('It is closed for a while, because somebody here suspended it.');
		expect(body).to.not.contain('The library was changed').and.not.contain('Kenton');
		const told = list(body);
		expect(told.indexOf('Suspend it'), 'newest first').to.be.lessThan(told.indexOf('Make the branch'));
		// What was asked for and the decision; what the request to the API was called is the same once more.
		expect(lines(body)).to.equal(4);
	});

	it('tell of a library what happened at all its branches, with their names and no ids, and not at another library', async () => {
		expect((await admin.get('/libraries/multnomah')).body).to.contain(`href="${audit}"`);
		const { body } = await admin.get(audit);
		expect(body).to.contain('The library was changed').and.to.contain('Suspended').and.to.contain('Belmont');
		expect(body).to.contain('href="/libraries/multnomah/branches/kenton"').and.not.contain('/salem/');
		expect(body).to.not.match(/branch [0-9a-f-]{36}/);
	});

	it('tell of the platform everything, to whoever runs it', async () => {
		expect((await admin.get('/')).body).to.contain('href="/audit"');
		const { body } = await admin.get('/audit');
		expect(body).to.not.contain('What its conditions became');
		expect(body).to.contain('/libraries/salem/branches/main').and.to.contain('A library was made');
	});

	it('show only what is asked for: who, what, and which days, and say so when that is nothing', async () => {
		const shown = async (query: string) => (await admin.get(`${audit}?${query}`)).body;
		expect(lines(await shown('what=suspended'))).to.equal(1);
		expect(lines(await shown('by=ADMIN&what=changeLibrary'))).to.equal(1);
		expect(await shown('by=somebody')).to.contain('There is nothing of the kind.');
		expect(await shown('by=%25')).to.contain('There is nothing of the kind.');
		const day = new Date(platform.clock.now()).toISOString().slice(0, 10);
		const before = new Date(platform.clock.now() - 86_400_000).toISOString().slice(0, 10);
		expect(await shown(`from=${day}`))
			.to.contain('Suspended')
			.and.not.contain('</b> <a href="/operations');
		expect(await shown(`until=${before}`))
			.to.contain('Make the branch')
			.and.not.contain('<b>Suspended');
		expect(lines(await shown(`from=${before}&until=${day}`))).to.equal(lines(await shown('')));
	});

	it('say beside the field what is no day, and keep what was typed', async () => {
		const bad = await admin.get(`${audit}?from=2026-02-30&by=ana`);
		expect(bad.status).to.equal(422);
		expect(bad.body).to.contain('href="#from"').and.to.contain('Write a day as 2026-11-28.');
		expect(bad.body).to.contain('value="2026-02-30"').and.to.contain('value="ana"');
		const wrong = await admin.get(`${audit}?from=2026-03-02&until=2026-03-01`);
		expect(wrong.body).to.contain('href="#until"');
		const hostile = await admin.get(`${audit}?by=${encodeURIComponent("'; drop table audit; --<script>")}`);
		expect(hostile.status).to.equal(200);
		expect(hostile.body).to.contain('&lt;script&gt;').and.not.contain('<script>');
	});

	it('come in pages, with nothing twice and nothing left out', async () => {
		const { context } = platform.provisioner();
		const library = await context.database('library').where({ slug: 'salem' }).first();
		await context.database('audit').insert(
			Array.from({ length: 120 }, (_, at) => ({
				...{ at: 1_000, actor: `robot-${at}.`, act: 'policy_adopted' },
				subject: `policy conduct ${at} of library ${library.id}`,
			})),
		);
		const seen: string[] = [];
		let last = '';
		let next: string | undefined = '/libraries/salem/audit?by=robot';
		while (next) {
			const { body } = await admin.get(next);
			last = body;
			seen.push(...(body.match(/robot-\d+\./g) ?? []));
			next = /href="([^"]+)">Older/.exec(body)?.[1]?.replaceAll('&amp;', '&').replaceAll('&#x3D;', '=');
		}
		expect(seen).to.have.length(120);
		expect(new Set(seen).size).to.equal(120);
		expect(last).to.contain('The newest');
		const first = (await admin.get('/libraries/salem/audit?by=robot&after=nowhere')).body;
		expect(first).to.contain('robot-119.').and.not.contain('The newest');
	});

	it('have words in every language for all that was done here, and name what has none as it is written down', async () => {
		const words = loadWords();
		const done = await deedsIn(platform.provisioner().context.database, {});
		expect(done).to.include.members(['create', 'suspend', 'suspended', 'createLibrary', 'changeLibrary']);
		for (const language of words.languages) {
			const maybe = (key: string) => (words.entries(language).has(key) ? words.t(language, key) : null);
			for (const what of done) expect(deedOf(what, maybe), `${language} ${what}`).to.not.equal(what);
			expect(deedOf('somethingOfAnotherTime', maybe)).to.equal('somethingOfAnotherTime');
			expect(deedOf('title', maybe), 'words of the page itself').to.equal('title');
		}
	});

	it('keep no words for requests that there are not', () => {
		const ids = new Set(routes.map(({ id }) => id));
		const named = [...loadWords().entries('en').keys()].flatMap(
			(key) => /^deeds\.([a-z]+[A-Z]\w*)$/.exec(key)?.[1] ?? [],
		);
		const own = ['switchedOff', 'signInTestPassed', 'signInTestFailed'];
		expect(named.filter((id) => !ids.has(id) && !own.includes(id))).to.deep.equal([]);
	});

	it('are a library’s for its own IT, and the platform’s for whoever runs it', async () => {
		const { id } = await platform.provisioner().context.database('library').where({ slug: 'salem' }).first();
		const made = await platform.api<{ token: string }>('POST', '/api/v1/tokens', {
			body: { name: 'salem it', role: 'library_it', library: id, expires: platform.clock.now() + 1e9 },
		});
		const theirs = await atConsole(platform, made.body.token, 'es');
		expect((await theirs.get('/libraries/salem/audit')).body).to.contain('Quién hizo qué en Salem');
		expect((await theirs.get(audit)).status).to.equal(404);
		expect((await theirs.get('/libraries/multnomah/branches/belmont/history')).status).to.equal(404);
		expect((await theirs.get('/audit')).status).to.equal(403);
	});
});
