import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { openCheckpoint } from '../src/checkpoint.ts';
import { generateKey } from '../src/keys.ts';
import { beginLog, LogMismatch, type LogStorage, openLog } from '../src/log.ts';
import { folderStorage } from '../src/log-folder.ts';
import { BadNote } from '../src/note.ts';
import { decodeBundle, parseTilePath, tileReader } from '../src/tiles.ts';
import { EMPTY_ROOT, foldHashes, leafHash, leavesReader, rootOf, verifyConsistency } from '../src/tree.ts';
import { verifyEntry } from '../src/verify.ts';
import { memoryStorage } from './memory-storage.ts';

const origin = 'accountability.library.example/log/2026';
const key = generateKey();
const entry = (i: number): Buffer => Buffer.from(`{"n":${i}}`);
const entries = (from: number, to: number): Buffer[] =>
	Array.from({ length: to - from }, (_, i) => entry(from + i));

/** The root from the entries alone. */
function rootOfEntries(all: readonly Buffer[]): Promise<Buffer> {
	const leaves = all.map(leafHash);
	return rootOf(all.length, leavesReader(leaves));
}

/** A storage that dies at its nth write: before it, or right after it reached the disk. */
function dying(inner: LogStorage, at: number, when: 'before' | 'after'): LogStorage {
	let count = 0;
	return {
		read: (path) => inner.read(path),
		async write(path, bytes) {
			count++;
			if (count > at || (count === at && when === 'before')) throw new Error('killed');
			await inner.write(path, bytes);
			if (count === at) throw new Error('killed');
		},
	};
}

