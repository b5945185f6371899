import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Unavailable } from '@understory/core/errors.ts';
import type { Log } from '@understory/core/log.ts';
import type { Outgoing } from '@understory/outgoing/outgoing.ts';
import type { HomeSpec } from '@understory/provisioner/drivers/driver.ts';
import type { HomeStarter, StartedHome } from '@understory/provisioner/drivers/local.ts';

/** How long a home may take until it is ready, and how long until it has ended, in milliseconds. */
const READY_WITHIN = 30_000;
const ENDED_WITHIN = 20_000;
const LOOK_AGAIN = 100;
/** How often a home that an earlier provisioner started is looked after, in milliseconds. */
const WATCH = 1_000;

export interface HomeProcessOptions {
	/** Below it: `homes/NAME`, a home's own folder; `home-starts/NAME`, its token and the number of its process. */
	readonly folder: string;
	/** The port of the first home; each one after it has the next that none has, and keeps it. */
	readonly firstPort: number;
	/** What a home's environment holds beside its name and its places. */
	readonly variables: Readonly<Record<string, string | undefined>>;
	readonly internal: Pick<Outgoing, 'request'>;
	readonly log: Log;
	/** The program that is a role; this package's own unless a test says otherwise. */
	readonly program?: string;
}

/**
 * Starts homes as processes of this machine, in a group of their own, so that they outlive a provisioner that is killed; the next one takes
 * up those it finds running. Throws `Unavailable` with a sentence when a home does not become ready, or when somebody else has its port.
 */
export function homeProcesses(options: HomeProcessOptions): HomeStarter {
	return async (spec) => {
		const starts = startsIn(options.folder);
		const notes = join(starts, spec.name);
		mkdirSync(notes, { recursive: true, mode: 0o700 });
		const port = portOf(starts, spec.name, options.firstPort);
		const there = await whoIsAt(options.internal, port);
		if (there === null) return begin(options, spec, port, notes);
		const known = readWhole(join(notes, 'pid'));
		if (there.name !== spec.name || String(there.pid) !== known) {
			const sentence = `Port ${port} is in use by a process that this provisioner did not start. End it, or choose another UNDERSTORY_HOME_PORT.`;
			throw new Unavailable(sentence, 'port_in_use');
		}
		options.log.info('home_taken_up', { home: spec.name });
		return watched(there.pid);
	};
}

const startsIn = (folder: string): string => join(folder, 'home-starts');

/** The port that a home was given with its first start; its address is known to others, so it keeps it. */
function portOf(starts: string, name: string, first: number): number {
	const kept = (home: string) => Number(readWhole(join(starts, home, 'port')) ?? Number.NaN);
	const own = kept(name);
	if (!Number.isNaN(own)) return own;
	const taken = new Set(readdirSync(starts).map(kept));
	let port = first;
	while (taken.has(port)) port += 1;
	writeWhole(join(starts, name, 'port'), String(port));
	return port;
}

async function begin(
	options: HomeProcessOptions,
	spec: HomeSpec,
	port: number,
	notes: string,
): Promise<StartedHome> {
	const secrets = join(notes, 'secrets');
	mkdirSync(secrets, { recursive: true, mode: 0o700 });
	writeWhole(join(secrets, 'enrolment-token'), spec.enrolmentToken);
	const program = options.program ?? fileURLToPath(new URL('main.ts', import.meta.url));
	const child = spawn(process.execPath, [...process.execArgv, program, 'home'], {
		detached: true,
		stdio: ['ignore', 'inherit', 'inherit'],
		env: {
			...options.variables,
			UNDERSTORY_HOME_NAME: spec.name,
			UNDERSTORY_PORT: String(port),
			UNDERSTORY_DATA: join(options.folder, 'homes', spec.name),
			UNDERSTORY_SECRETS: secrets,
			UNDERSTORY_INTERNAL_URL: `http://127.0.0.1:${port}`,
		},
	});
	const failed = once(child, 'error').then(() => undefined);
	const ended = Promise.race([once(child, 'exit').then(() => undefined), failed]);
	if (child.pid !== undefined) writeWhole(join(notes, 'pid'), String(child.pid));
	const isReady = await Promise.race([ready(options.internal, port), ended.then(() => false)]);
	if (!isReady) {
		await end(child, ended);
		throw new Unavailable(`${spec.name} did not become ready. What it said is in the log.`, 'home_not_ready');
	}
	return { ended, close: () => end(child, ended) };
}

async function end(child: ChildProcess, ended: Promise<void>): Promise<void> {
	child.kill('SIGTERM');
	const late = new AbortController();
	await Promise.race([ended, pause(ENDED_WITHIN, null, { signal: late.signal }).catch(() => undefined)]);
	late.abort();
	child.kill('SIGKILL');
	await ended;
}

/** A home that an earlier provisioner started: nobody tells when it ends, so it is looked after. */
function watched(pid: number): StartedHome {
	const over = new AbortController();
	const ended = (async () => {
		while (isThere(pid))
			await pause(over.signal.aborted ? LOOK_AGAIN : WATCH, null, { ref: over.signal.aborted });
	})();
	return {
		ended,
		async close() {
			over.abort();
			signal(pid, 'SIGTERM');
			const until = performance.now() + ENDED_WITHIN;
			while (isThere(pid) && performance.now() < until) await pause(LOOK_AGAIN);
			signal(pid, 'SIGKILL');
			while (isThere(pid)) await pause(LOOK_AGAIN);
		},
	};
}

function isThere(pid: number): boolean {
	return signal(pid, 0);
}

function signal(pid: number, what: NodeJS.Signals | 0): boolean {
	try {
		return process.kill(pid, what);
	} catch (error) {
		if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false;
		throw error;
	}
}

/** Which home answers at a port; null when nobody does, name and number empty when it is no home. */
async function whoIsAt(
	internal: Pick<Outgoing, 'request'>,
	port: number,
): Promise<{ name: string; pid: number } | null> {
	const until = performance.now() + READY_WITHIN;
	for (;;) {
		const answer = await internal
			.request({ url: `http://127.0.0.1:${port}/internal/v1/home`, timeoutMs: 5_000 })
			.catch(() => null);
		if (answer === null) return null;
		if (answer.status === 200) return named(answer.body.toString('utf8'));
		// One that is just starting says so; anybody else is a stranger.
		if (answer.status !== 503 || performance.now() > until) return { name: '', pid: 0 };
		await pause(LOOK_AGAIN);
	}
}

function named(text: string): { name: string; pid: number } {
	try {
		const { name, pid } = JSON.parse(text) as { name?: unknown; pid?: unknown };
		return typeof name === 'string' && Number.isSafeInteger(pid)
			? { name, pid: Number(pid) }
			: { name: '', pid: 0 };
	} catch {
		return { name: '', pid: 0 };
	}
}

async function ready(internal: Pick<Outgoing, 'request'>, port: number): Promise<boolean> {
	const until = performance.now() + READY_WITHIN;
	while (performance.now() < until) {
		const answer = await internal
			.request({ url: `http://127.0.0.1:${port}/readyz`, timeoutMs: 5_000 })
			.catch(() => null);
		if (answer?.status === 200) return true;
		await pause(LOOK_AGAIN);
	}
	return false;
}

function readWhole(file: string): string | null {
	return existsSync(file) ? readFileSync(file, 'utf8') : null;
}

/** Writes a text for this user alone, whole or not at all. */
function writeWhole(file: string, text: string): void {
	writeFileSync(`${file}.new`, text, { mode: 0o600, flush: true });
	renameSync(`${file}.new`, file);
}
