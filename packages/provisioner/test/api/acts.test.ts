import { newBoxKey } from '@understory/core/sealed-box.ts';
import { expect } from 'chai';
import { isAct, type Route } from '../../src/api/route.ts';
import { routes } from '../../src/api/routes.ts';
import { createLocalDriver } from '../../src/drivers/local.ts';
import { type Acts, type Asked, actsOn, refusedOf } from '../fixtures/acts.ts';
import { atConsole } from '../fixtures/console-visitor.ts';
import { type FarMastodon, startFarMastodon } from '../fixtures/far-mastodon.ts';
import { ADMIN_TOKEN, BRANCH, LIBRARY, type Platform, startPlatform } from '../fixtures/platform.ts';
import { enrolBridge } from '../fixtures/test-bridge.ts';
import { testUpgrader } from '../fixtures/test-upgrader.ts';

/** As a process that dies there. */
class Killed extends Error {}

describe('an act of the API and its line of the audit', function () {
	this.timeout(60_000);
	let platform: Platform;
	let far: FarMastodon;
	let acts: Acts;
	let dies = false;

	before(async () => {
		far = await startFarMastodon();
		platform = await startPlatform({
			upgrader: testUpgrader().upgrader,
			driverOfCell: async () => createLocalDriver(async () => ({ close: async () => undefined })),
			afterStep(step) {
				if (dies && step === 'act_written') throw new Killed();
			},
		});
		let panel = '';
		for (const slug of ['harbor', 'multnomah'])
			panel = (
				await platform.api<{ id: string }>('POST', '/api/v1/libraries', { body: { ...LIBRARY, slug } })
			).body.id;
		await platform.api('POST', '/api/v1/libraries/multnomah/branches', { body: BRANCH });
		const send = await enrolBridge(platform);
		await send('POST', '/internal/v1/sign-in:list', { box_key: newBoxKey().publicKey });
		await platform.settle();
		acts = actsOn(platform, { far, panel });
		// From here on nothing is looked at by itself: what is otherwise is what the act did.
		await database().raw(`
			create table refused_line (act text);
			create function refuse_line() returns trigger language plpgsql as $$
			begin
				if exists (select 1 from refused_line where refused_line.act = new.act) then raise exception 'no room'; end if;
				return new;
			end $$;
			create trigger refuse_line before insert on audit for each row execute function refuse_line()`);
	});
	after(async () => {
		await platform.close();
		await far.close();
	});

	const database = () => platform.provisioner().context.database;
	async function send(
		{ method, body: kind }: Route,
		{ path, body, headers }: Asked & { headers?: Record<string, string> },
	): Promise<number> {
		const answered = await platform.outgoing.request({
			url: `${platform.url}/api/v1${path}`,
			method: method.toUpperCase(),
			headers: {
				authorization: `Bearer ${ADMIN_TOKEN}`,
				...headers,
				...(body ? { 'content-type': kind === 'csv' ? 'text/csv' : 'application/json' } : {}),
			},
			body: typeof body === 'object' ? JSON.stringify(body) : (body ?? null),
		});
		return answered.status;
	}
	const lines = async (act: string) =>
		Number((await database()('audit').where({ act }).count({ n: '*' }))[0]!.n);

	/** Every row of every table, as a digest of each; `meta` is the queue's. */
	async function world(): Promise<Record<string, string>> {
		const tables: { rows: { name: string }[] } = await database().raw(
			`select table_name as name from information_schema.tables where table_schema = current_schema()
				and table_type = 'BASE TABLE' and table_name not in ('refused_line', 'meta') order by 1`,
		);
		const each = tables.rows.map(
			({ name }) =>
				`select '${name}' as name, md5(coalesce(string_agg(t::text, '' order by t::text), '')) as digest from "${name}" t`,
		);
		const found: { rows: { name: string; digest: string }[] } = await database().raw(
			each.join(' union all '),
		);
		return Object.fromEntries(found.rows.map(({ name, digest }) => [name, digest]));
	}

	const table = routes.filter((route) => isAct(route) && !route.open);

	it('there is a request of every act of the table', () => {
		expect(Object.keys(acts).toSorted()).to.deep.equal(table.map(({ id }) => id).toSorted());
	});

	it('are one: a line that cannot be written leaves nothing changed; a process that dies after the act has left the line; what is refused has none', async () => {
		const wrong: string[] = [];
		for (const id of Object.keys(acts)) {
			const route = table.find((one) => one.id === id)!;
			const asked = await acts[id]!();
			await platform.settle();

			await database()('refused_line').insert({ act: id });
			const before = await world();
			const unwritten = await send(route, asked);
			const after = await world();
			await database()('refused_line').delete();
			const changed = Object.keys(after).filter((name) => after[name] !== before[name]);
			if (unwritten !== 500) wrong.push(`${id} without its line: ${unwritten}`);
			if (changed.length > 0) wrong.push(`${id} without its line changed ${changed}`);

			dies = true;
			const killed = await send(route, asked);
			dies = false;
			const left = await lines(id);
			if (killed !== 500) wrong.push(`${id} killed: ${killed}`);
			if (left === 0) wrong.push(`${id} killed left no line`);

			const refused = await send(route, refusedOf(asked));
			if (refused < 400 || refused >= 500) wrong.push(`${id} where it is refused: ${refused}`);
			if ((await lines(id)) !== left) wrong.push(`${id} was refused and has a line`);
		}
		expect(wrong).to.deep.equal([]);
	});

	it('are one at the console too, whatever page it is asked for at', async () => {
		const visitor = await atConsole(platform, ADMIN_TOKEN);
		const at = '/libraries/multnomah';
		const here = `${at}/branches/belmont`;
		const { generation } = await database()('branch').where({ slug: 'belmont' }).first('generation');
		const forms: readonly [act: string, page: string, path: string, form: Record<string, string>][] = [
			['createLibrary', '/new-library', '/new-library', { ...LIBRARY, slug: 'made', languages: 'en' }],
			[
				'createBranch',
				`${at}/new-branch`,
				`${at}/new-branch`,
				{ slug: 'made', name: 'Made', home: 'shared' },
			],
			['createContact', `${at}/contacts`, `${at}/contacts`, { role: 'Clerk', phone: '1', languages: 'en' }],
			['inviteLibraryStaff', `${at}/staff`, `${at}/staff/invite`, { role: 'panel', name: 'Ana' }],
			['inviteStaff', here, `${here}/invite`, { role: 'host', name: 'Ana' }],
			['allowCatalogueNetwork', `${at}/networks`, `${at}/networks`, { cidr: '10.200.0.0/16', port: '6001' }],
			['createToken', '/tokens', '/tokens', { name: 'a program', role: 'reader' }],
			['changeCell', '/cells/default', '/cells/default', { takes: 'shared' }],
			[
				'changeBranch',
				`${here}/settings`,
				`${here}/settings`,
				{ federation: 'open', teens: 'no', generation },
			],
		];
		const wrong: string[] = [];
		for (const [act, page, path, form] of forms) {
			await platform.settle();
			await visitor.get(page);
			await database()('refused_line').insert({ act });
			const before = await world();
			const unwritten = await visitor.post(path, form);
			const after = await world();
			await database()('refused_line').delete();
			const changed = Object.keys(after).filter((name) => after[name] !== before[name]);
			if (unwritten.status !== 500 || changed.length > 0)
				wrong.push(`${act} without its line: ${unwritten.status} ${changed}`);
			const had = await lines(act);
			await visitor.get(page);
			const written = await visitor.post(path, form);
			if (written.status >= 400 || (await lines(act)) !== had + 1) wrong.push(`${act}: ${written.status}`);
		}
		expect(wrong).to.deep.equal([]);
	});

	it('an act whose process died after it was written is answered to whoever sends it again, and is not done twice', async () => {
		const asked = { path: '/libraries/multnomah/contacts', body: { role: 'Chair', phone: '1' } };
		const again = { ...asked, headers: { 'idempotency-key': 'the-chair' } };
		const route = table.find(({ id }) => id === 'createContact')!;
		const had = await lines('createContact');
		dies = true;
		expect(await send(route, again)).to.equal(500);
		dies = false;
		expect(await send(route, again)).to.equal(201);
		expect(await lines('createContact')).to.equal(had + 1);
		expect(await database()('contact').where({ role: 'Chair' })).to.have.length(1);
	});
});
