import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto';
import { createReadStream, createWriteStream, mkdirSync, renameSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { dirname } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { CarryFault } from './fault.ts';

/** One file that is carried, as the manifest names it. */
export interface CarriedFile {
	/** Below the folder that is carried, with `/`. */
	readonly path: string;
	/** Bytes before it was sealed. */
	readonly size: number;
	/** Of what it was before it was sealed, in hex. */
	readonly sha256: string;
}

type Bytes = AsyncIterable<Buffer>;
const METHOD = 'aes-256-gcm';
const IV = 12;
const TAG = 16;
const PIECE = 1 << 20;

/** Seals bytes into the file `to`: IV, sealed bytes, tag. The path is bound to it, so that no file can stand for another. It is there whole or not at all. */
export async function seal(key: Buffer, path: string, bytes: Bytes, to: string): Promise<CarriedFile> {
	const hash = createHash('sha256');
	let size = 0;
	async function* sealed() {
		const iv = randomBytes(IV);
		const cipher = createCipheriv(METHOD, key, iv).setAAD(Buffer.from(path));
		yield iv;
		for await (const piece of bytes) {
			hash.update(piece);
			size += piece.length;
			yield cipher.update(piece);
		}
		yield cipher.final();
		yield cipher.getAuthTag();
	}
	await writeWhole(sealed(), to);
	return { path, size, sha256: hash.digest('hex') };
}

/**
 * The bytes that a sealed file was. Whether it is whole is known at the end alone, so nobody may act on them before that. Throws `CarryFault` then when it is
 * damaged, cut off, or another one.
 */
export async function* unsealed(key: Buffer, file: CarriedFile, from: string): AsyncGenerator<Buffer> {
	const damaged = new CarryFault(
		`${file.path} was damaged on the way. Copy the folder from the machine again, and run the same command again.`,
	);
	const handle = await open(from, 'r').catch(() => {
		throw new CarryFault(`${file.path} is missing in the folder. Copy it from the machine again.`);
	});
	try {
		const { size } = await handle.stat();
		if (size !== file.size + IV + TAG) throw damaged;
		const piece = async (position: number, length: number) => {
			const { bytesRead, buffer } = await handle.read(Buffer.alloc(length), 0, length, position);
			if (bytesRead !== length) throw damaged;
			return buffer;
		};
		const decipher = createDecipheriv(METHOD, key, await piece(0, IV));
		decipher.setAAD(Buffer.from(file.path)).setAuthTag(await piece(size - TAG, TAG));
		const hash = createHash('sha256');
		for (let at = IV; at < size - TAG; at += PIECE) {
			const opened = decipher.update(await piece(at, Math.min(PIECE, size - TAG - at)));
			hash.update(opened);
			yield opened;
		}
		try {
			decipher.final();
		} catch {
			throw damaged;
		}
		if (hash.digest('hex') !== file.sha256) throw damaged;
	} finally {
		await handle.close();
	}
}

/** Reads it to its end without keeping anything. */
export async function tryOut(bytes: Bytes): Promise<void> {
	for await (const _ of bytes);
}

/** Writes bytes into a file for this user alone. It is there whole or not at all. */
export async function writeWhole(bytes: Bytes, to: string): Promise<void> {
	mkdirSync(dirname(to), { recursive: true, mode: 0o700 });
	await pipeline(bytes, createWriteStream(`${to}.part`, { mode: 0o600, flush: true }));
	renameSync(`${to}.part`, to);
}

/** The digest of a file, in hex. */
export async function digestOf(file: string): Promise<string> {
	const hash = createHash('sha256');
	await pipeline(createReadStream(file), hash);
	return hash.digest('hex');
}
