import knex, { type Knex } from 'knex';
import { migrations } from './migrations.ts';

/** A connection or a transaction: every repository takes one as its first argument. */
export type Database = Knex;
export type Transaction = Knex.Transaction;

/** Opens the provisioner's schema and brings it up to date. One migrator at a time, whatever the number of processes. */
export async function openDatabase(url: string): Promise<Database> {
	const database = connect(url, 12);
	try {
		await migrate(database);
	} catch (error) {
		await database.destroy();
		throw error;
	}
	return database;
}

/**
 * Connections for `alone`, whose locks are held while the work under them needs connections of its own: for each look of a few cells that are slow at the
 * same time one for its branch and one for its home, opened when they are needed.
 */
export function openLocks(url: string): Database {
	return connect(url, 48);
}

function connect(url: string, most: number): Database {
	return knex({
		client: 'pg',
		connection: url,
		pool: { min: 0, max: most },
		// Whoever waits longer is better told that the database is away.
		acquireConnectionTimeout: 10_000,
		asyncStackTraces: false,
		// What goes wrong is thrown as well; knex would print it, addresses and all.
		log: { warn: nothing, error: nothing, deprecate: nothing, debug: nothing },
	});
}

/** The schema that the role's tables are in. */
export async function ownSchema(database: Database): Promise<string> {
	const answer: { rows: { name: string }[] } = await database.raw('select current_schema() as name');
	return answer.rows[0]!.name;
}

const nothing = (): void => undefined;

async function migrate(database: Database): Promise<void> {
	await database.migrate.latest({
		migrationSource: migrations,
		// BullMQ keeps its own `migration` in the same schema.
		tableName: 'schema_step',
		disableMigrationsListValidation: false,
	});
}

/** Takes a lock that holds until the transaction ends, so that two workers never do the same thing at once. */
export async function lock(transaction: Transaction, name: string): Promise<void> {
	await transaction.raw('select pg_advisory_xact_lock(hashtextextended(?, 0))', [`provisioner:${name}`]);
}

/**
 * Runs `work` as the only one of its name in all processes, or returns null when another is at it. The lock lives in a transaction of its own, so
 * that it falls when this process does, while the work commits in steps.
 */
export async function alone<T>(locks: Database, name: string, work: () => Promise<T>): Promise<T | null> {
	return locks.transaction(async (transaction) => {
		const answer: { rows: { mine: boolean }[] } = await transaction.raw(
			'select pg_try_advisory_xact_lock(hashtextextended(?, 0)) as mine',
			[`provisioner:${name}`],
		);
		return answer.rows[0]?.mine === true ? work() : null;
	});
}
