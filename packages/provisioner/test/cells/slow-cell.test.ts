import { PublicError } from '@understory/core/errors.ts';
import { expect } from 'chai';
import type { HomeDriver } from '../../src/drivers/driver.ts';
import { createLocalDriver } from '../../src/drivers/local.ts';
import type { Upgrader } from '../../src/drivers/upgrader.ts';
import { atConsole } from '../fixtures/console-visitor.ts';
import { ADDRESS, ADMIN_TOKEN, LIBRARY, type Platform, startPlatform } from '../fixtures/platform.ts';

/** Homes here and there; more there than the looks that go on side by side. */
const HERE = 6;
const THERE = 8;

/** What is waited for until it is let go on. */
function gate() {
	const { promise, resolve } = Promise.withResolvers<void>();
	return { opened: promise, open: () => resolve() };
}

describe('a cell that is slow or lost', () => {
	let platform: Platform;
	/** While it is there, the other cell answers nothing. */
	let lost: ReturnType<typeof gate> | null = null;
	/** How many looks wait for it. */
	let waiting = 0;
	/** Homes whose upgrade hangs, and those that were begun or ended. */
	const hanging = new Map<string, ReturnType<typeof gate>>();
	const begun: string[] = [];
	const versions = new Map<string, string>();
	const upgrader: Upgrader = {
		version: 'v2',
		versionOf: async (name) => versions.get(name) ?? 'v1',
		revisionOf: async () => 1,
		async upgrade({ name }) {
			begun.push(name);
			await hanging.get(name)?.opened;
			versions.set(name, upgrader.version);
		},
		stay: async () => undefined,
		rollBack: async (name) => void versions.delete(name),
	};

	async function openCell(): Promise<HomeDriver> {
		const driver = createLocalDriver(async (spec) => {
			const home = await platform.newHome(spec.name);
			await home.enrol(platform.url, spec.enrolmentToken);
			return { close: async () => undefined };
		});
		return {
			...driver,
			upgrader,
			async observe(name) {
				waiting += 1;
				await lost?.opened;
				waiting -= 1;
				return driver.observe(name);
			},
		};
	}

	before(async function () {
		this.timeout(60_000);
		platform = await startPlatform({ branchesInHome: 1, upgrader, driverOfCell: openCell });
		for (const slug of ['multnomah', 'port'])
			await platform.api('POST', '/api/v1/libraries', { body: { ...LIBRARY, slug } });
		const cell = { name: 'east', libraries: ['port'], starts_at_once: 3, starts_per_minute: null };
		await platform.api('POST', '/api/v1/cells', { body: cell });
		await make('multnomah', HERE);
		await make('port', THERE);
		await platform.settle();
		// Starts that had to wait for their turn.
		platform.clock.advance(60_000);
		await platform.provisioner().services.sweep();
		await platform.settle();
	});
	after(() => platform.close());
	afterEach(() => {
		lost?.open();
		for (const one of hanging.values()) one.open();
	});

	async function make(library: string, many: number): Promise<void> {
		for (let at = 0; at < many; at += 1) {
			const body = { slug: `${library}-${at}`, name: `${library} ${at}`, address: ADDRESS };
			await platform.api('POST', `/api/v1/libraries/${library}/branches`, { body });
		}
	}
	const database = () => platform.provisioner().context.database;
	const inCell = async (cell: string): Promise<{ id: string; place: string }[]> =>
		database()('branch').join('home', 'home.name', 'place').where({ cell }).select('id', 'place');
	/** Resolves when what is asked for is so; a failure says what was seen last. */
	async function until<T>(look: () => Promise<T>, good: (seen: T) => boolean): Promise<void> {
		const deadline = Date.now() + 20_000;
		let seen = await look();
		while (!good(seen)) {
			if (Date.now() > deadline) expect.fail(`still ${JSON.stringify(seen)}`);
			await new Promise((resolve) => setImmediate(resolve));
			seen = await look();
		}
	}

	it('has its branches wait, and no other', async () => {
		const there = await inCell('east');
		expect(there).to.have.length(THERE);
		expect(await inCell('default')).to.have.length(HERE);
		lost = gate();
		const { services } = platform.provisioner();
		await services.look(there.map(({ id }) => id));
		// As many looks as there may be at a time wait for its answer.
		await until(
			async () => waiting,
			(many) => many === 6,
		);
		await platform.api('PATCH', '/api/v1/libraries/multnomah/branches/multnomah-0', {
			body: { name: 'Belmont' },
		});
		await until(
			async () => platform.home.taken.map(({ branch }) => branch.name),
			(names) => names.includes('Belmont'),
		);
		expect(waiting).to.equal(6);
		lost.open();
		lost = null;
		await platform.settle();
		expect(waiting).to.equal(0);
	});

	it('is left out of an upgrade while it does not answer; the plan says so, and its homes are asked about a few at a time', async () => {
		const there = (await inCell('east')).map(({ place }) => place).sort();
		const here = (await inCell('default')).map(({ place }) => place).sort();
		const { versionOf } = upgrader;
		let asked = 0;
		upgrader.versionOf = async (name) => {
			if (!there.includes(name)) return versionOf(name);
			asked += 1;
			throw new PublicError(502, 'cluster_silent', 'The cluster does not answer.');
		};
		const plan = await platform.api<{ waves: string[][]; unknown: string[] }>('GET', '/api/v1/upgrades:plan');
		expect(plan.body.waves.flat().toSorted()).to.deep.equal(here);
		expect(plan.body.unknown).to.deep.equal(there);
		expect(asked).to.be.lessThan(THERE);
		const admin = await atConsole(platform, ADMIN_TOKEN);
		const page = await admin.get('/upgrades');
		expect(page.status).to.equal(200);
		expect(page.body)
			.to.contain(`Nothing is known of ${THERE} homes`)
			.and.to.contain(`Begin, with ${HERE} homes`);
		for (const name of here) versions.set(name, upgrader.version);
		const begun = await platform.api<{ code: string }>('POST', '/api/v1/upgrades', { body: {} });
		expect([begun.status, begun.body.code]).to.deep.equal([409, 'homes_unknown']);
		expect((await admin.get('/upgrades')).body).to.not.contain('There is nothing to do');
		versions.clear();
		upgrader.versionOf = versionOf;
	});

	it('has its homes upgraded so many at a time, and no other waits for them', async () => {
		const there = await inCell('east');
		const { body } = await platform.api<{ waves: string[][] }>('GET', '/api/v1/upgrades:plan');
		const last = body.waves.at(-1)!;
		const slow = there.map(({ place }) => place).filter((place) => last.includes(place));
		for (const place of slow) hanging.set(place, gate());
		const asked = await platform.api<{ id: string }>('POST', '/api/v1/upgrades', {
			body: { soak_minutes: 0 },
		});
		const states = async () => {
			const path = `/api/v1/upgrades/${asked.body.id}`;
			const answer = await platform.api<{ homes: { name: string; state: string }[]; state: string }>(
				'GET',
				path,
			);
			return answer.body;
		};
		const here = (await inCell('default')).map(({ place }) => place);
		await until(states, ({ homes }) =>
			homes.every(({ name, state }) => !here.includes(name) || state === 'done'),
		);
		const upgrading = (homes: { name: string; state: string }[]) =>
			homes.filter(({ name, state }) => slow.includes(name) && state === 'upgrading');
		await until(states, ({ homes }) => upgrading(homes).length === 3);
		expect(begun.filter((name) => slow.includes(name))).to.have.length(3);
		for (const one of hanging.values()) one.open();
		await until(states, ({ state }) => state !== 'running');
		expect((await states()).state).to.equal('done');
		expect(begun.toSorted()).to.deep.equal([...here, ...there.map(({ place }) => place)].toSorted());
	});
});
