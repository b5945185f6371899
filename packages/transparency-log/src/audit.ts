import { openCheckpoint, originOf } from './checkpoint.ts';
import { BadNote, parseVkey } from './note.ts';
import { decodeBundle, splitTile, TILE_WIDTH, type Tile, tilePath, tileWidth } from './tiles.ts';
import { foldHashes, HASH_SIZE, leafHash, leavesReader, rootOf } from './tree.ts';
import { looksLikeYearLink, readYearLink, type YearBefore } from './year-link.ts';

/** What a look through a whole log found: sound with so many entries, or the first thing that is wrong, as a sentence. */
export type LogAudit =
	| {
			readonly ok: true;
			readonly origin: string;
			readonly size: number;
			/** base64, as in the checkpoint. */
			readonly root: string;
			/** The state of the year before, with which this log begins; null in the first year. */
			readonly before: {
				readonly origin: string;
				readonly vkey: string;
				readonly size: number;
				readonly root: string;
			} | null;
	  }
	| { readonly ok: false; readonly reason: string };

/**
 * Derives a log anew from its entries and holds everything against that: every tile of every level, and the root of the checkpoint. `read` gives
 * the bytes of a file of the log, `checkpoint` or `tile/…`, or null. `each` is told of every entry in turn but the one that leads to the year before; a sentence from it is a fault. Memory
 * does not grow with the entries but by 32 bytes each. `since` are checkpoints that somebody kept, as a council does in its minutes: the log must be one that each
 * of them grew into. Those of other logs are passed over.
 */
export async function auditLog(parts: {
	readonly vkey: string;
	readonly read: (path: string) => Promise<Buffer | null>;
	readonly each?: (entry: Buffer, index: number) => string | null;
	readonly since?: readonly (string | Uint8Array)[];
}): Promise<LogAudit> {
	const { vkey, read, each, since = [] } = parts;
	try {
		const note = await read('checkpoint');
		if (!note) return fault('The log has no checkpoint.');
		const { origin, size, root } = openCheckpoint(note, vkey);
		const leaves: Buffer[] = [];
		let before: YearBefore | null = null;
		for (let index = 0; index * TILE_WIDTH < size; index++) {
			const bundle: Tile = { level: 'entries', index, width: tileWidth('entries', index, size) };
			const bytes = await read(tilePath(bundle));
			const entries = bytes && bundleOf(bytes);
			if (entries?.length !== bundle.width)
				return fault(`The file ${tilePath(bundle)} is missing or damaged.`);
			for (const entry of entries) {
				if (leaves.length === 0) before = readYearLink(entry, vkey);
				else if (looksLikeYearLink(entry, vkey))
					return fault(
						`Entry ${leaves.length} is a state of a year before; only the first entry may be one.`,
					);
				const wrong = before && leaves.length === 0 ? null : each?.(entry, leaves.length);
				if (wrong) return fault(`Entry ${leaves.length}: ${wrong}`);
				leaves.push(leafHash(entry));
			}
		}
		const damaged = await firstDamagedTile(leaves, read);
		if (damaged) return fault(`The file ${damaged} is missing, or is not what the entries give.`);
		if (!(await rootOf(size, leavesReader(leaves))).equals(root))
			return fault('The entries do not give the root that the log signed.');
		const rewritten = await firstNotGrownFrom(since, vkey, leaves);
		if (rewritten) return fault(rewritten);
		return {
			...{ ok: true, origin, size, root: root.toString('base64') },
			before: before && { ...before, root: before.root.toString('base64') },
		};
	} catch (error) {
		if (error instanceof BadNote) return fault(error.message);
		throw error;
	}
}

async function firstDamagedTile(
	leaves: readonly Buffer[],
	read: (path: string) => Promise<Buffer | null>,
): Promise<string | null> {
	let hashes = leaves;
	for (let level = 0; hashes.length > 0; level++) {
		const above: Buffer[] = [];
		for (let index = 0; index * TILE_WIDTH < hashes.length; index++) {
			const wanted = hashes.slice(index * TILE_WIDTH, (index + 1) * TILE_WIDTH);
			const path = tilePath({ level, index, width: wanted.length });
			const bytes = await read(path);
			const found = bytes?.length === wanted.length * HASH_SIZE ? splitTile(bytes, wanted.length) : null;
			if (!found?.every((hash, i) => hash.equals(wanted[i]!))) return path;
			if (wanted.length === TILE_WIDTH) above.push(foldHashes(wanted));
		}
		hashes = above;
	}
	return null;
}

/** What is wrong with the first of the kept checkpoints of this log that it did not grow out of; null when there is none. */
async function firstNotGrownFrom(
	since: readonly (string | Uint8Array)[],
	vkey: string,
	leaves: readonly Buffer[],
): Promise<string | null> {
	for (const note of since.filter((one) => originOf(one) === parseVkey(vkey).name)) {
		const kept = openCheckpoint(note, vkey);
		if (kept.size > leaves.length)
			return `The log has ${leaves.length} entries, and had ${kept.size} when the checkpoint that you kept was signed.`;
		const then = await rootOf(kept.size, leavesReader(leaves.slice(0, kept.size)));
		if (!then.equals(kept.root))
			return `The first ${kept.size} entries are not those of the checkpoint that you kept.`;
	}
	return null;
}

function bundleOf(bytes: Buffer): Buffer[] | null {
	try {
		return decodeBundle(bytes);
	} catch (error) {
		if (error instanceof RangeError) return null;
		throw error;
	}
}

function fault(reason: string): LogAudit {
	return { ok: false, reason };
}
