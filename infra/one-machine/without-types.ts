import { createHash } from 'node:crypto';
import { existsSync, globSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { stripTypeScriptTypes } from 'node:module';
import { join } from 'node:path';

/** Where it is below a version's folder. `packages/roles/src/kept-without-types.mjs` looks there, in any version. */
const KEPT = 'node_modules/.cache/understory-without-types';

/**
 * Writes down every file of TypeScript that the roles of the version in `folder` may load, without its types and named for the digest of its source; what is
 * there already stays. It is code that will run, so it is made by whoever owns the version: root, and never by a role. Answers with a sentence when it
 * could not be: the version runs all the same.
 */
export function keepWithoutTypes(folder: string): string | null {
	const kept = join(folder, KEPT);
	try {
		mkdirSync(kept, { recursive: true });
		for (const path of globSync('packages/*/src/**/*.ts', { cwd: folder })) {
			const text = readFileSync(join(folder, path));
			const file = join(kept, digestOf(text));
			if (existsSync(file)) continue;
			const made = stripTypeScriptTypes(text.toString('utf8'));
			// Its own digest at the end: one that a power cut left in part is not taken. Waiting for the disk 600 times would take seconds.
			writeFileSync(`${file}.${process.pid}`, `${made}\n//${digestOf(made)}`);
			renameSync(`${file}.${process.pid}`, file);
		}
		return null;
	} catch (error) {
		return `The roles of ${folder} will take some 30 MB more each, because ${kept} could not be written: ${(error as Error).message}`;
	}
}

function digestOf(text: string | Buffer): string {
	return createHash('sha256').update(text).digest('hex');
}
