import { Conflict } from '@understory/core/errors.ts';
import { rehearsalContext } from '@understory/provisioner/api/rehearsal.ts';
import type { Transaction } from '@understory/provisioner/store/database.ts';
import { expect } from 'chai';
import { BRANCH, LIBRARY, OPENING, type Platform, startPlatform } from '../fixtures/platform.ts';

const LIBRARY_PATH = '/libraries/multnomah';
const PATH = `${LIBRARY_PATH}/branches/belmont`;
const DAY = 86_400_000;

interface Plan {
	would: string;
	operation: string | null;
	changes: { what: string; from: unknown; to: unknown }[];
	title: string;
	code: string;
}

describe('a plan of a request', () => {
	let platform: Platform;
	before(async () => {
		platform = await startPlatform();
		await platform.api('POST', '/api/v1/libraries', { body: LIBRARY });
		await platform.api('POST', '/api/v1/libraries/multnomah/branches', { body: BRANCH });
		await platform.settle();
		await platform.api('POST', `/api/v1${PATH}/operations`, { body: OPENING });
		await platform.settle();
	});
	after(() => platform.close());

	const plan = (method: string, path: string, body?: unknown, token?: string) =>
		platform.api<Plan>('POST', '/api/v1/plans', {
			body: { method, path, ...(body ? { body } : {}) },
			...(token ? { token } : {}),
		});
	/** Every row of every table, without the day a token was last used on. */
	async function everything(): Promise<string> {
		const { database } = platform.provisioner().context;
		const tables = await database('information_schema.tables')
			.whereRaw('table_schema = current_schema()')
			.orderBy('table_name')
			.pluck<string[]>('table_name');
		const rows: Record<string, string[]> = {};
		for (const table of tables) {
			const all: object[] = await database(table);
			rows[table] = all.map((row) => JSON.stringify({ ...row, used_on: null })).toSorted();
		}
		return JSON.stringify(rows, null, '\t');
	}

	it('says what would be otherwise, and which operation would begin, and changes nothing', async () => {
		const before = await everything();
		const wishes = platform.home.taken.length;
		const { status, body } = await plan('POST', `${PATH}/operations`, { kind: 'close' });
		expect(status, JSON.stringify(body)).to.equal(200);
		expect(body.operation).to.equal('close');
		expect(body.changes).to.deep.include({ what: 'stage', from: 'open', to: 'closing' });
		await platform.settle();
		expect(await everything()).to.equal(before);
		expect(platform.home.taken.length).to.equal(wishes);
	});

	it('leaves no trace: no row of any table, no entry of the audit, no Idempotency-Key that is taken', async () => {
		const before = await everything();
		const headers = { 'idempotency-key': 'once' };
		for (const body of [
			{
				method: 'POST',
				path: `${LIBRARY_PATH}/invitations`,
				body: { role: 'panel' },
			},
			{ method: 'PATCH', path: LIBRARY_PATH, body: { name: 'Multnomah' } },
			{ method: 'POST', path: `${LIBRARY_PATH}/operations`, body: { kind: 'provision' } },
			{ method: 'POST', path: `${PATH}/operations`, body: { kind: 'back_up' } },
			{ method: 'POST', path: `${LIBRARY_PATH}/signing-keys/operations`, body: { kind: 'turn' } },
		]) {
			const { status, body: told } = await platform.api<Plan>('POST', '/api/v1/plans', { body, headers });
			expect(status, `${body.path}: ${JSON.stringify(told)}`).to.equal(200);
		}
		await platform.settle();
		expect(await everything()).to.equal(before);
	});

	it('of what would ask a home, a cluster or another server there is none, and nobody is asked', async () => {
		const { outgoing, internal, driver } = rehearsalContext(
			platform.provisioner().context,
			platform.provisioner().context.database as Transaction,
			() => expect.fail('nothing is told'),
		);
		for (const asks of [
			() => outgoing.request({ url: 'https://social.library.example' }),
			() => outgoing.fetch('https://social.library.example'),
			() => internal.request({ url: 'http://127.0.0.1:1' }),
			() => driver.observe('home-1'),
		])
			expect(asks).to.throw(Conflict).with.property('code', 'no_plan');
		const server = { address: 'https://social.library.example', name: 'Social', sha256: 'a'.repeat(64) };
		const { status, body } = await plan('POST', `${LIBRARY_PATH}/external-servers`, server);
		expect([status, body.code]).to.deep.equal([409, 'no_plan']);
	});

	it('promises what the request then does', async () => {
		const change = { name: 'Belmont' };
		const { body } = await plan('PATCH', PATH, change);
		await platform.api('PATCH', `/api/v1${PATH}`, { body: change });
		await platform.settle();
		const now = (await platform.api('GET', `/api/v1${PATH}`)).body;
		for (const { what, to } of body.changes.filter(({ what }) => !what.includes(' ')))
			expect(now[what], what).to.deep.equal(to);
		expect(body.changes.map(({ what }) => what)).to.include.members(['name', 'generation']);
	});

	it('of what comes and of what goes names it, and shows no secret', async () => {
		const token = { name: 'nightly', role: 'reader', expires: platform.clock.now() + DAY };
		const { body } = await plan('POST', '/tokens', token);
		expect(
			body.changes.some(({ from, to }) => from === null && JSON.stringify(to).includes('nightly')),
		).to.equal(true);
		expect(JSON.stringify(body)).to.not.include('"token":"');
		const made = await plan('POST', `${LIBRARY_PATH}/branches`, { ...BRANCH, slug: 'albina' });
		expect(made.body.operation).to.equal('create');
		expect(made.body.changes.map(({ what }) => what)).to.include('items albina');
	});

	it('is refused for what the request is refused for, in the same sentence', async () => {
		for (const [body, path] of [
			[{ kind: 'resume' }, `${PATH}/operations`],
			[{ kind: 'retire', confirm: 'another' }, `${PATH}/operations`],
			[{ kind: 'paint' }, `${PATH}/operations`],
			[{ kind: 'close' }, `${LIBRARY_PATH}/branches/atlantis/operations`],
		] as const) {
			const planned = await plan('POST', path, body);
			const asked = await platform.api<Plan>('POST', `/api/v1${path}`, { body });
			expect(planned.status).to.equal(asked.status).and.to.be.at.least(400);
			expect(planned.body.title).to.equal(asked.body.title);
		}
	});

	it('is made for whoever may do it, and for nobody else', async () => {
		const body = { name: 'looks', role: 'reader', expires: platform.clock.now() + DAY };
		const { token } = (await platform.api<{ token: string }>('POST', '/api/v1/tokens', { body })).body;
		expect((await plan('POST', `${PATH}/operations`, { kind: 'close' }, token)).status).to.equal(403);
		expect((await plan('POST', '/tokens', body, token)).status).to.equal(403);
	});

	it('is not made of what cannot be taken back, nor of a plan, nor of nothing', async () => {
		expect((await plan('POST', '/libraries:import', {})).body.code).to.equal('no_plan');
		expect((await plan('POST', '/plans', { method: 'POST', path: '/plans' })).status).to.equal(404);
		expect((await plan('DELETE', '/nowhere')).status).to.equal(404);
		expect((await plan('POST', '/command-logins', { computer: 'desk' })).status).to.equal(404);
		expect((await plan('POST', '/libraries/%E0/branches', {})).status).to.equal(404);
	});
});
