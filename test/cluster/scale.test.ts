import { expect } from 'chai';
import { until } from '../e2e/platform/bed.ts';
import { bedOrSkip } from './bed/skip.ts';
import { branchAt, inTables, makeBranches, pathOf, untilAvailable, whatIs } from './simulated/branches.ts';
import {
	countIn,
	SECOND_CELL,
	type SimulatedPlatform,
	startSimulatedPlatform,
} from './simulated/platform.ts';

const BRANCHES = 2_000;
const DEDICATED = 12;
const IN_A_HOME = 111;
const HOMES = Math.ceil((BRANCHES - DEDICATED) / IN_A_HOME) + DEDICATED;
/** Of the branches, so many are suspended and resumed, and so many are ended: half of these have homes of their own. */
const SOME = 100;
const ENDED = 20;
/** So many are restored, and as many are renamed, in the middle of all. */
const FEW = 5;
const few = Array.from({ length: FEW }, (_, at) => Math.floor(BRANCHES / 2) + at);
/** Branches are made in this order, those with homes of their own first. */
const ending = Array.from({ length: ENDED }, (_, at) => (at < ENDED / 2 ? at : DEDICATED + at));
const DAY = 86_400_000;

/**
 * The whole life of 2,000 branches; the bench has more of them (`costOfBranches`). SIMULATED are the nodes, that pods run on them, and the process in each pod: `simulated/platform.ts` says what stands in for it, and what is
 * real. No page is served here and no folder is kept; the tests on the real node are for that.
 */
