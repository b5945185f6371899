import { existsSync, mkdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { BackupFacts, CopyState } from '@understory/core/backup.ts';
import type { BranchStatus, DesiredBranch } from '@understory/core/desired.ts';
import type { BackupPart } from '@understory/core/moving.ts';
import { generateKey } from '@understory/transparency-log/keys.ts';
import { signDocument } from '@understory/transparency-log/signed-document.ts';
import { expect } from 'chai';
import { type Answer, createBed, type HomeBed } from './bed.ts';

/** Two homes, each with a platform of its own; what one asks for is carried to the other by the test, as the platform does. */
describe('a branch that goes from home to home', () => {
	let old: HomeBed;
	let fresh: HomeBed;
	let key: BranchStatus['branch_key'];
	const asked: BackupPart[] = [];
	/** What the carriers do with a request for a part: null lets it through. */
	let trouble: ((part: BackupPart) => number | null) | null = null;
	before(async () => {
		[old, fresh] = await Promise.all([createBed(), createBed()]);
		fresh.platform.carry(async (carriage, part) => {
			asked.push(part);
			const status = trouble?.(part) ?? null;
			if (status !== null) return { status, body: '{}' };
			const [backup] = carriage.split(' ');
			const order = { type: 'understory/hand-over-order/v1', backup, part };
			return bytesOf(await put(old, `backups/${backup}/parts`, order));
		});
		key = statusIn(await old.send('north', old.wish('north'))).branch_key;
		mkdirSync(join(old.folderOf('north'), 'media'), { recursive: true });
		writeFileSync(join(old.folderOf('north'), 'media', 'picture-1.jpg'), Buffer.alloc(5 * 1024 * 1024, 7));
	});
	after(() => Promise.all([old.close(), fresh.close()]));
	beforeEach(() => {
		asked.length = 0;
		trouble = null;
	});

	function put(bed: HomeBed, path: string, about: object, signed = true): Promise<Answer> {
		const order = {
			...{ home: bed.platform.homeId, branch: 'branch-north' },
			...{ issued: bed.clock.now(), expires: bed.clock.now() + 600_000 },
			...about,
		};
		const document = signed ? bed.platform.sign(order) : signDocument(order, generateKey());
		return bed.internal('PUT', `/internal/v1/branches/branch-north/${path}`, JSON.stringify(document));
	}
	const backUp = async (bed: HomeBed, backup: string) => {
		const ask = () => put(bed, `backups/${backup}`, { type: 'understory/backup-order/v1', backup });
		await ask();
		await bed.home().settle();
		return stateIn(await ask());
	};
	const arrive = async (backup: string, from: string, base: string | null = null) => {
		const order = { type: 'understory/arrival-order/v1', backup, carriage: `${from} carriage`, base };
		await put(fresh, `arrivals/${backup}`, order);
		await fresh.home().settle();
		return stateIn(await put(fresh, `arrivals/${backup}`, order));
	};
	const leaving = (bed: HomeBed, stage: string, epoch: number, over: object = {}) =>
		put(bed, 'leaving', { type: 'understory/leaving-order/v1', stage, epoch, ...over });
	const layOut = async (bed: HomeBed, restore: string, backup: string, epoch: number) => {
		const order = {
			type: 'understory/restore-order/v1',
			restore,
			backup,
			epoch,
			gone: [],
			keep_sessions: true,
		};
		await put(bed, `restores/${restore}`, order);
		await bed.home().settle();
		return stateIn(await put(bed, `restores/${restore}`, order));
	};
	const wishFor = (bed: HomeBed, generation: number, epoch: number): DesiredBranch => {
		const wish = bed.wish('north', { generation });
		const { origin } = old.wish('north').branch;
		return { ...wish, branch: { ...wish.branch, epoch, origin } };
	};
	const bytesOf = ({ status, bytes }: Answer) => ({ status, body: bytes });
	const stateIn = (answer: Answer) => JSON.parse(answer.body) as CopyState<BackupFacts>;
	const statusIn = (answer: Answer) => JSON.parse(answer.body) as BranchStatus;
	const copy = (bed: HomeBed, backup: string) => join(bed.folder, 'backups', 'branch-north', backup);
	const filesAsked = () => asked.flatMap((part) => (part.what === 'file' ? [part] : []));

	it('a copy is carried in parts, its keys wrapped for the home that takes it, and tried there', async () => {
		expect((await backUp(old, 'one')).state).to.equal('done');
		const arrived = await arrive('one-here', 'one');
		expect(arrived, JSON.stringify(arrived)).to.include({ state: 'done' });
		const pictures = filesAsked().filter(({ path }) => path === 'media/picture-1.jpg');
		expect(pictures.map(({ from, bytes }) => [from, bytes])).to.deep.equal([
			[0, 4 * 1024 * 1024],
			[4 * 1024 * 1024, 1024 * 1024],
		]);
		const wrapped = (bed: HomeBed, backup: string) => readFileSync(join(copy(bed, backup), 'branch.sqlite'));
		expect(wrapped(fresh, 'one-here').equals(wrapped(old, 'one'))).to.equal(false);
		expect(
			readFileSync(join(fresh.folder, 'home.key')).equals(readFileSync(join(old.folder, 'home.key'))),
		).to.equal(false);
	});

	it('nothing is handed over to whom the platform did not let in, nor anything but a part of that copy', async () => {
		const order = (part: unknown) => ({ type: 'understory/hand-over-order/v1', backup: 'one', part });
		const ask = (part: unknown) => put(old, 'backups/one/parts', order(part));
		const manifest = { what: 'manifest' };
		expect((await put(old, 'backups/one/parts', order(manifest), false)).status).to.equal(403);
		expect((await put(old, 'backups/two/parts', order(manifest))).status).to.equal(400);
		const file = { what: 'file', path: 'branch.json', from: 0, bytes: 10 };
		expect((await ask(file)).body).to.have.length(10);
		for (const wrong of [
			{ ...file, path: '../../home.key' },
			{ ...file, path: 'media/none' },
			{ ...file, from: -1 },
			{ ...file, bytes: 5 * 1024 * 1024 },
			{ what: 'key', recipient: 'me' },
			{ what: 'home.key' },
			null,
		])
			expect((await ask(wrong)).status, JSON.stringify(wrong)).to.equal(400);
		expect((await put(old, 'backups/none/parts', { ...order(manifest), backup: 'none' })).status).to.equal(
			404,
		);
	});

	it('what was broken off goes on where it was, also in a home that was killed meanwhile', async () => {
		trouble = (part) => (part.what === 'file' && part.from > 0 ? 503 : null);
		expect(await arrive('two-here', 'one')).to.deep.equal({ state: 'underway' });
		await fresh.home().settle();
		const half = join(`${copy(fresh, 'two-here')}.arriving`, 'media', 'picture-1.jpg');
		expect(readFileSync(half)).to.have.length(4 * 1024 * 1024);
		await fresh.restart();
		asked.length = 0;
		trouble = null;
		expect((await arrive('two-here', 'one')).state).to.equal('done');
		expect(filesAsked().map(({ path, from }) => [path, from])).to.deep.equal([
			['media/picture-1.jpg', 4 * 1024 * 1024],
		]);
	});

	it('one that arrives with other bytes than were written down is no copy, and says so', async () => {
		expect((await backUp(old, 'bent')).state).to.equal('done');
		truncateSync(join(copy(old, 'bent'), 'media', 'picture-1.jpg'), 1_000);
		const bent = await arrive('bent-here', 'bent');
		expect(bent).to.include({ state: 'failed' });
		expect(JSON.stringify(bent)).to.contain('picture-1.jpg is not what was written down');
		expect(existsSync(copy(fresh, 'bent-here'))).to.equal(false);
		trouble = () => 403;
		expect(JSON.stringify(await arrive('none-here', 'one'))).to.contain('does not hand over');
	});

	it('while the last changes are carried over the branch answers 503 with Retry-After, after a restart as well', async () => {
		expect((await leaving(old, 'closed', 1)).status).to.equal(200);
		for (const again of [false, true]) {
			if (again) await old.restart();
			const seen = await old.visit(old.hostOf('north'));
			expect(seen.status).to.equal(503);
			expect(seen.headers['retry-after']).to.equal('30');
			expect((await old.internal('GET', '/internal/v1/branches/branch-north/open')).status).to.equal(503);
		}
		expect((await old.send('north', wishFor(old, 2, 1))).status).to.equal(409);
	});

	it('when nothing comes of it the branch is open again, and an order from before does not close it', async () => {
		const before = old.clock.now();
		old.clock.advance(1_000);
		expect((await leaving(old, 'open', 1)).status).to.equal(200);
		expect((await old.visit(old.hostOf('north'))).status).to.equal(200);
		expect((await leaving(old, 'closed', 1, { issued: before })).status).to.equal(409);
		expect((await old.visit(old.hostOf('north'))).status).to.equal(200);
	});

	it('the last copy brings only what changed; the branch then serves there, with its keys, and never here again', async () => {
		await leaving(old, 'closed', 1);
		expect((await backUp(old, 'rest')).state).to.equal('done');
		expect((await arrive('rest-here', 'rest', 'one-here')).state).to.equal('done');
		expect(filesAsked().some(({ path }) => path.startsWith('media/'))).to.equal(false);
		expect((await fresh.send('north', wishFor(fresh, 3, 2))).status, 'an empty folder is not made').to.equal(
			409,
		);
		expect((await layOut(fresh, 'move', 'rest-here', 2)).state).to.equal('done');
		expect((await leaving(old, 'left', 1)).status).to.equal(200);
		const moved = statusIn(await fresh.send('north', wishFor(fresh, 3, 2)));
		expect(moved).to.include({ state: 'serving', epoch: 2, generation: 3 });
		expect(moved.branch_key).to.deep.equal(key);
		expect((await fresh.visit(old.hostOf('north'))).status).to.equal(200);
		for (const again of [false, true]) {
			if (again) await old.restart();
			expect(old.home().answersFor(old.hostOf('north'))).to.equal(false);
			expect((await old.send('north', wishFor(old, 9, 1))).status).to.equal(409);
			expect((await leaving(old, 'open', 1)).status).to.equal(409);
		}
	});

	it('it can come back under a newer epoch, and orders of the time before touch it no more', async () => {
		old.platform.carry(async (carriage, part) => {
			const [backup] = carriage.split(' ');
			const order = { type: 'understory/hand-over-order/v1', backup, part };
			return bytesOf(await put(fresh, `backups/${backup}/parts`, order));
		});
		await leaving(fresh, 'closed', 2);
		await backUp(fresh, 'back');
		const order = {
			type: 'understory/arrival-order/v1',
			backup: 'back-here',
			carriage: 'back c',
			base: 'rest',
		};
		await put(old, 'arrivals/back-here', order);
		await old.home().settle();
		expect((await layOut(old, 'back-move', 'back-here', 3)).state).to.equal('done');
		await leaving(fresh, 'left', 2);
		const back = statusIn(await old.send('north', wishFor(old, 10, 3)));
		expect(back).to.include({ state: 'serving', epoch: 3 });
		expect(back.branch_key).to.deep.equal(key);
		expect((await leaving(old, 'left', 1)).status).to.equal(409);
		const clearing = (bed: HomeBed, epoch: number) =>
			put(bed, 'clearing', { type: 'understory/clearing-order/v1', epoch });
		expect((await clearing(old, 3)).status).to.equal(409);
		expect((await old.visit(old.hostOf('north'))).status).to.equal(200);
		expect((await clearing(fresh, 1)).status).to.equal(409);
		for (const _ of [1, 2]) expect((await clearing(fresh, 2)).status).to.equal(200);
		expect(existsSync(fresh.folderOf('north'))).to.equal(false);
		expect(existsSync(join(fresh.folder, 'backups', 'branch-north'))).to.equal(false);
	});

	it('one copy is removed by a signed order, also twice', async () => {
		const remove = (signed = true) =>
			put(old, 'backups/one/removal', { type: 'understory/removal-order/v1', backup: 'one' }, signed);
		expect((await remove(false)).status).to.equal(403);
		expect(existsSync(copy(old, 'one'))).to.equal(true);
		for (const _ of [1, 2]) expect((await remove()).status).to.equal(200);
		expect(existsSync(copy(old, 'one'))).to.equal(false);
		expect(existsSync(copy(old, 'rest'))).to.equal(true);
		rmSync(copy(old, 'rest'), { recursive: true });
	});
});
