import { randomBytes } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { startPostgres } from '../../../packages/town/src/postgres.ts';
import type { PostgresPrograms } from '../../../packages/town/src/postgres-programs.ts';

/** A PostgreSQL in which each role has a database to itself, as library IT sets it up. */
export interface OwnDatabases {
	/** A fresh database of that name, and its owner's address. */
	database(name: string): Promise<string>;
	close(): Promise<void>;
}

const DEBIAN = '/usr/lib/postgresql';

/** Debian's PostgreSQL, of the version of the `pg_dump` beside it; null where there is none. */
function installed(): PostgresPrograms | null {
	const versions = existsSync(DEBIAN)
		? readdirSync(DEBIAN).sort((one, other) => Number(one) - Number(other))
		: [];
	const at = (tool: string) => join(DEBIAN, versions.at(-1) ?? '', 'bin', tool);
	const isWhole = ['initdb', 'postgres', 'pg_dump', 'psql'].every((tool) => existsSync(at(tool)));
	return isWhole ? { initdb: at('initdb'), postgres: at('postgres') } : null;
}

/** Starts the one that is installed; null where none is. */
export async function startInstalled(): Promise<OwnDatabases | null> {
	const programs = installed();
	if (!programs) return null;
	const folder = mkdtempSync(join(tmpdir(), 'understory-installed-'));
	const server = await startPostgres({ folder, careless: true, programs });
	const address = new URL(await server.urlFor('setup'));
	address.username = 'postgres';
	address.password = readFileSync(join(folder, 'password'), 'utf8').trim();
	address.pathname = '/postgres';
	return {
		async database(name) {
			const password = randomBytes(16).toString('hex');
			const client = new pg.Client({ connectionString: address.href });
			await client.connect();
			try {
				await client.query(`create role ${name} login password '${password}'`);
				await client.query(`create database ${name} owner ${name}`);
			} finally {
				await client.end();
			}
			const own = new URL(address);
			[own.username, own.password, own.pathname] = [name, password, `/${name}`];
			return own.href;
		},
		async close() {
			await server.close();
			rmSync(folder, { recursive: true, force: true });
		},
	};
}
