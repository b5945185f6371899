import { expect } from 'chai';
import { TRIES } from '../../src/reconcile/observe.ts';
import { BRANCH, LIBRARY, type Platform, startPlatform } from '../fixtures/platform.ts';

interface Condition {
	type: string;
	status: string;
	reason: string;
	message: string;
}
interface Branch {
	id: string;
	stage: string;
	generation: number;
	observed_generation: number;
	conditions: Condition[];
}
interface Operation {
	id: string;
	state: string;
	progress: { done: number; total: number };
	problem: { title: string; code: string } | null;
}

const BRANCHES = '/api/v1/libraries/multnomah/branches';

describe('when something is in the way', () => {
	let platform: Platform;

	async function start(options: { startFails?: number } = {}): Promise<void> {
		platform = await startPlatform(options);
		await platform.api('POST', '/api/v1/libraries', { body: LIBRARY });
	}
	afterEach(() => platform.close());

	const create = async (slug = 'belmont') =>
		(await platform.api<Operation>('POST', BRANCHES, { body: { ...BRANCH, slug } })).body;
	const branch = async (slug = 'belmont') => (await platform.api<Branch>('GET', `${BRANCHES}/${slug}`)).body;
	const operation = async (id: string) =>
		(await platform.api<Operation>('GET', `/api/v1/operations/${id}`)).body;
	const condition = async (type: string, slug = 'belmont') =>
		(await branch(slug)).conditions.find((one) => one.type === type)!;

	/** Lets the pause after a failure pass, and looks. */
	async function later(): Promise<void> {
		platform.clock.advance(5 * 60_000);
		await platform.provisioner().services.look([(await branch()).id]);
		await platform.settle();
	}

	it('a home that fails is tried again, and the branch comes up when it stops failing', async () => {
		await start();
		platform.home.mood(() => 'error');
		const began = await create();
		await platform.settle();
		expect(await condition('Synced')).to.include({ status: 'False' });
		expect(await condition('Progressing')).to.include({ status: 'True' });
		expect((await operation(began.id)).state).to.equal('running');
		platform.home.mood(() => 'serve');
		await later();
		expect(await condition('Available')).to.include({ status: 'True', reason: 'Serving' });
		expect((await operation(began.id)).state).to.equal('done');
	});

	it('is not tried before its pause is over', async () => {
		await start();
		platform.home.mood(() => 'error');
		await create();
		await platform.settle();
		platform.home.mood(() => 'serve');
		await platform.provisioner().services.look([(await branch()).id]);
		await platform.settle();
		expect(platform.home.taken).to.have.length(0);
		expect(await condition('Progressing')).to.include({ reason: 'Waiting' });
	});

	it('what fails again and again is given up, said plainly, and not tried for ever', async () => {
		await start();
		let asked = 0;
		platform.home.mood(() => {
			asked++;
			return 'error';
		});
		const began = await create();
		await platform.settle();
		for (let at = 0; at < TRIES + 4; at++) await later();
		expect(asked).to.equal(TRIES);
		const progressing = await condition('Progressing');
		expect(progressing).to.include({ status: 'False', reason: 'NeedsYou' });
		expect(progressing.message).to.contain(`${TRIES} times`).and.to.contain('The disk is full');
		const ended = await operation(began.id);
		expect(ended.state).to.equal('failed');
		expect(ended.problem!.title).to.contain('belmont');
	});

	it('what was given up is tried again when somebody changes what is wanted', async () => {
		await start();
		platform.home.mood(() => 'error');
		await create();
		await platform.settle();
		for (let at = 0; at < TRIES; at++) await later();
		platform.home.mood(() => 'serve');
		const began = await platform.api<Operation>('PATCH', `${BRANCHES}/belmont`, {
			body: { name: 'Belmont' },
		});
		await platform.settle();
		expect((await operation(began.body.id)).state).to.equal('done');
		expect(await condition('Available')).to.include({ status: 'True' });
	});

	it('one branch that fails does not hold up the others', async () => {
		await start();
		platform.home.mood((id) => (id === failing ? 'error' : 'serve'));
		let failing = '';
		await create('belmont');
		failing = (await branch('belmont')).id;
		const slugs = ['albina', 'gresham', 'hollywood'];
		for (const slug of slugs) await create(slug);
		await platform.settle();
		for (const slug of slugs) expect(await condition('Available', slug)).to.include({ status: 'True' });
		const members = (await platform.register((await library()).id)).rosters[0]!.members;
		expect(members.length).to.be.at.least(3);
	});

	const library = async () => (await platform.api<{ id: string }>('GET', '/api/v1/libraries/multnomah')).body;

	it('a branch that serves stays available while a change of it fails', async () => {
		await start();
		await create();
		await platform.settle();
		platform.home.mood(() => 'error');
		await platform.api('PATCH', `${BRANCHES}/belmont`, { body: { name: 'Belmont' } });
		await platform.settle();
		expect(await condition('Available')).to.include({ status: 'True', reason: 'ServingOlder' });
		expect(await condition('Synced')).to.include({ status: 'False' });
	});

	it('a home that refuses is not asked again, and the operation says so', async () => {
		await start();
		platform.home.mood(() => 'refused');
		const began = await create();
		await platform.settle();
		await later();
		expect(platform.home.taken).to.have.length(1);
		expect(await condition('Available')).to.include({ status: 'False', reason: 'Refused' });
		expect(await operation(began.id)).to.include({ state: 'failed' });
		expect((await operation(began.id)).progress).to.deep.equal({ done: 0, total: 1 });
	});

	it('a driver that cannot start the home is asked again', async () => {
		await start({ startFails: 1 });
		await create();
		await platform.settle();
		expect(await condition('Available')).to.include({ status: 'False' });
		await later();
		expect(await condition('Available')).to.include({ status: 'True' });
		expect(platform.starts).to.have.length(2);
	});

	it('a restart starts the home again although nothing is to be changed', async () => {
		await start();
		await create();
		await platform.settle();
		await platform.restart();
		await platform.settle();
		expect(platform.starts).to.have.length(2);
		expect(platform.home.taken).to.have.length(1);
		expect(await condition('Available')).to.include({ status: 'True' });
	});

	it('a restart does what was left undone', async () => {
		await start();
		platform.home.mood(() => 'error');
		const began = await create();
		await platform.settle();
		platform.home.mood(() => 'serve');
		platform.clock.advance(60_000);
		await platform.restart();
		await platform.settle();
		expect(await operation(began.id)).to.include({ state: 'done' });
	});

	it('a start on a database that is not there fails, and leaves nothing running', async () => {
		await start();
		const { createProvisioner } = await import('../../src/provisioner.ts');
		const parts = platform.partsFor('postgres://nobody:nothing@127.0.0.1:1/nowhere');
		const failure = await createProvisioner(parts).catch((error: NodeJS.ErrnoException) => error);
		expect(failure).to.be.instanceOf(Error);
		expect((failure as NodeJS.ErrnoException).code).to.equal('ECONNREFUSED');
	});

	it('a roster that nears its end is renewed by the sweep', async () => {
		await start();
		await create();
		await platform.settle();
		const { id } = await library();
		const before = (await platform.register(id)).rosters[0]!;
		platform.clock.advance(61 * 86_400_000);
		await platform.provisioner().services.sweep();
		await platform.settle();
		const after = (await platform.register(id)).rosters[0]!;
		expect(after.version).to.equal(before.version + 1);
		expect(after.expires).to.be.greaterThan(before.expires);
		expect(after.members).to.deep.equal(before.members);
	});
});
