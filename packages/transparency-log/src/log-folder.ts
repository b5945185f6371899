import { mkdir, open, readFile, rename } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { LogStorage } from './log.ts';

/** Keeps a log as the file tree that tlog-tiles names, so that any web server can serve the folder as it is. */
export function folderStorage(folder: string): LogStorage {
	return {
		async read(path) {
			try {
				return await readFile(join(folder, path));
			} catch (error) {
				if (['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) return null;
				throw error;
			}
		},
		async write(path, bytes) {
			const target = join(folder, path);
			const made = await mkdir(dirname(target), { recursive: true });
			// Beside its target, so that the rename stays within one file system; a left-over is written over.
			const draft = `${target}.draft`;
			const file = await open(draft, 'w', 0o644);
			try {
				await file.writeFile(bytes);
				await file.sync();
			} finally {
				await file.close();
			}
			await rename(draft, target);
			for (const parent of parentsUpTo(dirname(target), made)) await syncFolder(parent);
		},
	};
}

/** The folder of a file and, when folders were made for it, every one above up to the first that was there before. */
function parentsUpTo(folder: string, made: string | undefined): string[] {
	const parents = [folder];
	const top = made === undefined ? folder : dirname(made);
	while (parents.at(-1)! !== top && parents.at(-1)! !== dirname(parents.at(-1)!)) {
		parents.push(dirname(parents.at(-1)!));
	}
	return parents;
}

/** A rename is on disk only when the folder is. */
async function syncFolder(folder: string): Promise<void> {
	const handle = await open(folder, 'r');
	try {
		await handle.sync();
	} finally {
		await handle.close();
	}
}
