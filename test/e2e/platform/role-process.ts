import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { call } from '../api.ts';

const MAIN = fileURLToPath(new URL('../../../packages/roles/src/main.ts', import.meta.url));

/** A role in a process of its own, as the image starts it. */
export interface RoleProcess {
	readonly pid: number;
	readonly port: number;
	/** What it wrote to standard output and error so far. */
	said(): string;
	/** What `/readyz` says, or null when nobody answers. */
	ready(): Promise<{ status: number; text: string } | null>;
	/** Sends a signal and waits for the end; answers with the exit code, or null when the signal ended it. */
	end(signal: NodeJS.Signals): Promise<number | null>;
}

/** Starts one. `words` are what Node is given before the role's name, where that is not the program of this checkout; `secrets` are written as files of a folder, as a mounted Secret has them. */
export function startRole(
	kind: string,
	options: {
		readonly folder: string;
		readonly port: number;
		readonly words?: readonly string[];
		readonly variables?: Readonly<Record<string, string>>;
		readonly secrets: Readonly<Record<string, string>>;
	},
): RoleProcess {
	const data = join(options.folder, kind);
	const secrets = join(options.folder, `${kind}.secrets`);
	mkdirSync(data, { recursive: true });
	mkdirSync(secrets, { recursive: true });
	for (const [name, text] of Object.entries(options.secrets)) writeFileSync(join(secrets, name), text);
	const child: ChildProcess = spawn(process.execPath, [...(options.words ?? [MAIN]), kind], {
		stdio: ['ignore', 'pipe', 'pipe'],
		env: {
			PATH: process.env.PATH,
			NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE,
			UNDERSTORY_PORT: String(options.port),
			UNDERSTORY_ADDRESS: '127.0.0.1',
			UNDERSTORY_DATA: data,
			UNDERSTORY_SECRETS: secrets,
			...options.variables,
		},
	});
	let said = '';
	for (const stream of [child.stdout!, child.stderr!]) {
		stream.on('data', (chunk: Buffer) => {
			said += chunk.toString();
		});
	}
	// Not `close`: a home that outlives its provisioner still holds the pipe.
	const ended = once(child, 'exit').then(([code]) => code as number | null);
	return {
		pid: child.pid!,
		port: options.port,
		said: () => said,
		ready: () => readiness(options.port),
		async end(signal) {
			child.kill(signal);
			return ended;
		},
	};
}

/** What `/readyz` says at a port, asked as a probe asks it. */
export async function readiness(port: number): Promise<{ status: number; text: string } | null> {
	const answer = await call(port, 'GET', '/readyz', { host: `127.0.0.1:${port}` }).catch(() => null);
	return answer && { status: answer.status, text: String(answer.body).trim() };
}
