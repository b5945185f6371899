import { cosign } from '@understory/transparency-log/cosignature.ts';
import { generateKey, type SigningKey } from '@understory/transparency-log/keys.ts';
import { beginLog } from '@understory/transparency-log/log.ts';
import { formatVkey, readNote } from '@understory/transparency-log/note.ts';
import { TILE_WIDTH } from '@understory/transparency-log/tiles.ts';

export const ORIGIN = 'accountability.library.example/log/2026';

/** The files of a log by their paths, as somebody downloaded them. */
export type Copy = Map<string, Buffer>;

/** Two people who watch the log, and the library that keeps it. */
export interface Cast {
	readonly library: SigningKey;
	readonly vkey: string;
	readonly witnesses: readonly { readonly name: string; readonly key: SigningKey; readonly vkey: string }[];
}

export function createCast(): Cast {
	const library = generateKey();
	const witnesses = ['clerk.example/witness', 'paper.example/witness'].map((name) => {
		const key = generateKey();
		return { name, key, vkey: formatVkey({ name, key }, 'cosignature') };
	});
	return { library, vkey: formatVkey({ name: ORIGIN, key: library }), witnesses };
}

/** The nth statement, as short as one can be that has a day. */
export function statement(n: number): string {
	const day = new Date(Date.UTC(2026, 0, 1 + Math.floor(n / 3))).toISOString().slice(0, 10);
	return JSON.stringify({
		decided_on: day,
		id: n,
		rule: ['no-advertising', 'no-threats', 'kindness'][n % 3],
	});
}

/** A log that these witnesses saw at every size that is asked for, and its files at each. */
export async function growLog(
	{ library, witnesses }: Cast,
	sizes: readonly number[],
	entryAt: (n: number) => string = statement,
): Promise<Map<number, Copy>> {
	const files: Copy = new Map();
	const storage = {
		read: async (path: string) => files.get(path) ?? null,
		write: async (path: string, bytes: Uint8Array) => void files.set(path, Buffer.from(bytes)),
	};
	const log = await beginLog({ origin: ORIGIN, key: library, storage });
	const grown = new Map<number, Copy>();
	let size = 0;
	for (const next of sizes) {
		const entries = Array.from({ length: next - size }, (_, n) => Buffer.from(entryAt(size + n)));
		await log.append(size, entries);
		const { text } = readNote(log.checkpoint().note);
		const lines = witnesses.map((witness) => cosign(text, witness, 1_770_000_000 + next));
		if (lines.length > 0) await log.addCosignatures(lines.join(''), witnesses);
		grown.set(next, new Map(files));
		size = next;
	}
	return grown;
}

/** A copy without what its checkpoint does not count: narrower tiles of sizes before. */
export function trimmed(copy: Copy): Copy {
	const widest = new Map<string, { path: string; width: number }>();
	for (const path of copy.keys()) {
		if (path === 'checkpoint') continue;
		const [tile = '', text] = path.split('.p/');
		const width = text === undefined ? TILE_WIDTH : Number(text);
		if (width > (widest.get(tile)?.width ?? 0)) widest.set(tile, { path, width });
	}
	const counted = [...widest.values()].map(({ path }): [string, Buffer] => [path, copy.get(path)!]);
	return new Map([['checkpoint', copy.get('checkpoint')!], ...counted]);
}
