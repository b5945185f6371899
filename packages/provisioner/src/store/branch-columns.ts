import type { Knex } from 'knex';

/** Where a branch stands, as far as the survey or library IT told; null: nobody did. */
export async function locations(database: Knex): Promise<void> {
	await database.raw('alter table branch add column location jsonb');
}

/** How long branches may be without a host, until when each has one, and what is announced while it has none. */
export async function hosting(database: Knex): Promise<void> {
	await database.raw(`
		alter table library add column hosting_days jsonb;
		alter table branch add column door_since bigint;
		alter table branch add column hosted_until bigint;
		alter table branch add column unhosted jsonb;
	`);
}

/** Where a branch goes on that closes. */
export async function successors(database: Knex): Promise<void> {
	await database.raw('alter table branch add column successor jsonb');
}

/** Which branch it goes on for that got another name. */
export async function renamedFrom(database: Knex): Promise<void> {
	await database.raw('alter table branch add column renamed_from uuid references branch on delete set null');
}

/** Why a branch lets nobody in, and until when. */
export async function suspension(database: Knex): Promise<void> {
	await database.raw('alter table branch add column suspension jsonb');
}
