import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { type CopiesAway, copiesAwayIn } from '@understory/config/copies-away.ts';
import { builtProgram, goVersion } from '../go-program.ts';

const SOURCE = fileURLToPath(new URL('./go/versitygw', import.meta.url));
const KEYS = '[default]\naws_access_key_id = understory\naws_secret_access_key = not-a-secret-of-anybody\n';

/** An object storage that is not ours: the real Versity S3 Gateway, over a folder. */
export interface Storage {
	/** A bucket that is there. */
	readonly place: CopiesAway;
	/** As a home is told it. */
	placeNamed(bucket: string, credentials?: string): CopiesAway;
	stop(): Promise<void>;
	start(): Promise<void>;
}

/** The file of the program, from this machine's cache or built into it. Throws with a sentence when it cannot be had. */
async function versitygwProgram(): Promise<string> {
	const cache = join(homedir(), '.cache', 'understory', 'versitygw');
	const source = { source: SOURCE, names: ['versitygw'], build: 'tool' } as const;
	const folder = await builtProgram(source, await goVersion(), cache, (sentence) => console.log(sentence));
	return join(folder, 'versitygw');
}

/** Starts one with everything below `folder`. */
export async function startStorage(folder: string): Promise<Storage> {
	const program = await versitygwProgram();
	const port = await freePort();
	const credentials = join(folder, 'credentials');
	writeFileSync(credentials, KEYS, { mode: 0o600 });
	for (const name of ['objects', 'about', 'objects/copies'])
		mkdirSync(join(folder, name), { recursive: true });
	const words = ['--port', `127.0.0.1:${port}`, '--quiet', 'posix', '--sidecar', join(folder, 'about')];
	let running: ChildProcess | null = null;

	const placeNamed = (bucket: string, file = credentials): CopiesAway => {
		const faults: string[] = [];
		const said = `s3://${bucket}/homes?endpoint=http://127.0.0.1:${port}&network=127.0.0.1/32`;
		const place = copiesAwayIn(said, file, faults);
		if (place === null) throw new Error(faults.join(' '));
		return place;
	};
	async function start(): Promise<void> {
		const begun = spawn(program, [...words, join(folder, 'objects')], {
			stdio: 'ignore',
			env: { ROOT_ACCESS_KEY: 'understory', ROOT_SECRET_KEY: 'not-a-secret-of-anybody', HOME: folder },
		});
		running = begun;
		for (let tries = 0; tries < 200 && begun.exitCode === null; tries += 1) {
			const answered = await fetch(`http://127.0.0.1:${port}/`).catch(() => null);
			if (answered) return;
			await pause(25);
		}
		throw new Error('The object storage did not come up.');
	}
	await start();
	return {
		place: placeNamed('copies'),
		placeNamed,
		start,
		async stop() {
			if (!running || running.exitCode !== null) return;
			const gone = once(running, 'exit');
			running.kill('SIGKILL');
			await gone;
			running = null;
		},
	};
}

async function freePort(): Promise<number> {
	const server = createServer().listen(0, '127.0.0.1');
	await once(server, 'listening');
	const { port } = server.address() as { port: number };
	await new Promise((resolve) => server.close(resolve));
	return port;
}
