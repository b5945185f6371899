import { generateKey } from '@understory/transparency-log/keys.ts';
import { formatVkey } from '@understory/transparency-log/note.ts';
import { expect } from 'chai';
import {
	ADDRESS,
	ADMIN_TOKEN,
	BRANCH,
	LIBRARY,
	OPENING,
	type Platform,
	startPlatform,
} from '../fixtures/platform.ts';

interface Problem {
	title: string;
	code: string;
	errors?: { field: string; text: string }[];
}
interface Items<T> {
	items: T[];
}

const LIBRARIES = '/api/v1/libraries';
const BRANCHES = `${LIBRARIES}/multnomah/branches`;

describe('the provisioning API', () => {
	let platform: Platform;

	before(async () => {
		platform = await startPlatform();
		await platform.api('POST', LIBRARIES, { body: LIBRARY });
		await platform.api('POST', LIBRARIES, {
			body: { ...LIBRARY, slug: 'siskiyou', name: 'Siskiyou County Library' },
		});
		for (const slug of ['belmont', 'albina', 'hollywood']) {
			await platform.api('POST', BRANCHES, { body: { ...BRANCH, slug } });
		}
		await platform.settle();
	});
	after(() => platform.close());

	async function tokenFor(role: string, library: string | null): Promise<{ id: string; token: string }> {
		const made = await platform.api<{ id: string; token: string }>('POST', '/api/v1/tokens', {
			body: { name: `a ${role}`, role, library },
		});
		expect(made.status).to.equal(201);
		return made.body;
	}

	describe('knows who asks', () => {
		it('a library names who watches its log and whose it watches; a key that is none is refused by its field', async () => {
			const vkey = formatVkey({ name: 'clerk.example/witness', key: generateKey() }, 'cosignature');
			const log = formatVkey({ name: 'accountability.salem.example/log/2026', key: generateKey() });
			const good = await platform.api('PATCH', '/api/v1/libraries/multnomah', {
				body: { witnesses: [{ vkey, url: 'https://clerk.example/witness' }], watches: [log] },
			});
			expect(good.status, JSON.stringify(good.body)).to.equal(200);
			const { library } = await platform.register((good.body as { id: string }).id);
			expect(library).to.deep.include({
				witnesses: [{ vkey, url: 'https://clerk.example/witness' }],
				watches: [log],
			});
			const wrong = await platform.api('PATCH', '/api/v1/libraries/multnomah', {
				body: { witnesses: [{ vkey: log, url: 'clerk' }], watches: [vkey] },
			});
			expect(wrong.status).to.equal(422);
			for (const field of ['witnesses.0.vkey', 'witnesses.0.url', 'watches.0']) {
				expect(JSON.stringify(wrong.body)).to.include(field);
			}
		});

		it('nobody without a token, or with one that is not known, gets in', async () => {
			for (const token of [null, 'not-a-token-that-anybody-has-made', 'short', `${ADMIN_TOKEN}x`]) {
				const answer = await platform.api<Problem>('GET', LIBRARIES, { token });
				expect(answer.status).to.equal(401);
				expect(answer.headers['www-authenticate']).to.equal('Bearer');
				expect(answer.headers['content-type']).to.match(/^application\/problem\+json/);
			}
		});

		it('a token that was taken back, or whose time is over, is not known any more', async () => {
			const gone = await tokenFor('reader', null);
			expect((await platform.api('GET', LIBRARIES, { token: gone.token })).status).to.equal(200);
			expect((await platform.api('DELETE', `/api/v1/tokens/${gone.id}`)).status).to.equal(204);
			expect((await platform.api('GET', LIBRARIES, { token: gone.token })).status).to.equal(401);
			const past = await platform.api<{ token: string }>('POST', '/api/v1/tokens', {
				body: { name: 'short', role: 'reader', expires: platform.clock.now() },
			});
			expect((await platform.api('GET', LIBRARIES, { token: past.body.token })).status).to.equal(401);
		});

		it('a reader looks and changes nothing', async () => {
			const { token } = await tokenFor('reader', null);
			expect((await platform.api('GET', BRANCHES, { token })).status).to.equal(200);
			const refused = [
				await platform.api('POST', LIBRARIES, { token, body: { ...LIBRARY, slug: 'other' } }),
				await platform.api('POST', BRANCHES, { token, body: { ...BRANCH, slug: 'other' } }),
				await platform.api('PATCH', `${BRANCHES}/belmont`, { token, body: { name: 'Other' } }),
				await platform.api('POST', `${BRANCHES}/belmont/operations`, { token, body: OPENING }),
				await platform.api('GET', '/api/v1/tokens', { token }),
			];
			expect(refused.map((answer) => answer.status)).to.deep.equal([403, 403, 403, 403, 403]);
			expect((await platform.api('GET', `${LIBRARIES}/other`)).status).to.equal(404);
		});

		it("a library's token sees its own library, and of another not even that it is there", async () => {
			const { token } = await tokenFor('library_it', 'siskiyou');
			const seen = await platform.api<Items<{ slug: string }>>('GET', LIBRARIES, { token });
			expect(seen.body.items.map((library) => library.slug)).to.deep.equal(['siskiyou']);
			const other = await platform.api<Problem>('GET', BRANCHES, { token });
			const none = await platform.api<Problem>('GET', `${LIBRARIES}/nowhere/branches`, { token });
			expect([other.status, none.status]).to.deep.equal([404, 404]);
			expect(other.body.title.replace('multnomah', 'nowhere')).to.equal(none.body.title);
			const branch = { ...BRANCH, slug: 'weed' };
			expect((await platform.api('POST', BRANCHES, { token, body: branch })).status).to.equal(404);
			expect(
				(await platform.api('POST', `${LIBRARIES}/siskiyou/branches`, { token, body: branch })).status,
			).to.equal(202);
		});

		it("a library's token sees its own neighborhood and operations only", async () => {
			await platform.settle();
			const { token } = await tokenFor('reader', 'siskiyou');
			const own = await platform.api<Items<{ id: string; name: string }>>('GET', '/api/v1/neighborhoods', {
				token,
			});
			expect(own.body.items.map(({ name }) => name)).to.deep.equal(['Siskiyou County Library']);
			const all = await platform.api<Items<{ id: string; name: string }>>('GET', '/api/v1/neighborhoods');
			const other = all.body.items.find(({ name }) => name === LIBRARY.name)!;
			expect((await platform.api('GET', `/api/v1/neighborhoods/${other.id}`, { token })).status).to.equal(
				404,
			);
			expect((await platform.api('GET', `/api/v1/neighborhoods/${other.id}`)).status).to.equal(200);
			expect((await platform.api('GET', '/api/v1/neighborhoods/of-nobody')).status).to.equal(404);
			const seen: string[] = [];
			for (let path: string | undefined = '/api/v1/neighborhoods?limit=1'; path; ) {
				const page: Awaited<ReturnType<typeof platform.api<Items<{ id: string }>>>> = await platform.api(
					'GET',
					path,
				);
				expect(page.body.items.length).to.be.at.most(1);
				seen.push(...page.body.items.map(({ id }) => id));
				path = /<([^>]+)>; rel="next"/.exec(page.headers.link ?? '')?.[1];
			}
			expect(seen).to.deep.equal(all.body.items.map(({ id }) => id));
			expect((await platform.api('GET', '/api/v1/neighborhoods?after=me')).status).to.equal(422);
			const began = await platform.api<{ id: string }>('PATCH', `${BRANCHES}/belmont`, { body: {} });
			expect((await platform.api('GET', `/api/v1/operations/${began.body.id}`, { token })).status).to.equal(
				404,
			);
		});

		it('a token is shown once; afterwards not even its hash', async () => {
			const { id, token } = await tokenFor('reader', null);
			const list = await platform.api<Items<{ id: string }>>('GET', '/api/v1/tokens');
			const kept = list.body.items.find((one) => one.id === id)!;
			expect(Object.keys(kept)).to.not.include.members(['token']);
			expect(JSON.stringify(list.body)).to.not.contain(token);
		});
	});

	describe('does a thing once for each Idempotency-Key', () => {
		const body = { ...BRANCH, slug: 'rockwood' };

		it('the same key and request get the same answer, and nothing is made twice', async () => {
			const call = { body, headers: { 'idempotency-key': 'make-rockwood' } };
			const first = await platform.api<{ id: string }>('POST', BRANCHES, call);
			await platform.settle();
			const again = await platform.api<{ id: string }>('POST', BRANCHES, call);
			expect(first.status).to.equal(202);
			expect(again.status).to.equal(202);
			expect(again.body).to.deep.equal(first.body);
			expect(again.headers.location).to.equal(first.headers.location);
		});

		it('the same key with another body, or at another address, is refused', async () => {
			const headers = { 'idempotency-key': 'make-rockwood' };
			const other = await platform.api<Problem>('POST', BRANCHES, {
				body: { ...body, name: 'Other' },
				headers,
			});
			const elsewhere = await platform.api<Problem>('POST', `${LIBRARIES}/siskiyou/branches`, {
				body,
				headers,
			});
			expect([other.status, elsewhere.status]).to.deep.equal([409, 409]);
			expect([other.body.code, elsewhere.body.code]).to.deep.equal(['idempotency', 'idempotency']);
		});

		it("the same key of another token is another's key", async () => {
			const { token } = await tokenFor('platform_admin', null);
			const answer = await platform.api<Problem>('POST', BRANCHES, {
				token,
				body,
				headers: { 'idempotency-key': 'make-rockwood' },
			});
			expect(answer.body.code).to.equal('slug_taken');
		});

		it('a request that was refused leaves its key free', async () => {
			const headers = { 'idempotency-key': 'second-try' };
			const refused = await platform.api('POST', BRANCHES, {
				body: { ...body, slug: 'Not A Label' },
				headers,
			});
			expect(refused.status).to.equal(422);
			const taken = await platform.api('POST', BRANCHES, { body: { ...body, slug: 'second-try' }, headers });
			expect(taken.status).to.equal(202);
		});

		it('requests with one key at the same moment make one branch', async () => {
			const call = { body: { ...body, slug: 'at-once' }, headers: { 'idempotency-key': 'at-once' } };
			const answers = await Promise.all(
				Array.from({ length: 6 }, () => platform.api('POST', BRANCHES, call)),
			);
			const statuses = answers.map((answer) => answer.status);
			expect(statuses).to.include(202);
			for (const status of statuses) expect(status).to.be.oneOf([202, 409]);
			const ids = answers.filter(({ status }) => status === 202).map(({ body: { id } }) => id);
			expect(new Set(ids).size).to.equal(1);
		});

		it('many keyed requests at once do not wait for each other for ever', async () => {
			const answers = await Promise.all(
				Array.from({ length: 30 }, (_, at) =>
					platform.api('PATCH', `${BRANCHES}/belmont`, { body: { phone: `503-988-00${at + 10}` } }).then(() =>
						platform.api('POST', `${BRANCHES}/belmont/invitations`, {
							body: { role: 'host', name: 'Ana' },
							headers: { 'idempotency-key': `invite-${at}` },
						}),
					),
				),
			);
			expect(new Set(answers.map((answer) => answer.status))).to.deep.equal(new Set([201]));
		});

		it('an answer that shows a secret is kept sealed', async () => {
			const headers = { 'idempotency-key': 'secret' };
			const call = { body: { name: 'sealed', role: 'reader' }, headers };
			const first = await platform.api<{ token: string }>('POST', '/api/v1/tokens', call);
			const again = await platform.api<{ token: string }>('POST', '/api/v1/tokens', call);
			expect(again.body.token).to.equal(first.body.token);
			const { database } = platform.provisioner().context;
			const kept = await database('idempotency').select('answer');
			expect(kept.length).to.be.greaterThan(0);
			expect(JSON.stringify(kept)).to.not.contain(first.body.token);
		});
	});

	describe('shows documents', () => {
		it('lists in pages that lead from one to the next and miss nothing', async () => {
			const slugs: string[] = [];
			let path: string | undefined = `${BRANCHES}?limit=2`;
			while (path) {
				const page: { body: Items<{ slug: string }>; headers: Readonly<Record<string, string>> } =
					await platform.api('GET', path);
				expect(page.body.items.length).to.be.at.most(2);
				slugs.push(...page.body.items.map((branch) => branch.slug));
				path = /^<([^>]+)>; rel="next"$/.exec(page.headers.link ?? '')?.[1];
			}
			const whole = await platform.api<Items<{ slug: string }>>('GET', `${BRANCHES}?limit=200`);
			expect(slugs).to.deep.equal(whole.body.items.map((branch) => branch.slug));
			expect(slugs).to.include.members(['albina', 'belmont', 'hollywood']);
		});

		it('a page of no length, or of a million, is refused', async () => {
			for (const limit of ['0', '201', '-1', 'many', '1.5']) {
				expect((await platform.api('GET', `${BRANCHES}?limit=${limit}`)).status).to.equal(422);
			}
		});

		it('a branch has an ETag that changes when the branch does', async () => {
			const first = await platform.api('GET', `${BRANCHES}/albina`);
			const headers = { 'if-none-match': first.headers.etag! };
			expect(first.headers.etag).to.match(/^"[0-9a-f]+"$/);
			expect((await platform.api('GET', `${BRANCHES}/albina`, { headers })).status).to.equal(304);
			await platform.api('PATCH', `${BRANCHES}/albina`, { body: { name: 'Albina Library' } });
			await platform.settle();
			const changed = await platform.api<{ name: string }>('GET', `${BRANCHES}/albina`, { headers });
			expect(changed.status).to.equal(200);
			expect(changed.body.name).to.equal('Albina Library');
		});

		it('what is not there is 404 with a sentence', async () => {
			for (const path of [
				`${LIBRARIES}/nowhere`,
				`${BRANCHES}/nowhere`,
				'/api/v1/operations/not-an-id',
				`/api/v1/operations/${'-'.repeat(36)}`,
				'/api/v1/operations/00000000-0000-4000-8000-000000000000',
				'/api/v1/neighborhoods/not-an-id',
				'/api/v1/nothing',
			]) {
				const answer = await platform.api<Problem>('GET', path);
				expect(answer.status, path).to.equal(404);
				expect(answer.body.title, path).to.match(/\.$/);
			}
		});
	});

	describe('refuses bad input in a sentence, and changes nothing', () => {
		const count = async () =>
			(await platform.api<Items<{ slug: string }>>('GET', `${BRANCHES}?limit=200`)).body.items.length;

		const CASES: readonly (readonly [what: string, body: unknown, status: number, field: string | null])[] = [
			['broken JSON', '{"slug": ', 400, null],
			['no body', undefined, 422, 'slug'],
			['a list', [], 422, null],
			['a missing name', { slug: 'x1', address: ADDRESS }, 422, 'name'],
			['a field that is not there', { ...BRANCH, slug: 'x1', colour: 'red' }, 422, 'colour'],
			[
				'an id of the caller',
				{ ...BRANCH, slug: 'x1', id: '11111111-1111-4111-8111-111111111111' },
				422,
				'id',
			],
			['a slug that is reserved', { ...BRANCH, slug: 'card' }, 422, 'slug'],
			['a slug that is no host label', { ...BRANCH, slug: '-x-' }, 422, 'slug'],
			['a slug of 70 letters', { ...BRANCH, slug: 'x'.repeat(70) }, 422, 'slug'],
			['an empty name', { ...BRANCH, slug: 'x1', name: '  ' }, 422, 'name'],
			['a name with a NUL in it', { ...BRANCH, slug: 'x1', name: 'Bel\u0000mont' }, 422, 'name'],
			['an address that is a text', { ...BRANCH, slug: 'x1', address: 'Main St' }, 422, 'address'],
			['a cloth nobody wove', { ...BRANCH, slug: 'x1', cloth: 'gold' }, 422, 'cloth'],
			['a slug that is taken', BRANCH, 409, null],
			['more than is accepted', { ...BRANCH, slug: 'x1', name: 'x'.repeat(200_000) }, 413, null],
		];
		for (const [what, body, status, field] of CASES) {
			it(`${what} is ${status}`, async () => {
				const before = await count();
				const headers = { 'content-type': 'application/json' };
				const answer = await platform.api<Problem>('POST', BRANCHES, { body, headers });
				expect(answer.status).to.equal(status);
				expect(answer.body.title).to.match(/\.$/);
				if (field) expect(answer.body.errors!.map((fault) => fault.field)).to.include(field);
				expect(await count()).to.equal(before);
			});
		}

		it('a library whose slug is shaped like the beginning of an id is only not there', async () => {
			expect((await platform.api('GET', `${LIBRARIES}/abcdef12-3456-x`)).status).to.equal(404);
		});

		it('a zone that no machine knows, and a slug that is taken, make no library', async () => {
			const zone = await platform.api<Problem>('POST', LIBRARIES, {
				body: { ...LIBRARY, slug: 'other', zone: 'America/Nowhere' },
			});
			expect(zone.status).to.equal(422);
			expect(zone.body.errors![0]!.field).to.equal('zone');
			expect((await platform.api('POST', LIBRARIES, { body: LIBRARY })).status).to.equal(409);
			expect((await platform.api('GET', `${LIBRARIES}/other`)).status).to.equal(404);
		});

		it('two libraries of one slug at the same moment are one library', async () => {
			const body = { ...LIBRARY, slug: 'twice' };
			const answers = await Promise.all([1, 2, 3].map(() => platform.api('POST', LIBRARIES, { body })));
			expect(answers.map((answer) => answer.status).sort()).to.deep.equal([201, 409, 409]);
		});

		it('hours that end before they begin open no branch', async () => {
			const hours = [{ weekday: 1, from: 1080, to: 600 }];
			const answer = await platform.api<Problem>('POST', `${BRANCHES}/belmont/operations`, {
				body: { ...OPENING, door: { ...OPENING.door, hours } },
			});
			expect(answer.status).to.equal(422);
			expect(answer.body.errors!.map((fault) => fault.field)).to.include('hours');
		});

		it('a door loses neither its host nor its hours by a change, and an appeal partner is somebody', async () => {
			const door = { ...OPENING.door, host: ' ', hours: [] };
			const answer = await platform.api<Problem>('PATCH', `${BRANCHES}/belmont`, {
				body: { door, appeal_partner: '' },
			});
			expect(answer.status).to.equal(422);
			const fields = answer.body.errors!.map((fault) => fault.field).sort();
			expect(fields).to.deep.equal(['appeal_partner', 'host', 'hours']);
		});

		it('with whom a branch exchanges posts, and whether its teens post for everyone, is the library’s to say', async () => {
			const change = { federation: 'cautious', teens_public: true };
			expect((await platform.api('PATCH', `${BRANCHES}/belmont`, { body: change })).status).to.equal(202);
			await platform.settle();
			const { body } = await platform.api<typeof change>('GET', `${BRANCHES}/belmont`);
			expect(body).to.include(change);
			const wrong = await platform.api('PATCH', `${BRANCHES}/belmont`, { body: { federation: 'galaxy' } });
			expect(wrong.status).to.equal(422);
		});

		it('policies the library never adopted do not count as rules', async () => {
			const answer = await platform.api<Problem>('POST', `${BRANCHES}/belmont/operations`, {
				body: { ...OPENING, policies: ['made-up'] },
			});
			expect(answer.status).to.equal(422);
			expect(answer.body.errors!.map((fault) => fault.field)).to.deep.equal(['rules']);
		});

		it('a role that is none is no invitation', async () => {
			const answer = await platform.api<Problem>('POST', `${BRANCHES}/belmont/invitations`, {
				body: { role: 'queen', name: 'Ana' },
			});
			expect(answer.status).to.equal(422);
			expect(answer.body.errors![0]!.field).to.equal('role');
		});
	});

	it('says that a library by hand is opened with its first rules, and the platform with its kind', async () => {
		const made = await platform.api<{ card_origin: string; sample: boolean }>(
			'GET',
			`${LIBRARIES}/multnomah`,
		);
		expect(made.body).to.include({
			card_origin: 'http://card.multnomah.localhost:4000',
			accountability_origin: 'http://accountability.multnomah.localhost:4000',
			sample: true,
		});
	});
});
