import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { createHmac, randomBytes } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { PublicError } from '@understory/core/errors.ts';
import pg from 'pg';
import { findPostgres } from './postgres-programs.ts';

/** A PostgreSQL of our own, reachable from this machine only. */
export interface Postgres {
	/** Makes the role and the schema of a service when they are not there, and returns the address it connects with. */
	urlFor(service: string): Promise<string>;
	/** Stops it; what was committed is on the disk. */
	close(): Promise<void>;
}

export interface PostgresOptions {
	/** Everything it has lies here: `data/`, the superuser's password (0600). */
	readonly folder: string;
	/** For tests: does not wait for the disk. Whoever sets this may lose the data at a power cut. */
	readonly careless?: boolean;
}

/**
 * Starts the embedded PostgreSQL on a free port of 127.0.0.1, with SCRAM and without a socket directory. The first start makes the
 * data folder beside its place and renames it, so that one that broke off is begun again. A server of this very folder that outlived
 * its town is stopped first. Throws `PublicError` with a sentence for the operator.
 */
export async function startPostgres({ folder, careless = false }: PostgresOptions): Promise<Postgres> {
	const programs = findPostgres();
	mkdirSync(folder, { recursive: true, mode: 0o700 });
	const data = join(folder, 'data');
	const password = keptPassword(join(folder, 'password'));
	if (!existsSync(join(data, 'PG_VERSION'))) makeData(programs.initdb, folder, data, careless);
	await stopOrphan(data);
	let failure = '';
	for (let attempt = 0; attempt < 3; attempt++) {
		const port = await freePort();
		const started = await run(programs.postgres, data, port, careless);
		if (typeof started !== 'string') return serve(started, port, password);
		failure = started;
	}
	throw new PublicError(
		500,
		'database',
		'The embedded PostgreSQL does not start. Its last words are in the log.',
		{
			detail: failure.slice(-300),
		},
	);
}

/** The roles and schemas of the town in a PostgreSQL of the operator's own; `url` is an administrator's. */
export async function ownDatabase(url: string): Promise<Postgres> {
	const admin = new URL(url);
	const database = admin.pathname.slice(1) || 'understory';
	const secret = createHmac('sha256', 'understory').update(url).digest('hex');
	return services({ admin, database, secret, makeDatabase: false, close: async () => undefined });
}

function serve(child: ChildProcess, port: number, password: string): Postgres {
	const admin = new URL(`postgres://postgres:${password}@127.0.0.1:${port}/postgres`);
	return services({
		admin,
		database: 'understory',
		secret: password,
		makeDatabase: true,
		close: () =>
			new Promise((resolve) => {
				if (child.exitCode !== null || child.signalCode !== null) return resolve();
				child.once('exit', () => resolve());
				child.kill('SIGINT');
			}),
	});
}

function services(parts: {
	admin: URL;
	database: string;
	secret: string;
	makeDatabase: boolean;
	close(): Promise<void>;
}): Postgres {
	const address = (user: string, secret: string, database: string) => {
		const url = new URL(parts.admin);
		url.username = user;
		url.password = secret;
		url.pathname = `/${database}`;
		return url.href;
	};
	const secretOf = (service: string) => createHmac('sha256', parts.secret).update(service).digest('hex');
	const admin = async <T>(database: string, work: (client: pg.Client) => Promise<T>): Promise<T> => {
		const url = new URL(parts.admin);
		url.pathname = `/${database}`;
		const client = new pg.Client({ connectionString: url.href });
		await client.connect();
		try {
			return await work(client);
		} finally {
			await client.end();
		}
	};
	let database: Promise<void> | null = null;
	let queue: Promise<unknown> = Promise.resolve();
	let closing: Promise<void> | null = null;

	async function makeDatabase(): Promise<void> {
		if (!parts.makeDatabase) return;
		await admin('postgres', async (client) => {
			const known = await client.query('select 1 from pg_database where datname = $1', [parts.database]);
			if (known.rowCount === 0) await client.query(`create database ${parts.database}`);
		});
	}

	return {
		urlFor(service) {
			if (!/^[a-z][a-z0-9_]{0,50}$/.test(service)) throw new Error('a service has a name of small letters');
			database ??= makeDatabase();
			// One at a time: two `alter role` at once collide on the same catalog row.
			const made = queue.then(async () => {
				await database;
				await admin(parts.database, async (client) => {
					const known = await client.query('select 1 from pg_roles where rolname = $1', [service]);
					if (known.rowCount === 0) await client.query(`create role ${service} login`);
					await client.query(`alter role ${service} password '${secretOf(service)}'`);
					// PostgreSQL 16 on lets nobody make a schema for a role that they are not a member of.
					await client.query(`grant ${service} to current_user`);
					await client.query(`create schema if not exists ${service} authorization ${service}`);
					await client.query(`alter role ${service} set search_path = ${service}`);
				});
				return address(service, secretOf(service), parts.database);
			});
			queue = made.catch(() => undefined);
			return made;
		},
		close() {
			closing ??= parts.close();
			return closing;
		},
	};
}

