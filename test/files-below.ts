import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** What is in every file below a folder, by path. A database that runs takes files of its own away meanwhile: those are not there. */
export function filesBelow(folder: string): Map<string, Buffer> {
	const files = new Map<string, Buffer>();
	for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
		if (!entry.isFile()) continue;
		const path = join(entry.parentPath, entry.name);
		try {
			files.set(path, readFileSync(path));
		} catch (error) {
			if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
		}
	}
	return files;
}
