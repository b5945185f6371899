import { type ChildProcess, spawn } from 'node:child_process';
import {
	copyFileSync,
	existsSync,
	mkdirSync,
	mkdtempSync,
	readFileSync,
	rmSync,
	symlinkSync,
	writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const GUARD = fileURLToPath(new URL('../../bin/on-pinned-node.mjs', import.meta.url));

/** One start of the guard, and what became of it. */
export interface Start {
	readonly process: ChildProcess;
	/** Resolves when this text has been printed (either stream). */
	printed(text: string): Promise<void>;
	readonly end: Promise<{ code: number | null; out: string; err: string }>;
}

/** A made-up project folder with the real guard in it, and an `npm` that writes down that it was called. */
export interface Project {
	readonly folder: string;
	/** What a start finds in its environment beside the tools. */
	readonly variables: Record<string, string>;
	/** Puts an `npm` on the path: a shell script. `null` leaves none there. */
	npm(script: string | null): void;
	lock(content: unknown): void;
	write(path: string, content: string): void;
	installs(): number;
	start(...words: string[]): Start;
	remove(): void;
}

/** Installs like npm does, as far as the guard can see: the folder is emptied and made again, with a Node in it. */
export const WORKING_NPM = `rm -rf node_modules; mkdir -p "node_modules/$NODE_PACKAGE/bin"; ln -s "$REAL_NODE" "node_modules/$NODE_PACKAGE/bin/node"`;

/** Makes such a project in a temporary folder. */
export function pinnedProject(): Project {
	const folder = mkdtempSync(join(tmpdir(), 'understory-guard-'));
	const tools = join(folder, 'tools');
	for (const name of ['bin', 'tools']) mkdirSync(join(folder, name));
	for (const tool of ['sh', 'rm', 'mkdir', 'ln', 'cat']) symlinkSync(whereIs(tool), join(tools, tool));
	copyFileSync(GUARD, join(folder, 'bin', 'guard.mjs'));
	const calls = join(folder, 'npm-calls');
	const write = (path: string, content: string) => writeFileSync(join(folder, path), content);
	const variables: Record<string, string> = {};
	return {
		folder,
		variables,
		write,
		npm(script) {
			rmSync(join(tools, 'npm'), { force: true });
			if (script === null) return;
			const text = `#!${whereIs('sh')}\necho "$@" >> '${calls}'\n${script}\n`;
			writeFileSync(join(tools, 'npm'), text, { mode: 0o755 });
		},
		lock: (content) => write('package-lock.json', JSON.stringify(content)),
		installs: () => (existsSync(calls) ? readFileSync(calls, 'utf8').trim().split('\n').length : 0),
		start: (...words) => start(folder, { ...variables, PATH: tools }, words),
		remove: () => rmSync(folder, { recursive: true, force: true }),
	};
}

function start(folder: string, variables: Record<string, string>, words: string[]): Start {
	const child = spawn(process.execPath, ['bin/guard.mjs', ...words], {
		cwd: folder,
		env: {
			...variables,
			REAL_NODE: process.execPath,
			NODE_PACKAGE: `node-${process.platform}-${process.arch}`,
		},
		stdio: ['ignore', 'pipe', 'pipe'],
	});
	let out = '';
	let err = '';
	const waiting = new Set<() => void>();
	child.stdout.on('data', (chunk: Buffer) => {
		out += chunk;
		for (const look of waiting) look();
	});
	child.stderr.on('data', (chunk: Buffer) => {
		err += chunk;
		for (const look of waiting) look();
	});
	return {
		process: child,
		printed: (text) =>
			new Promise((resolve) => {
				const look = () => {
					if ((out + err).includes(text)) resolve();
				};
				waiting.add(look);
				look();
			}),
		end: new Promise((resolve) => child.on('close', (code) => resolve({ code, out, err }))),
	};
}

function whereIs(tool: string): string {
	const folders = ['/bin', '/usr/bin', ...(process.env.PATH ?? '').split(delimiter)];
	const found = folders.map((place) => join(place, tool)).find((path) => existsSync(path));
	if (!found) throw new Error(`this test needs ${tool}`);
	return found;
}
