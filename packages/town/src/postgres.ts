import { execFile } from 'node:child_process';
import { createHmac, randomBytes } from 'node:crypto';
import { chownSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { PublicError } from '@understory/core/errors.ts';
import { type Log, silentLog } from '@understory/core/log.ts';
import { writeWhole } from './data-folder.ts';
import { type Account, accountFor } from './postgres-account.ts';
import { freePort, keepRunning, run, stopOrphan } from './postgres-process.ts';
import { findPostgres, type PostgresPrograms } from './postgres-programs.ts';
import { services } from './postgres-services.ts';

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
	readonly log?: Log;
	/** For tests: another PostgreSQL than the embedded one. */
	readonly programs?: PostgresPrograms;
	/** For tests: false does as where the system allows no user namespaces. */
	readonly namespaces?: boolean;
}

/**
 * Starts the embedded PostgreSQL on a free port of 127.0.0.1, with SCRAM and without a socket directory. The first start makes the
 * data folder beside its place and renames it, so that one that broke off is begun again. A server of this very folder that outlived
 * its town is stopped first. Throws `PublicError` with a sentence for the operator.
 */
export async function startPostgres(options: PostgresOptions): Promise<Postgres> {
	const { folder, careless = false, log = silentLog } = options;
	const programs = options.programs ?? findPostgres();
	mkdirSync(folder, { recursive: true, mode: 0o700 });
	const data = join(folder, 'data');
	const password = keptPassword(join(folder, 'password'));
	const account = accountFor(folder, programs.postgres, options.namespaces);
	if (!existsSync(join(data, 'PG_VERSION'))) await makeData(programs.initdb, account, folder, careless);
	await stopOrphan(data);
	let failure = '';
	for (let attempt = 0; attempt < 3; attempt++) {
		const port = await freePort();
		const start = () => run({ program: programs.postgres, account, data, port, careless });
		const started = await start();
		if (typeof started !== 'string') return serve(keepRunning(started, start, log), port, password);
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

/**
 * The roles and schemas of the town in a PostgreSQL of the operator's own; `url` is an administrator's. Throws `PublicError` with a sentence
 * when it cannot be used; the address, which holds a password, is not in it.
 */
export async function ownDatabase(url: string): Promise<Postgres> {
	const admin = new URL(url);
	const database = admin.pathname.slice(1) || 'postgres';
	const secret = createHmac('sha256', 'understory').update(url).digest('hex');
	const made = services({ admin, database, secret, makeDatabase: false, close: async () => undefined });
	return {
		...made,
		urlFor: (service) =>
			made.urlFor(service).catch((cause: unknown) => {
				const why = WHY_NOT[(cause as { code?: string }).code ?? ''] ?? 'it does not do what was asked';
				const sentence = `The PostgreSQL of UNDERSTORY_DATABASE_URL cannot be used: ${why}.`;
				throw new PublicError(500, 'database', sentence, { cause });
			}),
	};
}

/** By the codes of the system and of PostgreSQL. */
const WHY_NOT: Readonly<Record<string, string>> = {
	ECONNREFUSED: 'nobody answers there',
	ENOTFOUND: 'nobody answers there',
	EAI_AGAIN: 'nobody answers there',
	ETIMEDOUT: 'nobody answers there',
	'28P01': 'its user or password is not right',
	'28000': 'its user may not come in',
	'3D000': 'there is no such database',
	'42501': 'its user may not make roles and schemas',
};

function serve(server: { close(): Promise<void> }, port: number, password: string): Postgres {
	const admin = new URL(`postgres://postgres:${password}@127.0.0.1:${port}/postgres`);
	return services({
		admin,
		database: 'understory',
		secret: password,
		makeDatabase: true,
		close: () => server.close(),
	});
}

function keptPassword(file: string): string {
	if (!existsSync(file)) writeWhole(file, randomBytes(24).toString('hex'));
	return readFileSync(file, 'utf8').trim();
}

async function makeData(
	initdb: string,
	{ wrapper, as }: Account,
	folder: string,
	careless: boolean,
): Promise<void> {
	const data = join(folder, 'data');
	const fresh = `${data}.new`;
	rmSync(fresh, { recursive: true, force: true });
	mkdirSync(fresh, { mode: 0o700 });
	if (as.uid !== undefined) chownSync(fresh, as.uid, as.gid);
	const [program, ...words] = [...wrapper, initdb];
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
		await promisify(execFile)(
			program!,
			[...words, ...options, '-E', 'UTF8', '--no-locale', '--no-instructions', ...(careless ? ['-N'] : [])],
			{ ...as, env: { LC_ALL: 'C', TZ: 'UTC' } },
		);
	} catch (cause) {
		const sentence =
			'The data folder of the embedded PostgreSQL could not be made. Is the disk full, or the folder read-only?';
		throw new PublicError(500, 'database', sentence, { cause, detail: lastWords(cause) });
	}
	renameSync(fresh, data);
}

function lastWords(cause: unknown): string {
	return String((cause as { stderr?: string }).stderr ?? '').slice(-300);
}
