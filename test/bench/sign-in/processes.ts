import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

/** What a process can be asked while it serves. */
export type Asked = 'cpu' | 'memory' | { readonly snapshot: string } | { readonly act: string };

/** As the charts start every role (`common.nodeOptions`): by itself Node lets what is young and soon forgotten take a hundred MB. */
const YOUNG = '--max-semi-space-size=8';
/** The same of what is not JavaScript's: pools for each processor would keep what was let go of. */
const POOLS = { MALLOC_ARENA_MAX: '2' };

/** A role in a process of its own, so that what it takes can be told from what asking it takes. */
export interface RoleProcess<Started> {
	readonly started: Started;
	/** Milliseconds of CPU since it began. */
	cpu(): Promise<number>;
	/** MB of memory that are its own, after what nobody needs was thrown away. */
	memory(): Promise<number>;
	/** Writes everything that JavaScript still holds there into a file. */
	snapshot(file: string): Promise<void>;
	/** Has it do one of the things it knows to do. Returns how long that took, in milliseconds. */
	act(name: string): Promise<number>;
	readonly pid: number;
	end(): Promise<void>;
}

/** Starts a script, named as seen from this file, with what it is told, and resolves with what it says when it serves. */
export async function startProcess<Told extends object, Started>(
	script: string,
	told: Told,
	flags: readonly string[] = [YOUNG],
): Promise<RoleProcess<Started>> {
	const child: ChildProcess = spawn(
		process.execPath,
		['--expose-gc', ...flags, fileURLToPath(new URL(script, import.meta.url))],
		{ stdio: ['ignore', 'inherit', 'inherit', 'ipc'], env: { ...process.env, ...POOLS } },
	);
	async function ask(what: object | Asked): Promise<unknown> {
		const over = new AbortController();
		const { signal } = over;
		const answered = once(child, 'message', { signal });
		const ended = once(child, 'exit', { signal });
		for (const one of [answered, ended]) one.catch(() => undefined);
		child.send(what);
		try {
			return await Promise.race([
				answered.then(([answer]) => answer as unknown),
				ended.then(([code]) => {
					throw new Error(`${script} ended with ${code}`);
				}),
			]);
		} finally {
			over.abort();
		}
	}
	const started = (await ask(told)) as Started;
	return {
		started,
		cpu: async () => (await ask('cpu')) as number,
		memory: async () => (await ask('memory')) as number,
		async snapshot(file) {
			await ask({ snapshot: file });
		},
		act: async (name) => (await ask({ act: name })) as number,
		pid: child.pid!,
		async end() {
			const ended = once(child, 'exit');
			child.disconnect();
			await ended;
		},
	};
}
