import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { open, readFile, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import {
	type CopiedFile,
	type CopyManifest,
	damagedCopy,
	MANIFEST,
	readManifest,
} from '@understory/branch/backup.ts';
import { isManifestOf, isWhole } from '@understory/branch/carrying.ts';
import { syncFolder, writeDurably } from '@understory/branch/folder-card.ts';
import type { Bucket, Listed } from '../bucket.ts';
import { awayFault } from './fault.ts';

/** Bytes of a piece. What lies there in pieces of another size stays readable: each copy says which are its own. */
export const PIECE = 2 * 1024 * 1024;
const MOST_PIECE = 8 * 1024 * 1024;
/** The most bytes of what says of what pieces a copy is: some hundred thousand pictures. */
const MOST_SAID = 64 * 1024 * 1024;
/** So many objects are removed at once. */
const AT_ONCE = 8;

/** `BRANCH/copies/BACKUP.json` in the bucket: written last, so a copy that has one is whole. */
interface CopyThere {
	readonly type: 'understory/copy-away/v1';
	readonly branch: string;
	readonly backup: string;
	/** `manifest.json` as it is, text. */
	readonly manifest: string;
	/** Of each file its pieces, in their order: SHA-256, hex. */
	readonly pieces: Readonly<Record<string, readonly string[]>>;
}

const piecesOf = (branch: string) => `${branch}/pieces/`;
const copiesOf = (branch: string) => `${branch}/copies/`;
const saying = (branch: string, backup: string) => `${copiesOf(branch)}${backup}.json`;
const digestOf = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');

/** What the storage called each piece when it was brought: digest -> ETag. */
export type KnownPieces = Map<string, string>;

/**
 * Brings a copy to the bucket: each file in pieces that are named by their digests, so that none is sent twice, and last what says of which. Repeating it goes on where
 * it broke off. A piece that lies there under another ETag than in `known` was changed by somebody, and is sent again. Rejects with `AwayFault`, or
 * PublicError `damaged` when the copy here is not what its manifest says.
 */
export async function bringAway(
	copy: string,
	about: { readonly branch: string; readonly backup: string },
	bucket: Bucket,
	{ known, signal }: { readonly known: KnownPieces; readonly signal: AbortSignal },
): Promise<void> {
	const { branch, backup } = about;
	const manifest = readManifest(copy);
	if (!manifest) throw damagedCopy(MANIFEST);
	const there = new Map<string, Listed>();
	for (const one of await bucket.list(piecesOf(branch), signal))
		there.set(one.key.slice(piecesOf(branch).length), one);
	const pieces: Record<string, string[]> = {};
	const buffer = Buffer.allocUnsafeSlow(PIECE);

	for (const digest of known.keys()) if (!there.has(digest)) known.delete(digest);
	const isThere = (digest: string, bytes: number) => {
		const found = there.get(digest);
		if (found?.bytes !== bytes) return false;
		if (known.has(digest) && known.get(digest) !== found.etag) return false;
		known.set(digest, found.etag);
		return true;
	};
	async function bring({ path, bytes, sha256 }: CopiedFile): Promise<string[]> {
		// A picture is mostly one piece, and its digest is written down.
		if (bytes > 0 && bytes <= PIECE && isThere(sha256, bytes)) return [sha256];
		const names: string[] = [];
		const whole = createHash('sha256');
		for await (const part of partsOf(join(copy, path), buffer)) {
			const digest = digestOf(part);
			whole.update(part);
			if (!isThere(digest, part.length)) {
				const etag = await bucket.put(`${piecesOf(branch)}${digest}`, part, digest, signal);
				known.set(digest, etag);
				there.set(digest, { key: digest, bytes: part.length, etag });
			}
			names.push(digest);
		}
		if (whole.digest('hex') !== sha256) throw damagedCopy(path);
		return names;
	}

	for (const file of manifest.files) pieces[file.path] = await bring(file);
	const said: CopyThere = {
		type: 'understory/copy-away/v1',
		...{ branch, backup, manifest: await readFile(join(copy, MANIFEST), 'utf8'), pieces },
	};
	const body = Buffer.from(JSON.stringify(said));
	await bucket.put(saying(branch, backup), body, digestOf(body), signal);
}

/** The bytes of a file, as much of them at a time as the buffer holds. Each part is good until the next. */
async function* partsOf(file: string, buffer: Buffer): AsyncGenerator<Buffer> {
	const handle = await open(file, 'r');
	try {
		for (;;) {
			let filled = 0;
			for (let read = -1; read !== 0 && filled < buffer.length; filled += read)
				read = (await handle.read(buffer, filled, buffer.length - filled)).bytesRead;
			if (filled === 0) return;
			yield buffer.subarray(0, filled);
			if (filled < buffer.length) return;
		}
	} finally {
		await handle.close();
	}
}

/**
 * Fetches a copy from the bucket to `target`, held against its manifest file by file, and the manifest against its digest where that is known. What came before it broke off is
 * not fetched again. It is there whole or not at all. Rejects with `AwayFault`: `away_missing`, or `away_changed` for what is not as it was brought.
 */
export async function fetchAway(
	target: string,
	about: { readonly branch: string; readonly backup: string; readonly manifest?: string | undefined },
	bucket: Bucket,
	signal: AbortSignal,
): Promise<void> {
	if (existsSync(join(target, MANIFEST))) return;
	const said = await sayingIn(bucket, about, signal);
	if (said === null) throw awayFault('away_missing');
	const changed = (detail: string) => awayFault('away_changed', { detail });
	if (about.manifest !== undefined && digestOf(Buffer.from(said.manifest)) !== about.manifest)
		throw changed(MANIFEST);
	const manifest = jsonIn<CopyManifest>(said.manifest);
	if (!isManifestOf(about.branch, manifest) || manifest.backup !== about.backup) throw changed(MANIFEST);
	const fetching = `${target}.fetching`;
	mkdirSync(join(fetching, 'media'), { recursive: true, mode: 0o700 });
	for (const file of manifest.files) {
		if (await isWhole(fetching, file)) continue;
		const names = said.pieces[file.path];
		if (!Array.isArray(names)) throw changed(file.path);
		await fetchFile(join(fetching, file.path), file, names, async (digest) => {
			if (!/^[0-9a-f]{64}$/.test(digest)) throw changed(file.path);
			const piece = await bucket.get(`${piecesOf(about.branch)}${digest}`, MOST_PIECE, signal);
			if (piece === null || digestOf(piece) !== digest) throw changed(digest);
			return piece;
		});
		if (await isWhole(fetching, file)) continue;
		rmSync(join(fetching, file.path), { force: true });
		throw changed(file.path);
	}
	writeDurably(join(fetching, MANIFEST), said.manifest);
	renameSync(fetching, target);
	syncFolder(dirname(target));
}

/** Goes on after whole pieces that are there; every piece but the last is of one size. */
async function fetchFile(
	place: string,
	{ bytes }: CopiedFile,
	names: readonly string[],
	pieceOf: (digest: string) => Promise<Buffer>,
): Promise<void> {
	const here = existsSync(place) ? (await stat(place)).size : 0;
	const from = here < bytes ? Math.floor(here / PIECE) : 0;
	const handle = await open(place, from === 0 ? 'w' : 'r+', 0o600);
	try {
		let at = from * PIECE;
		for (const name of names.slice(from)) {
			const piece = await pieceOf(name);
			// No more than the file has: a list of pieces that lies fills no disk.
			if (at + piece.length > bytes) throw awayFault('away_changed', { detail: name });
			await handle.write(piece, 0, piece.length, at);
			at += piece.length;
		}
		await handle.truncate(at);
		await handle.sync();
	} finally {
		await handle.close();
	}
}

/** What says of which pieces a copy is; null where there is none. */
async function sayingIn(
	bucket: Bucket,
	{ branch, backup }: { readonly branch: string; readonly backup: string },
	signal: AbortSignal,
): Promise<CopyThere | null> {
	const body = await bucket.get(saying(branch, backup), MOST_SAID, signal);
	if (body === null) return null;
	const said = jsonIn<CopyThere>(body.toString('utf8'));
	const good =
		said?.type === 'understory/copy-away/v1' &&
		said.branch === branch &&
		said.backup === backup &&
		typeof said.manifest === 'string' &&
		typeof said.pieces === 'object' &&
		said.pieces !== null;
	if (!good) throw awayFault('away_changed', { detail: 'what says of its pieces' });
	return said;
}

/** Removes a copy there, and every piece that is in no other copy of its branch. Pieces stay while what one of the others is made of cannot be read. */
export async function removeAway(
	{ branch, backup }: { readonly branch: string; readonly backup: string },
	bucket: Bucket,
	signal: AbortSignal,
): Promise<void> {
	await bucket.remove(saying(branch, backup), signal);
	const used = new Set<string>();
	for (const { key } of await bucket.list(copiesOf(branch), signal)) {
		const other = /^([A-Za-z0-9-]+)\.json$/.exec(key.slice(copiesOf(branch).length))?.[1];
		const said = other && (await sayingIn(bucket, { branch, backup: other }, signal));
		if (!said) continue;
		for (const names of Object.values(said.pieces)) for (const name of names) used.add(name);
	}
	const pieces = await bucket.list(piecesOf(branch), signal);
	const over = pieces.filter(({ key }) => !used.has(key.slice(piecesOf(branch).length)));
	await removeAll(over, bucket, signal);
}

/** Removes everything of a branch there; first what makes copies of it. */
export async function destroyAway(branch: string, bucket: Bucket, signal: AbortSignal): Promise<void> {
	await removeAll(await bucket.list(copiesOf(branch), signal), bucket, signal);
	await removeAll(await bucket.list(`${branch}/`, signal), bucket, signal);
}

async function removeAll(objects: readonly Listed[], bucket: Bucket, signal: AbortSignal): Promise<void> {
	for (let at = 0; at < objects.length; at += AT_ONCE)
		await Promise.all(objects.slice(at, at + AT_ONCE).map(({ key }) => bucket.remove(key, signal)));
}

function jsonIn<T>(text: string): T {
	try {
		return JSON.parse(text) as T;
	} catch (error) {
		if (error instanceof SyntaxError) throw awayFault('away_changed', { detail: 'no JSON' });
		throw error;
	}
}
