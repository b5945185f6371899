import knex, { type Knex } from 'knex';
import { migrationSource } from './schema.ts';

/** The tables, or a transaction over them. */
export type Db = Knex | Knex.Transaction;

/** An open database; its schema and role are those of the address. */
export interface Database {
	readonly db: Knex;
	/** Runs `work` as the only one of its name on this database; false when another is at it and nothing was done. */
	alone(name: string, work: () => Promise<void>): Promise<boolean>;
	close(): Promise<void>;
}

/** Is this error the database being away, rather than something wrong with what was asked? */
export function isAway(error: unknown): boolean {
	if (!(error instanceof Error)) return false;
	const code = (error as { code?: unknown }).code;
	// PostgreSQL's classes 08 (connection), 57P (shut down) and 53 (no resources); the rest are Node's and the pool's own.
	if (typeof code === 'string' && /^(08|57P|53|ECONN|EPIPE|ETIMEDOUT|ENOTFOUND)/.test(code)) return true;
	return (
		error.name === 'KnexTimeoutError' || /^(Connection terminated|Unable to acquire)/.test(error.message)
	);
}

/** Connects and brings the tables up to date; the migrator's own lock lets several start at once. Rejects when unreachable. */
export async function openDatabase(url: string): Promise<Database> {
	const db = knex({
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
				const answer = await lock.raw<{ rows: { mine: boolean }[] }>(
					'select pg_try_advisory_xact_lock(hashtextextended(?, 0)) as mine',
					[name],
				);
				const mine = answer.rows[0]?.mine === true;
				if (mine) await work();
				return mine;
			}),
		close: () => db.destroy(),
	};
}
