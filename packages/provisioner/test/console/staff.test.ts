import { expect } from 'chai';
import { acceptInvitation } from '../../src/services/invitations.ts';
import { atConsole } from '../fixtures/console-visitor.ts';
import { ADMIN_TOKEN, BRANCH, LIBRARY, type Platform, startPlatform } from '../fixtures/platform.ts';

const PAGE = '/libraries/multnomah/staff';

describe('the console page of the panel and other roles', () => {
	let platform: Platform;
	let library: string;
	beforeEach(async () => {
		platform = await startPlatform();
		library = (await platform.api<{ id: string }>('POST', '/api/v1/libraries', { body: LIBRARY })).body.id;
		await platform.api('POST', '/api/v1/libraries/multnomah/branches', { body: BRANCH });
		await platform.settle();
	});
	afterEach(() => platform.close());

	async function at(token: string, language = 'en') {
		const visitor = await atConsole(platform, token, language);
		return {
			get: (path = PAGE) => visitor.get(path),
			send: (step: string, form: Record<string, string>) => visitor.post(`${PAGE}/${step}`, form),
		};
	}
	type Console = Awaited<ReturnType<typeof at>>;
	async function name(it: Console, staffId: string): Promise<void> {
		await it.get();
		const made = await it.send('invite', { role: 'panel', name: '', until: '' });
		const token = /\/invitation\/([\w-]{32})/.exec(made.body)![1]!;
		const { context, services } = platform.provisioner();
		await acceptInvitation(context, { token, library, staffId });
		await services.libraryChanged(library);
	}
	const idOf = (body: string) => /name="id" value="([^"]+)"/.exec(body)![1]!;

	it('says how many the panel has, and that fewer than two decide nothing', async () => {
		const it = await at(ADMIN_TOKEN);
		expect((await it.get('/libraries/multnomah')).body).to.contain(PAGE);
		const none = await it.get();
		expect(none.status).to.equal(200);
		expect(none.body).to.contain('0 people are on it.').and.to.contain('until there are two');
		await name(it, 'first');
		expect((await it.get()).body)
			.to.contain('1 person is on it.')
			.and.to.contain('until there are two');
		await name(it, 'second');
		expect((await it.get()).body)
			.to.contain('2 people are on it.')
			.and.not.to.contain('until there are two');
	});

	it('makes an invitation without a name, shows its address once, and takes it back', async () => {
		const it = await at(ADMIN_TOKEN);
		await it.get();
		const made = await it.send('invite', { role: 'panel', name: '', until: '2027-06-30' });
		expect(made.status).to.equal(201);
		expect(made.body).to.contain('http://card.multnomah.localhost:4000/invitation/');
		const waiting = await it.get();
		expect(waiting.body).to.contain('The role would last until').and.to.contain('Invited by administrator.');
		expect(waiting.body).to.contain('30').and.not.to.contain('/invitation/');
		const back = await it.send('take-back-invitation', { id: idOf(waiting.body) });
		expect([back.status, back.location]).to.deep.equal([303, PAGE]);
		expect((await it.get()).body).to.not.contain('Invitations that nobody accepted yet');
	});

	it('takes a role back, and the register says so', async () => {
		const it = await at(ADMIN_TOKEN);
		await name(it, 'first');
		const there = await it.get();
		expect((await it.send('take-back', { id: idOf(there.body) })).status).to.equal(303);
		expect((await it.get()).body)
			.to.contain('0 people are on it.')
			.and.to.contain('Nobody has a role for the whole library yet.');
		const [grant] = (await platform.register(library)).grants;
		expect(grant).to.include({ role: 'panel', until: platform.clock.now() });
		const again = await it.send('take-back', { id: idOf(there.body) });
		expect(again.status).to.equal(404);
		expect(again.body).to.contain('It was not there any more.');
	});

	it('says what is missing beside its field, and keeps what was typed, in both languages', async () => {
		const english = await at(ADMIN_TOKEN);
		await english.get();
		const bad = await english.send('invite', { role: 'auditor', name: '', until: '2020-01-01' });
		expect(bad.status).to.equal(422);
		expect(bad.body).to.contain('href="#name"').and.to.contain('Write what they are called at work');
		expect(bad.body)
			.to.contain('Choose a last day that is not over yet')
			.and.to.contain('value="2020-01-01"');
		expect(bad.body).to.contain('value="auditor" selected');
		const spanish = await at(ADMIN_TOKEN, 'es');
		expect((await spanish.get()).body).to.contain('No puede decidir nada hasta que haya dos.');
	});

	it('who may only look finds no button, and a form of their own making changes nothing', async () => {
		const visitor = async (role: string) => {
			const body = { name: `a ${role}`, role };
			return at((await platform.api<{ token: string }>('POST', '/api/v1/tokens', { body })).body.token);
		};
		const auditor = await visitor('auditor');
		expect((await auditor.get()).body)
			.to.contain('may look, and change nothing')
			.and.not.to.contain('/invite"');
		expect((await auditor.send('invite', { role: 'panel' })).status).to.equal(403);
		expect((await (await visitor('reader')).get()).status, 'as by the API').to.equal(403);
		expect((await (await at(ADMIN_TOKEN)).get()).body).to.not.contain('Invitations that nobody accepted yet');
	});
});
