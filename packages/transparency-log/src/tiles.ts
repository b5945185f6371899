import { foldHashes, HASH_SIZE, type NodeReader } from './tree.ts';

/** Hashes in a full tile, entries in a full bundle (C2SP tlog-tiles v0.1.0). */
export const TILE_WIDTH = 256;

/** An entry's length is written in 16 bits. */
export const MAX_ENTRY = 65_535;

/** One tile or, at level `entries`, one bundle. `width` is 256 when it is full. */
export interface Tile {
	readonly level: number | 'entries';
	readonly index: number;
	readonly width: number;
}

/** `tile/<L>/<N>[.p/<W>]` under the log's prefix (tlog-tiles, Merkle Tree; Log entries). */
export function tilePath(tile: Tile): string {
	const partial = tile.width === TILE_WIDTH ? '' : `.p/${tile.width}`;
	return `tile/${tile.level}/${indexPath(tile.index)}${partial}`;
}

/** Reads a path under the prefix; null unless it is exactly as `tilePath` writes it. */
export function parseTilePath(path: string): Tile | null {
	const match = /^tile\/(entries|0|[1-9]\d?)\/((?:x\d{3}\/)*\d{3})(?:\.p\/([1-9]\d{0,2}))?$/.exec(path);
	if (!match) return null;
	const [, level = '', index = '', width] = match;
	const tile: Tile = {
		level: level === 'entries' ? 'entries' : Number(level),
		index: Number(index.replaceAll(/[x/]/g, '')),
		width: width === undefined ? TILE_WIDTH : Number(width),
	};
	const possible = Number.isSafeInteger(tile.index) && (tile.level === 'entries' || tile.level <= 63);
	return possible && tile.width <= TILE_WIDTH && tilePath(tile) === path ? tile : null;
}

/** How wide a tile is in a tree of `size` entries: 0 when it is not there. */
export function tileWidth(level: number | 'entries', index: number, size: number): number {
	const hashes = Math.floor(size / TILE_WIDTH ** (level === 'entries' ? 0 : level));
	return Math.min(TILE_WIDTH, Math.max(0, hashes - index * TILE_WIDTH));
}

/** The hashes of a tile. Throws RangeError when the bytes are not `width` hashes. */
export function splitTile(bytes: Buffer, width: number): Buffer[] {
	if (bytes.length !== width * HASH_SIZE)
		throw new RangeError('A tile does not have the length of its width.');
	return Array.from({ length: width }, (_, i) => bytes.subarray(i * HASH_SIZE, (i + 1) * HASH_SIZE));
}

/** Writes entries as a bundle: each after its length in 16 bits, big end first. Throws RangeError for one that is too long. */
export function encodeBundle(entries: readonly Uint8Array[]): Buffer {
	return Buffer.concat(
		entries.flatMap((entry) => {
			if (entry.length > MAX_ENTRY) throw new RangeError(`An entry has at most ${MAX_ENTRY} bytes.`);
			const length = Buffer.alloc(2);
			length.writeUInt16BE(entry.length);
			return [length, entry];
		}),
	);
}

/** Reads a bundle. Throws RangeError when it is cut short. */
export function decodeBundle(bytes: Buffer): Buffer[] {
	const entries: Buffer[] = [];
	for (let at = 0; at < bytes.length; ) {
		const end = at + 2 + (at + 2 <= bytes.length ? bytes.readUInt16BE(at) : Number.POSITIVE_INFINITY);
		if (end > bytes.length) throw new RangeError('A bundle is cut short.');
		entries.push(bytes.subarray(at + 2, end));
		at = end;
	}
	return entries;
}

/** Reads any hash of a tree of `size` entries from its tiles. `readTile` must give the exact bytes of the tile. */
export function tileReader(size: number, readTile: (tile: Tile) => Promise<Buffer>): NodeReader {
	const tiles = new Map<string, Promise<Buffer[]>>();
	function hashes(level: number, index: number): Promise<Buffer[]> {
		const name = `${level}/${index}`;
		const width = tileWidth(level, index, size);
		const known =
			tiles.get(name) ?? readTile({ level, index, width }).then((bytes) => splitTile(bytes, width));
		tiles.set(name, known);
		return known;
	}
	return async (level, index) => {
		const tileLevel = Math.floor(level / 8);
		const count = 2 ** (level % 8);
		const first = index * count;
		const start = first % TILE_WIDTH;
		const part = (await hashes(tileLevel, Math.floor(first / TILE_WIDTH))).slice(start, start + count);
		if (part.length !== count) throw new RangeError('A hash was asked for that is not in the tree.');
		return foldHashes(part);
	};
}

/** `1234067` is `x001/x234/067`: three digits a part, all but the last with an x before them. */
function indexPath(index: number): string {
	const digits = String(index);
	const parts = digits.padStart(Math.ceil(digits.length / 3) * 3, '0').match(/\d{3}/g) ?? [];
	return parts.map((part, i) => (i < parts.length - 1 ? `x${part}` : part)).join('/');
}