describe('two thousand branches on simulated nodes', function () {
	this.timeout(900_000);
	// It is one story.
	this.bail(true);
	let platform: SimulatedPlatform;
	before(async function () {
		platform = await startSimulatedPlatform(await bedOrSkip(this), { nodes: 3, branchesInHome: IN_A_HOME });
	});
	after(() => platform?.close());

	const act = (name: string) => platform.bed.provisioner.act(name);
	const made = (method: string, path: string, body?: object) => platform.bed.made(method, path, body);
	const deployments = () => countIn(platform.plane, 'apps/v1 deployments');
	const wishes = () => [...platform.homes.values()].reduce((sum, { taken }) => sum + taken.length, 0);
	/** Asks for something to be done with branches, a few at a time, and waits until everything asked for is carried out. */
	async function each(branches: readonly number[], of: (at: number) => object): Promise<void> {
		const waiting = [...branches];
		const next = async () => {
			for (let at = waiting.shift(); at !== undefined; at = waiting.shift())
				await made('POST', `${pathOf(at)}/operations`, of(at));
		};
		await Promise.all([next(), next(), next(), next()]);
		await act('settle');
	}

	it('each gets a home and is served; shared ones fill homes, dedicated ones have their own', async () => {
		await makeBranches(platform.bed, { until: BRANCHES, isDedicated: (at) => at < DEDICATED });
		await untilAvailable(platform.bed, BRANCHES);
		const all = { branches: BRANCHES, available: BRANCHES, homes: HOMES, routes: BRANCHES };
		expect(await whatIs(platform.bed)).to.deep.equal(all);
		expect(await deployments()).to.equal(HOMES);
		expect(await countIn(platform.plane, 'v1 pods')).to.equal(HOMES);
		expect([...platform.homes.values()].flatMap((home) => home.branches())).to.have.length(BRANCHES);
		expect(wishes()).to.equal(BRANCHES);
	});

	it('a look at each of them finds nothing to do, and the provisioner has less than 300 MB of its own', async () => {
		const before = wishes();
		await act('lookAtAll');
		expect(wishes()).to.equal(before);
		expect(await platform.bed.provisioner.memory()).to.be.below(300);
	});

	it('what is changed about a library reaches its branches and nobody else', async () => {
		const before = wishes();
		await made('PATCH', '/libraries/library-7', { name: 'The Libraries of Seven' });
		await act('settle');
		expect(wishes() - before).to.equal(50);
	});

	it('some are suspended, stay where they are, and are served again', async () => {
		const some = Array.from({ length: SOME }, (_, at) => BRANCHES - 1 - at);
		const until = Date.now() + DAY;
		await each(some, () => ({
			kind: 'suspend',
			why: { en: 'The heating is out.', es: 'Sin calefacción.' },
			until,
		}));
		await untilAvailable(platform.bed, BRANCHES - SOME);
		expect(await deployments()).to.equal(HOMES);
		await each(some, () => ({ kind: 'resume' }));
		await untilAvailable(platform.bed, BRANCHES);
	});

	it('some are restored from copies of theirs, under the next epoch', async () => {
		const copies = new Map<number, string>();
		for (const at of few)
			copies.set(at, (await made('POST', `${pathOf(at)}/operations`, { kind: 'back_up' })).id);
		const open = (table: string, states: readonly string[]) =>
			inTables(platform.bed, (database) =>
				until(
					`${table}: each is ended`,
					async () => {
						await act('settle');
						return database(table).whereIn('state', [...states]);
					},
					(rows) => rows.length === 0,
					60,
				),
			);
		await open('backup', ['underway']);
		await each(few, (at) => ({ kind: 'restore', backup: copies.get(at) }));
		await open('restore', ['laying_out', 'switching']);
		const ids = await Promise.all(few.map(async (at) => (await made('GET', pathOf(at))).id));
		const served = [...platform.homes.values()].flatMap(({ taken }) => taken.map(({ branch }) => branch));
		for (const id of ids) expect(served.findLast((one) => one.id === id)?.epoch).to.equal(2);
		await untilAvailable(platform.bed, BRANCHES);
	});

	it('a home that somebody scaled to nothing, without its Service, comes back as it was when a branch of it is looked at', async () => {
		const at = DEDICATED - 2;
		const { name } = (await made('GET', pathOf(at))).home;
		const apps = `/apis/apps/v1/namespaces/homes/deployments/${name}`;
		const service = `/api/v1/namespaces/homes/services/${name}`;
		const none = { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name }, spec: { replicas: 0 } };
		expect((await platform.plane.apply(apps, none)).status).to.equal(200);
		expect((await platform.plane.remove(service)).status).to.equal(200);
		await made('PATCH', pathOf(at), { phone: '+1 503 555 0111' });
		await untilAvailable(platform.bed, BRANCHES);
		expect(JSON.parse((await platform.plane.get(apps)).text).spec.replicas).to.equal(1);
		expect((await platform.plane.get(service)).status).to.equal(200);
	});

	/** Begins an upgrade, and resolves with what it came to. */
	async function upgraded() {
		const { id } = await made('POST', '/upgrades', { soak_minutes: 0, hours: null });
		let upgrade = { state: 'running', message: null, homes: [] as { name: string; state: string }[] };
		while (upgrade.state === 'running') {
			await act('sweep');
			upgrade = await made('GET', `/upgrades/${id}`);
		}
		return upgrade;
	}

	it('a wave in which a home does not serve its branch afterwards stops there, and the home goes back', async () => {
		await platform.restart({ logLevel: 'debug' });
		await act('settle');
		const plan = await made('GET', '/upgrades:plan');
		expect(plan.waves.flat()).to.have.length(HOMES);
		const [[canary], [bad]] = plan.waves;
		let looks = 0;
		platform.homes.get(bad)!.opens(() => ++looks > 1);
		const { state, message, homes } = await upgraded();
		expect(state, String(message)).to.equal('stopped');
		const stateOf = (name: string) => homes.find((one) => one.name === name)!.state;
		expect([stateOf(canary), stateOf(bad)]).to.deep.equal(['done', 'rolled_back']);
		for (const name of plan.waves.at(-1)) expect(stateOf(name)).to.equal('waiting');
		expect((await made('GET', '/upgrades:plan')).current)
			.to.include(canary)
			.and.not.to.include(bad);
		await untilAvailable(platform.bed, BRANCHES);
	});

	it('all homes are brought to another version in waves, each branch copied before', async () => {
		expect(await upgraded()).to.include({ state: 'done', message: null });
		expect((await made('GET', '/upgrades:plan')).current).to.have.length(HOMES);
		await untilAvailable(platform.bed, BRANCHES);
	});

	it('some move to another cell, from a home of their own to a shared one and the other way round, and back; the cell is taken away when nothing is left there', async () => {
		const before = await deployments();
		await made('POST', '/cells', { name: SECOND_CELL });
		const movers = [DEDICATED - 1, BRANCHES - 1];
		const move = async (cell: string, kinds: readonly string[]) => {
			for (const [at, mover] of movers.entries())
				await made('POST', `${pathOf(mover)}/operations`, { kind: 'move', home: kinds[at], cell });
			await inTables(platform.bed, (database) =>
				until(
					`both are in ${cell}`,
					async () => {
						await act('settle');
						const open = await database('move').whereNotIn('state', ['held', 'cleared']);
						return open.map(({ state, message }) => `${state} ${message ?? ''}`);
					},
					(open) => open.length === 0,
					60,
				),
			);
		};
		await move(SECOND_CELL, ['shared', 'dedicated']);
		const where = () =>
			inTables(platform.bed, (database) =>
				database('branch')
					.join('home', 'home.name', 'branch.place')
					.whereIn('slug', movers.map(branchAt))
					.orderByRaw('array_position(?, slug)', [movers.map(branchAt)])
					.select('home.cell', 'home.kind', 'home.name'),
			);
		const there = await where();
		expect(there.map(({ cell, kind }) => `${cell} ${kind}`)).to.deep.equal(['east shared', 'east dedicated']);
		for (const { name } of there) expect(platform.homes.get(name)!.branches()).to.have.length(1);
		await move('default', ['dedicated', 'shared']);
		expect((await where()).map(({ cell, kind }) => `${cell} ${kind}`)).to.deep.equal([
			'default dedicated',
			'default shared',
		]);
		// No clock of a real process can be turned: the end of the week is.
		await inTables(platform.bed, (database) =>
			database('move').where({ state: 'held' }).update({ held_until: 1 }),
		);
		await act('sweep');
		await made('DELETE', `/cells/${SECOND_CELL}`);
		expect(await deployments()).to.equal(before);
		await untilAvailable(platform.bed, BRANCHES);
	});

	it('some have another name from then on: a new branch each, to which the old one, closed for good, leads', async () => {
		const places = await deployments();
		await each(few, (at) => ({ kind: 'rename', slug: `renamed-${at}` }));
		for (const at of few) {
			const old = await until(
				`another name for ${branchAt(at)}`,
				async () => {
					await act('settle');
					return made('GET', pathOf(at));
				},
				({ stage }) => stage === 'retired',
				60,
			);
			const path = pathOf(at).replace(branchAt(at), `renamed-${at}`);
			expect(await made('GET', path)).to.include({ id: old.successor.id, name: old.name });
		}
		// Nobody was ever in the old ones, which say there what they lead to.
		await untilAvailable(platform.bed, BRANCHES + FEW);
		expect(await deployments()).to.equal(places);
	});

	it('some are closed for good, each with the copy it has, and are gone from the routes when they are deleted', async () => {
		const claims = await countIn(platform.plane, 'v1 persistentvolumeclaims');
		await each(ending, (at) => ({ kind: 'retire', confirm: branchAt(at), days: 30 }));
		expect((await whatIs(platform.bed)).routes).to.equal(BRANCHES + FEW);
		// No clock of a real process can be turned: the end of the hold is.
		await inTables(platform.bed, (database) =>
			database.raw(
				`update branch set retirement = jsonb_set(retirement, '{until}', '1') where retirement is not null`,
			),
		);
		const closed = [...ending, ...few];
		await each(closed, (at) => ({ kind: 'delete', confirm: branchAt(at) }));
		const left = await whatIs(platform.bed);
		expect(left).to.include({
			branches: BRANCHES - ENDED,
			routes: BRANCHES - ENDED,
			homes: HOMES - ENDED / 2,
		});
		expect(await deployments()).to.equal(HOMES - ENDED / 2);
		expect([...platform.homes.values()].flatMap(({ deleted }) => deleted)).to.have.length(closed.length);
		// Volumes are the operator's to delete.
		expect(await countIn(platform.plane, 'v1 persistentvolumeclaims')).to.equal(claims);
	});
});
