import { openCheckpoint } from '@understory/transparency-log/checkpoint.ts';
import type { SigningKey } from '@understory/transparency-log/keys.ts';
import { beginLog, LogMismatch, type LogStorage } from '@understory/transparency-log/log.ts';
import { BadNote, formatVkey } from '@understory/transparency-log/note.ts';
import { parseTilePath, tileWidth } from '@understory/transparency-log/tiles.ts';
import { leafHash, leavesReader, rootOf } from '@understory/transparency-log/tree.ts';

/** A log whose files are looked after, and what was published of it. */
export interface Mending {
	readonly origin: string;
	readonly key: SigningKey;
	/** Where its files are. */
	readonly storage: LogStorage;
	readonly size: number;
	/** base64, as in the checkpoint. */
	readonly root: string;
	/** Reads entries of the log from one place up to another, not included. */
	entries(from: number, until: number): Promise<readonly Buffer[]>;
}

/** Entries that are looked at in one go. */
const AT_ONCE = 64 * 256;

/**
 * Holds every file of a log against the entries that were published, and writes anew what is missing or damaged; answers with their paths. Only
 * what leads to the very root that was published is written, so that nothing forks. Throws LogMismatch, and has written nothing, when the
 * entries do not lead there.
 */
export async function mendLog(log: Mending): Promise<string[]> {
	const leaves: Buffer[] = [];
	for (let at = 0; at < log.size; at += AT_ONCE)
		leaves.push(...(await log.entries(at, Math.min(log.size, at + AT_ONCE))).map(leafHash));
	const root = (await rootOf(leaves.length, leavesReader(leaves))).toString('base64');
	if (leaves.length !== log.size || root !== log.root)
		throw new LogMismatch(`The entries of ${log.origin} are not those that were published.`);
	if (await isAhead(log)) return [];
	const mended: string[] = [];
	const anew = await beginLog({ ...log, storage: comparing(log, mended) });
	for (let at = 0; at < log.size; at += AT_ONCE)
		await anew.append(at, await log.entries(at, Math.min(log.size, at + AT_ONCE)));
	if (!(await hasCheckpoint(log))) {
		await log.storage.write('checkpoint', Buffer.from(anew.checkpoint().note, 'utf8'));
		mended.push('checkpoint');
	}
	return mended;
}

/** Died we between the checkpoint and telling the database? Then the folder knows more, and is looked at the next time. */
async function isAhead(log: Mending): Promise<boolean> {
	return ((await checkpointSize(log)) ?? 0) > log.size;
}

async function hasCheckpoint(log: Mending): Promise<boolean> {
	return (await checkpointSize(log)) === log.size;
}

/** The size that the checkpoint in the folder says; null when there is none that this log signed. */
async function checkpointSize({ origin, key, storage }: Mending): Promise<number | null> {
	const note = await storage.read('checkpoint');
	if (!note) return null;
	try {
		return openCheckpoint(note, formatVkey({ name: origin, key })).size;
	} catch (error) {
		if (error instanceof BadNote) return null;
		throw error;
	}
}

/** A place to make the log anew in: files that the log has at its size are compared with those that are there, all others stay in memory. */
function comparing({ storage, size }: Mending, mended: string[]): LogStorage {
	const own = new Map<string, Buffer>();
	const counts = (path: string): boolean => {
		const tile = parseTilePath(path);
		return tile !== null && tile.width === tileWidth(tile.level, tile.index, size);
	};
	return {
		read: async (path) => (counts(path) ? storage.read(path) : (own.get(path) ?? null)),
		async write(path, bytes) {
			if (!counts(path)) return void own.set(path, Buffer.from(bytes));
			if ((await storage.read(path))?.equals(bytes)) return;
			await storage.write(path, bytes);
			mended.push(path);
		},
	};
}
