import { createHash, randomBytes } from 'node:crypto';
import { mkdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Clock } from '@understory/core/clock.ts';
import type { Log } from '@understory/core/log.ts';

/** A page, a feed or a download as it stands in its file. */
export interface Kept {
	readonly bytes: Buffer;
	/** Strong, of the bytes. */
	readonly etag: string;
	/** Of the bytes, in hex. */
	readonly sha256: string;
	/** When these bytes came to be, UTC milliseconds, in whole seconds. */
	readonly modified: number;
}

/** What is wanted of a shelf. */
export interface Wanted {
	/** The library's id. */
	readonly library: string;
	/** The path of the file within the library's site: `en/statements/….html`. Its parts are plain words. */
	readonly file: string;
	/** All that its bytes hang on, beside the file's name. The same text means the same bytes. */
	readonly of: string;
	/** Makes the text. */
	make(): Promise<string>;
}

/** Keeps what the site shows as files, and makes one anew only when what it hangs on has changed. */
export interface Shelf {
	get(wanted: Wanted): Promise<Kept>;
}

interface Place extends Omit<Kept, 'bytes'> {
	readonly of: string;
}

/** Bytes of files that are kept at hand. */
const AT_HAND = 32 * 1024 * 1024;

/**
 * A shelf under `folder`. It knows after a start what no file hangs on, so each is made once and compared; where the bytes are the same, the file
 * and its time stay. A disk that is full takes nothing from readers: what was made is shown, and not kept.
 */
export function createShelf(parts: {
	readonly folder: string;
	readonly clock: Clock;
	readonly log: Log;
}): Shelf {
	const { folder, clock, log } = parts;
	const places = new Map<string, Place>();
	const making = new Map<string, Promise<Kept>>();
	const atHand = new Map<string, Buffer>();
	let weight = 0;

	function hold(path: string, bytes: Buffer): void {
		drop(path);
		atHand.set(path, bytes);
		weight += bytes.length;
		for (const [oldest] of atHand) {
			if (weight <= AT_HAND) return;
			drop(oldest);
		}
	}

	function drop(path: string): void {
		weight -= atHand.get(path)?.length ?? 0;
		atHand.delete(path);
	}

	async function bytesAt(path: string): Promise<Buffer | null> {
		const known = atHand.get(path);
		if (known) {
			// What was asked for last stays longest.
			atHand.delete(path);
			atHand.set(path, known);
			return known;
		}
		const bytes = await readFile(path).catch(() => null);
		if (bytes) hold(path, bytes);
		return bytes;
	}

	async function make(path: string, wanted: Wanted): Promise<Kept> {
		const bytes = Buffer.from(await wanted.make(), 'utf8');
		const digest = createHash('sha256').update(bytes).digest();
		const etag = `"${digest.toString('base64url').slice(0, 22)}"`;
		const sha256 = digest.toString('hex');
		const now = Math.floor(clock.now() / 1_000) * 1_000;
		let modified = now;
		try {
			modified = await put(path, bytes, now);
			places.set(path, { of: wanted.of, etag, sha256, modified });
			hold(path, bytes);
		} catch (error) {
			places.delete(path);
			log.warn('page_not_kept', { role: 'accountability', error });
		}
		return { bytes, etag, sha256, modified };
	}

	return {
		async get(wanted) {
			const path = join(folder, wanted.library, 'site', wanted.file);
			const place = places.get(path);
			if (place?.of === wanted.of) {
				const bytes = await bytesAt(path);
				if (bytes) return { ...place, bytes };
			}
			const name = `${path} ${wanted.of}`;
			const known = making.get(name);
			if (known) return known;
			const made = make(path, wanted).finally(() => making.delete(name));
			making.set(name, made);
			return made;
		},
	};
}

/** Puts bytes into a file, where they are not there already; when the file came to be what it is, UTC milliseconds. */
async function put(path: string, bytes: Buffer, now: number): Promise<number> {
	const there = await readFile(path).catch(() => null);
	if (there?.equals(bytes)) return Math.floor((await stat(path)).mtimeMs / 1_000) * 1_000;
	// Not synced: whatever is lost is made again. But never half of it is there.
	const draft = `${path}.${randomBytes(4).toString('hex')}.draft`;
	try {
		await writeFile(draft, bytes).catch(async (error: NodeJS.ErrnoException) => {
			if (error.code !== 'ENOENT') throw error;
			await mkdir(dirname(path), { recursive: true });
			await writeFile(draft, bytes);
		});
		await utimes(draft, now / 1_000, now / 1_000);
		await rename(draft, path);
	} catch (error) {
		await rm(draft, { force: true }).catch(() => undefined);
		throw error;
	}
	return now;
}
