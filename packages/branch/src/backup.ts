import { createHash } from 'node:crypto';
import {
	createReadStream,
	existsSync,
	mkdirSync,
	readdirSync,
	readFileSync,
	renameSync,
	rmSync,
} from 'node:fs';
import { constants, copyFile, open, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { PublicError } from '@understory/core/errors.ts';
import { toFolderError } from './folder.ts';
import { readCard, syncFolder, writeDurably } from './folder-card.ts';
import { isIncoming } from './services/media-folder.ts';
import { copyDatabase } from './store/copy-database.ts';

/** One file of a copy, and what it has to be. */
export interface CopiedFile {
	/** Below the copy's folder. */
	readonly path: string;
	readonly bytes: number;
	/** Hex. */
	readonly sha256: string;
}

/** `manifest.json` of a copy of a branch folder: it is written last, so a copy with one is whole. */
export interface CopyManifest {
	readonly type: 'understory/backup/v1';
	readonly backup: string;
	readonly branch: string;
	readonly origin: string;
	readonly epoch: number;
	readonly generation: number;
	readonly schema: number;
	/** The moment whose state it holds, UTC milliseconds. */
	readonly made: number;
	readonly files: readonly CopiedFile[];
}

export const MANIFEST = 'manifest.json';

/**
 * Copies a branch folder while others go on writing to it: the database as it is at one moment, then the pictures, which never change. What
 * is sealed stays sealed; the home's key is not in it. A copy is there whole or not at all, and making one that is there is no act. Throws
 * PublicError `damaged`, `disk_full`, `read_only` or `not_a_branch`.
 */
export async function copyFolder(
	folder: string,
	target: string,
	about: {
		readonly backup: string;
		readonly now: () => number;
		/** Told how far it is, in files that were copied and then measured. */
		readonly tell?: (done: number, total: number) => void;
	},
): Promise<CopyManifest> {
	const known = readManifest(target);
	if (known) return known;
	const making = `${target}.making`;
	try {
		const card = readCard(folder);
		if (!card) throw new PublicError(503, 'not_a_branch', 'There is no branch in this folder to copy.');
		rmSync(making, { recursive: true, force: true });
		mkdirSync(join(making, 'media'), { recursive: true, mode: 0o700 });
		const made = about.now();
		// The card says what the folder was when it was written last; a newer program has brought the file further since.
		const schema = await copyDatabase(join(folder, 'branch.sqlite'), join(making, 'branch.sqlite'));
		await copyFile(join(folder, 'branch.json'), join(making, 'branch.json'));
		const media = mediaIn(folder);
		// The database, the card and each picture: copied, then measured.
		const total = 2 * (media.length + 2);
		let done = 2;
		about.tell?.(done, total);
		for (const name of media) {
			// One that was deleted since the database was copied is deleted again when this is restored.
			await copyWhole(join(folder, 'media', name), join(making, 'media', name)).catch(ignoreMissing);
			about.tell?.(++done, total);
		}
		const paths = ['branch.sqlite', 'branch.json', ...mediaIn(making).map((name) => `media/${name}`)];
		const files: CopiedFile[] = [];
		for (const path of paths) {
			files.push({ path, ...(await measure(join(making, path))) });
			about.tell?.(++done, total);
		}
		const { id: branch, origin, epoch, generation } = card;
		const manifest: CopyManifest = {
			type: 'understory/backup/v1',
			...{ backup: about.backup, branch, origin, epoch, generation, schema, made, files },
		};
		writeDurably(join(making, MANIFEST), `${JSON.stringify(manifest, null, '\t')}\n`);
		renameSync(making, target);
		syncFolder(dirname(target));
		return manifest;
	} catch (error) {
		rmSync(making, { recursive: true, force: true });
		throw toFolderError(error);
	}
}

/** The manifest of a copy, or null where none is whole. Throws PublicError `damaged`. */
export function readManifest(copy: string): CopyManifest | null {
	const file = join(copy, MANIFEST);
	if (!existsSync(file)) return null;
	try {
		const manifest = JSON.parse(readFileSync(file, 'utf8')) as CopyManifest;
		if (manifest.type === 'understory/backup/v1' && Array.isArray(manifest.files)) return manifest;
	} catch (error) {
		if (!(error instanceof SyntaxError)) throw error;
	}
	throw damagedCopy(MANIFEST);
}

/** Copies every file of a copy to a new folder, each held against the manifest. Throws PublicError `damaged` for the first that is another. */
export async function takeOut(copy: string, target: string): Promise<CopyManifest> {
	const manifest = readManifest(copy);
	if (!manifest) throw damagedCopy(MANIFEST);
	rmSync(target, { recursive: true, force: true });
	mkdirSync(join(target, 'media'), { recursive: true, mode: 0o700 });
	for (const { path, bytes, sha256 } of manifest.files) {
		if (!isPathInCopy(path)) throw damagedCopy(path);
		await copyWhole(join(copy, path), join(target, path)).catch((error: unknown) => {
			ignoreMissing(error);
			throw damagedCopy(path);
		});
		const found = await measure(join(target, path));
		if (found.sha256 !== sha256 || found.bytes !== bytes) throw damagedCopy(path);
	}
	return manifest;
}

/** Is this where a file of a copy may lie? Nothing leads out of the copy's folder. */
export function isPathInCopy(path: unknown): path is string {
	return (
		typeof path === 'string' && /^(branch\.(sqlite|json)|media\/[A-Za-z0-9-]+(\.[a-z0-9]+)?)$/.test(path)
	);
}

/** Says which file of a copy is not what its manifest says. */
export function damagedCopy(path: string): PublicError {
	const sentence = `This backup is damaged: ${path} is not what was written down. Use an older one.`;
	return new PublicError(503, 'damaged', sentence);
}

function mediaIn(folder: string): string[] {
	const media = join(folder, 'media');
	return existsSync(media) ? readdirSync(media).filter((name) => !isIncoming(name)) : [];
}

/** Copies a file and has it on the disk. Where the file system can, nothing is written until one of the two changes. */
export async function copyWhole(from: string, to: string): Promise<void> {
	await copyFile(from, to, constants.COPYFILE_FICLONE);
	const handle = await open(to, 'r+');
	await handle.sync().finally(() => handle.close());
}

function ignoreMissing(error: unknown): void {
	if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
}

export async function measure(file: string): Promise<{ bytes: number; sha256: string }> {
	const hash = createHash('sha256');
	await pipeline(createReadStream(file), hash);
	return { bytes: (await stat(file)).size, sha256: hash.digest('hex') };
}
