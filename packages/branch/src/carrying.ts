import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { BadInput, Malformed, NotFound } from '@understory/core/errors.ts';
import { type BackupPart, MOST_PART } from '@understory/core/moving.ts';
import { isBoxPublicKey, newBoxKey, openBox, sealTo } from '@understory/core/sealed-box.ts';
import {
	type CopiedFile,
	type CopyManifest,
	copyWhole,
	damagedCopy,
	isPathInCopy,
	MANIFEST,
	measure,
	readManifest,
} from './backup.ts';
import { toFolderError } from './folder.ts';
import { syncFolder, writeDurably } from './folder-card.ts';
import { unwrapKey, wrapKey } from './services/keyring.ts';
import { readWrappedKey, writeWrappedKey } from './store/wrapped-key.ts';

/** Where a copy comes from: another home, by way of the platform. */
export interface CopySource {
	manifest(): Promise<CopyManifest>;
	/** At most `MOST_PART` bytes of a file from a position on. */
	bytes(path: string, from: number, bytes: number): Promise<Buffer>;
	/** The data key, sealed for that key of a box. */
	key(recipient: string): Promise<string>;
}

/**
 * One part of a copy that lies here, for another home: a document, or bytes. The data key is unwrapped and sealed for whoever asks, so whoever asks
 * must have been let in by the platform. Throws `NotFound` for a copy that is not there, `Malformed`, and `wrong_home_key`.
 */
export async function partOf(
	copy: string,
	part: BackupPart,
	{ homeKey }: { readonly homeKey: Buffer },
): Promise<object | Buffer> {
	const manifest = readManifest(copy);
	if (!manifest) throw new NotFound('This backup is not where backups of this home lie.');
	switch (part?.what) {
		case 'manifest':
			return manifest;
		case 'file':
			return bytesOf(copy, manifest, part);
		case 'key': {
			if (!isBoxPublicKey(part.recipient)) throw new Malformed('This is not the public key of a box.');
			const dataKey = unwrapKey(
				homeKey,
				manifest.branch,
				readWrappedKey(join(copy, 'branch.sqlite')),
			).toString('base64');
			return { key: sealTo(part.recipient, aboutKey(manifest), dataKey) };
		}
		default:
			throw new Malformed('A backup has no such part.');
	}
}

async function bytesOf(
	copy: string,
	manifest: CopyManifest,
	{ path, from, bytes }: Extract<BackupPart, { what: 'file' }>,
): Promise<Buffer> {
	const known = isPathInCopy(path) && manifest.files.find((file) => file.path === path);
	const fits =
		[from, bytes].every((count) => Number.isSafeInteger(count) && count >= 0) && bytes <= MOST_PART;
	if (!known || !fits) throw new Malformed('This backup has no such bytes.');
	const handle = await open(join(copy, path), 'r');
	try {
		const buffer = Buffer.alloc(Math.min(bytes, Math.max(0, known.bytes - from)));
		const { bytesRead } = await handle.read(buffer, 0, buffer.length, from);
		return buffer.subarray(0, bytesRead);
	} finally {
		await handle.close();
	}
}

/**
 * Takes a copy from another home for one of this home: every file held against its digest, the data key wrapped for this home. What came before a
 * crash is not asked for again, nor is a picture that `base`, an earlier copy here, has. It is there whole or not at all. Throws what the source
 * throws, and PublicError `damaged` or `disk_full`.
 */
export async function receiveCopy(
	target: string,
	wanted: { readonly backup: string; readonly branch: string; readonly base: string | null },
	source: CopySource,
	{ homeKey }: { readonly homeKey: Buffer },
): Promise<CopyManifest> {
	const known = readManifest(target);
	if (known) return known;
	const arriving = `${target}.arriving`;
	const database = join(arriving, 'branch.sqlite');
	try {
		const manifest = await source.manifest();
		checkManifest(manifest, wanted.branch);
		mkdirSync(join(arriving, 'media'), { recursive: true, mode: 0o700 });
		// Left behind when this was killed while it wrapped the key: they are of another file.
		for (const end of ['-wal', '-shm']) rmSync(`${database}${end}`, { force: true });
		const here = wanted.base === null ? null : readManifest(wanted.base);
		for (const file of manifest.files) {
			if (await isWhole(arriving, file)) continue;
			const same = here?.files.some(({ path, sha256 }) => path === file.path && sha256 === file.sha256);
			if (same) await copyWhole(join(wanted.base!, file.path), join(arriving, file.path));
			else await receive(arriving, file, source);
			if (await isWhole(arriving, file)) continue;
			rmSync(join(arriving, file.path), { force: true });
			throw damagedCopy(file.path);
		}
		const box = newBoxKey();
		const dataKey = openBox(box, aboutKey(manifest), await source.key(box.publicKey));
		writeWrappedKey(database, wrapKey(homeKey, wanted.branch, Buffer.from(dataKey, 'base64')));
		const rewrapped = { path: 'branch.sqlite', ...(await measure(database)) };
		const files = manifest.files.map((file) => (file.path === rewrapped.path ? rewrapped : file));
		const own: CopyManifest = { ...manifest, backup: wanted.backup, files };
		writeDurably(join(arriving, MANIFEST), `${JSON.stringify(own, null, '\t')}\n`);
		renameSync(arriving, target);
		syncFolder(dirname(target));
		return own;
	} catch (error) {
		throw toFolderError(error);
	}
}

/** Is this the manifest of a copy of a branch, whoever sent it? */
export function isManifestOf(branch: string, manifest: CopyManifest): boolean {
	return (
		manifest?.type === 'understory/backup/v1' &&
		manifest.branch === branch &&
		Array.isArray(manifest.files) &&
		manifest.files.every(
			({ path, bytes, sha256 }) =>
				isPathInCopy(path) && Number.isSafeInteger(bytes) && bytes >= 0 && /^[0-9a-f]{64}$/.test(sha256),
		) &&
		['branch.sqlite', 'branch.json'].every((name) => manifest.files.some(({ path }) => path === name))
	);
}

function checkManifest(manifest: CopyManifest, branch: string): void {
	if (!isManifestOf(branch, manifest))
		throw new BadInput('What the other home hands over is not a backup of this branch.', []);
}

/** Does a file of a copy lie there as its manifest has it? */
export async function isWhole(folder: string, { path, bytes, sha256 }: CopiedFile): Promise<boolean> {
	const file = join(folder, path);
	if (!existsSync(file) || (await stat(file)).size !== bytes) return false;
	return (await measure(file)).sha256 === sha256;
}

/** Goes on after the bytes that are there; those of a file that is longer than it should be, or whole and another, are nothing. */
async function receive(folder: string, { path, bytes }: CopiedFile, source: CopySource): Promise<void> {
	const file = join(folder, path);
	let at = existsSync(file) ? (await stat(file)).size : 0;
	if (at >= bytes) at = 0;
	const handle = await open(file, at === 0 ? 'w' : 'a', 0o600);
	try {
		while (at < bytes) {
			const came = await source.bytes(path, at, Math.min(MOST_PART, bytes - at));
			if (came.length === 0) throw damagedCopy(path);
			await handle.writeFile(came);
			at += came.length;
		}
		await handle.sync();
	} finally {
		await handle.close();
	}
}

function aboutKey({ branch, backup }: CopyManifest): string {
	return `data-key:${branch}:${backup}`;
}
