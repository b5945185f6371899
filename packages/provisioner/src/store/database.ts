import knex, { type Knex } from 'knex';
import { migrations } from './migrations.ts';

/** A connection or a transaction: every repository takes one as its first argument. */
export type Database = Knex;

/** Opens the provisioner's schema and brings it up to date. One migrator at a time, whatever the number of processes. */
export async function openDatabase(url: string): Promise<Database> {
	const database = knex({
		client: 'pg',
		connection: url,
		pool: { min: 0, max: 12 },
		asyncStackTraces: false,
	});
	try {
		await migrate(database);
	} catch (error) {
		await database.destroy();
		throw error;
	}
	return database;
}

async function migrate(database: Database): Promise<void> {
	await database.migrate.latest({
		migrationSource: migrations,
		// BullMQ keeps its own `migration` in the same schema.
		tableName: 'schema_step',
		disableMigrationsListValidation: false,
	});
}

/** Takes a lock that holds until the transaction ends, so that two workers never do the same thing at once. */
export async function lock(transaction: Knex.Transaction, name: string): Promise<void> {
	await transaction.raw('select pg_advisory_xact_lock(hashtextextended(?, 0))', [`provisioner:${name}`]);
}
