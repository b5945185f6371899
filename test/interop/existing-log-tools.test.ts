import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { auditLog } from '@understory/transparency-log/audit.ts';
import { openCheckpoint } from '@understory/transparency-log/checkpoint.ts';
import {
	decodeBundle,
	encodeBundle,
	TILE_WIDTH,
	tilePath,
	tileWidth,
} from '@understory/transparency-log/tiles.ts';
import { expect } from 'chai';
import { times } from '../short-run.ts';
import { type DecidingTown, openDecidingTown } from './deciding-town.ts';
import { type LogTools, readyLogTools } from './log-tools.ts';

const STATEMENTS = times(10_000, 600);

describe(`tools that others made, on a log of ${STATEMENTS} statements made by the town`, function () {
	this.timeout(900_000);
	let tools: LogTools;
	let town: DecidingTown | undefined;
	let folder: string;
	let keyFile: string;
	let size = 0;
	let root = '';
	const year = () => join(folder, 'year');
	const older: string[] = [];

	before(async function () {
		try {
			tools = await readyLogTools((sentence) => console.log(`      ${sentence}`));
		} catch (error) {
			console.error(`\n      NOT COMPARED WITH fsck AND sumdb: ${(error as Error).message}\n`);
			return this.skip();
		}
		folder = await mkdtemp(join(tmpdir(), 'understory-log-tools-'));
		town = await openDecidingTown();
		for (const count of [300, Math.floor(STATEMENTS / 2), STATEMENTS]) {
			await town.decideUpTo(count);
			const file = join(folder, `checkpoint-${count}`);
			await writeFile(file, (await town.get('checkpoint'))!);
			older.push(file);
		}
		keyFile = join(folder, 'log.vkey');
		await writeFile(keyFile, `${town.vkey}\n`);
		({ size, root } = await download(town, year()));
	});
	after(async () => {
		await town?.close();
		if (folder) await rm(folder, { recursive: true, force: true });
	});

	it('our own look through it finds every statement', async () => {
		const found = await auditLog({ vkey: town!.vkey, read: (path) => readFile(join(year(), path)) });
		expect(found).to.include({ ok: true, size, root });
		expect(size).to.be.greaterThanOrEqual(STATEMENTS);
	});

	it("transparency-dev's fsck derives the same log from the entries", async () => {
		const { sound, said } = await tools.fsck(year(), keyFile);
		expect(sound, said).to.equal(true);
	});

	it('golang.org/x/mod/sumdb opens the checkpoint, proves every entry, and proves that the log only grew', async () => {
		const { sound, said } = await tools.sumdb(year(), keyFile, older);
		expect(sound, said).to.equal(true);
		expect(said).to.equal(`${size} ${root}\n`);
	});

	it('both say when one byte of one statement was changed', async () => {
		const other = join(folder, 'edited');
		await cp(year(), other, { recursive: true });
		const bundle = join(other, tilePath({ level: 'entries', index: 1, width: TILE_WIDTH }));
		const entries = decodeBundle(await readFile(bundle));
		entries[100]![entries[100]!.indexOf('content_hidden')]! ^= 1;
		await writeFile(bundle, encodeBundle(entries));
		expect((await tools.fsck(other, keyFile)).sound).to.equal(false);
		expect((await tools.sumdb(other, keyFile)).sound).to.equal(false);
	});

	it('both say when a tile is damaged or the key is another', async () => {
		const other = join(folder, 'damaged');
		await cp(year(), other, { recursive: true });
		const tile = join(other, tilePath({ level: 0, index: 1, width: TILE_WIDTH }));
		const bytes = await readFile(tile);
		bytes[500]! ^= 1;
		await writeFile(tile, bytes);
		expect((await tools.fsck(other, keyFile)).sound).to.equal(false);
		expect((await tools.sumdb(other, keyFile)).sound).to.equal(false);
		const stranger = join(folder, 'stranger.vkey');
		await writeFile(
			stranger,
			'else.example/log/2026+c9e4ab97+AW5uKFk4bMXUz7jWmUDWyCV2kWEkRJn3IVLfVwKXGjE8\n',
		);
		expect((await tools.fsck(year(), stranger)).sound).to.equal(false);
		expect((await tools.sumdb(year(), stranger)).sound).to.equal(false);
	});
});

/** Fetches a whole year as anybody can: the checkpoint, and every tile and bundle that it counts. */
async function download(town: DecidingTown, folder: string): Promise<{ size: number; root: string }> {
	const put = async (path: string): Promise<Buffer> => {
		const bytes = await town.get(path);
		if (!bytes) throw new Error(`the site has no ${path}`);
		await mkdir(dirname(join(folder, path)), { recursive: true });
		await writeFile(join(folder, path), bytes);
		return bytes;
	};
	const { size, root } = openCheckpoint(await put('checkpoint'), town.vkey);
	for (const level of ['entries', 0, 1, 2] as const) {
		for (let index = 0; tileWidth(level, index, size) > 0; index++) {
			await put(tilePath({ level, index, width: tileWidth(level, index, size) }));
		}
	}
	return { size, root: root.toString('base64') };
}
