import { type Checkpoint, openCheckpoint, signCheckpoint } from './checkpoint.ts';
import { withCosignatures } from './cosignature.ts';
import type { SigningKey } from './keys.ts';
import { formatVkey, type NoteVerifier } from './note.ts';
import { formatProof } from './proof.ts';
import {
	decodeBundle,
	encodeBundle,
	MAX_ENTRY,
	splitTile,
	TILE_WIDTH,
	type Tile,
	tilePath,
	tileReader,
	tileWidth,
} from './tiles.ts';
import { EMPTY_ROOT, foldHashes, leafHash, proveConsistency, proveInclusion, rootOf } from './tree.ts';

/** Where a log keeps its files. Paths are relative to the log's prefix, as tlog-tiles names them. */
export interface LogStorage {
	/** The bytes of a file, or null when it is not there. */
	read(path: string): Promise<Buffer | null>;
	/** Writes a file whole or not at all, over one that is there; when it resolves, the file survives a loss of power. */
	write(path: string, bytes: Uint8Array): Promise<void>;
}

/** An append-only log (C2SP tlog-tiles v0.1.0). One writer at a time: its owner holds a lock. */
export interface Log {
	/** Name of the log in its checkpoints, and the key to verify them with. */
	readonly origin: string;
	readonly vkey: string;
	/** The last checkpoint, and its signed note. */
	checkpoint(): Checkpoint & { readonly note: string };
	/**
	 * Adds entries after the first `at`, which must be the size of the log: a caller that counts differently is stopped and
	 * nothing forks. Writes tiles, then bundles, then the checkpoint; killed at any line, the log is as it was before, and
	 * the same call finishes the work. Throws RangeError for an entry over 65,535 bytes, LogMismatch for a wrong `at`.
	 */
	append(at: number, entries: readonly Uint8Array[]): Promise<void>;
	/**
	 * Puts the lines of witnesses under the last checkpoint, and takes those of the same witnesses away. Throws BadNote when a line is of no
	 * known witness, or wrong.
	 */
	addCosignatures(lines: string, known: readonly NoteVerifier[]): Promise<void>;
	/** The exact bytes of an entry. Throws RangeError when there is none. */
	entry(index: number): Promise<Buffer>;
	/** The `.tlog-proof` of an entry against the last checkpoint. Throws RangeError when there is none. */
	proof(index: number): Promise<string>;
	/** The hashes that prove that the log of `size` entries is the beginning of this one. */
	consistency(size: number): Promise<Buffer[]>;
}

/** The log on disk is not what its owner believes, or not what its checkpoint says. Nothing is appended. */
export class LogMismatch extends Error {
	override readonly name = 'LogMismatch';
}

/** What a log is opened with. */
export interface LogParts {
	/** Its name: its address without the scheme (tlog-checkpoint, origin). */
	readonly origin: string;
	readonly key: SigningKey;
	readonly storage: LogStorage;
}

/**
 * Begins a log with a checkpoint of nothing when there is none, and opens it. Only for the one writer: a reader that began a log
 * could write over a checkpoint that appears at the same moment.
 */
export async function beginLog(parts: LogParts): Promise<Log> {
	const { origin, key, storage } = parts;
	if ((await storage.read('checkpoint')) === null) {
		const nothing = signCheckpoint({ origin, size: 0, root: EMPTY_ROOT }, key);
		await storage.write('checkpoint', Buffer.from(nothing, 'utf8'));
	}
	return openLog(parts);
}

/**
 * Opens a log. Throws BadNote when the checkpoint is not signed by `key`, and LogMismatch when there is none or when the tiles
 * do not give the root it names.
 */
