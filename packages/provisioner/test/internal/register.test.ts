import { generateKey } from '@understory/transparency-log/keys.ts';
import { signRequest } from '@understory/transparency-log/signed-request.ts';
import { expect } from 'chai';
import { BRANCH, LIBRARY, type Platform, startPlatform } from '../fixtures/platform.ts';

describe('the register', () => {
	let platform: Platform;
	let path: string;
	let library: string;

	before(async () => {
		platform = await startPlatform();
		const made = await platform.api<{ id: string }>('POST', '/api/v1/libraries', { body: LIBRARY });
		library = made.body.id;
		path = `/internal/v1/registers/${library}`;
		await platform.api('POST', '/api/v1/libraries/multnomah/branches', { body: BRANCH });
		await platform.settle();
	});
	after(() => platform.close());

	const rename = (name: string) => platform.api('PATCH', '/api/v1/libraries/multnomah', { body: { name } });

	it('is there for a library that has nothing running yet', async () => {
		const made = await platform.api<{ id: string }>('POST', '/api/v1/libraries', {
			body: { ...LIBRARY, slug: 'empty' },
		});
		const register = await platform.register(made.body.id);
		expect(register).to.deep.include({ branches: [], rosters: [] });
		expect(register.library.slug).to.equal('empty');
	});

	it('is listed with its version', async () => {
		const answer = await platform.internal('/internal/v1/registers');
		const { libraries } = JSON.parse(answer.body) as {
			libraries: { id: string; slug: string; version: number }[];
		};
		const listed = libraries.find((one) => one.id === library)!;
		expect(listed).to.include({ slug: 'multnomah', version: (await platform.register(library)).version });
	});

	it('is shown to enrolled roles only, and a signature is good for one address and one minute', async () => {
		const sign = (about: {
			path?: string;
			audience?: string;
			now?: number;
			key?: ReturnType<typeof generateKey>;
		}) =>
			signRequest(about.key ?? platform.home.key, {
				audience: about.audience ?? 'provisioner',
				method: 'GET',
				path: about.path ?? path,
				now: about.now ?? platform.clock.now(),
			});
		const wrong = {
			nothing: undefined,
			'a bearer token': 'Bearer administrator-of-the-test-platform-0000',
			'a key nobody knows': sign({ key: generateKey() }),
			'a signature for another address': sign({ path: '/internal/v1/registers' }),
			'a signature for somebody else': sign({ audience: 'accountability' }),
			'an old signature': sign({ now: platform.clock.now() - 61_000 }),
		};
		for (const [what, authorization] of Object.entries(wrong)) {
			const answer = await platform.outgoing.request({
				url: platform.url + path,
				headers: authorization ? { authorization } : {},
			});
			expect(answer.status, what).to.equal(401);
		}
		expect((await platform.internal(path)).status).to.equal(200);
	});

	it('is 304 for who has it, and new for who has an older one', async () => {
		const first = await platform.internal(path);
		const headers = { 'if-none-match': first.headers.etag! };
		expect(first.headers.etag).to.equal(`"${JSON.parse(first.body).version}"`);
		expect((await platform.internal(path, { headers })).status).to.equal(304);
		await rename('Multnomah Libraries');
		const changed = await platform.internal(path, { headers });
		expect(changed.status).to.equal(200);
		expect(JSON.parse(changed.body).version).to.be.greaterThan(JSON.parse(first.body).version);
	});

	it('is waited for, and comes the moment it changes', async () => {
		const first = await platform.internal(path);
		const waiting = platform.internal(`${path}?wait=25`, {
			headers: { 'if-none-match': first.headers.etag! },
		});
		await rename('The Libraries of Multnomah County');
		const answer = await waiting;
		expect(answer.status).to.equal(200);
		expect(JSON.parse(answer.body).library.name).to.equal('The Libraries of Multnomah County');
	});

	it('is answered 304 when the wait is over and nothing changed', async () => {
		const first = await platform.internal(path);
		const answer = await platform.internal(`${path}?wait=0.05`, {
			headers: { 'if-none-match': first.headers.etag! },
		});
		expect(answer.status).to.equal(304);
	});

	it('of a library nobody has is 404, also for what is no id', async () => {
		for (const id of ['00000000-0000-4000-8000-000000000000', 'multnomah', '-'.repeat(36)]) {
			expect((await platform.internal(`/internal/v1/registers/${id}`)).status, id).to.equal(404);
		}
	});

	it('carries contacts for the library and each branch, with where they were taken from', async () => {
		const { contacts, branches } = await platform.register(library);
		const branch = contacts.find((contact) => contact.branch === branches[0]!.id)!;
		expect(branch).to.deep.include({ role: 'branch', phone: BRANCH.phone, address: BRANCH.address });
		expect(contacts.some((contact) => contact.branch === null)).to.equal(true);
	});
});
