import { PublicError } from '@understory/core/errors.ts';
import { expect } from 'chai';
import type { HomeDriver } from '../../src/drivers/driver.ts';
import { SAYS } from '../../src/drivers/helm/helm-faults.ts';
import { createLocalDriver } from '../../src/drivers/local.ts';
import { ADDRESS, LIBRARY, type Platform, startPlatform } from '../fixtures/platform.ts';

const HOUR = 3_600_000;
const WEEK = 7 * 86_400_000;
const BRANCH = '/api/v1/libraries/multnomah/branches/belmont';

interface Answered {
	readonly id: string;
	readonly title: string;
	readonly state: string;
	readonly problem: { readonly title: string } | null;
}
interface Condition {
	readonly type: string;
	readonly status: string;
	readonly reason: string;
}

describe('a cell that is lost while a branch moves', () => {
	let platform: Platform;
	/** What each act of the other cell's cluster fails with; none while it answers. */
	let fault: PublicError | null = null;
	/** Homes that run there. */
	const running = new Set<string>();
	const silent = new PublicError(502, 'cluster_silent', SAYS.silent);

	async function openCell(): Promise<HomeDriver> {
		const driver = createLocalDriver(async (spec) => {
			const home = await platform.newHome(spec.name);
			await home.enrol(platform.url, spec.enrolmentToken);
			running.add(spec.name);
			return { close: async () => void running.delete(spec.name) };
		});
		const answers = async () => {
			if (fault) throw fault;
		};
		return {
			tryOut: answers,
			observe: (name) => answers().then(() => driver.observe(name)),
			start: (spec) => answers().then(() => driver.start(spec)),
			stop: (name) => answers().then(() => driver.stop(name)),
		};
	}

	before(async () => {
		platform = await startPlatform({ driverOfCell: openCell });
		await platform.api('POST', '/api/v1/libraries', { body: LIBRARY });
		const body = { slug: 'belmont', name: 'Belmont', address: ADDRESS };
		await platform.api('POST', '/api/v1/libraries/multnomah/branches', { body });
		await platform.settle();
	});
	after(() => platform.close());

	const database = () => platform.provisioner().context.database;
	const add = () =>
		platform.api<Answered>('POST', '/api/v1/cells', { body: { name: 'east', starts_per_minute: null } });
	const operate = async (body: object) => {
		platform.clock.advance(1_000);
		const asked = await platform.api<Answered>('POST', `${BRANCH}/operations`, { body });
		expect(asked.status, JSON.stringify(asked.body)).to.equal(202);
		return asked.body.id;
	};
	const operation = async (id: string) =>
		(await platform.api<Answered>('GET', `/api/v1/operations/${id}`)).body;
	const move = (): Promise<{ state: string; to_place: string; from_place: string }> =>
		database()('move').orderBy('asked', 'desc').first();
	const look = async () => {
		await platform.provisioner().services.look([(await database()('branch').first('id')).id]);
		await platform.settle();
	};
	const until = async (state: string) => {
		for (let looks = 0; looks < 40 && (await move()).state !== state; looks += 1) await look();
		expect((await move()).state).to.equal(state);
	};
	const sweep = async (after: number) => {
		platform.clock.advance(after);
		await platform.provisioner().services.sweep();
		await platform.settle();
	};
	const available = async () => {
		const { body } = await platform.api<{ conditions: Condition[]; home: { name: string } }>('GET', BRANCH);
		const { status, reason } = body.conditions.find(({ type }) => type === 'Available')!;
		return { status, reason, home: body.home.name };
	};
	const homes = (): Promise<string[]> => database()('home').orderBy('name').pluck('name');
	const SERVING = { status: 'True', reason: 'Serving' };

	it('is not added as long as nothing could run there, and nothing is written down', async () => {
		for (const [why, sentence] of [
			[silent, SAYS.silent],
			[new PublicError(502, 'no_namespace', SAYS.noNamespace), SAYS.noNamespace],
		] as const) {
			fault = why;
			const { status, body } = await add();
			expect([status, body.title]).to.deep.equal([502, sentence]);
			expect(await database()('cell').pluck('name')).to.deep.equal(['default']);
		}
		fault = null;
		expect((await add()).status).to.equal(201);
	});

	it('on the way there: the branch serves where it is, stays when that is said, and what was begun there is ended when it answers', async () => {
		fault = silent;
		const id = await operate({ kind: 'move', home: 'dedicated', cell: 'east' });
		await sweep(HOUR);
		const { to_place } = await move();
		expect([(await move()).state, (await operation(id)).state]).to.deep.equal(['arriving', 'running']);
		expect(await available()).to.deep.equal({ ...SERVING, home: 'home-1' });
		await operate({ kind: 'cancel_move' });
		await until('undone');
		const { state, problem } = await operation(id);
		expect([state, problem!.title]).to.deep.equal([
			'failed',
			'The branch stays in home-1. administrator cancelled it.',
		]);
		expect(await available()).to.deep.equal({ ...SERVING, home: 'home-1' });
		expect(await homes()).to.deep.equal([to_place, 'home-1']);
		await sweep(60_000);
		expect(await homes()).to.deep.equal([to_place, 'home-1']);
		fault = null;
		await sweep(60_000);
		expect(await homes()).to.deep.equal(['home-1']);
		expect((await operation(await operate({ kind: 'back_up' }))).problem).to.equal(null);
	});

	it('with everything in it: the branch is open again at once, and whoever looks is not told that it is closed', async () => {
		platform.home.mood(() => 'slow');
		const id = await operate({ kind: 'move', home: 'dedicated', cell: 'east' });
		await until('copying');
		// Its home is silent as well.
		const [place] = running;
		const role = await database()('role').where({ name: place }).first();
		await database()('role').where({ name: place }).update({ internal_url: 'http://127.0.0.1:1' });
		fault = silent;
		await operate({ kind: 'cancel_move' });
		await until('reopened');
		expect(await available()).to.deep.equal({ ...SERVING, home: 'home-1' });
		expect((await operation(id)).state).to.equal('running');
		await sweep(HOUR);
		await until('undone');
		expect((await operation(id)).state).to.equal('failed');
		await database()('role').where({ name: place }).update({ internal_url: role.internal_url });
		platform.home.mood(() => 'serve');
		fault = null;
		await sweep(60_000);
		expect([[...running], await homes()]).to.deep.equal([[], ['home-1']]);
	});

	it('once it was left: the branch serves in its new home at once, the move ends after an hour, and the old home is stopped when its folder goes', async () => {
		await operate({ kind: 'move', home: 'dedicated', cell: 'east' });
		await until('held');
		const [left] = running;
		fault = silent;
		const id = await operate({ kind: 'move', home: 'shared', cell: 'default' });
		await until('leading');
		await look();
		expect(await available()).to.deep.equal({ ...SERVING, home: 'home-1' });
		expect([(await move()).state, (await operation(id)).state]).to.deep.equal(['leading', 'running']);
		await sweep(HOUR + 1_000);
		await until('held');
		expect((await operation(id)).state).to.equal('done');
		await sweep(WEEK);
		expect([[...running], await homes()]).to.deep.equal([[left], [left, 'home-1']]);
		fault = null;
		await sweep(60_000);
		expect([[...running], await homes()]).to.deep.equal([[], ['home-1']]);
	});
});
