import { execFileSync } from 'node:child_process';
import {
	cpSync,
	existsSync,
	mkdirSync,
	mkdtempSync,
	readdirSync,
	rmSync,
	statfsSync,
	writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BackupFacts, CopyState } from '@understory/core/backup.ts';
import type { BranchStatus } from '@understory/core/desired.ts';
import { expect } from 'chai';
import { type Answer, createBed, type HomeBed } from './bed.ts';

const ROOM = 16 * 1024 * 1024;

describe('copies on a disk of their own', () => {
	let disk: string;
	let bed: HomeBed;
	let key: BranchStatus['branch_key'];
	const mount = (...options: string[]) =>
		execFileSync('mount', ['-t', 'tmpfs', '-o', [`size=${ROOM}`, ...options].join(), 'none', disk], {
			stdio: 'ignore',
		});

	before(async function () {
		disk = mkdtempSync(join(tmpdir(), 'understory-second-disk-'));
		try {
			mount();
		} catch {
			rmSync(disk, { recursive: true });
			console.error('      (only somebody who may mount a small disk can fill it)');
			this.skip();
		}
		bed = await createBed({ backups: join(disk, 'home-1') });
		key = statusIn(await bed.send('north', bed.wish('north'))).branch_key;
	});
	after(async () => {
		if (!bed) return;
		await bed.close();
		execFileSync('umount', [disk]);
		rmSync(disk, { recursive: true });
	});

	const put = (path: string, document: object) =>
		bed.internal(
			'PUT',
			`/internal/v1/branches/branch-north/${path}`,
			JSON.stringify(
				bed.platform.sign({
					home: bed.platform.homeId,
					branch: 'branch-north',
					issued: bed.clock.now(),
					expires: bed.clock.now() + 600_000,
					...document,
				}),
			),
		);
	const stateIn = (answer: Answer) => JSON.parse(answer.body) as CopyState<BackupFacts>;
	const statusIn = (answer: Answer) => JSON.parse(answer.body) as BranchStatus;
	/** Asks, waits until it is over, and asks how it was. */
	async function ended(ask: () => Promise<Answer>): Promise<CopyState<BackupFacts>> {
		await ask();
		await bed.home().settle();
		return stateIn(await ask());
	}
	const backUp = (backup: string) =>
		ended(() => put(`backups/${backup}`, { type: 'understory/backup-order/v1', backup }));
	const layOut = (restore: string, epoch: number, backup: string) =>
		ended(() =>
			put(`restores/${restore}`, {
				...{ type: 'understory/restore-order/v1', restore, backup, epoch, gone: [] },
			}),
		);
	async function turnTo(epoch: number, generation: number): Promise<BranchStatus> {
		const wish = bed.wish('north', { generation });
		return statusIn(await bed.send('north', { ...wish, branch: { ...wish.branch, epoch } }));
	}
	const place = (backup: string) => join(disk, 'home-1', 'branch-north', backup);
	const serves = async () => (await bed.visit(bed.hostOf('north'))).status === 200;

	it('lie there and nowhere else, and are known to outlive the disk of the branch', async () => {
		const one = await backUp('one');
		expect(one).to.have.nested.property('facts.apart', true);
		expect(readdirSync(place('one'))).to.include.members(['manifest.json', 'branch.sqlite', 'tried.json']);
		expect(existsSync(join(bed.folder, 'backups'))).to.equal(false);
	});

	it('are not made when it is full or closed, which is said of it and not of the branch, leave nothing half, and are made once it is mended', async () => {
		const filler = join(disk, 'filler');
		const { bavail, bsize } = statfsSync(disk);
		writeFileSync(filler, Buffer.alloc(bavail * bsize - 65_536));
		const full = await backUp('two');
		expect(full).to.include({ state: 'failed' });
		expect(JSON.stringify(full)).to.include('The place where copies lie is full, so no copy was made.');
		rmSync(filler);
		mount('remount', 'ro');
		const closed = await backUp('three');
		mount('remount', 'rw');
		expect(JSON.stringify(closed)).to.include('The place where copies lie cannot be written to');
		expect(readdirSync(join(disk, 'home-1', 'branch-north'))).to.deep.equal(['one']);
		expect(await serves()).to.equal(true);
		expect(await backUp('four')).to.include({ state: 'done' });
	});

	it('that were half written when the home was killed are no copies: nothing is restored from them, and asking again makes them whole', async () => {
		const making = `${place('five')}.making`;
		mkdirSync(making);
		cpSync(join(place('one'), 'branch.json'), join(making, 'branch.json'));
		writeFileSync(join(making, 'branch.sqlite'), 'half a datab');
		expect(JSON.stringify(await layOut('r-1', 2, 'five'))).to.include(
			'is not where backups of this home lie',
		);
		expect(await backUp('five')).to.include({ state: 'done' });
		expect(existsSync(making)).to.equal(false);
	});

	it('bring a branch back whose home lost its disk, with the keys that were kept: it is who it was', async () => {
		await bed.home().close();
		for (const name of readdirSync(bed.folder))
			if (!['home.key', 'role.key'].includes(name)) rmSync(join(bed.folder, name), { recursive: true });
		await bed.restart();
		expect((await bed.visit(bed.hostOf('north'))).status).to.equal(421);
		expect(await layOut('r-2', 2, 'four')).to.deep.equal({ state: 'done', facts: { epoch: 2 } });
		const status = await turnTo(2, 2);
		expect(status).to.deep.include({ state: 'serving', epoch: 2, branch_key: key });
		expect(await serves()).to.equal(true);
	});

	it('that were made before there was the disk are found where they were, and destroyed with the branch', async () => {
		const before = join(bed.folder, 'backups', 'branch-north', 'one');
		cpSync(place('one'), before, { recursive: true });
		rmSync(place('one'), { recursive: true });
		expect(await layOut('r-3', 3, 'one')).to.include({ state: 'done' });
		expect(await turnTo(3, 3)).to.include({ state: 'serving', epoch: 3 });
		await put('deletion', { type: 'understory/deletion-order/v1' });
		expect(readdirSync(join(bed.folder, 'backups'))).to.deep.equal([]);
		expect(readdirSync(join(disk, 'home-1'))).to.deep.equal([]);
	});
});