function keptPassword(file: string): string {
	if (!existsSync(file)) writeFileSync(file, randomBytes(24).toString('hex'), { mode: 0o600, flag: 'wx' });
	return readFileSync(file, 'utf8').trim();
}

function makeData(initdb: string, folder: string, data: string, careless: boolean): void {
	const fresh = `${data}.new`;
	rmSync(fresh, { recursive: true, force: true });
	mkdirSync(fresh, { mode: 0o700 });
	const [program, ...words] = [...notAsRoot(), initdb];
	const options = [
		'-D',
		fresh,
		'-U',
		'postgres',
		`--pwfile=${join(folder, 'password')}`,
		'-A',
		'scram-sha-256',
	];
	try {
		execFileSync(
			program!,
			[...words, ...options, '-E', 'UTF8', '--no-locale', '--no-instructions', ...(careless ? ['-N'] : [])],
			{ stdio: ['ignore', 'ignore', 'pipe'], env: { LC_ALL: 'C', TZ: 'UTC' } },
		);
	} catch (cause) {
		const sentence =
			'The data folder of the embedded PostgreSQL could not be made. Is the disk full, or the folder read-only?';
		throw new PublicError(500, 'database', sentence, { cause, detail: lastWords(cause) });
	}
	chmodSync(fresh, 0o700);
	renameSync(fresh, data);
}

function lastWords(cause: unknown): string {
	return String((cause as { stderr?: Buffer }).stderr ?? '').slice(-300);
}

/** Resolves with the running child, or with what it said before it ended. */
function run(
	postgres: string,
	data: string,
	port: number,
	careless: boolean,
): Promise<ChildProcess | string> {
	const settings = [
		'listen_addresses=127.0.0.1',
		`port=${port}`,
		'unix_socket_directories=',
		'shared_buffers=24MB',
		'max_connections=100',
		'max_wal_size=128MB',
		'min_wal_size=32MB',
		'log_min_messages=warning',
		'log_min_error_statement=panic',
		'log_statement=none',
		'autovacuum_max_workers=1',
		...(careless ? ['fsync=off', 'synchronous_commit=off', 'full_page_writes=off'] : []),
	].flatMap((setting) => ['-c', setting]);
	const [program, ...words] = [...notAsRoot(), ...diesWithParent(), postgres];
	return new Promise((resolve) => {
		const child = spawn(program!, [...words, '-D', data, ...settings], {
			stdio: ['ignore', 'ignore', 'pipe'],
			env: { LC_ALL: 'C', TZ: 'UTC' },
			// A Ctrl+C at the terminal is for the town, which then stops its database last.
			detached: process.platform !== 'win32',
		});
		let said = '';
		child.stderr!.on('data', (chunk: Buffer) => {
			if (said.length > 4_000) return;
			said += chunk.toString('latin1');
			if (said.includes('ready to accept connections')) resolve(child);
		});
		child.once('error', (error) => resolve(error.message));
		child.once('exit', () => resolve(said));
	});
}

/** PostgreSQL refuses to run as root. In a user namespace of its own it is not, and still owns its files. */
function notAsRoot(): string[] {
	if (process.getuid?.() !== 0) return [];
	const wrapper = ['unshare', '--user', '--map-user=1000', '--map-group=1000'];
	try {
		execFileSync(wrapper[0]!, [...wrapper.slice(1), 'true'], { stdio: 'ignore' });
		return wrapper;
	} catch (cause) {
		const sentence =
			'PostgreSQL does not run as root, and this machine allows no user namespaces. Start Understory as another user, or set UNDERSTORY_DATABASE_URL.';
		throw new PublicError(500, 'root', sentence, { cause });
	}
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
async function stopOrphan(data: string): Promise<void> {
	const pidFile = join(data, 'postmaster.pid');
	if (!existsSync(pidFile)) return;
	const pid = Number(readFileSync(pidFile, 'utf8').split('\n')[0]);
	if (!Number.isInteger(pid) || pid <= 1 || !isServerOf(pid, data)) return;
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

function freePort(): Promise<number> {
	return new Promise((resolve, reject) => {
		const probe = createServer();
		probe.once('error', reject);
		probe.listen(0, '127.0.0.1', () => {
			const { port } = probe.address() as { port: number };
			probe.close(() => resolve(port));
		});
	});
}