describe('the log (C2SP tlog-tiles v0.1.0)', () => {
	it('begins with a checkpoint of nothing', async () => {
		const log = await beginLog({ origin, key, storage: memoryStorage() });
		expect(log.checkpoint()).to.include({ origin, size: 0 });
		expect(openCheckpoint(log.checkpoint().note, log.vkey).root.equals(EMPTY_ROOT)).to.equal(true);
	});

	it('is begun by its writer only: whoever opens what is not there is told so, and writes nothing', async () => {
		const storage = memoryStorage();
		const failure = await openLog({ origin, key, storage }).catch((error: unknown) => error);
		expect(failure).to.be.instanceOf(LogMismatch);
		expect(storage.files.size).to.equal(0);
		const log = await beginLog({ origin, key, storage });
		await log.append(0, entries(0, 2));
		expect((await beginLog({ origin, key, storage })).checkpoint().size).to.equal(2);
		storage.files.clear();
		expect(await log.append(2, [entry(2)]).catch((error: unknown) => error)).to.be.instanceOf(LogMismatch);
	});

	it('proves every entry and every earlier size, across a tile and in any batches', async () => {
		const storage = memoryStorage();
		const log = await beginLog({ origin, key, storage });
		const past: { size: number; root: Buffer }[] = [];
		for (const to of [1, 3, 255, 256, 257, 600]) {
			const { size } = log.checkpoint();
			await log.append(size, entries(size, to));
			past.push({ size: to, root: log.checkpoint().root });
			expect(log.checkpoint().root.equals(await rootOfEntries(entries(0, to))), `size ${to}`).to.equal(true);
		}
		for (const index of [0, 1, 2, 254, 255, 256, 257, 511, 512, 599]) {
			const verdict = verifyEntry({ entry: entry(index), proof: await log.proof(index), vkey: log.vkey });
			expect(verdict).to.include({ ok: true, origin, index, size: 600 });
			expect((await log.entry(index)).equals(entry(index))).to.equal(true);
		}
		const root2 = log.checkpoint().root;
		for (const { size, root } of past) {
			const proof = await log.consistency(size);
			expect(
				verifyConsistency({ size1: size, size2: 600, root1: root, root2, proof }),
				`from ${size}`,
			).to.equal(true);
		}
		expect(
			[...storage.files.keys()].filter((path) => path !== 'checkpoint' && !parseTilePath(path)),
		).to.deep.equal([]);
		expect(storage.files.get('tile/1/000.p/2')).to.have.length(64);
		expect(decodeBundle(storage.files.get('tile/entries/002.p/88')!)).to.have.length(88);
	});

	it('has a second level when it holds 65,536 entries and more', async function () {
		this.timeout(60_000);
		const storage = memoryStorage();
		const log = await beginLog({ origin, key, storage });
		await log.append(0, entries(0, 65_530));
		await log.append(65_530, entries(65_530, 70_000));
		expect(storage.files.get('tile/2/000.p/1')).to.have.length(32);
		expect(storage.files.get('tile/1/001.p/17')).to.have.length(17 * 32);
		expect(storage.files.get('tile/0/273.p/112')).to.have.length(112 * 32);
		const verdict = verifyEntry({ entry: entry(65_535), proof: await log.proof(65_535), vkey: log.vkey });
		expect(verdict).to.include({ ok: true, size: 70_000 });
		const read = tileReader(70_000, async (tile) => storage.files.get(`tile/${tile.level}/000`)!);
		expect((await read(8, 3)).equals(foldHashes(entries(768, 1024).map(leafHash)))).to.equal(true);
	});

	it('never forks, skips or repeats when killed before or after any write', async () => {
		for (const [from, to] of [
			[0, 3],
			[254, 258],
			[255, 256],
			[3, 600],
		] as const) {
			const base = memoryStorage();
			await (await beginLog({ origin, key, storage: base })).append(0, entries(0, from));
			const before = base.files.get('checkpoint')!;
			let deaths = 0;
			for (const when of ['before', 'after'] as const) {
				for (let at = 1; ; at++) {
					const disk = memoryStorage(new Map(base.files));
					const doomed = await beginLog({ origin, key, storage: dying(disk, at, when) });
					const died = await doomed.append(from, entries(from, to)).then(
						() => false,
						() => true,
					);
					// Started again: it stands where it stood, or where it was going, and nowhere else.
					const log = await beginLog({ origin, key, storage: disk });
					const { size } = log.checkpoint();
					if (died && !(when === 'after' && size === to)) {
						deaths++;
						expect(size, `write ${at}`).to.equal(from);
						expect(disk.files.get('checkpoint')!.equals(before)).to.equal(true);
						// What comes then may be another batch than the one that died.
						await log.append(from, entries(from, from + 1));
						await log.append(from + 1, entries(from + 1, to));
					}
					expect(log.checkpoint().root.equals(await rootOfEntries(entries(0, to)))).to.equal(true);
					for (const index of [0, from, to - 1]) {
						const proof = await log.proof(index);
						expect(verifyEntry({ entry: entry(index), proof, vkey: log.vkey }).ok).to.equal(true);
					}
					if (!died) break;
				}
			}
			expect(deaths, `${from} to ${to}`).to.be.greaterThan(4);
		}
	});

	it('looks at the disk again when a write was reported as failed and yet had reached it', async () => {
		const disk = memoryStorage();
		await (await beginLog({ origin, key, storage: disk })).append(0, entries(0, 2));
		const log = await beginLog({ origin, key, storage: dying(disk, 3, 'after') });
		expect(await log.append(2, entries(2, 5)).catch((error: Error) => error.message)).to.equal('killed');
		// The checkpoint of 5 is out: other entries in the same places would be a fork.
		const again = await log.append(2, [Buffer.from('other')]).catch((error: unknown) => error);
		expect(again).to.be.instanceOf(LogMismatch);
		expect((await beginLog({ origin, key, storage: disk })).checkpoint().size).to.equal(5);
	});

	it('appends nothing for a caller that counts otherwise, and no entry that is too long', async () => {
		const log = await beginLog({ origin, key, storage: memoryStorage() });
		await log.append(0, entries(0, 2));
		expect(await log.append(1, [entry(9)]).catch((error: unknown) => error)).to.be.instanceOf(LogMismatch);
		expect(await log.append(3, [entry(9)]).catch((error: unknown) => error)).to.be.instanceOf(LogMismatch);
		expect(await log.append(2, [Buffer.alloc(65_536)]).catch((error: unknown) => error)).to.be.instanceOf(
			RangeError,
		);
		await log.append(2, []);
		expect(log.checkpoint().size).to.equal(2);
		await log.append(2, [Buffer.alloc(65_535)]);
		expect(log.checkpoint().size).to.equal(3);
		expect(await log.entry(3).catch((error: unknown) => error)).to.be.instanceOf(RangeError);
		expect(await log.proof(3).catch((error: unknown) => error)).to.be.instanceOf(RangeError);
	});

	it('does not open with a changed tile, a missing one, or a checkpoint of another key', async () => {
		const { files } = memoryStorage();
		await (await beginLog({ origin, key, storage: memoryStorage(files) })).append(0, entries(0, 300));
		const tile = files.get('tile/0/001.p/44')!;
		const changed = Buffer.from(tile);
		changed[5]! ^= 1;
		const opened = (changes: [string, Buffer | null][]): Promise<unknown> => {
			const copy = new Map(files);
			for (const [path, bytes] of changes) bytes ? copy.set(path, bytes) : copy.delete(path);
			return beginLog({ origin, key, storage: memoryStorage(copy) }).catch((error: unknown) => error);
		};
		expect(await opened([['tile/0/001.p/44', changed]])).to.be.instanceOf(LogMismatch);
		expect(await opened([['tile/0/001.p/44', null]])).to.be.instanceOf(LogMismatch);
		const stranger = await beginLog({ origin, key: generateKey(), storage: memoryStorage() });
		expect(await opened([['checkpoint', Buffer.from(stranger.checkpoint().note)]])).to.be.instanceOf(BadNote);
	});
});

