import type { ExternalRecord } from '@understory/core/external-server.ts';
import { expect } from 'chai';
import { type FarMastodon, instanceOf, type Said, startFarMastodon } from '../fixtures/far-mastodon.ts';
import { BRANCH, LIBRARY, type Platform, startPlatform } from '../fixtures/platform.ts';

const PATH = '/api/v1/libraries/multnomah/external-servers';
const DAY = 86_400_000;
const V2 = '/api/v2/instance';

interface Shown {
	id: string;
	host: string;
	state: string;
	fault: string | null;
	version: number;
	sha256: string;
	document: { rules: { id: string; text: string; hint: string | null }[]; [key: string]: unknown };
}

describe('servers that a library runs besides its branches', () => {
	let platform: Platform;
	let far: FarMastodon;
	let library: string;
	before(async () => {
		platform = await startPlatform();
		library = (await platform.api<{ id: string }>('POST', '/api/v1/libraries', { body: LIBRARY })).body.id;
		await platform.api('POST', '/api/v1/libraries/multnomah/branches', { body: BRANCH });
		await platform.settle();
	});
	beforeEach(async () => {
		far = await startFarMastodon();
	});
	afterEach(async () => {
		for (const { id } of await listed()) await platform.api('DELETE', `${PATH}/${id}`);
		await far.close();
	});
	after(() => platform.close());

	const listed = async () => (await platform.api<{ items: Shown[] }>('GET', PATH)).body.items;
	const preview = (address = far.origin) =>
		platform.api<Shown & { code: string }>('POST', `${PATH}:preview`, { body: { address } });
	async function add(): Promise<Shown> {
		const { sha256 } = (await preview()).body;
		const body = { address: far.origin, name: 'Library Social', sha256 };
		const added = await platform.api<Shown>('POST', PATH, { body });
		expect(added.status).to.equal(201);
		return added.body;
	}
	const inRegister = async (): Promise<ExternalRecord | undefined> => {
		await platform.settle();
		return (await platform.register(library)).external?.[0];
	};
	/** What the platform does every minute, after some time. */
	async function later(milliseconds: number): Promise<Shown> {
		platform.clock.advance(milliseconds);
		await platform.provisioner().services.sweep();
		await platform.settle();
		return (await listed())[0]!;
	}

	it('are asked by their public API, shown before they are listed, and stand in the signed register', async () => {
		const seen = await preview();
		expect(seen.status).to.equal(200);
		expect(seen.body.document).to.deep.equal({
			...{ type: 'understory/external-server/v1', host: far.host, software: 'hometown' },
			...{ title: 'Library Social', description: 'A server of the county library.', languages: ['en'] },
			rules: [
				{ id: '1', text: 'No threats.', hint: 'Also none in jest.' },
				{ id: '2', text: 'No advertising.', hint: null },
			],
			about: 'Since 2019 & still here.\nCome in.',
			contact: { email: 'social@library.example', account: `@desk@${far.host}` },
			security: { contacts: ['mailto:security@library.example'], policy: null },
		});
		expect(await listed()).to.deep.equal([]);
		const added = await add();
		expect(added).to.include({ host: far.host, state: 'read', version: 1, sha256: seen.body.sha256 });
		const record = await inRegister();
		expect(record).to.include({ host: far.host, name: 'Library Social', read_on: '2026-03-02' });
		expect(record!.versions.map(({ version, sha256 }) => [version, sha256])).to.deep.equal([
			[1, added.sha256],
		]);
		expect(
			(
				await platform.api('POST', PATH, {
					body: { address: far.origin, name: 'Again', sha256: added.sha256 },
				})
			).status,
		).to.equal(409);
		await platform.api('DELETE', `${PATH}/${added.id}`);
		expect(await inRegister()).to.equal(undefined);
	});

	it('of older software and other families are read as well', async () => {
		far.say(V2, { status: 404 });
		const { rules: _, domain: __, contact: ___, ...old } = instanceOf(far.host);
		const v1 = {
			...old,
			uri: far.origin,
			email: 'social@library.example',
			contact_account: { acct: 'desk' },
		};
		far.say('/api/v1/instance', { json: v1 });
		far.say('/api/v1/instance/rules', { json: [{ id: 7, text: 'Be kind.' }] });
		for (const path of [
			'/.well-known/nodeinfo',
			'/api/v1/instance/extended_description',
			'/.well-known/security.txt',
		])
			far.say(path, { status: 200, type: 'text/html', body: '<html>one page for everything</html>' });
		const { document } = (await preview()).body;
		expect(document.rules).to.deep.equal([{ id: '7', text: 'Be kind.', hint: null }]);
		expect(document).to.deep.include({ software: null, about: null, security: null });
	});

	it('that are listed again after they were taken off count their versions on', async () => {
		const { id } = await add();
		await platform.api('DELETE', `${PATH}/${id}`);
		expect([await listed(), (await platform.api('DELETE', `${PATH}/${id}`)).status]).to.deep.equal([[], 404]);
		far.asked.length = 0;
		await later(DAY);
		expect(far.asked).to.deep.equal([]);
		far.say(V2, { json: instanceOf(far.host, { title: 'County Social' }) });
		expect(await add()).to.include({ id, version: 2 });
	});

	it('are listed only as they were looked at', async () => {
		const { sha256 } = (await preview()).body;
		far.say(V2, { json: instanceOf(far.host, { rules: [] }) });
		const late = await platform.api('POST', PATH, { body: { address: far.origin, name: 'Social', sha256 } });
		expect([late.status, late.body.code]).to.deep.equal([409, 'server_changed']);
		for (const name of [' ', 'x'.repeat(101)])
			expect(
				(await platform.api('POST', PATH, { body: { address: far.origin, name, sha256 } })).status,
			).to.equal(422);
		expect(await listed()).to.deep.equal([]);
	});

	it('are asked once a day, by one of all processes; what they say otherwise is a new version, and numbers are none', async () => {
		const { sha256 } = await add();
		far.asked.length = 0;
		await later(DAY - 60_000);
		expect(far.asked).to.deep.equal([]);
		far.say(V2, { json: instanceOf(far.host, { version: '4.6.0', usage: { users: { active_month: 5 } } }) });
		expect(await later(60_000)).to.include({ version: 1, sha256 });
		expect(far.asked.filter((path) => path === V2)).to.have.length(1);
		far.say(V2, { json: instanceOf(far.host, { rules: [{ id: '1', text: 'No threats at all.' }] }) });
		platform.clock.advance(DAY);
		await Promise.all([1, 2, 3].map(() => platform.provisioner().services.sweep()));
		await platform.settle();
		expect(far.asked.filter((path) => path === V2)).to.have.length(2);
		const record = await inRegister();
		const [second, first] = record!.versions;
		expect([second!.version, first!.version]).to.deep.equal([2, 1]);
		expect(Date.parse(second!.read_on) - Date.parse(first!.read_on)).to.equal(2 * DAY);
		expect(record!.versions[0]!.document.rules.map(({ text }) => text)).to.deep.equal(['No threats at all.']);
	});

	it('that cannot be read keep what they said; after three days that is said, and it ends with the first answer', async () => {
		const { sha256 } = await add();
		far.say(V2, { status: 503 });
		expect(await later(DAY)).to.include({ state: 'failing', fault: 'trouble', sha256 });
		expect(await inRegister()).not.to.have.property('unread_since');
		expect(await later(2 * DAY)).to.include({ state: 'failing' });
		expect(await later(DAY)).to.include({ state: 'unread', fault: 'trouble', version: 1 });
		expect((await inRegister())!.unread_since).to.match(/^\d{4}-\d\d-\d\d$/);
		far.recover();
		expect(await later(6 * 60 * 60_000)).to.include({ state: 'read', fault: null, version: 1 });
		expect(await inRegister()).not.to.have.property('unread_since');
	});

	it('that somebody asks to be looked at again are, at once', async () => {
		const { id } = await add();
		far.say(V2, { json: instanceOf(far.host, { title: 'County Social' }) });
		const checked = await platform.api<Shown>('POST', `${PATH}/${id}/checks`);
		expect(checked.body).to.include({ version: 2 });
		expect((await platform.api('POST', `${PATH}/${library}/checks`)).status).to.equal(404);
	});

	describe('whatever they answer, nothing that is known changes by', () => {
		const hostile: Record<string, [fault: string, path: string, said: (host: string) => Said]> = {
			'an answer without end': [
				'too_large',
				V2,
				() => ({ type: 'application/json', body: `"${'x'.repeat(300_000)}"` }),
			],
			'more rules than anybody reads': [
				'too_large',
				V2,
				(host) => ({ json: instanceOf(host, { rules: Array(101).fill({ id: '1', text: 'No.' }) }) }),
			],
			'a page in a rule': [
				'unreadable',
				V2,
				(host) => ({
					json: instanceOf(host, { rules: [{ id: '1', text: '<img src=x onerror=alert(1)>' }] }),
				}),
			],
			'markup in its name': [
				'unreadable',
				V2,
				(host) => ({ json: instanceOf(host, { title: '<script>x</script>' }) }),
			],
			'rules that are none': [
				'unreadable',
				V2,
				(host) => ({ json: instanceOf(host, { rules: 'all of them' }) }),
			],
			'garbage that is called JSON': [
				'unreadable',
				V2,
				() => ({ type: 'application/json', body: '{"domain":' }),
			],
			'a page where the API was': ['not_mastodon', V2, () => ({ body: '<html>for sale</html>' })],
			'the word of another server': ['another', V2, () => ({ json: instanceOf('other.example') })],
			'being sent to a private address': ['moved', V2, () => ({ status: 302, location: 'http://10.0.0.1/' })],
			'being sent to this machine': [
				'moved',
				V2,
				() => ({ status: 301, location: 'http://127.0.0.1:5432/' }),
			],
			'a door that is shut': ['closed', V2, () => ({ status: 401 })],
			'a part that is in trouble': [
				'trouble',
				'/api/v1/instance/extended_description',
				() => ({ status: 500 }),
			],
		};
		for (const [what, [fault, path, said]] of Object.entries(hostile)) {
			it(what, async () => {
				const { id, sha256 } = await add();
				far.say(path, said(far.host));
				const checked = await platform.api<Shown>('POST', `${PATH}/${id}/checks`);
				expect(checked.body).to.include({ state: 'failing', fault, version: 1, sha256 });
				const again = await preview();
				expect([again.status, again.body.code]).to.deep.equal([422, fault]);
			});
		}

		it('nobody at all', async () => {
			const { id, sha256 } = await add();
			await far.close();
			const checked = await platform.api<Shown>('POST', `${PATH}/${id}/checks`);
			expect(checked.body).to.include({ state: 'failing', fault: 'silent', version: 1, sha256 });
		});
	});

	it('are no private addresses, nothing without encryption, and no branch of this platform', async () => {
		for (const [address, status] of [
			['http://social.library.example', 422],
			['https://127.0.0.1', 422],
			['https://10.1.2.3', 422],
			['https://[::1]', 422],
			['https://ana:secret@social.library.example', 422],
			['https://social.library.example/web', 422],
			['somewhere', 422],
			['', 422],
			['http://belmont.multnomah.localhost:4000', 422],
		] as const)
			expect((await preview(address)).status, address).to.equal(status);
	});

	it('are changed by library IT only, and looked at by whoever may read', async () => {
		const token = async (role: string) =>
			(
				await platform.api<{ token: string }>('POST', '/api/v1/tokens', {
					body: { name: role, role, library: 'multnomah' },
				})
			).body.token;
		const reader = await token('reader');
		expect((await platform.api('GET', PATH, { token: reader })).status).to.equal(200);
		const { status } = await platform.api('POST', `${PATH}:preview`, {
			token: reader,
			body: { address: far.origin },
		});
		expect(status).to.equal(403);
	});
});
