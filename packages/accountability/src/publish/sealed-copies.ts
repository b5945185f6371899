import { join } from 'node:path';
import type { Library } from '../registers.ts';
import type { Db } from '../store/database.ts';
import { sealedCopies } from '../store/sealed.ts';
import { readText, writeText } from '../text-files.ts';

/**
 * Keeps the salted copies of what is sealed in a library's log as one file a branch, `<folder>/<library>/sealed/<branch>.jsonl`, a copy a line, for
 * whoever audits that branch: each opens one leaf (RFC 9901 4.2.3). They are never served, and only the owner of the folder may read
 * them. Writes what changed, and nothing else.
 */
export function createSealedCopies(folder: string): (db: Db, library: Library) => Promise<void> {
	return async (db, library) => {
		const byBranch = Map.groupBy(await sealedCopies(db, library.id), ({ branch_id }) => branch_id);
		for (const [branch, copies] of byBranch) {
			const path = join(folder, library.id, 'sealed', `${encodeURIComponent(branch)}.jsonl`);
			const text = copies.map(({ seal }) => `${seal}\n`).join('');
			if ((await readText(path)) !== text) await writeText(path, text);
		}
	};
}
