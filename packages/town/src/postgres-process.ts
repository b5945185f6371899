import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { PublicError } from '@understory/core/errors.ts';
import type { Log } from '@understory/core/log.ts';
import type { Account } from './postgres-account.ts';

/** A server that ended without being asked (a full disk, a kill) is started again on its port, after 1 s and then ever later up to 30 s. */
export function keepRunning(
	first: ChildProcess,
	start: () => Promise<ChildProcess | string>,
	log: Log,
): { close(): Promise<void> } {
	let child = first;
	let closed = false;
	let timer: NodeJS.Timeout | undefined;
	let starting: Promise<void> = Promise.resolve();
	const watch = () => child.once('exit', () => again(1_000));
	function again(wait: number): void {
		if (closed) return;
		log.error('database_ended');
		timer = setTimeout(() => {
			starting = start().then((started) => {
				if (typeof started === 'string') return again(Math.min(30_000, wait * 2));
				child = started;
				log.info('database_back');
				watch();
			});
		}, wait);
		timer.unref();
	}
	watch();
	return {
		async close() {
			closed = true;
			clearTimeout(timer);
			await starting;
			if (child.exitCode !== null || child.signalCode !== null) return;
			const ended = new Promise((resolve) => child.once('exit', resolve));
			child.kill('SIGINT');
			await ended;
		},
	};
}

/** Resolves with the running child, or with what it said before it ended. */
export function run(server: {
	readonly program: string;
	readonly account: Account;
	readonly data: string;
	readonly port: number;
	readonly careless: boolean;
}): Promise<ChildProcess | string> {
	const { account, data } = server;
	const settings = [
		'listen_addresses=127.0.0.1',
		`port=${server.port}`,
		'unix_socket_directories=',
		'shared_buffers=24MB',
		'max_connections=100',
		'max_wal_size=128MB',
		'min_wal_size=32MB',
		'log_min_messages=warning',
		'log_min_error_statement=panic',
		'log_statement=none',
		'autovacuum_max_workers=1',
		...(server.careless ? ['fsync=off', 'synchronous_commit=off', 'full_page_writes=off'] : []),
	].flatMap((setting) => ['-c', setting]);
	const [program, ...words] = [...account.wrapper, ...diesWithParent(), server.program];
	return new Promise((resolve) => {
		const child = spawn(program!, [...words, '-D', data, ...settings], {
			...account.as,
			stdio: ['ignore', 'ignore', 'pipe'],
			env: { LC_ALL: 'C', TZ: 'UTC' },
			// A Ctrl+C at the terminal is for the town, which then stops its database last.
			detached: process.platform !== 'win32',
		});
		// The end of it is kept: while it comes up it says of everybody who knocks that they were turned away.
		let said = '';
		child.stderr!.on('data', (chunk: Buffer) => {
			const all = said + chunk.toString('latin1');
			if (all.includes('ready to accept connections')) resolve(child);
			said = all.slice(-4_000);
		});
		child.once('error', (error) => resolve(error.message));
		child.once('exit', () => resolve(said));
	});
}

/** Where the system can do it, the server stops by itself when the town is killed. */
function diesWithParent(): string[] {
	try {
		execFileSync('setpriv', ['--pdeathsig', 'INT', 'true'], { stdio: 'ignore' });
		return ['setpriv', '--pdeathsig', 'INT'];
	} catch {
		return [];
	}
}

/** Stops a server that was left running on this folder, after making sure that it is one of this folder. */
export async function stopOrphan(data: string): Promise<void> {
	const pidFile = join(data, 'postmaster.pid');
	if (!existsSync(pidFile)) return;
	const pid = Number(readFileSync(pidFile, 'utf8').split('\n')[0]);
	if (!Number.isInteger(pid) || pid <= 1 || !isServerOf(pid, data)) {
		// After a kill or a restart of the machine the number may be anybody's; PostgreSQL would take that for a server of its own.
		if (existsSync('/proc/self/cmdline')) rmSync(pidFile, { force: true });
		return;
	}
	for (let waited = 0; waited < 15_000; waited += 50) {
		try {
			process.kill(pid, waited === 0 ? 'SIGINT' : 0);
		} catch (error) {
			if ((error as NodeJS.ErrnoException).code === 'ESRCH') return;
			throw error;
		}
		await new Promise((resolve) => setTimeout(resolve, 50));
		if (!isServerOf(pid, data)) return;
	}
	throw new PublicError(
		500,
		'database_busy',
		`Another process (${pid}) still uses this data folder. Stop it first.`,
	);
}

function isServerOf(pid: number, data: string): boolean {
	try {
		return readFileSync(`/proc/${pid}/cmdline`, 'latin1').split('\0').includes(data);
	} catch {
		// Without /proc nothing can be said about a foreign process; PostgreSQL's own lock decides then.
		return false;
	}
}

/** A port that nobody listened on a moment ago. */
export function freePort(): Promise<number> {
	return new Promise((resolve, reject) => {
		const probe = createServer();
		probe.once('error', reject);
		probe.listen(0, '127.0.0.1', () => {
			const { port } = probe.address() as { port: number };
			probe.close(() => resolve(port));
		});
	});
}
