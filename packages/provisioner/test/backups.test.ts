import type { BackupOrder, RestoreOrder } from '@understory/core/backup.ts';
import type { Gone } from '@understory/core/gone.ts';
import { expect } from 'chai';
import { isUuid } from '../src/store/uuid.ts';
import { atConsole } from './fixtures/console-visitor.ts';
import { ADMIN_TOKEN, BRANCH, LIBRARY, type Platform, startPlatform } from './fixtures/platform.ts';
import { MANIFEST } from './fixtures/test-home.ts';

const PATH = '/api/v1/libraries/multnomah/branches/belmont';
const PAGE = '/libraries/multnomah/branches/belmont/life';

interface Operation {
	id: string;
	state: string;
	problem: { title: string } | null;
	code?: string;
}

describe('backups of a branch', () => {
	let platform: Platform;
	let branch: string;
	before(async () => {
		platform = await startPlatform();
		await platform.api('POST', '/api/v1/libraries', { body: LIBRARY });
		await platform.api('POST', '/api/v1/libraries/multnomah/branches', { body: BRANCH });
		await platform.settle();
		branch = platform.home.branches()[0]!;
	});
	after(() => platform.close());
	beforeEach(() => platform.home.mood(() => 'serve'));

	const operate = (body: object) => platform.api<Operation>('POST', `${PATH}/operations`, { body });
	const operation = async (id: string) =>
		(await platform.api<Operation>('GET', `/api/v1/operations/${id}`)).body;
	/** Looks at the branch once more, as the queue does a second later. */
	async function lookAgain(): Promise<void> {
		await platform.provisioner().services.look([branch]);
		await platform.settle();
	}
	async function ended(body: object): Promise<Operation> {
		const begun = await operate(body);
		expect(begun.status, JSON.stringify(begun.body)).to.equal(202);
		await platform.settle();
		await lookAgain();
		return operation(begun.body.id);
	}
	const list = async () =>
		(
			await platform.api<{ items: { id: string; state: string; problem: string | null; bytes: number }[] }>(
				'GET',
				`${PATH}/backups`,
			)
		).body.items;
	const branchNow = async () =>
		(await platform.api<{ generation: number; conditions: { type: string; status: string }[] }>('GET', PATH))
			.body;

	it('a backup is an operation: the home is asked, asked again, and what it made is listed with size, age and trial', async () => {
		const begun = await operate({ kind: 'back_up' });
		await platform.settle();
		expect((await operation(begun.body.id)).state).to.equal('running');
		await lookAgain();
		expect(await operation(begun.body.id)).to.include({ state: 'done', problem: null });
		const [made] = await list();
		expect(made).to.include({
			...{ id: begun.body.id, state: 'done', bytes: 1_234, problem: null, asked_by: 'administrator' },
			...{ made: platform.clock.now(), verified: platform.clock.now(), home: 'home-1' },
		});
	});

	it('one at a time; asking again after a crash asks for the same', async () => {
		platform.home.mood(() => 'slow');
		const begun = await operate({ kind: 'back_up' });
		await platform.settle();
		const second = await operate({ kind: 'back_up' });
		expect([second.status, second.body.code]).to.deep.equal([409, 'backup_underway']);
		platform.home.mood(() => 'serve');
		await platform.restart();
		await platform.settle();
		await lookAgain();
		expect((await operation(begun.body.id)).state).to.equal('done');
		expect([...platform.home.orders.keys()].filter((id) => id === begun.body.id)).to.have.length(1);
	});

	it('one that fails says why, and the branch goes on', async () => {
		platform.home.mood(() => 'damaged');
		const failed = await ended({ kind: 'back_up' });
		expect(failed.state).to.equal('failed');
		expect(failed.problem!.title).to.contain('is damaged');
		const listed = (await list()).find(({ id }) => id === failed.id);
		expect(listed).to.include({ state: 'failed', problem: failed.problem!.title });
		platform.home.mood(() => 'error');
		expect((await ended({ kind: 'back_up' })).problem!.title).to.contain('The disk is full');
		expect((await branchNow()).conditions.find(({ type }) => type === 'Available')!.status).to.equal('True');
	});

	it('a copy says where it lies: in its home, in the object storage, or not there yet and why; each sweep asks until it is there', async () => {
		const where = 's3://copies/anytown';
		platform.clock.advance(1_000);
		const since = platform.clock.now();
		const waits = { state: 'not_yet', where, since, code: 'away_full', problem: 'It is full.' } as const;
		platform.home.copiesAway(waits);
		platform.home.mood(() => 'slow');
		const { id } = (await operate({ kind: 'back_up' })).body;
		await platform.settle();
		expect(platform.home.orders.get(id)).to.include({ away: 'bring' });
		platform.home.mood(() => 'serve');
		await lookAgain();
		// The copy is whole in its home, so the backup is done.
		const begun = await operation(id);
		expect(begun).to.include({ state: 'done' });
		expect((begun as unknown as { result: { away: unknown } }).result.away).to.deep.equal(waits);
		const listed = async () =>
			(await list()).find(({ id }) => id === begun.id) as unknown as { away: unknown };
		expect((await listed()).away).to.deep.equal(waits);
		const visitor = await atConsole(platform, ADMIN_TOKEN);
		const page = (await visitor.get(PAGE)).body;
		expect(page).to.contain(`It lies in home-1, and not in ${where} yet.`).and.to.contain('storage is full.');
		expect(page).to.contain('It lies in home-1 alone.');
		const whole = (await visitor.get('/libraries/multnomah/backups')).body;
		expect(whole).to.contain(`not in ${where} yet`);
		const asked = (id: string) => (platform.home.orders.get(id) as BackupOrder).away;
		platform.home.mood(() => 'slow');
		await platform.provisioner().services.sweep();
		await platform.settle();
		expect(asked(begun.id)).to.equal('look');
		expect((await listed()).away).to.deep.equal(waits);
		platform.home.mood(() => 'serve');
		platform.home.copiesAway({ state: 'there', where, at: since + 5 });
		await platform.restart();
		await platform.provisioner().services.sweep();
		await platform.settle();
		const there = { state: 'there', where, since: since + 5, code: null, problem: null };
		expect((await listed()).away).to.deep.equal(there);
		expect((await visitor.get(PAGE)).body).to.contain(`It lies in home-1 and in ${where}.`);
		platform.home.copiesAway(null);
	});

	it('what is gone is kept by the platform: what was deleted for ever, what is hidden as it is now', async () => {
		const post = (id: number): Gone => ({ what: 'post', id, decision: null, at: 5 });
		const hidden = (id: number): Gone => ({ what: 'hidden', id, decision: 'd', at: 0 });
		const { home, url } = platform;
		expect(await home.tellGone(url, branch, [post(1), hidden(2), hidden(3)])).to.equal(204);
		expect(await home.tellGone(url, branch, [post(4), hidden(3)])).to.equal(204);
		const bad = { what: 'post', id: 1, decision: null, at: 'now' } as unknown as Gone;
		expect(await home.tellGone(url, branch, [bad])).to.equal(400);
		expect(await home.tellGone(url, '11111111-1111-4111-8111-111111111111', [])).to.equal(404);
	});

	it('a restore lays the copy out with all that is gone, then wishes for the branch under the next epoch', async () => {
		const backup = (await list()).find(({ state }) => state === 'done')!.id;
		const begun = await operate({ kind: 'restore', backup });
		await platform.settle();
		const order = platform.home.orders.get(begun.body.id) as RestoreOrder;
		expect(order).to.include({ backup, epoch: 2, manifest: MANIFEST });
		expect(order.gone.map(({ what, id }) => `${what} ${id}`)).to.have.members([
			'post 1',
			'post 4',
			'hidden 3',
		]);
		expect(platform.home.taken.at(-1)!.branch.epoch).to.equal(1);
		const second = await operate({ kind: 'restore', backup });
		expect([second.status, second.body.code]).to.deep.equal([409, 'restore_underway']);
		// Whichever process goes on with it.
		await platform.restart();
		await platform.settle();
		await lookAgain();
		await lookAgain();
		expect(platform.home.taken.at(-1)!.branch.epoch).to.equal(2);
		expect(await operation(begun.body.id)).to.include({ state: 'done', problem: null });
		expect((await branchNow()).conditions.find(({ type }) => type === 'Available')!.status).to.equal('True');
	});

	it('a restore that the home cannot lay out changes nothing that serves', async () => {
		const backup = (await list()).find(({ state }) => state === 'done')!.id;
		const { generation } = await branchNow();
		platform.home.mood(() => 'damaged');
		const failed = await ended({ kind: 'restore', backup });
		expect(failed.state).to.equal('failed');
		expect((await branchNow()).generation).to.equal(generation);
	});

	it('a copy that is not there, is none or is not whole cannot be restored', async () => {
		const broken = (await list()).find(({ state }) => state === 'failed')!.id;
		for (const [backup, status] of [
			['none', 404],
			[undefined, 422],
			[broken, 409],
		] as const)
			expect((await operate({ kind: 'restore', backup })).status, String(backup)).to.equal(status);
	});

	it('the console makes one, lists them and restores one, when somebody says that they are sure', async () => {
		const visitor = await atConsole(platform, ADMIN_TOKEN);
		const page = await visitor.get(PAGE);
		expect(page.body)
			.to.contain('1 MB')
			.and.to.contain('is damaged')
			.and.to.contain('Restore Belmont Library');
		const backup = /name="backup" value="([^"]+)"/.exec(page.body)![1]!;
		expect(isUuid(backup)).to.equal(true);
		expect((await visitor.post(`${PAGE}/back_up`, {})).status).to.equal(303);
		await platform.settle();
		await lookAgain();
		await visitor.get(PAGE);
		const slip = await visitor.post(`${PAGE}/restore`, { backup });
		expect(slip.status).to.equal(422);
		expect(slip.body).to.contain('Tick that you are sure.');
		expect((await visitor.post(`${PAGE}/restore`, { sure: 'yes' })).status).to.equal(422);
		expect((await visitor.post(`${PAGE}/restore`, { backup, sure: 'yes' })).status).to.equal(303);
		await platform.settle();
		for (let looks = 0; looks < 3; looks++) await lookAgain();
		expect(platform.home.taken.at(-1)!.branch.epoch).to.equal(3);
		expect((await visitor.get(PAGE)).body).to.contain('A restore was asked for');
	});
});
