import { homedir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { builtProgram, goVersion } from '../go-program.ts';

const SOURCE = fileURLToPath(new URL('./go/litestream', import.meta.url));

/** The file of the real Litestream, from this machine's cache or built into it, which takes minutes. Throws with a sentence when it cannot be had. */
export async function litestreamProgram(): Promise<string> {
	const cache = join(homedir(), '.cache', 'understory', 'litestream');
	const source = { source: SOURCE, names: ['litestream'], build: 'tool' } as const;
	const folder = await builtProgram(source, await goVersion(), cache, (sentence) => console.log(sentence));
	return join(folder, 'litestream');
}
