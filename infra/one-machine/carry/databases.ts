import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { pipeline } from 'node:stream/promises';
import { CarryFault } from './fault.ts';

/** What the programs of PostgreSQL are told in their environment: a password among their words would be seen by everybody on the machine. */
function connecting(url: string): NodeJS.ProcessEnv {
	const { hostname, port, username, password, pathname, searchParams } = new URL(url);
	const more = [
		['PGSSLMODE', searchParams.get('sslmode')],
		['PGSSLROOTCERT', searchParams.get('sslrootcert')],
	].filter((one): one is [string, string] => one[1] !== null);
	return {
		PATH: process.env.PATH,
		LC_ALL: 'C',
		PGHOST: hostname,
		PGPORT: port || '5432',
		PGUSER: decodeURIComponent(username),
		PGPASSWORD: decodeURIComponent(password),
		PGDATABASE: decodeURIComponent(pathname.slice(1)),
		PGCONNECT_TIMEOUT: '10',
		...Object.fromEntries(more),
	};
}

const QUIETLY = ['--no-psqlrc', '--no-password', '--quiet', '--set', 'ON_ERROR_STOP=1'];

/** Everything in a database, as SQL that needs neither its owner nor its rights. Throws `CarryFault` at the end when it could not be read. */
export async function* dumped(url: string): AsyncGenerator<Buffer> {
	const program = spawn('pg_dump', ['--no-password', '--no-owner', '--no-privileges'], {
		env: connecting(url),
		stdio: ['ignore', 'pipe', 'pipe'],
	});
	const ended = endOf(program, 'pg_dump');
	// Whoever breaks off before the end does not wait for it.
	ended.catch(() => undefined);
	yield* program.stdout;
	await ended;
}

/** The lines that a question is answered with, fields parted by `|`. */
export async function ask(url: string, sql: string): Promise<string[]> {
	const program = spawn('psql', [...QUIETLY, '--tuples-only', '--no-align', '--command', sql], {
		env: connecting(url),
		stdio: ['ignore', 'pipe', 'pipe'],
	});
	const ended = endOf(program, 'psql');
	ended.catch(() => undefined);
	const said = Buffer.concat(await Array.fromAsync(program.stdout as AsyncIterable<Buffer>)).toString('utf8');
	await ended;
	return said.split('\n').filter(Boolean);
}

/** What a database holds: nothing, what was brought in under this mark, or something else. */
export async function whatIsIn(url: string, mark: string): Promise<'nothing' | 'ours' | 'something else'> {
	const [known = ''] = await ask(
		url,
		"select shobj_description(oid, 'pg_database') from pg_database where datname = current_database()",
	);
	if (known === mark) return 'ours';
	const [count] = await ask(
		url,
		"select count(*) from pg_class join pg_namespace on pg_namespace.oid = relnamespace where nspname !~ '^pg_' and nspname <> 'information_schema'",
	);
	return count === '0' ? 'nothing' : 'something else';
}

/** Brings a dump into an empty database, and what else is to be done in it, all of it or nothing. It is marked with `mark`, by which it is known again. */
export async function bringIn(
	url: string,
	what: { readonly mark: string; readonly dump: AsyncIterable<Buffer>; readonly also: string },
): Promise<void> {
	const program = spawn('psql', QUIETLY, { env: connecting(url), stdio: ['pipe', 'ignore', 'pipe'] });
	const ended = endOf(program, 'psql');
	ended.catch(() => undefined);
	async function* statements() {
		// Said by itself and not by psql's option, which would commit what it has when this process is killed and nothing more comes.
		yield 'begin;\n';
		yield* what.dump;
		yield 'set search_path = public;\n';
		yield what.also;
		yield `do $$ begin execute format('comment on database %I is %L', current_database(), '${what.mark}'); end $$;\ncommit;\n`;
	}
	const fault: unknown = await pipeline(statements(), program.stdin).then(
		() => null,
		(error: unknown) => error,
	);
	// When psql refused something it says more than that nobody listens any more.
	await ended;
	if (fault !== null) throw fault;
}

async function endOf(program: ChildProcess, name: string): Promise<void> {
	let said = '';
	program.stderr!.on('data', (chunk: Buffer) => {
		if (said.length < 2_000) said += chunk.toString('utf8');
	});
	const code = await once(program, 'close').then(
		([code]) => code as number | null,
		(error: NodeJS.ErrnoException) => {
			const sentence = `${name} is not on this machine. Install it: apt-get install postgresql-client`;
			throw error.code === 'ENOENT' ? new CarryFault(sentence) : error;
		},
	);
	if (code !== 0) throw new CarryFault(`${name} could not do it: ${said.trim().split('\n').at(-1) ?? ''}`);
}
