import { starterPolicy } from '@understory/core/starter-policy.ts';
import { digestDocument } from '@understory/transparency-log/signed-document.ts';
import { expect } from 'chai';
import { addPolicy } from '../../src/store/libraries.ts';
import { atConsole, type ConsoleVisitor } from '../fixtures/console-visitor.ts';
import { ADMIN_TOKEN, BRANCH, LIBRARY, type Platform, startPlatform } from '../fixtures/platform.ts';

const PAGE = '/libraries/multnomah/policies';
const NEXT = `${PAGE}/conduct/next`;
const ADOPTION = { adopted_by: 'The board, resolution 12', effective_on: '2027-01-01' };
const NO_ADS = {
	id: 'no-flyers',
	'title.en': 'No flyers',
	'title.es': 'Sin volantes',
	'text.en': 'Do not post the same flyer more than twice a day.',
	'text.es': 'No publique el mismo volante más de dos veces al día.',
	'test.en': 'Is it the third time today?',
	'test.es': '¿Es la tercera vez hoy?',
	'examples_yes.en': 'Flyer <b>again</b>\r\n\r\n  Flyer "once more"  ',
	'examples_yes.es': 'Otra vez el volante',
	'examples_no.en': 'A flyer on Monday',
	'examples_no.es': 'Un volante el lunes',
	greatest_first_action: 'warning',
};

