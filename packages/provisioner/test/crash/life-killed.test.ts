import type { RestoreOrder } from '@understory/core/backup.ts';
import { USUAL_MEMBERS_DECIDE } from '@understory/neighborhood/proposal.ts';
import { publicKeyOf } from '@understory/transparency-log/keys.ts';
import { verifyDocument } from '@understory/transparency-log/signed-document.ts';
import { expect } from 'chai';
import { type Cable, layCable } from '../fixtures/cable.ts';
import { BRANCH, LIBRARY, OPENING, type Platform, startPlatform } from '../fixtures/platform.ts';

const PATH = '/api/v1/libraries/multnomah/branches/belmont';
const DAY = 86_400_000;

interface Operation {
	id: string;
	kind: string;
	state: string;
	finished: number | null;
	problem: { title: string } | null;
}
interface Branch {
	id: string;
	stage: string;
	generation: number;
	observed_generation: number;
	suspended: { why: object } | null;
	retired: { until: number; deleted: number | null } | null;
	conditions: { type: string; status: string; reason: string }[];
}

/**
 * A provisioner that dies after a step that was written down: from there on nothing of it reaches the database any more, as after a kill -9, and
 * another one starts on what is there. In each act it dies once at every step there is, one death after the other.
 */
describe('the acts of a branch’s life, with a provisioner that is killed at every step', function () {
	this.timeout(240_000);
	let platform: Platform;
	let cable: Cable;
	let id: string;
	let isHunting = false;
	let isDead = false;
	/** Resolves when it dies. Nobody waits any longer for it then: what it has in line it looks at no more. */
	let death = Promise.withResolvers<void>();
	const died = new Set<string>();

	async function connected(databaseUrl: string): Promise<string> {
		cable = await layCable(databaseUrl);
		return cable.url;
	}
	before(async () => {
		platform = await startPlatform({
			through: connected,
			afterStep(step) {
				// What starts homes and publishes comes again with every start; dying there has a test of its own.
				if (!isHunting || isDead || died.has(step) || /enrol|start|home|publish/.test(step)) return;
				isDead = true;
				died.add(step);
				void cable.cut();
				death.resolve();
				throw new Error(`killed after ${step}`);
			},
		});
		await platform.api('POST', '/api/v1/libraries', { body: LIBRARY });
		await platform.api('POST', '/api/v1/libraries/multnomah/branches', { body: BRANCH });
		await platform.settle();
		await platform.api('POST', `${PATH}/operations`, { body: OPENING });
		await platform.settle();
		id = (await branch()).id;
	});
	after(async () => {
		await platform.close();
		await cable.close();
	});
	beforeEach(() => {
		platform.clock.advance(1_000);
		died.clear();
	});

	const branch = async () => (await platform.api<Branch>('GET', PATH)).body;
	const condition = async (type: string) => (await branch()).conditions.find((one) => one.type === type)!;
	const count = async (table: string, where: object) =>
		Number((await platform.provisioner().context.database(table).where(where).count('* as n').first())?.n);

	/** Another one starts when this one is dead. Returns whether it was. */
	async function reviveDead(): Promise<boolean> {
		if (!isDead) return false;
		await platform.succeed((databaseUrl) => {
			isDead = false;
			death = Promise.withResolvers();
			return connected(databaseUrl);
		});
		return true;
	}

	/** Asks as a patient client does, again with the same key, and lets the platform work until it has ended; it dies at every step on the way. */
	async function throughAllDeaths(body: { kind: string; slug?: string }): Promise<Operation> {
		isHunting = true;
		const headers = { 'idempotency-key': `${body.kind}-${platform.clock.now()}` };
		const ask = () => platform.api<Operation>('POST', `${PATH}/operations`, { body, headers });
		let begun = await ask();
		while (await reviveDead()) begun = await ask();
		expect(begun.status, JSON.stringify(begun.body)).to.equal(202);
		for (let looks = 0; looks < 40; looks++) {
			await Promise.race([platform.settle().catch(() => undefined), death.promise]);
			if (await reviveDead()) continue;
			const { body: now } = await platform.api<Operation>('GET', `/api/v1/operations/${begun.body.id}`);
			if (now.finished !== null && !isDead) {
				isHunting = false;
				await platform.settle();
				expect(await count('operation', { id: now.id })).to.equal(1);
				return now;
			}
			await platform.provisioner().services.look([id]);
		}
		throw new Error(`${body.kind} does not end; it died at ${[...died].join(', ')}`);
	}
	/** It was one act, however often it was begun: one entry of the history, and nothing left behind. */
	async function isOneAct(audit: string, times = 1): Promise<void> {
		expect(await count('audit', { act: audit })).to.equal(times);
		const { generation, observed_generation } = await branch();
		expect(observed_generation).to.equal(generation);
		expect(await condition('Progressing')).to.include({ status: 'False' });
	}

	const WISH = ['intent_send_desired', 'desired_sent', 'status_recorded', 'operation_ended'];

	it('suspended: it is suspended once, and its home lets nobody in', async () => {
		const until = platform.clock.now() + DAY;
		const why = { en: 'New shelves are built.', es: 'Se construyen estantes nuevos.' };
		const body = { kind: 'suspend', why, until };
		expect(await throughAllDeaths(body)).to.include({ state: 'done' });
		expect([...died]).to.have.members(['branch_suspended', ...WISH]);
		await isOneAct('suspended');
		expect(await condition('Available')).to.include({ status: 'False', reason: 'Suspended' });
		expect(platform.home.taken.at(-1)!.branch.suspended).to.deep.include({ why, until });
	});

	it('resumed: it is open as before', async () => {
		expect(await throughAllDeaths({ kind: 'resume' })).to.include({ state: 'done' });
		expect([...died]).to.have.members(['branch_resumed', ...WISH]);
		await isOneAct('resumed');
		expect(await condition('Available')).to.include({ status: 'True' });
		expect(platform.home.taken.at(-1)!.branch.suspended ?? null).to.equal(null);
		expect((await branch()).stage).to.equal('open');
	});

	it('backed up: there is one copy, whole', async () => {
		expect(await throughAllDeaths({ kind: 'back_up' })).to.include({ state: 'done' });
		expect([...died]).to.have.members(['branch_backed_up', 'backup_ended']);
		await isOneAct('backed_up');
		expect(await count('backup', { branch: id })).to.equal(1);
		expect(await count('backup', { branch: id, state: 'done' })).to.equal(1);
		expect(platform.home.orders.size).to.equal(1);
	});

	it('restored: the copy serves, under the next epoch and no later one', async () => {
		const { id: backup } = await platform.provisioner().context.database('backup').first('id');
		const body = { kind: 'restore', backup };
		const restored = await throughAllDeaths(body);
		expect(restored).to.include({ state: 'done' });
		expect([...died]).to.have.members([
			...['branch_restored', 'restore_switching', 'restore_ended'],
			...WISH.filter((step) => step !== 'operation_ended'),
		]);
		await isOneAct('restored');
		expect(platform.home.taken.at(-1)!.branch.epoch).to.equal(2);
		expect((platform.home.orders.get(restored.id) as RestoreOrder).epoch).to.equal(2);
		expect(await condition('Available')).to.include({ status: 'True' });
	});

	it('renamed: one branch goes on for it, its people are told once, and so are its neighbors', async () => {
		const page = `/api/v1/neighborhoods/${(await platform.provisioner().context.database('neighborhood').first('id')).id}`;
		await platform.api('PATCH', page, { body: { changes: USUAL_MEMBERS_DECIDE } });
		await platform.settle();
		const renamed = await throughAllDeaths({ kind: 'rename', slug: 'sunnyside' });
		expect(renamed).to.include({ state: 'done' });
		expect([...died]).to.have.members([
			...['branch_renaming', 'branch_closing', 'roster_proposed', 'neighbors_asked'],
			...WISH,
		]);
		await isOneAct('renaming');
		expect(await count('audit', { act: 'closing' })).to.equal(1);
		expect(await count('branch', { renamed_from: id })).to.equal(1);
		expect(await count('branch', {})).to.equal(2);
		expect(await count('roster_proposal', {})).to.equal(1);
		expect(await branch()).to.deep.include({
			stage: 'closing',
			successor: {
				...{ id: renamed.id, name: 'Belmont Library' },
				url: 'http://sunnyside.multnomah.localhost:4000',
			},
		});
	});

	it('retired: it is retired once, with one end of its hold, and off the roster', async () => {
		const asked = platform.clock.now();
		const body = { kind: 'retire', confirm: 'belmont' };
		expect(await throughAllDeaths(body)).to.include({ state: 'done' });
		expect([...died]).to.have.members(['branch_retired', ...WISH]);
		await isOneAct('retired');
		const { stage, retired } = await branch();
		expect([stage, retired!.until]).to.deep.equal(['retired', asked + 90 * DAY]);
		expect(platform.home.taken.at(-1)!.branch).to.deep.include({ stage: 'retired' });
	});

	it('deleted: everything of it is destroyed where it lived, and its name stays taken', async () => {
		platform.clock.advance(90 * DAY);
		const body = { kind: 'delete', confirm: 'belmont' };
		expect(await throughAllDeaths(body)).to.include({ state: 'done' });
		expect([...died]).to.have.members([
			...['branch_deleted', 'intent_delete_folder', 'folder_deleted', 'deletion_ended', 'operation_ended'],
		]);
		expect(new Set(platform.home.deleted)).to.deep.equal(new Set([id]));
		expect((await branch()).retired!.deleted).to.be.a('number');
		expect(await count('backup', { branch: id })).to.equal(0);
		expect(await count('branch', { id })).to.equal(1);
		expect(await count('audit', { act: 'deleted' })).to.equal(1);
		const { body: receipt } = await platform.api<object>('GET', `${PATH}/receipt`);
		expect(verifyDocument(receipt, [publicKeyOf(platform.platformKey)])).to.equal(true);
		expect(receipt).to.include({ destroyed: (await branch()).retired!.deleted, copies_destroyed: 1 });
	});
});
