import { PublicError } from '@understory/core/errors.ts';
import { expect } from 'chai';
import type { HomeDriver, HomeSpec } from '../../src/drivers/driver.ts';
import { createLocalDriver } from '../../src/drivers/local.ts';
import { takeTurn } from '../../src/store/cells.ts';
import { ADDRESS, LIBRARY, type Platform, startPlatform } from '../fixtures/platform.ts';

const CELLS = '/api/v1/cells';

describe('cells', () => {
	let platform: Platform;
	/** What each further cell was asked to start. */
	const starts = new Map<string, HomeSpec[]>();

	/** A cluster that is there; `nowhere` has no file. */
	async function openCell(name: string): Promise<HomeDriver> {
		if (name === 'nowhere') throw new PublicError(502, 'kubeconfig', 'There is no kubeconfig for this cell.');
		const asked: HomeSpec[] = [];
		starts.set(name, asked);
		const driver = createLocalDriver(async (spec) => {
			asked.push(spec);
			const home = await platform.newHome(spec.name);
			await home.enrol(platform.url, spec.enrolmentToken);
			return { close: async () => undefined };
		});
		const tryOut = async () => {
			if (name === 'powerless') throw new PublicError(502, 'no_right', 'It lacks delete of secrets.');
		};
		return { ...driver, tryOut };
	}

	before(async () => {
		platform = await startPlatform({ branchesInHome: 2, driverOfCell: openCell });
		for (const slug of ['multnomah', 'port'])
			await platform.api('POST', '/api/v1/libraries', { body: { ...LIBRARY, slug } });
	});
	after(() => platform.close());

	const database = () => platform.provisioner().context.database;
	const make = async (library: string, slug: string, more: object = {}) => {
		const body = { slug, name: slug, address: ADDRESS, ...more };
		await platform.api('POST', `/api/v1/libraries/${library}/branches`, { body });
		await platform.settle();
		const row = await database()('branch').leftJoin('home', 'home.name', 'place').where({ slug }).first();
		return { place: row.place as string, cell: row.cell as string };
	};
	const cells = async () =>
		(await platform.api<{ items: { name: string; homes: number; branches: number }[] }>('GET', CELLS)).body
			.items;

	it('there is one from the beginning, without a measure', async () => {
		expect(await cells()).to.deep.equal([
			{
				...{ name: 'default', kubeconfig: null, takes: 'any', libraries: [], homes: 0, branches: 0 },
				...{ most_homes: null, most_branches: null, starts_per_minute: null, starts_at_once: null },
			},
		]);
	});

	it('one whose file is not there is refused with what its driver says, and nothing is written down', async () => {
		const { status, body } = await platform.api<{ title: string }>('POST', CELLS, {
			body: { name: 'nowhere' },
		});
		expect(status).to.equal(502);
		expect(body.title).to.include('There is no kubeconfig');
		expect(await cells()).to.have.length(1);
	});

	it('may be planned: the cluster is tried, its refusal is that of the plan, and no cell is added', async () => {
		const plan = (method: string, path: string, body?: object) =>
			platform.api<{ title: string; changes: { what: string; to: unknown }[] }>('POST', '/api/v1/plans', {
				body: { method, path, ...(body && { body }) },
			});
		const refused = await plan('POST', '/cells', { name: 'nowhere' });
		expect([refused.status, refused.body.title]).to.deep.equal([
			502,
			'There is no kubeconfig for this cell.',
		]);
		const powerless = await plan('POST', '/cells', { name: 'powerless' });
		expect([powerless.status, powerless.body.title]).to.deep.equal([502, 'It lacks delete of secrets.']);
		const { status, body } = await plan('POST', '/cells', { name: 'planned', most_homes: 2 });
		expect(status, JSON.stringify(body)).to.equal(200);
		expect(body.changes.map(({ what }) => what)).to.deep.equal(['items planned', 'cluster of planned']);
		expect(body.changes[0]!.to).to.include({ name: 'planned', most_homes: 2 });
		expect(await cells()).to.have.length(1);
		expect(starts.get('planned')).to.deep.equal([]);
	});

	it('what cannot be a cell is refused with each fault', async () => {
		const body = { name: 'Cluster 2', most_homes: -1, starts_at_once: 0, libraries: ['atlantis'] };
		const answer = await platform.api<{ errors: { field: string }[] }>('POST', CELLS, { body });
		expect(answer.status).to.equal(422);
		expect(JSON.stringify(answer.body)).to.include('name').and.include('most_homes').and.include('atlantis');
		expect(JSON.stringify(answer.body)).to.include('starts_at_once');
	});

	it('is said by whoever runs the platform, and by nobody for one library', async () => {
		const { id } = await database()('library').where({ slug: 'port' }).first();
		const token = await platform.api<{ token: string }>('POST', '/api/v1/tokens', {
			body: { name: 'port', role: 'platform_admin', library: id, expires: platform.clock.now() + 1_000_000 },
		});
		const answer = await platform.outgoing.request({
			url: `${platform.url}${CELLS}`,
			headers: { authorization: `Bearer ${token.body.token}` },
		});
		expect(answer.status).to.equal(403);
	});

	it('a full cell says so, its branch waits, and goes on by itself in the next one that is added', async () => {
		await platform.api('PATCH', `${CELLS}/default`, { body: { most_homes: 1 } });
		expect(await make('multnomah', 'a')).to.deep.equal({ place: 'home-1', cell: 'default' });
		expect((await make('multnomah', 'b')).place).to.equal('home-1');
		expect((await make('multnomah', 'c')).place).to.equal(null);
		const told = async () => {
			const path = '/api/v1/libraries/multnomah/branches/c';
			const { body } = await platform.api<{ conditions: { type: string; message: string }[] }>('GET', path);
			return body.conditions.find(({ type }) => type === 'Synced')!.message;
		};
		platform.clock.advance(2_000);
		const { id } = await database()('branch').where({ slug: 'c' }).first();
		await platform.provisioner().services.look([id]);
		await platform.settle();
		expect(await told()).to.equal(
			'No cell has room for this branch. default holds 1 of 1 homes. Add a cell, or raise a limit.',
		);
		const { status, body } = await platform.api<object>('POST', CELLS, {
			body: { name: 'east', most_homes: 2, starts_per_minute: 60, starts_at_once: 1 },
		});
		expect(status).to.equal(201);
		expect(body).to.deep.include({ name: 'east', kubeconfig: 'east', most_homes: 2, most_branches: 100_000 });
		platform.clock.advance(60_000);
		await platform.provisioner().services.sweep();
		await platform.settle();
		expect(await told()).to.equal('The home serves what is wanted.');
		expect(starts.get('east')!.map(({ name }) => name)).to.deep.equal(['home-2']);
		const held = (await cells()).map(({ name, homes, branches }) => `${name}: ${homes} ${branches}`);
		expect(held).to.deep.equal(['default: 1 2', 'east: 1 1']);
	});

	it('a library that a cell names lives there, in homes of that cell', async () => {
		await platform.api('POST', CELLS, {
			body: { name: 'port-cell', libraries: ['port'], takes: 'dedicated' },
		});
		expect((await make('port', 'main', { home: 'dedicated' })).cell).to.equal('port-cell');
		expect((await make('port', 'annex')).place).to.equal(null);
		expect(starts.get('port-cell')!.map(({ kind }) => kind)).to.deep.equal(['dedicated']);
	});

	it('how many branches live in a home is counted whoever moves them', async () => {
		const count = async (name: string) => (await database()('home').where({ name }).first()).branches;
		expect(await count('home-1')).to.equal(2);
		await database()('branch').where({ slug: 'b' }).update({ place: 'home-2' });
		expect([await count('home-1'), await count('home-2')]).to.deep.equal([1, 2]);
		await database()('branch').where({ slug: 'b' }).update({ place: 'home-1' });
		expect([await count('home-1'), await count('home-2')]).to.deep.equal([2, 1]);
	});

	it('homes of a cell are started at its rate and as many at once as it takes, however many ask at once', async () => {
		const now = platform.clock.now() + 1_000_000;
		const begun: string[] = [];
		const ask = (at: number) => takeTurn(database(), 'home-2', at, async () => void begun.push('home-2'));
		const answers = await Promise.all([ask(now), ask(now), ask(now)]);
		expect(begun).to.have.length(1);
		expect(answers.filter((at) => at !== null)).to.deep.equal([now + 1_000, now + 1_000]);
		expect(await ask(now + 999)).to.equal(now + 1_000);
		const { id } = await database()('branch').where({ place: 'home-2' }).first();
		const intent = (state: string, at: number) =>
			database()('intent').where({ branch: id }).update({ action: 'start_home', state, at });
		await intent('running', now);
		expect(await ask(now + 2_000)).to.equal(now + 3_000);
		await intent('done', now);
		expect(await ask(now + 2_000)).to.equal(null);
		// Whoever began it was killed: it does not hold up the others for ever.
		await intent('running', now);
		expect(await ask(now + 11 * 60_000)).to.equal(null);
	});

	it('a cell that has no measure lets every start begin', async () => {
		const now = platform.clock.now();
		const answers = await Promise.all(
			[1, 2, 3].map(() => takeTurn(database(), 'home-1', now, async () => 0)),
		);
		expect(answers).to.deep.equal([null, null, null]);
	});
});

describe('the one cell of one machine', () => {
	it('takes no other beside it, and says so', async () => {
		const platform = await startPlatform();
		const { status, body } = await platform.api<{ title: string }>('POST', CELLS, { body: { name: 'east' } });
		await platform.close();
		expect(status).to.equal(409);
		expect(body.title).to.equal('On one machine there is one cell. More of them need clusters.');
	});
});
