import type { Knex } from 'knex';

/** Where a branch stands, as far as the survey or library IT told; null: nobody did. */
export async function locations(database: Knex): Promise<void> {
	await database.raw('alter table branch add column location jsonb');
}

/** Why a branch lets nobody in, and until when. */
export async function suspension(database: Knex): Promise<void> {
	await database.raw('alter table branch add column suspension jsonb');
}
