import { FEDERATION_MODES } from '@understory/core/register.ts';
import { expect } from 'chai';
import { atConsole } from '../fixtures/console-visitor.ts';
import { ADMIN_TOKEN, BRANCH, LIBRARY, type Platform, startPlatform } from '../fixtures/platform.ts';

const PAGE = '/libraries/multnomah/branches/belmont/settings';

describe('the console page of what a branch exchanges, and of its teens', () => {
	let platform: Platform;
	beforeEach(async () => {
		platform = await startPlatform();
		await platform.api('POST', '/api/v1/libraries', { body: LIBRARY });
		await platform.api('POST', '/api/v1/libraries/multnomah/branches', { body: BRANCH });
		await platform.settle();
	});
	afterEach(() => platform.close());

	async function at(token: string) {
		const visitor = await atConsole(platform, token);
		return {
			get: (path = PAGE) => visitor.get(path),
			change: (form: Record<string, string>) =>
				visitor.post(PAGE, {
					generation: visitor.hidden('generation'),
					teens: 'no',
					federation: 'neighborhood',
					...form,
				}),
		};
	}
	const branch = async () =>
		(await platform.api<Record<string, unknown>>('GET', '/api/v1/libraries/multnomah/branches/belmont')).body;

	it('says in plain words what each mode means, and which one holds now', async () => {
		const it = await at(ADMIN_TOKEN);
		const { status, body } = await it.get();
		expect(status).to.equal(200);
		for (const mode of FEDERATION_MODES) expect(body).to.contain(`name="federation" value="${mode}"`);
		expect(body).to.contain('value="neighborhood" checked').and.to.contain('value="no" checked');
		expect(body).to.contain('waits until a host of the branch lets it in');
		expect(body).to.contain('Nobody has changed it yet.');
		expect((await it.get('/libraries/multnomah/branches/belmont')).body).to.contain(PAGE);
	});

	it('changes both, is carried out by the branch, and says who changed what', async () => {
		const it = await at(ADMIN_TOKEN);
		await it.get();
		const changed = await it.change({ federation: 'cautious', teens: 'yes' });
		expect([changed.status, changed.location]).to.deep.equal([303, `${PAGE}?done=yes`]);
		await platform.settle();
		expect(await branch()).to.include({ federation: 'cautious', teens_public: true });
		const wish = platform.home.taken.at(-1)!;
		expect(wish.branch).to.include({ federation: 'cautious', teens_public: true });
		const { body } = await it.get(`${PAGE}?done=yes`);
		expect(body).to.contain('The branch has taken it up.').and.to.contain('value="cautious" checked');
		expect(body).to.contain('Lets others in one by one').and.to.contain('Teens may post for everyone');
		expect(body).to.contain('by administrator');
	});

	it('what is as it was is not changed, and no line says that it was', async () => {
		const it = await at(ADMIN_TOKEN);
		const before = await branch();
		await it.get();
		expect((await it.change({})).status).to.equal(303);
		expect((await branch()).generation).to.equal(before.generation);
		expect((await it.get()).body).to.contain('Nobody has changed it yet.');
	});

	it('refuses what the form does not offer, and keeps what was chosen', async () => {
		const it = await at(ADMIN_TOKEN);
		await it.get();
		const { status, body } = await it.change({ federation: 'everything', teens: 'yes' });
		expect(status).to.equal(422);
		expect(body).to.contain('href="#federation"').and.to.contain('Choose which servers');
		expect(body).to.contain('value="yes" checked');
		expect(await branch()).to.include({ federation: 'neighborhood', teens_public: false });
	});

	it('does not undo what somebody else changed meanwhile', async () => {
		const [one, other] = [await at(ADMIN_TOKEN), await at(ADMIN_TOKEN)];
		await one.get();
		await other.get();
		await one.change({ federation: 'closed' });
		const { status, body } = await other.change({ teens: 'yes' });
		expect(status).to.equal(409);
		expect(body).to.contain('Somebody changed this branch since you opened this page.');
		expect(await branch()).to.include({ federation: 'closed', teens_public: false });
	});

	it('who may only look finds no button, and a form of their own making changes nothing', async () => {
		const made = await platform.api<{ token: string }>('POST', '/api/v1/tokens', {
			body: { name: 'a reader', role: 'reader' },
		});
		const reader = await at(made.body.token);
		const { body } = await reader.get();
		expect(body).to.contain('may look, and change nothing').and.not.to.contain('Change this for');
		expect((await reader.change({ federation: 'open' })).status).to.equal(403);
		expect(await branch()).to.include({ federation: 'neighborhood' });
	});

	it('the API writes the same lines', async () => {
		await platform.api('PATCH', '/api/v1/libraries/multnomah/branches/belmont', {
			body: { federation: 'open' },
		});
		const it = await at(ADMIN_TOKEN);
		expect((await it.get()).body).to.contain('Exchanges posts with every server');
	});
});
