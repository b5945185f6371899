import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type FolderCard, readCard, writeCard } from '@understory/branch/folder-card.ts';
import { CarryFault } from './fault.ts';
import type { Manifest } from './manifest.ts';
import { type CarriedFile, digestOf, unsealed, writeWhole } from './sealed-files.ts';

/** A branch that a home serves, and the epoch it was carried from. */
interface Served {
	readonly id: string;
	/** Below the folder that is laid out. */
	readonly folder: string;
	/** The file of its card. */
	readonly card: CarriedFile;
}

/**
 * The branches that are carried. A home may also have the folder of one that has left it, which waits to be destroyed under the epoch it had, and copies; they
 * stay as they are.
 */
export function servedIn({ files }: Manifest): Served[] {
	const paths = new Map(files.map((file) => [file.path, file]));
	return files.flatMap(({ path }) => {
		const [, home, id] = /^volumes\/homes\/([^/]+)\/desired\/([^/]+)\.json$/.exec(path) ?? [];
		const folder = `volumes/homes/${home}/branches/${id}`;
		const card = paths.get(`${folder}/branch.json`);
		return id && card ? [{ id, folder, card }] : [];
	});
}

/** Opens every file at its place below `to`. What is there whole already is left, so that one that broke off is gone on with. */
export async function layOut(
	key: Buffer,
	manifest: Manifest,
	from: string,
	to: string,
	step: (path: string) => void,
): Promise<void> {
	const cards = new Set(servedIn(manifest).map(({ card }) => card.path));
	for (const file of manifest.files) {
		if (file.path.startsWith('databases/')) continue;
		if (/(?:^|\/)\.\.(?:\/|$)/.test(file.path))
			throw new CarryFault(`${file.path} lies outside of the folder.`);
		const place = join(to, file.path);
		const isThere = existsSync(place) && (await digestOf(place)) === file.sha256;
		// The card of a branch is another one by and by, and is small.
		if (!isThere || cards.has(file.path))
			await writeWhole(unsealed(key, file, join(from, 'sealed', file.path)), place);
		step(file.path);
	}
	for (const { folder } of servedIn(manifest)) nextEpoch(join(to, folder));
}

/** From now on this folder is the branch, and the one it was carried from is a copy (DESIGN 5.8). */
function nextEpoch(folder: string): void {
	const card = readCard(folder) as FolderCard;
	writeCard(folder, { ...card, epoch: card.epoch + 1 });
}
