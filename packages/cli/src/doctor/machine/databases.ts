import type pg from 'pg';
import type { Fault } from '../check.ts';
import { withDatabase } from './database.ts';
import type { DatabaseHere } from './installation.ts';
import type { MachineCheck } from './machine-check.ts';

const AWAY = [
	'Nobody answers there.',
	'systemctl status postgresql; what it says: journalctl -u postgresql',
] as const;

/** By the codes of the system and of PostgreSQL: what is wrong, what to do. */
const WHY: Readonly<Record<string, readonly [wrong: string, mend: string]>> = {
	ECONNREFUSED: AWAY,
	ETIMEDOUT: AWAY,
	EHOSTUNREACH: AWAY,
	ENOTFOUND: ['The DNS does not know its host.', 'Mend the address in the secret file database-url.'],
	'28P01': [
		'It does not take the user or the password.',
		'The password in the secret file database-url has to be the one of ALTER ROLE … PASSWORD.',
	],
	'28000': ['It does not let the user in.', 'Let the user in, in pg_hba.conf of PostgreSQL.'],
	'3D000': [
		'There is no such database.',
		'Make it with the commands in postgresql.sql, or restore its dump.',
	],
	'53300': ['It has no connection left.', 'Raise max_connections in postgresql.conf.'],
	'57P03': ['It is starting or stopping.', 'Look again in a minute.'],
};

/** Databases that do not answer, and those whose tables a role cannot bring up to date. */
export const checkDatabases: MachineCheck = async ({ databases }) =>
	(await Promise.all(databases.map(faultsOf))).flat();

async function faultsOf({ role, url }: DatabaseHere): Promise<Fault[]> {
	const address = URL.parse(url);
	const where = address ? `${role} at ${address.host}${address.pathname}` : role;
	try {
		const held = await withDatabase(url, heldLocks);
		return held.map((table) => ({
			where,
			wrong: `Its tables cannot be brought up to date: a start that was killed left ${table} locked.`,
			mend: `Stop ${role}, run update ${table} set is_locked = 0 in that database, and start ${role} again.`,
		}));
	} catch (error) {
		const { code = '', message } = error as { code?: string; message: string };
		const [wrong, mend] = WHY[code] ?? [`It does not answer as it should: ${message}`, AWAY[1]];
		return [{ where, wrong, mend }];
	}
}

/** Where knex's migrator notes that it is at work (its `…_lock` tables); a note of one that was killed stays for ever. */
async function heldLocks(client: pg.Client): Promise<string[]> {
	const { rows } = await client.query<{ table_schema: string; table_name: string }>(
		"select table_schema, table_name from information_schema.columns where column_name = 'is_locked'",
	);
	const held: string[] = [];
	for (const row of rows) {
		const table = [row.table_schema, row.table_name].map((name) => client.escapeIdentifier(name)).join('.');
		const locked = await client.query(`select 1 from ${table} where is_locked = 1`);
		if (locked.rowCount) held.push(table);
	}
	return held;
}