describe('a log in a folder', () => {
	let folder: string;
	beforeEach(async () => {
		folder = await mkdtemp(join(tmpdir(), 'understory-log-'));
	});
	afterEach(() => rm(folder, { recursive: true, force: true }));

	it('is the file tree of tlog-tiles, and goes on after a restart', async () => {
		const log = await beginLog({ origin, key, storage: folderStorage(join(folder, 'a', '2026')) });
		await log.append(0, entries(0, 257));
		const again = await beginLog({ origin, key, storage: folderStorage(join(folder, 'a', '2026')) });
		await again.append(257, entries(257, 258));
		const files = (await readdir(folder, { recursive: true, withFileTypes: true })).filter((file) =>
			file.isFile(),
		);
		expect(
			files.map((file) => join(file.parentPath, file.name).slice(folder.length + 1)).sort(),
		).to.deep.equal(
			[
				'a/2026/checkpoint',
				'a/2026/tile/0/000',
				'a/2026/tile/0/001.p/1',
				'a/2026/tile/0/001.p/2',
				'a/2026/tile/1/000.p/1',
				'a/2026/tile/entries/000',
				'a/2026/tile/entries/001.p/1',
				'a/2026/tile/entries/001.p/2',
			].sort(),
		);
		const onDisk = await readFile(join(folder, 'a/2026/checkpoint'), 'utf8');
		expect(openCheckpoint(onDisk, again.vkey).size).to.equal(258);
	});

	it('is not hurt by half a file that a kill left beside the real one', async () => {
		const storage = folderStorage(folder);
		await (await beginLog({ origin, key, storage })).append(0, entries(0, 2));
		await writeFile(join(folder, 'checkpoint.draft'), 'half a check');
		await writeFile(join(folder, 'tile/0/000.p/3.draft'), 'x');
		const log = await beginLog({ origin, key, storage });
		await log.append(2, entries(2, 3));
		expect(log.checkpoint().root.equals(await rootOfEntries(entries(0, 3)))).to.equal(true);
		expect(await storage.read('tile/0/000.p/3')).to.have.length(96);
	});

	it('says so when the folder cannot be written, and stays as it was', async () => {
		const storage = folderStorage(folder);
		const log = await beginLog({ origin, key, storage });
		await writeFile(join(folder, 'tile'), 'a file where a folder must be');
		expect(
			await log.append(0, entries(0, 1)).catch((error: NodeJS.ErrnoException) => error.code),
		).to.be.oneOf(['EEXIST', 'ENOTDIR']);
		expect((await beginLog({ origin, key, storage })).checkpoint().size).to.equal(0);
	});
});