describe('the console page of a library’s rules', () => {
	let platform: Platform;
	let library: string;
	let librarian: ConsoleVisitor;
	before(async () => {
		platform = await startPlatform();
		library = (await platform.api<{ id: string }>('POST', '/api/v1/libraries', { body: LIBRARY })).body.id;
		await platform.api('POST', '/api/v1/libraries/multnomah/branches', { body: BRANCH });
		await platform.settle();
		librarian = await atConsole(platform, ADMIN_TOKEN);
	});
	after(() => platform.close());

	const versions = async (id = 'conduct') =>
		(await platform.register(library)).policies.filter((policy) => policy.id === id);

	/** Somebody writes the next version: each press of a button takes along what the page before it carries. */
	async function writing(page = NEXT, visitor = librarian) {
		let { body } = await visitor.get(page);
		const carried = (name: string) => new RegExp(`name="${name}" value="([^"]+)"`).exec(body)?.[1] ?? '';
		return async function press(act: string, form: Record<string, string> = {}) {
			const hidden = { draft: carried('draft'), branch: carried('branch'), looked: carried('looked') };
			const shown = await visitor.post(page.replace(/\?.*/, ''), { ...hidden, ...form, do: act });
			if (shown.status !== 303) body = shown.body;
			return shown;
		};
	}
	async function readerToken(): Promise<string> {
		const body = { name: 'a reader', role: 'reader' };
		return (await platform.api<{ token: string }>('POST', '/api/v1/tokens', { body })).body.token;
	}

	it('shows each version with how it stands, from when, and who adopted it, and is found from the library’s page', async () => {
		expect((await librarian.get('/libraries/multnomah')).body).to.contain(`href="${PAGE}"`);
		const { status, body } = await librarian.get(PAGE);
		expect(status).to.equal(200);
		const [first] = await versions();
		expect(body)
			.to.contain(`href="${PAGE}/conduct/1"`)
			.and.to.contain('in force')
			.and.to.contain(first!.effective_on)
			.and.to.contain(first!.adopted_by)
			.and.to.contain(`href="${NEXT}"`);
		const version = await librarian.get(`${PAGE}/conduct/1`);
		expect(version.body)
			.to.contain('http://accountability.multnomah.localhost:4000/policies/conduct/1')
			.and.to.contain(digestDocument(first!))
			.and.to.contain('This is the first version.')
			.and.to.contain('No threats');
		for (const nowhere of ['conduct/9', 'conduct/01', 'nothing/1', 'Not%20a%20name/next'])
			expect((await librarian.get(`${PAGE}/${nowhere}`)).status, nowhere).to.equal(404);
	});

	it('says beside the field which word is refused and why, in the reader’s language, and loses nothing', async () => {
		const press = await writing(NEXT, await atConsole(platform, ADMIN_TOKEN, 'es'));
		const form = await press('edit:no-threats', ADOPTION);
		expect(form.body).to.contain('value="Sin amenazas"').and.to.contain('Cambiar la regla no-threats');
		const refused = await press('put:no-threats', {
			...NO_ADS,
			...ADOPTION,
			'text.en': 'Nothing offensive, at our discretion. <3',
			'test.es': ' ',
			'examples_no.en': '',
			greatest_first_action: 'account_ended',
			down_during_appeal: 'yes',
		});
		expect(refused.status).to.equal(422);
		const beside = /id="text\.en-fault">(.*?)<\/p>/.exec(refused.body)![1];
		expect(beside).to.contain('«offensive» juzga una opinión').and.to.contain('«discretion» deja');
		expect(refused.body)
			.to.contain('Nothing offensive, at our discretion. &lt;3')
			.and.to.contain('href="#test.es"')
			.and.to.contain('href="#examples_no.en"')
			.and.to.contain('value="Sin volantes"')
			.and.to.contain('value="account_ended" selected')
			.and.to.match(/name="down_during_appeal" value="yes" checked/)
			.and.to.contain('name="adopted_by" value="The board, resolution 12"')
			.and.to.contain('name="effective_on" value="2027-01-01"');
		expect(await versions()).to.have.length(1);
	});

	it('refuses a rule that is too long, has a name that is taken or none, or an action that nobody knows', async () => {
		const press = await writing();
		await press('add');
		const put = (form: Record<string, string>) => press('put:', { ...NO_ADS, ...form });
		const cases: [Record<string, string>, string][] = [
			[{ 'text.en': 'x'.repeat(2_001) }, '#text.en'],
			[
				{ 'examples_no.es': Array.from({ length: 11 }, (_, n) => `volante ${n}`).join('\n') },
				'#examples_no.es',
			],
			[{ id: 'no-threats' }, '#id'],
			[{ id: 'No Flyers' }, '#id'],
			[{ id: '' }, '#id'],
			[{ greatest_first_action: 'everything' }, '#greatest_first_action'],
		];
		for (const [form, anchor] of cases) {
			const { status, body } = await put(form);
			expect([status, body.includes(`href="${anchor}"`)], anchor).to.deep.equal([422, true]);
		}
	});

	it('takes several changes into one version, shows them word by word, and adopts what was looked at', async () => {
		const press = await writing();
		await press('add');
		const added = await press('put:', NO_ADS);
		expect(added.body).to.contain('no-flyers · new');
		const edited = await press('edit:no-flyers');
		expect(edited.body).to.contain('>Flyer &lt;b&gt;again&lt;/b&gt;\nFlyer &quot;once more&quot;</textarea>');
		expect((await press('back:no-flyers')).body).to.contain('no-flyers · new');
		await press('leave:no-private-information');
		expect((await press('keep:no-private-information')).body).to.not.contain('left out');
		expect((await press('leave:no-impersonation', ADOPTION)).body)
			.to.contain('no-impersonation · left out')
			.and.to.contain('value="The board, resolution 12"');

		const incomplete = await press('look', { adopted_by: ' ', effective_on: '2026-01-01' });
		expect(incomplete.status).to.equal(422);
		expect(incomplete.body)
			.to.contain('href="#adopted_by"')
			.and.to.contain('The earliest is 2026-03-02.')
			.and.to.contain('no-flyers · new');
		const looked = await press('look', ADOPTION);
		expect(looked.status).to.equal(200);
		expect(looked.body)
			.to.contain('Version 2 would change this')
			.and.to.contain('New rule: No flyers')
			.and.to.contain('Rule taken away: Be yourself');
		const otherDay = await press('adopt', { ...ADOPTION, effective_on: '2027-02-01' });
		expect(otherDay.status).to.equal(409);
		expect(otherDay.body).to.contain('no longer what you looked at').and.to.contain('value="2027-02-01"');
		expect(await versions()).to.have.length(1);

		const adopted = await press('adopt', { ...ADOPTION, effective_on: '2027-02-01' });
		expect([adopted.status, adopted.location]).to.deep.equal([303, `${PAGE}/conduct/2?done=yes`]);
		const second = (await versions())[1]!;
		expect([second.version, second.adopted_by, second.effective_on]).to.deep.equal([
			2,
			'The board, resolution 12',
			'2027-02-01',
		]);
		expect(second.rules.find(({ id }) => id === 'no-flyers')).to.deep.equal({
			id: 'no-flyers',
			version: 1,
			title: { en: 'No flyers', es: 'Sin volantes' },
			text: { en: NO_ADS['text.en'], es: NO_ADS['text.es'] },
			test: { en: NO_ADS['test.en'], es: NO_ADS['test.es'] },
			examples_yes: { en: ['Flyer <b>again</b>', 'Flyer "once more"'], es: ['Otra vez el volante'] },
			examples_no: { en: ['A flyer on Monday'], es: ['Un volante el lunes'] },
			greatest_first_action: 'warning',
		});
		const kept = starterPolicy('x', '2026-01-01').rules.filter(({ id }) => id !== 'no-impersonation');
		expect(second.rules.slice(0, -1)).to.deep.equal(kept);
		const shown = await librarian.get(adopted.location!);
		expect(shown.body)
			.to.contain('Nobody can change it any more.')
			.and.to.contain('not in force yet')
			.and.to.contain('What changed since version 1');
	});

	it('warns of a rule that names officials, and lets it through', async () => {
		const press = await writing();
		await press('edit:no-flyers');
		const form = { ...NO_ADS, 'text.en': 'Do not post a flyer of the mayor more than twice a day.' };
		expect((await press('put:no-flyers', form)).status).to.equal(200);
		const looked = await press('look', { ...ADOPTION, effective_on: '2027-03-01' });
		expect(looked.body)
			.to.contain('“mayor” names those whom people must be free to criticize')
			.and.to.match(/<ins>.*of the mayor/);
	});

	it('adopts nothing over a version that came meanwhile: it is shown anew against that one', async () => {
		const [first, second] = [await writing(), await writing()];
		const later = { ...ADOPTION, effective_on: '2027-04-01' };
		for (const one of [first, second]) await one('leave:no-flyers');
		for (const one of [first, second]) expect((await one('look', later)).status).to.equal(200);
		expect((await first('adopt', later)).status).to.equal(303);
		const late = await second('adopt', later);
		expect(late.status).to.equal(409);
		expect(late.body).to.contain('says exactly this already');
		const other = await writing();
		await other('leave:no-threats');
		await other('look', later);
		const behind = await writing();
		await behind('leave:no-private-information');
		await behind('look', later);
		expect((await other('adopt', later)).status).to.equal(303);
		const told = await behind('adopt', later);
		expect(told.status).to.equal(409);
		expect(told.body)
			.to.contain('no longer what you looked at')
			.and.to.contain('Version 5 would change this');
		expect((await versions()).map(({ version }) => version)).to.deep.equal([1, 2, 3, 4]);
	});

	it('compares a version with any before it', async () => {
		const last = await librarian.get(`${PAGE}/conduct/4`);
		expect(last.body)
			.to.contain('What changed since version 3')
			.and.to.contain('Rule taken away: No threats')
			.and.not.to.contain('Rule taken away: Be yourself');
		expect((await librarian.get(`${PAGE}/conduct/4?since=1`)).body)
			.to.contain('What changed since version 1')
			.and.to.contain('Rule taken away: Be yourself');
	});

	it('begins a set of a branch, which adds within what the library allows', async () => {
		const nameless = await librarian.get(`${PAGE}/new?id=The+Garden&branch=belmont`);
		expect(nameless.status).to.equal(422);
		expect(nameless.body)
			.to.contain('value="The Garden"')
			.and.to.contain('value="belmont" selected')
			.and.to.contain('href="#id"');
		const begun = await librarian.get(`${PAGE}/new?id=garden&branch=belmont`);
		expect(begun.location).to.equal(`${PAGE}/garden/next?branch=belmont`);
		const press = await writing(begun.location!);
		expect((await press('look', ADOPTION)).body).to.contain('href="#rules"');
		await press('add');
		const put = (form: Record<string, string>) => press('put:', { ...NO_ADS, ...form });
		expect((await put({ id: 'no-private-information' })).body).to.contain('href="#id"');
		expect((await put({ greatest_first_action: 'account_ended' })).body).to.contain(
			'href="#greatest_first_action"',
		);
		await put({ id: 'no-digging' });
		await press('look', ADOPTION);
		expect((await press('adopt', ADOPTION)).status).to.equal(303);
		const { branches } = await platform.register(library);
		expect((await versions('garden'))[0]!.branch).to.equal(branches[0]!.id);
		expect((await librarian.get(PAGE)).body).to.contain('An addition of Belmont Library');
	});

	it('rules from before examples were asked for are mended one by one and adopted together', async () => {
		const bare = starterPolicy('The board', '2026-01-01').rules.slice(0, 2);
		const rules = bare.map(({ examples_yes: _, examples_no: __, ...rule }, n) => ({
			...rule,
			id: `old-${n}`,
		}));
		const { database } = platform.provisioner().context;
		await addPolicy(database, library, { ...ADOPTION, id: 'old', version: 1, rules });
		const press = await writing(`${PAGE}/old/next`);
		const form = { ...ADOPTION, adopted_by: '' };
		const lacking = await press('look', form);
		expect(lacking.status).to.equal(422);
		expect(lacking.body)
			.to.contain('href="#adopted_by"')
			.and.to.contain('href="#rule-old-0"')
			.and.to.contain('href="#rule-old-1"')
			.and.to.contain('Examples of no, in Spanish: An example near it');
		for (const name of ['old-0', 'old-1']) await press(`put:${name}`, NO_ADS);
		expect((await press('look', ADOPTION)).status).to.equal(200);
		expect((await press('adopt', ADOPTION)).status).to.equal(303);
	});

	it('who may only look finds no form, and one of their own making changes nothing', async () => {
		const reader = await atConsole(platform, await readerToken());
		const { status, body } = await reader.get(PAGE);
		expect(status).to.equal(200);
		expect(body).to.not.contain('/next"').and.not.to.contain('<form class="sheet');
		expect((await reader.get(`${PAGE}/conduct/1`)).status).to.equal(200);
		expect((await reader.get(NEXT)).status).to.equal(403);
		const before = await versions();
		await reader.get(PAGE);
		expect((await reader.post(NEXT, { ...ADOPTION, do: 'adopt', draft: '' })).status).to.equal(403);
		expect(await versions()).to.deep.equal(before);
	});

	it('a draft or a button that no page of ours has is refused, and adopts nothing', async () => {
		const packed = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
		const send = async (act: string, draft = '') => (await writing())(act, { ...ADOPTION, draft });
		const hostile = [
			'%%%',
			packed(null),
			packed({ changed: 1, left: [] }),
			packed({ changed: [{ id: 'x' }], left: [] }),
			packed({ changed: [], left: {} }),
		];
		for (const draft of hostile) expect((await send('look', draft)).status, draft).to.equal(400);
		for (const act of ['', 'toString', '__proto__', 'burn:no-threats'])
			expect((await send(act)).status, act).to.equal(400);
		expect((await send('edit:no-such-rule')).status).to.equal(404);
	});
});
