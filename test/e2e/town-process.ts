import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { TownFile } from '../../packages/town/src/town-file.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const MAIN = fileURLToPath(new URL('../../packages/town/src/main.ts', import.meta.url));

/** A town in a process of its own, as `npm start` runs it. */
export interface TownProcess {
	readonly child: ChildProcess;
	readonly file: TownFile;
	/** What it has printed so far. */
	said(): string;
	/** Sends a signal and waits for the end; answers with the exit code, or null when the signal ended it. */
	end(signal: NodeJS.Signals): Promise<number | null>;
}

/** A town that came up, or its exit code and what it said instead. */
export type Started =
	| (TownProcess & { readonly up: true })
	| { readonly up: false; readonly code: number | null; readonly said: string };

/**
 * Starts one and waits until it is up or has ended. `before` is a shell line that runs first, in the same namespaces; `by` is what somebody at a terminal types
 * in the checkout to start it, and the signals are then for all that came of it, as those of a terminal are.
 */
export async function startTown(
	options: readonly string[],
	more: {
		data: string;
		environment?: Record<string, string>;
		before?: string;
		by?: string;
	},
): Promise<Started> {
	const own = ['--data', more.data, ...options];
	const { PATH, HOME, NODE_COMPILE_CACHE } = process.env;
	const environment = { PATH, HOME, NODE_COMPILE_CACHE, ...more.environment };
	const [program, ...words] = commandFor(more, own);
	const child = spawn(program, words, {
		...{ env: environment, stdio: ['ignore', 'pipe', 'pipe'] },
		...(more.by && { cwd: ROOT, detached: true }),
	});
	let said = '';
	const up = new Promise<true>((resolve) => {
		child.stdout!.on('data', (chunk: Buffer) => {
			said += chunk.toString();
			if (said.includes('Stop with Ctrl+C.')) resolve(true);
		});
	});
	child.stderr!.on('data', (chunk: Buffer) => {
		said += chunk.toString();
	});
	const ended = once(child, 'close').then(([code]) => code as number | null);
	const first = await Promise.race([up, ended]);
	if (first !== true) return { up: false, code: first, said };
	const root = more.before ? `/proc/${child.pid}/root` : '';
	const file = JSON.parse(readFileSync(`${root}${join(more.data, 'town.json')}`, 'utf8')) as TownFile;
	return {
		up: true,
		child,
		file,
		said: () => said,
		async end(signal) {
			const isOver = child.exitCode !== null || child.signalCode !== null;
			if (more.by && !isOver) process.kill(-child.pid!, signal);
			else child.kill(signal);
			return ended;
		},
	};
}

function commandFor(
	{ by, before }: { readonly by?: string; readonly before?: string },
	own: readonly string[],
): [string, ...string[]] {
	if (by) return ['bash', '-c', `exec ${by} -- "$@"`, 'bash', ...own];
	const town: [string, ...string[]] = [process.execPath, MAIN, ...own];
	return before ? ['unshare', ...OWN_MOUNTS, 'sh', '-c', `${before} && exec "$0" "$@"`, ...town] : town;
}

/** As root a mount namespace is enough; anybody else gets a user namespace in which they are. */
export const OWN_MOUNTS = process.getuid?.() === 0 ? ['--mount'] : ['--map-root-user', '--mount'];

/** Why a disk of our own cannot be mounted here, or null when it can. */
export function whyNoDisk(): string | null {
	const tried = spawnSync('unshare', [
		...OWN_MOUNTS,
		'mount',
		'-t',
		'tmpfs',
		'-o',
		'size=64k',
		'none',
		'/mnt',
	]);
	if (tried.status === 0) return null;
	return String(tried.error ?? tried.stderr).trim() || 'unshare failed';
}
