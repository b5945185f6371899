import { statSync } from 'node:fs';
import { join } from 'node:path';
import { readWhole, writeWhole } from './files.ts';

/**
 * When each closed branch has something to do next, so that a home that starts need not open a thousand folders to ask. An entry holds as
 * long as its file is just as it was when it was closed: what a process that died has written stands in the log beside the file, and
 * then nothing is believed.
 */
export interface DueIndex {
	/** UTC milliseconds; null when nothing waits; undefined when the folder has to be opened to know. */
	read(branch: string): number | null | undefined;
	/** Keeps it for a folder that was just closed well. */
	keep(branch: string, at: number | null): void;
}

/** Opens the index of a home. */
export function openDueIndex(folder: string, folderOf: (branch: string) => string): DueIndex {
	const fileOf = (branch: string) => join(folder, 'due', `${branch}.json`);

	/** What the file looks like, or null while there may be more than what is in it. */
	function stamp(branch: string): string | null {
		const file = join(folderOf(branch), 'branch.sqlite');
		if ((statSync(`${file}-wal`, { throwIfNoEntry: false })?.size ?? 0) > 0) return null;
		const found = statSync(file, { bigint: true, throwIfNoEntry: false });
		return found ? `${found.mtimeNs} ${found.size} ${found.ino}` : null;
	}

	function entry(branch: string): { readonly stamp?: unknown; readonly at?: unknown } {
		const text = readWhole(fileOf(branch));
		try {
			return text === null ? {} : (JSON.parse(text) as object);
		} catch (error) {
			if (error instanceof SyntaxError) return {};
			throw error;
		}
	}

	return {
		read(branch) {
			const { stamp: then, at } = entry(branch);
			const now = stamp(branch);
			if (now === null || now !== then) return undefined;
			return at === null || typeof at === 'number' ? at : undefined;
		},
		keep(branch, at) {
			const now = stamp(branch);
			if (now !== null) writeWhole(fileOf(branch), JSON.stringify({ stamp: now, at }));
		},
	};
}
