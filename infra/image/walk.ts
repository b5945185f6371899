import { type Dirent, readdirSync } from 'node:fs';
import { join } from 'node:path';

/** Everything below a folder, by its path there. Links are not followed: Node's own recursive reading does. */
export function* walk(folder: string, below = ''): Generator<{ path: string; entry: Dirent }> {
	for (const entry of readdirSync(join(folder, below), { withFileTypes: true })) {
		const path = join(below, entry.name);
		yield { path, entry };
		if (entry.isDirectory()) yield* walk(folder, path);
	}
}
