import type { Knex } from 'knex';

/** What a library's counsel settled about records; null until somebody adopts it. */
export async function libraryRecords(database: Knex): Promise<void> {
	await database.raw('alter table library add column records jsonb');
}

/** How many members the bodies of a library's contacts have, and how many are a quorum. */
export async function libraryBodies(database: Knex): Promise<void> {
	await database.raw("alter table library add column bodies jsonb not null default '[]'");
}
