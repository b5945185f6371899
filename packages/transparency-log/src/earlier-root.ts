import { splitTile, TILE_WIDTH, tilePath, tileWidth } from './tiles.ts';
import { leavesReader, rootOf } from './tree.ts';

/**
 * The root that a log had when it was smaller, from its tiles of hashes of leaves (C2SP tlog-tiles). `within` is its size now, and `read` gives the bytes of
 * one of its files, which the caller has checked or wrote itself. Throws RangeError when it was never so large, or a tile is missing.
 */
export async function earlierRoot(parts: {
	readonly size: number;
	readonly within: number;
	readonly read: (path: string) => Promise<Buffer | null>;
}): Promise<Buffer> {
	const { size, within, read } = parts;
	if (size > within) throw new RangeError(`This log has ${within} entries and never had ${size}.`);
	const leaves: Buffer[] = [];
	for (let index = 0; index * TILE_WIDTH < size; index++) {
		const tile = { level: 0, index, width: tileWidth(0, index, within) };
		const bytes = await read(tilePath(tile));
		if (!bytes) throw new RangeError(`The file ${tilePath(tile)} of this log is missing.`);
		leaves.push(...splitTile(bytes, tile.width));
	}
	return rootOf(size, leavesReader(leaves.slice(0, size)));
}
