import { readFileSync, writeFileSync } from 'node:fs';
import { stripTypeScriptTypes } from 'node:module';
import { join } from 'node:path';
import { walk } from './walk.ts';

/**
 * Takes the types out of every file of TypeScript below a folder, as Node does it when it runs one: blanks stand in their place, so that every
 * line and column in a stack trace is that of the source. Throws at the first that Node would not run.
 */
export function takeTypesOut(folder: string): void {
	for (const { path, entry } of walk(folder)) {
		if (!entry.isFile() || !path.endsWith('.ts')) continue;
		const file = join(folder, path);
		writeFileSync(file, stripTypeScriptTypes(readFileSync(file, 'utf8')));
	}
}