export async function openLog(parts: LogParts): Promise<Log> {
	const { origin, key, storage } = parts;
	const vkey = formatVkey({ name: origin, key });
	let last = await lastCheckpoint();

	async function lastCheckpoint(): Promise<Checkpoint & { note: string }> {
		const bytes = await storage.read('checkpoint');
		if (!bytes) throw new LogMismatch('There is no log here: its checkpoint is missing.');
		const checkpoint = openCheckpoint(bytes, vkey);
		if (!(await rootAt(checkpoint.size)).equals(checkpoint.root)) {
			throw new LogMismatch('The tiles of this log do not give the root of its checkpoint.');
		}
		return { ...checkpoint, note: bytes.toString('utf8') };
	}

	async function publish(size: number): Promise<Checkpoint & { note: string }> {
		const checkpoint = { origin, size, root: await rootAt(size) };
		const note = signCheckpoint(checkpoint, key);
		await storage.write('checkpoint', Buffer.from(note, 'utf8'));
		return { ...checkpoint, note };
	}

	function rootAt(size: number): Promise<Buffer> {
		return rootOf(size, tileReader(size, readTile));
	}

	async function readTile(tile: Tile): Promise<Buffer> {
		const bytes = await storage.read(tilePath(tile));
		if (!bytes) throw new LogMismatch(`The file ${tilePath(tile)} of this log is missing.`);
		return bytes;
	}

	/** What stands already in the tile that `start` falls into, in a log of that many of that level. */
	async function begun<T>(level: Tile['level'], start: number, parse: (bytes: Buffer) => T[]): Promise<T[]> {
		const width = start % TILE_WIDTH;
		if (width === 0) return [];
		return parse(await readTile({ level, index: Math.floor(start / TILE_WIDTH), width }));
	}

	async function writeTiles(level: number, start: number, added: readonly Buffer[]): Promise<void> {
		const known = await begun(level, start, (bytes) => splitTile(bytes, start % TILE_WIDTH));
		const first = Math.floor(start / TILE_WIDTH);
		const tiles = cut([...known, ...added]);
		for (const [i, hashes] of tiles.entries()) {
			const tile = { level, index: first + i, width: hashes.length };
			await storage.write(tilePath(tile), Buffer.concat(hashes));
		}
		const full = tiles.filter((hashes) => hashes.length === TILE_WIDTH).map(foldHashes);
		if (full.length > 0) await writeTiles(level + 1, first, full);
	}

	async function writeBundles(start: number, added: readonly Uint8Array[]): Promise<void> {
		const known: Uint8Array[] = await begun('entries', start, decodeBundle);
		const first = Math.floor(start / TILE_WIDTH);
		for (const [i, entries] of cut([...known, ...added]).entries()) {
			const tile: Tile = { level: 'entries', index: first + i, width: entries.length };
			await storage.write(tilePath(tile), encodeBundle(entries));
		}
	}

	return {
		origin,
		vkey,
		checkpoint: () => last,
		async append(at, entries) {
			// What is on disk counts: an earlier write may have reached it and yet have been reported as failed.
			last = await lastCheckpoint();
			if (at !== last.size) throw new LogMismatch(`This log has ${last.size} entries and not ${at}.`);
			if (entries.some((entry) => entry.length > MAX_ENTRY)) {
				throw new RangeError(`An entry has at most ${MAX_ENTRY} bytes.`);
			}
			if (entries.length === 0) return;
			await writeTiles(0, at, entries.map(leafHash));
			await writeBundles(at, entries);
			last = await publish(at + entries.length);
		},
		async addCosignatures(lines, known) {
			const note = withCosignatures(last.note, lines, known);
			await storage.write('checkpoint', Buffer.from(note, 'utf8'));
			last = { ...last, note };
		},
		async entry(index) {
			const bundle = Math.floor(index / TILE_WIDTH);
			const width = tileWidth('entries', bundle, last.size);
			if (index < 0 || index >= last.size) throw new RangeError(`There is no entry ${index} in this log.`);
			const entries = decodeBundle(await readTile({ level: 'entries', index: bundle, width }));
			return entries[index % TILE_WIDTH]!;
		},
		async proof(index) {
			const { size, note } = last;
			const hashes = await proveInclusion(index, size, tileReader(size, readTile));
			return formatProof({ index, hashes, checkpoint: note });
		},
		consistency(size) {
			return proveConsistency(size, last.size, tileReader(last.size, readTile));
		},
	};
}

function cut<T>(items: readonly T[]): T[][] {
	const count = Math.ceil(items.length / TILE_WIDTH);
	return Array.from({ length: count }, (_, i) => items.slice(i * TILE_WIDTH, (i + 1) * TILE_WIDTH));
}
