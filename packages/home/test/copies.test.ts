import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { BackupFacts, CopyState } from '@understory/core/backup.ts';
import type { BranchStatus, DesiredBranch } from '@understory/core/desired.ts';
import { generateKey } from '@understory/transparency-log/keys.ts';
import { signDocument } from '@understory/transparency-log/signed-document.ts';
import { expect } from 'chai';
import { type Answer, createBed, type HomeBed } from './bed.ts';

describe('copies of the folders of a home', () => {
	let bed: HomeBed;
	let key: BranchStatus['branch_key'];
	before(async () => {
		bed = await createBed();
		key = statusIn(await bed.send('north', bed.wish('north'))).branch_key;
	});
	after(() => bed.close());

	const orderFor = (about: object) => ({
		home: bed.platform.homeId,
		branch: 'branch-north',
		issued: bed.clock.now(),
		expires: bed.clock.now() + 600_000,
		...about,
	});
	const put = (path: string, document: object) =>
		bed.internal('PUT', `/internal/v1/branches/branch-north/${path}`, JSON.stringify(document));
	const backUp = (backup: string, over: object = {}) =>
		put(
			`backups/${backup}`,
			bed.platform.sign(orderFor({ type: 'understory/backup-order/v1', backup, ...over })),
		);
	const layOut = (restore: string, epoch: number, backup = 'one') =>
		put(
			`restores/${restore}`,
			bed.platform.sign(orderFor({ type: 'understory/restore-order/v1', restore, backup, epoch, gone: [] })),
		);
	const wishFor = (generation: number, epoch: number): DesiredBranch => {
		const wish = bed.wish('north', { generation });
		return { ...wish, branch: { ...wish.branch, epoch } };
	};
	const stateIn = (answer: Answer) => JSON.parse(answer.body) as CopyState<BackupFacts>;
	const statusIn = (answer: Answer) => JSON.parse(answer.body) as BranchStatus;
	const copy = (backup: string) => join(bed.folder, 'backups', 'branch-north', backup);

	it('whether a branch opens its folder can be asked from inside', async () => {
		const ask = (branch: string) => bed.internal('GET', `/internal/v1/branches/${branch}/open`);
		expect((await ask('branch-north')).status).to.equal(204);
		expect((await ask('branch-none')).status).to.equal(404);
	});

	it('a copy is begun by a signed order, goes on by itself, and was tried before it is called done', async () => {
		expect(stateIn(await backUp('one'))).to.deep.equal({ state: 'underway' });
		await bed.home().settle();
		const done = stateIn(await backUp('one'));
		expect(done.state).to.equal('done');
		if (done.state !== 'done') return;
		expect(done.facts).to.include({ backup: 'one', epoch: 1, verified: bed.clock.now(), apart: false });
		expect(done.facts.bytes).to.be.greaterThan(10_000);
		const manifest = readFileSync(join(copy('one'), 'manifest.json'));
		expect(done.facts.manifest).to.equal(createHash('sha256').update(manifest).digest('hex'));
		// The key that opens it is not in it.
		expect(existsSync(join(copy('one'), 'home.key'))).to.equal(false);
		expect((await bed.visit(bed.hostOf('north'))).status).to.equal(200);
	});

	it('one that is removed while it is made leaves nothing behind, and the branch serves on', async () => {
		expect(stateIn(await backUp('cut'))).to.deep.equal({ state: 'underway' });
		const order = orderFor({ type: 'understory/removal-order/v1', backup: 'cut' });
		expect((await put('backups/cut/removal', bed.platform.sign(order))).status).to.equal(200);
		await bed.home().settle();
		const left = readdirSync(join(bed.folder, 'backups', 'branch-north'));
		expect(left.filter((name) => name.startsWith('cut'))).to.deep.equal([]);
		expect((await bed.visit(bed.hostOf('north'))).status).to.equal(200);
	});

	it('what somebody else signed, what is for another branch, or an id that leads elsewhere is refused', async () => {
		const forged = signDocument(orderFor({ type: 'understory/backup-order/v1', backup: 'x' }), generateKey());
		expect((await put('backups/x', forged)).status).to.equal(403);
		expect((await backUp('x', { branch: 'branch-south' })).status).to.equal(400);
		expect((await backUp('x', { backup: 'y' })).status).to.equal(400);
		expect((await backUp('x', { expires: bed.clock.now() - 1 })).status).to.equal(403);
		const away = await put(
			'backups/..%2Fone',
			bed.platform.sign(orderFor({ type: 'understory/backup-order/v1', backup: '../one' })),
		);
		expect(away.status).to.equal(422);
	});

	it('what is gone at a branch is told with its copy, and told later when nobody takes it', async () => {
		expect(bed.platform.gone.at(-1)).to.include({ branch: 'branch-north' });
		const told = bed.platform.gone.length;
		bed.platform.refuseGone(true);
		await backUp('two');
		await bed.restart();
		await bed.home().settle();
		expect(bed.platform.gone).to.have.length(told);
		bed.platform.refuseGone(false);
		await bed.home().settle();
		expect(bed.platform.gone).to.have.length(told + 1);
	});

	it('a copy is laid out beside the folder, which serves until a wish for the new epoch comes', async () => {
		await layOut('r-1', 2);
		await bed.home().settle();
		expect(stateIn(await layOut('r-1', 2)).state).to.equal('done');
		expect(statusIn(await bed.send('north', wishFor(2, 1))).epoch).to.equal(1);
		const restored = statusIn(await bed.send('north', wishFor(3, 2)));
		expect(restored).to.include({ state: 'serving', epoch: 2, generation: 3 });
		expect(restored.branch_key).to.deep.equal(key);
		expect((await bed.visit(bed.hostOf('north'))).status).to.equal(200);
		// The folder that served stays beside it, and can speak no more: its epoch is over.
		const before = JSON.parse(readFileSync(join(`${bed.folderOf('north')}.before`, 'branch.json'), 'utf8'));
		expect(before).to.include({ epoch: 1 });
	});

	it('a home that was killed between the two steps of putting it in place takes the second', async () => {
		await layOut('r-2', 3);
		await bed.home().settle();
		await bed.home().close();
		const folder = bed.folderOf('north');
		rmSync(`${folder}.before`, { recursive: true });
		renameSync(folder, `${folder}.before`);
		await bed.restart();
		const restored = statusIn(await bed.send('north', wishFor(4, 3)));
		expect(restored).to.include({ state: 'serving', epoch: 3 });
		expect(restored.branch_key).to.deep.equal(key);
	});

	it('a branch whose folder is damaged, its card and its database, is restored from a copy', async () => {
		await bed.restart();
		writeFileSync(join(bed.folderOf('north'), 'branch.json'), '{');
		writeFileSync(join(bed.folderOf('north'), 'branch.sqlite'), 'nothing of a database');
		expect((await bed.visit(bed.hostOf('north'))).status).to.equal(503);
		expect(stateIn(await layOut('r-5', 4))).to.deep.equal({ state: 'underway' });
		await bed.home().settle();
		expect(stateIn(await layOut('r-5', 4)).state).to.equal('done');
		const restored = statusIn(await bed.send('north', wishFor(5, 4)));
		expect(restored).to.include({ state: 'serving', epoch: 4 });
		expect(restored.branch_key).to.deep.equal(key);
		expect((await bed.visit(bed.hostOf('north'))).status).to.equal(200);
	});

	it('what is left of a branch is destroyed by a signed order, and its host answers 410 from then on, after a restart as well', async () => {
		const wish = bed.wish('south');
		const successor = { id: 'branch-north', name: 'North', origin: 'https://north.example' };
		await bed.send('south', { ...wish, branch: { ...wish.branch, successor } });
		const path = '/internal/v1/branches/branch-south/deletion';
		const order = orderFor({ type: 'understory/deletion-order/v1', branch: 'branch-south' });
		const forged = signDocument(order, generateKey());
		expect((await bed.internal('PUT', path, JSON.stringify(forged))).status).to.equal(403);
		expect((await bed.visit(bed.hostOf('south'))).status).to.equal(200);
		const signed = JSON.stringify(bed.platform.sign(order));
		for (const _ of [1, 2]) expect((await bed.internal('PUT', path, signed)).status).to.equal(200);
		expect(existsSync(bed.folderOf('south'))).to.equal(false);
		await bed.restart();
		await bed.home().settle();
		const gone = await bed.visit(bed.hostOf('south'));
		expect(gone.status).to.equal(410);
		expect(gone.body).to.contain('href="https://north.example/"');
		expect((await bed.send('south', bed.wish('south', { generation: 9 }))).status).to.equal(410);
		expect(existsSync(bed.folderOf('south'))).to.equal(false);
	});

	it('a copy whose bytes changed, or that is gone, is said so in a sentence, and what serves is left alone', async () => {
		writeFileSync(join(copy('one'), 'branch.json'), '{}');
		await layOut('r-3', 5);
		await bed.home().settle();
		const bent = stateIn(await layOut('r-3', 5));
		expect(bent).to.include({ state: 'failed' });
		expect(JSON.stringify(bent)).to.contain('branch.json is not what was written down');
		expect(JSON.stringify(stateIn(await layOut('r-4', 5, 'none')))).to.contain('Was the folder moved?');
		expect((await bed.visit(bed.hostOf('north'))).status).to.equal(200);
	});
});
