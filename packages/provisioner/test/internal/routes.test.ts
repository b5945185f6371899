import { silentLog } from '@understory/core/log.ts';
import type { RoutesDocument } from '@understory/core/routes.ts';
import { generateKey, publicKeyOf, type SigningKey } from '@understory/transparency-log/keys.ts';
import { signDocument, verifyDocument } from '@understory/transparency-log/signed-document.ts';
import { expect } from 'chai';
import { seededRandom } from '../../../../test/seeded-random.ts';
import type { Names } from '../../src/routes/cluster-routes.ts';
import { createLeading } from '../../src/routes/leading.ts';
import { publishRoutes, routesSince } from '../../src/routes/publish.ts';
import { forgetRoutes } from '../../src/store/routes.ts';
import { followRoutes, type RoutingTable } from '../fixtures/followed-routes.ts';
import { ADDRESS, LIBRARY, type Platform, startPlatform } from '../fixtures/platform.ts';

const PATH = '/internal/v1/routes';

describe('the routing table', () => {
	let platform: Platform;
	let edge: SigningKey;
	before(async () => {
		platform = await startPlatform({ branchesInHome: 2 });
		await platform.api('POST', '/api/v1/libraries', { body: LIBRARY });
		edge = await enrolEdge();
	});
	after(() => platform.close());

	const context = () => platform.provisioner().context;
	async function enrolEdge(): Promise<SigningKey> {
		const key = generateKey();
		const token = await platform.provisioner().enrolmentToken('edge');
		const enrolment = {
			...{ type: 'understory/enrolment/v1', token, kind: 'edge', name: 'edge-1' },
			...{ public_key: publicKeyOf(key), internal_url: null, issued: platform.clock.now() },
		};
		const { status } = await platform.outgoing.request({
			url: `${platform.url}/internal/v1/roles`,
			method: 'POST',
			headers: { 'content-type': 'application/json' },
			body: JSON.stringify(signDocument(enrolment, key)),
		});
		expect(status).to.equal(200);
		return key;
	}
	/** Looks until something is so. */
	async function until(isSo: () => boolean): Promise<void> {
		for (let look = 0; !isSo(); look += 1) {
			if (look === 2_000) throw new Error('it does not come');
			await context().database.raw('select 1');
		}
	}
	const make = async (slug: string) => {
		const body = { slug, name: slug, address: ADDRESS };
		await platform.api('POST', '/api/v1/libraries/multnomah/branches', { body });
		await platform.settle();
	};
	async function ask(query = '', key = edge) {
		const { status, headers, body } = await platform.internal(`${PATH}${query}`, { key });
		return { status, headers, document: (status === 200 ? JSON.parse(body) : null) as RoutesDocument };
	}

	it('begins empty, and is told to an edge alone', async () => {
		const { status, document } = await ask();
		expect(status).to.equal(200);
		expect(document).to.deep.include({ since: null, routes: [], gone: [], version: '0.none' });
		expect((await ask('', generateKey())).status).to.equal(401);
	});

	it('an edge is told nothing but routes: no register with who has which role', async () => {
		const { id } = await context().database('library').first();
		for (const path of ['/internal/v1/registers', `/internal/v1/registers/${id}`, '/internal/v1/sign-in'])
			expect((await platform.internal(path, { key: edge })).status, path).to.be.oneOf([403, 404]);
	});

	it('leads from each branch that is served to its home, signed by the platform', async () => {
		for (const slug of ['belmont', 'hollywood', 'kenton']) await make(slug);
		const { document } = await ask();
		expect(verifyDocument(document, [publicKeyOf(platform.platformKey)])).to.equal(true);
		const homes = document.routes.map(({ host, home }) => `${host} ${home}`);
		expect(homes).to.deep.equal([
			'belmont.multnomah.localhost home-1',
			'hollywood.multnomah.localhost home-1',
			'kenton.multnomah.localhost home-2',
		]);
		expect(document.routes[0]!.address).to.equal(platform.home.url);
		expect((await ask('', platform.home.key)).status).to.equal(403);
	});

	it('tells what changed since a version, and nothing where nothing did', async () => {
		const before = (await ask()).document;
		expect((await ask(`?since=${before.version}`)).status).to.equal(304);
		await make('pier');
		const { document, headers } = await ask(`?since=${before.version}`);
		expect(document).to.deep.include({ since: before.version, gone: [] });
		expect(document.routes.map(({ host }) => host)).to.deep.equal(['pier.multnomah.localhost']);
		expect(headers.etag).to.equal(`"${document.version}"`);
	});

	it('a change that is waited for comes the moment it is there', async () => {
		const { version } = (await ask()).document;
		const waiting = ask(`?since=${version}&wait=25`);
		await make('annex');
		const { status, document } = await waiting;
		expect([status, document.since]).to.deep.equal([200, version]);
		const late = await ask(`?since=${(await ask()).document.version}&wait=0.05`);
		expect(late.status).to.equal(304);
	});

	it('a home that comes back at another address takes its branches with it', async () => {
		const { version } = (await ask()).document;
		const moved = `${platform.home.url.replace('127.0.0.1', 'localhost')}`;
		const role = await context().database('role').where({ name: 'home-1' }).first();
		await context().database('role').where({ id: role.id }).update({ internal_url: moved });
		await platform.provisioner().services.homeMoved(role.id);
		const { document } = await ask(`?since=${version}`);
		expect(document.routes.map(({ host, address }) => `${host} ${address}`)).to.deep.equal([
			`belmont.multnomah.localhost ${moved}`,
			`hollywood.multnomah.localhost ${moved}`,
		]);
		await platform.home.enrol(platform.url, null);
		const belmont = (await ask()).document.routes.find(({ host }) => host.startsWith('belmont'))!;
		expect(belmont.address).to.equal(platform.home.url);
	});

	it('a version that nobody knows, is none, or is of another history gets the whole table', async () => {
		const { document } = await ask();
		const [number, digest] = document.version.split('.');
		for (const since of [
			`999.${digest}`,
			`${number}.${'0'.repeat(32)}`,
			'x',
			'',
			'1.a"); drop table route; --',
			'-1.none',
		])
			expect((await ask(`?since=${encodeURIComponent(since)}`)).document, since).to.deep.include({
				since: null,
				version: document.version,
				routes: document.routes,
			});
	});

	it('snapshot and deltas, in any cutting, are the table', async () => {
		const { database } = context();
		const random = seededRandom(11);
		const pick = (below: number) => Math.floor(random() * below);
		const branches: { id: string; home: string }[] = await database('branch').select('id', 'home');
		const roles: { id: string }[] = await database('role').where({ kind: 'home' }).select('id');
		/** What each of several edges has; they ask at different times. */
		const followers: (RoutingTable | null)[] = [null, null, null, null];
		const catchUp = async (at: number) => {
			const told = await routesSince(context(), followers[at]?.version ?? null);
			followers[at] = followRoutes(followers[at]!, told) ?? expect.fail('a delta to another table');
		};
		for (let step = 0; step < 40; step += 1) {
			for (let many = pick(4); many >= 0; many -= 1) {
				const { id } = branches[pick(branches.length)]!;
				const away = pick(3) === 0;
				const change = away
					? { stage: 'listed' }
					: { stage: 'unopened', home: roles[pick(roles.length)]!.id };
				await database('branch').where({ id }).update(change);
			}
			await publishRoutes(context(), null);
			if (pick(10) === 0) await forgetRoutes(database, pick(6));
			for (const at of followers.keys()) if (pick(at + 2) === 0) await catchUp(at);
		}
		const whole = followRoutes(null, await routesSince(context(), null))!;
		for (const at of followers.keys()) {
			await catchUp(at);
			expect([...followers[at]!.byHost].toSorted()).to.deep.equal([...whole.byHost].toSorted());
			expect(followers[at]!.version).to.equal(whole.version);
		}
		for (const { id, home } of branches)
			await database('branch').where({ id }).update({ stage: 'unopened', home });
		await publishRoutes(context(), null);
	});

	it('a delta to another table is not taken for one', () => {
		const table: RoutingTable = { version: '2.b', byHost: new Map() };
		const delta = {
			type: 'understory/routes/v1',
			since: '1.a',
			version: '3.c',
			routes: [],
			gone: [],
			issued: 0,
		} as const;
		expect(followRoutes(table, delta)).to.equal(null);
		expect(followRoutes(null, delta)).to.equal(null);
		expect(followRoutes(table, { ...delta, since: '2.b' })!.version).to.equal('3.c');
	});

	it('is what each cell is led by, each by itself: one that hangs or refuses keeps nobody else back', async () => {
		const { database } = context();
		for (const [at, name] of ['far', 'full'].entries())
			await database('cell').insert({ name, kubeconfig: name, created: at + 1 });
		const told = new Map<string | null, Names[]>();
		const hung = Promise.withResolvers<void>();
		const refused: string[] = [];
		const leading = createLeading(
			{
				...context(),
				log: { ...silentLog, warn: (event, fields) => refused.push(`${event} ${fields?.job}`) },
				async lead(cell, read) {
					if (cell === 'far') await hung.promise;
					if (cell === 'full') throw new Error('no room');
					told.set(cell, [...(told.get(cell) ?? []), await read()]);
				},
			},
			{ isOver: () => false },
		);
		leading.begin();
		await until(() => told.has(null) && refused.length > 0);
		expect(refused).to.deep.equal(['routes_not_written full']);
		expect(told.has('far')).to.equal(false);
		const [{ homes, roles }] = told.get(null)! as [Names];
		expect(homes.find(({ host }) => host === 'kenton.multnomah.localhost')).to.deep.equal({
			...{ host: 'kenton.multnomah.localhost', home: 'home-2', kind: 'shared' },
			...{ cell: null, namespace: null },
		});
		expect(roles.map(({ host }) => host)).to.deep.equal([
			'card.multnomah.localhost',
			'accountability.multnomah.localhost',
		]);
		// What changes while a cell is looked at has it looked at once more.
		leading.begin();
		await until(() => told.get(null)!.length === 2);
		hung.resolve();
		await leading.ended();
		expect(told.get('far')).to.have.length(2);
		await database('cell').whereNot('name', 'default').delete();
	});

	it('what many publish at once is one line of versions', async () => {
		const { database } = context();
		await database('branch').where({ slug: 'pier' }).update({ stage: 'listed' });
		const before = (await ask()).document;
		const news = await Promise.all([1, 2, 3, 4].map(() => publishRoutes(context(), null)));
		expect(news.filter(Boolean)).to.have.length(1);
		const { document } = await ask(`?since=${before.version}`);
		expect(document).to.deep.include({ routes: [], gone: ['pier.multnomah.localhost'] });
	});
});
