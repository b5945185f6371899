import { expect } from 'chai';
import { atConsole } from '../fixtures/console-visitor.ts';
import { ADMIN_TOKEN, BRANCH, LIBRARY, type Platform, startPlatform } from '../fixtures/platform.ts';

const PAGE = '/libraries/multnomah/bodies';
const PATH = '/api/v1/libraries/multnomah/bodies';

describe('how many members a body has', () => {
	let platform: Platform;
	let library: string;
	before(async () => {
		platform = await startPlatform();
		library = (await platform.api<{ id: string }>('POST', '/api/v1/libraries', { body: LIBRARY })).body.id;
		await platform.api('POST', '/api/v1/libraries/multnomah/branches', { body: BRANCH });
		for (const name of ['Ana Ruiz', 'Bo Park', 'Cy Wolf']) {
			const body = { role: 'Councilor', name, body: 'City <Council>', phone: '5035550100' };
			await platform.api('POST', '/api/v1/libraries/multnomah/contacts', { body });
		}
		await platform.settle();
	});
	after(() => platform.close());
	const held = async () => (await platform.register(library)).library.bodies;

	it('is what contacts say until library IT says otherwise in the console, and travels in the register', async () => {
		const librarian = await atConsole(platform, ADMIN_TOKEN);
		expect((await librarian.get('/libraries/multnomah/contacts')).body).to.contain(PAGE);
		for (const language of ['en', 'es'])
			expect((await librarian.get(`${PAGE}?lang=${language}`)).body)
				.to.contain('City &lt;Council&gt;')
				.and.to.contain('name="members_0" value="3"');
		expect(await held()).to.equal(undefined);
		const form = { name_0: 'City <Council>', members_0: '9', quorum_0: '' };
		await librarian.get(PAGE);
		for (const wrong of [{ members_0: '' }, { members_0: '501' }, { quorum_0: '10' }, { quorum_0: 'all' }]) {
			const refused = await librarian.post(PAGE, { ...form, ...wrong });
			expect([refused.status, refused.body.includes('href="#members_0"')]).to.deep.equal([422, true]);
		}
		const done = await librarian.post(PAGE, form);
		expect([done.status, done.location]).to.deep.equal([303, `${PAGE}?done=yes`]);
		expect(await held()).to.deep.equal([{ name: 'City <Council>', members: 9 }]);
	});

	it('is said by the API too, each body once', async () => {
		const put = (items: object[]) => platform.api('PUT', PATH, { body: { items } });
		const council = { name: 'City <Council>', members: 7, quorum: 5 };
		expect((await put([council])).status).to.equal(200);
		expect(await held()).to.deep.equal([council]);
		expect((await put([council, council])).status).to.equal(422);
		expect(await held()).to.deep.equal([council]);
	});
});
