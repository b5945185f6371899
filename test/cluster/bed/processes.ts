import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A program of the bed that runs. */
export interface Running {
	readonly name: string;
	readonly pid: number;
	/** The end of what it wrote, for the text of a failure. */
	tail(): string;
	/** As when its machine loses power. Resolves when it is gone. */
	kill(): Promise<void>;
	/** Asks it to stop, and ends it after five seconds. Resolves when it is gone. */
	stop(): Promise<void>;
	/** Whether it still runs. */
	alive(): boolean;
}

/** Starts one program with its output in `logs/NAME.log`. */
export function start(name: string, program: string, words: readonly string[], logs: string): Running {
	mkdirSync(logs, { recursive: true });
	const file = join(logs, `${name}.log`);
	const log = openSync(file, 'a', 0o600);
	const child = spawn(program, words, { stdio: ['ignore', log, log] });
	closeSync(log);
	const gone = new Promise<void>((resolve) => {
		child.once('exit', () => resolve());
		child.once('error', () => resolve());
	});
	const end = async (signal: NodeJS.Signals) => {
		if (isAlive(child)) child.kill(signal);
		await gone;
	};
	return {
		name,
		pid: child.pid ?? 0,
		tail: () => readFileSync(file, 'utf8').split('\n').slice(-15).join('\n'),
		alive: () => isAlive(child),
		kill: () => end('SIGKILL'),
		async stop() {
			const patience = setTimeout(() => child.kill('SIGKILL'), 5_000);
			await end('SIGTERM');
			clearTimeout(patience);
		},
	};
}

/**
 * Asks again until `holds` says yes; what it throws counts as no. Throws with the end of the program's log when the program ends or the
 * seconds are over.
 */
export async function until(
	what: string,
	holds: () => Promise<boolean>,
	of: Running,
	seconds = 60,
): Promise<void> {
	const last = performance.now() + seconds * 1_000;
	for (;;) {
		if (await holds().catch(() => false)) return;
		const over = performance.now() > last;
		if (over || !of.alive()) {
			const why = over ? `not within ${seconds} s` : `${of.name} ended`;
			throw new Error(`${what}: ${why}.\n${of.tail()}`);
		}
		// The only wait of the bed: other programs' states cannot be had in another way than by asking.
		await new Promise((resolve) => setTimeout(resolve, 50));
	}
}

function isAlive(child: ChildProcess): boolean {
	return child.pid !== undefined && child.exitCode === null && child.signalCode === null;
}
