import { execFile } from 'node:child_process';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { builtProgram, type GoProgram, goVersion } from '../go-program.ts';

const source = (folder: string) => fileURLToPath(new URL(`./go/${folder}`, import.meta.url));
const FSCK: GoProgram = { source: source('fsck'), names: ['fsck'], build: 'tool' };
const SUMDB: GoProgram = { source: source('sumdb'), names: ['sumdb'], build: '.' };

/** Longest time for a look, milliseconds. */
const LONGEST = 120_000;

/** What a tool found: nothing wrong, or what it said. */
export interface Found {
	readonly sound: boolean;
	readonly said: string;
}

/** Tools that others made for transparency logs, run on a folder with a downloaded year. */
export interface LogTools {
	/** transparency-dev's `fsck`, as the page /verify names it. */
	fsck(folder: string, keyFile: string): Promise<Found>;
	/** `golang.org/x/mod/sumdb`, which also holds the log against older checkpoints. Says size and root. */
	sumdb(folder: string, keyFile: string, older?: readonly string[]): Promise<Found>;
}

/** The tools, from the cache or built. Throws with a sentence when there is no Go or a module cannot be had. */
export async function readyLogTools(say: (sentence: string) => void): Promise<LogTools> {
	const cache = process.env.UNDERSTORY_TOOL_CACHE || join(homedir(), '.cache', 'understory', 'log-tools');
	const go = await goVersion();
	const [fsck, sumdb] = await Promise.all(
		[FSCK, SUMDB].map(async (program) =>
			join(await builtProgram(program, go, cache, say), program.names[0]!),
		),
	);
	return {
		async fsck(folder, keyFile) {
			// With one worker it waits for ever when it finds something: the worker has ended, and the next file waits for it.
			const words = [
				`--storage_url=file://${folder}/`,
				`--public_key=${keyFile}`,
				'--ui=false',
				'--N=16',
				'-v=1',
			];
			const { said, code } = await run(fsck!, words);
			// It ends with 0 whatever it found, and says that it failed.
			return { sound: code === 0 && /Completed ranges/.test(said) && !/fsck failed/.test(said), said };
		},
		async sumdb(folder, keyFile, older = []) {
			const { said, code } = await run(sumdb!, [keyFile, folder, ...older]);
			return { sound: code === 0, said };
		},
	};
}

function run(program: string, words: readonly string[]): Promise<{ code: number; said: string }> {
	return new Promise((resolve, reject) => {
		execFile(program, words, { maxBuffer: 1 << 26, timeout: LONGEST }, (error, out, said) => {
			if (error?.killed) return reject(new Error(`${program} did not end: ${out}${said}`));
			const code = error ? error.code : 0;
			if (typeof code === 'number') resolve({ code, said: out + said });
			else reject(error);
		});
	});
}
