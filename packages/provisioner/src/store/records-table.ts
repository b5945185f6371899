import type { Knex } from 'knex';

/** What a library's counsel settled about records; null until somebody adopts it. */
export async function libraryRecords(database: Knex): Promise<void> {
	await database.raw('alter table library add column records jsonb');
}
