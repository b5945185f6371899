import { createHash } from 'node:crypto';
import { expect } from 'chai';
import { atConsole } from '../fixtures/console-visitor.ts';
import { ADMIN_TOKEN, BRANCH, LIBRARY, type Platform, startPlatform } from '../fixtures/platform.ts';

const DAY_MS = 86_400_000;
const TOKENS = '/api/v1/tokens';

interface Made {
	id: string;
	token: string;
	expires: number;
	ends_soon: boolean;
	branches: string[] | null;
	library: string | null;
	used_on: string | null;
	made_by: string | null;
	errors?: { field: string }[];
}

describe('tokens of the API', () => {
	let platform: Platform;
	before(async () => {
		platform = await startPlatform();
		for (const slug of ['multnomah', 'siskiyou'])
			await platform.api('POST', '/api/v1/libraries', { body: { ...LIBRARY, slug } });
		await platform.api('POST', '/api/v1/libraries/multnomah/branches', { body: BRANCH });
		await platform.settle();
	});
	after(() => platform.close());

	const make = (body: object, token?: string) =>
		platform.api<Made>('POST', TOKENS, { body: { name: 'somebody', ...body }, ...(token ? { token } : {}) });
	const statusWith = async (token: string, path = '/api/v1/token') =>
		(await platform.api('GET', path, { token })).status;

	it('has an end: in 90 days when nobody says when, and never later than in 366', async () => {
		const { body } = await make({ role: 'reader', expires: null });
		expect(body.expires).to.equal(platform.clock.now() + 90 * DAY_MS);
		expect(body.ends_soon).to.equal(false);
		const late = await make({ role: 'reader', expires: platform.clock.now() + 367 * DAY_MS });
		expect([late.status, late.body.errors?.[0]?.field]).to.deep.equal([422, 'expires']);
	});

	it('a role that is bound to a place names it; what is not there is refused by its field', async () => {
		const fieldsOf = async (body: object) => {
			const answer = await make(body);
			return [answer.status, ...(answer.body.errors ?? []).map(({ field }) => field)];
		};
		expect(await fieldsOf({ role: 'library_it' })).to.deep.equal([422, 'library']);
		expect(await fieldsOf({ role: 'branch_lead', library: 'multnomah' })).to.deep.equal([422, 'branches']);
		expect(await fieldsOf({ role: 'auditor', library: 'nowhere' })).to.deep.equal([422, 'library']);
		expect(await fieldsOf({ role: 'branch_lead', library: 'siskiyou', branches: ['belmont'] })).to.deep.equal(
			[422, 'branches'],
		);
		expect(
			await fieldsOf({ role: 'platform_admin', library: 'multnomah', branches: ['belmont'] }),
		).to.deep.equal([422, 'branches']);
		expect(await fieldsOf({ role: 'mayor' })).to.deep.equal([422, 'role']);
		expect(await fieldsOf({ role: 'reader', name: ' ' })).to.deep.equal([422, 'name']);
	});

	it('library IT makes tokens for its library, sees these alone, and none that reaches further', async () => {
		const it = (await make({ role: 'library_it', library: 'multnomah' })).body.token;
		const lead = await make({ role: 'branch_lead', branches: ['belmont'] }, it);
		expect([lead.status, lead.body.branches]).to.deep.equal([201, ['belmont']]);
		expect((await make({ role: 'platform_admin' }, it)).status).to.equal(403);
		expect((await make({ role: 'reader', library: 'siskiyou' }, it)).status).to.equal(422);
		const seen = await platform.api<{ items: Made[] }>('GET', TOKENS, { token: it });
		expect(new Set(seen.body.items.map(({ library }) => library)).size).to.equal(1);
		const other = (await make({ role: 'reader', library: 'siskiyou' })).body;
		expect((await platform.api('DELETE', `${TOKENS}/${other.id}`, { token: it })).status).to.equal(404);
		expect((await platform.api('POST', `${TOKENS}/${other.id}/rotations`, { token: it })).status).to.equal(
			404,
		);
		expect(await statusWith(other.token)).to.equal(200);
	});

	it('whoever may only look takes back and renews their own token and no other', async () => {
		const mine = (await make({ role: 'reader' })).body;
		const other = (await make({ role: 'reader' })).body;
		expect((await platform.api('DELETE', `${TOKENS}/${other.id}`, { token: mine.token })).status).to.equal(
			404,
		);
		const renewed = await platform.api<Made>('POST', `${TOKENS}/${mine.id}/rotations`, { token: mine.token });
		expect(renewed.status).to.equal(201);
		expect((await platform.api('DELETE', `${TOKENS}/${mine.id}`, { token: mine.token })).status).to.equal(
			204,
		);
		expect([await statusWith(mine.token), await statusWith(renewed.body.token)]).to.deep.equal([401, 200]);
	});

	it('a new token in its place reaches as far and lasts as long; the old one goes on for a day', async () => {
		const old = (
			await make({
				role: 'branch_lead',
				library: 'multnomah',
				branches: ['belmont'],
				expires: platform.clock.now() + 30 * DAY_MS,
			})
		).body;
		const { body } = await platform.api<Made>('POST', `${TOKENS}/${old.id}/rotations`);
		expect(body).to.deep.include({ branches: ['belmont'], library: old.library, expires: old.expires });
		expect([await statusWith(old.token), await statusWith(body.token)]).to.deep.equal([200, 200]);
		platform.clock.advance(DAY_MS);
		expect([await statusWith(old.token), await statusWith(body.token)]).to.deep.equal([401, 200]);
	});

	it('two that renew one token at once get two tokens, and the old one still ends', async () => {
		const old = (await make({ role: 'reader' })).body;
		const both = await Promise.all(
			[1, 2].map(() => platform.api<Made>('POST', `${TOKENS}/${old.id}/rotations`)),
		);
		expect(both.map(({ status }) => status)).to.deep.equal([201, 201]);
		platform.clock.advance(DAY_MS);
		expect(await statusWith(old.token)).to.equal(401);
	});

	it('the day of its last use is kept, and not the hour', async () => {
		const { id, token } = (await make({ role: 'reader' })).body;
		const usedOn = async () => {
			const { body } = await platform.api<{ items: Made[] }>('GET', TOKENS);
			return body.items.find((one) => one.id === id)!.used_on;
		};
		expect(await usedOn()).to.equal(null);
		await statusWith(token);
		expect(await usedOn()).to.equal(new Date(platform.clock.now()).toISOString().slice(0, 10));
	});

	it('what ends within fourteen days is said with every answer, and only then', async () => {
		const ends = async (days: number) => {
			const { token } = (await make({ role: 'reader', expires: platform.clock.now() + days * DAY_MS })).body;
			return (await platform.api('GET', '/api/v1/token', { token })).headers['understory-token-ends'];
		};
		expect(await ends(14)).to.equal(new Date(platform.clock.now() + 14 * DAY_MS).toISOString().slice(0, 10));
		expect(await ends(15)).to.equal(undefined);
	});

	it('the bootstrap token has no end, is not renewed here, and ends when the settings name another', async () => {
		const own = await platform.api<Made & { kind: string }>('GET', '/api/v1/token');
		expect(own.body).to.deep.include({ kind: 'bootstrap', expires: null, role: 'platform_admin' });
		expect((await platform.api('POST', `${TOKENS}/${own.body.id}/rotations`)).status).to.equal(409);
		const { database } = platform.provisioner().context;
		const { keepBootstrapToken } = await import('../../src/store/access.ts');
		const row = { id: '00000000-0000-4000-8000-00000000000b', created: platform.clock.now() };
		await keepBootstrapToken(database, 'another-administrator-of-the-platform', row);
		expect(await statusWith(ADMIN_TOKEN)).to.equal(401);
		await keepBootstrapToken(database, ADMIN_TOKEN, { ...row, id: own.body.id });
		expect(await statusWith(ADMIN_TOKEN)).to.equal(200);
	});

	it('is kept as its hash alone: no column of the row, nor of any other, has its text', async () => {
		const { body } = await make({ role: 'library_it', library: 'multnomah' });
		const { database } = platform.provisioner().context;
		const row = await database('token').where({ id: body.id }).first();
		expect(row.hash).to.equal(createHash('sha256').update(body.token).digest('hex'));
		const tables = (await database('pg_tables')
			.whereRaw('schemaname = current_schema()')
			.select('tablename')) as {
			tablename: string;
		}[];
		expect(tables.map(({ tablename }) => tablename)).to.include('token');
		for (const { tablename } of tables) {
			const found = await database(tablename)
				.whereRaw('strpos(??::text, ?) > 0', [tablename, body.token])
				.first();
			expect(found, tablename).to.equal(undefined);
		}
	});

	it('that is over or taken back opens nothing, nor does its hash', async () => {
		const [late, taken] = [await make({ role: 'reader' }), await make({ role: 'reader' })];
		for (const { body } of [late, taken]) expect(await statusWith(body.token)).to.equal(200);
		const { database, clock } = platform.provisioner().context;
		const { hash } = await database('token').where({ id: late.body.id }).first('hash');
		expect(await statusWith(hash)).to.equal(401);
		await database('token').where({ id: late.body.id }).update({ expires: clock.now() });
		await platform.api('DELETE', `${TOKENS}/${taken.body.id}`);
		for (const { body } of [late, taken]) {
			expect(await statusWith(body.token)).to.equal(401);
			expect((await (await atConsole(platform, body.token)).get('/tokens')).status).to.equal(403);
		}
	});

	it('a branch lead finds at the console their branch and its settings, and no other page', async () => {
		const { token } = (await make({ role: 'branch_lead', library: 'multnomah', branches: ['belmont'] })).body;
		const lead = await atConsole(platform, token);
		const statuses = async (paths: string[]) => {
			const answers: number[] = [];
			for (const path of paths) answers.push((await lead.get(path)).status);
			return answers;
		};
		const branch = '/libraries/multnomah/branches/belmont';
		expect(await statuses(['/', '/libraries/multnomah', branch, `${branch}/settings`])).to.deep.equal([
			200, 200, 200, 200,
		]);
		const inside = ['sign-in', 'staff', 'policies', 'branches/nowhere'].map(
			(at) => `/libraries/multnomah/${at}`,
		);
		expect(await statuses([...inside, '/cells', '/libraries/siskiyou'])).to.deep.equal([
			403, 403, 403, 404, 403, 404,
		]);
		await lead.get(`${branch}/settings`);
		expect((await lead.post(`${branch}/life/suspend`, { reason: 'x' })).status).to.equal(403);
	});
});
