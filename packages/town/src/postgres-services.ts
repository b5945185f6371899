import { createHmac } from 'node:crypto';
import pg from 'pg';
import type { Postgres } from './postgres.ts';

/** Makes the database, roles and schemas of the town's services in a running server, as they are asked for. */
export function services(parts: {
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
