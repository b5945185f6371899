import type { Log } from '@understory/core/log.ts';
import knex, { type Knex } from 'knex';
import { migrationSource } from './schema.ts';

/** The tables, or a transaction over them. */
export type Db = Knex | Knex.Transaction;

/** An open database; its schema and role are those of the address. */
export interface Database {
	readonly db: Knex;
	/** Runs `work` as the only one of its name on this database, after whoever is at it; rejects when that takes 30 seconds. */
	alone(name: string, work: () => Promise<void>): Promise<void>;
	close(): Promise<void>;
}

/** Is this error the database being away, rather than something wrong with what was asked? */
export function isAway(error: unknown): boolean {
	if (!(error instanceof Error)) return false;
	const code = (error as { code?: unknown }).code;
	// PostgreSQL's classes 08 (connection), 57P (shut down) and 53 (no resources); the rest are Node's and the pool's own.
	if (typeof code === 'string' && /^(08|57P|53|ECONN|EPIPE|ETIMEDOUT|ENOTFOUND)/.test(code)) return true;
	return (
		error.name === 'KnexTimeoutError' ||
		// Knex puts the query in front.
		/(?:^| - )(Connection terminated|Unable to acquire)/.test(error.message)
	);
}

/** Connects and brings the tables up to date; the migrator's own lock lets several start at once. Rejects when unreachable. */
export async function openDatabase(url: string, log: Log): Promise<Database> {
	const db = knex({
		// Knex would write to the console, and its texts may quote addresses.
		log: {
			warn: () => log.warn('database_warning'),
			error: () => log.error('database_error'),
			deprecate: () => log.warn('database_deprecation'),
			debug: () => undefined,
		},

		client: 'pg',
		connection: url,
		pool: { min: 0, max: 6 },
		migrations: { migrationSource },
	});
	try {
		await db.migrate.latest();
	} catch (error) {
		await db.destroy();
		throw error;
	}
	return {
		db,
		alone: (name, work) =>
			// The lock lives in a transaction of its own, so that it falls when this process does, while the work commits in steps.
			db.transaction(async (lock) => {
				await lock.raw("set local lock_timeout = '30s'");
				await lock.raw('select pg_advisory_xact_lock(hashtextextended(?, 0))', [name]);
				await work();
			}),
		close: () => db.destroy(),
	};
}
