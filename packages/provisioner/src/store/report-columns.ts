import type { Knex } from 'knex';

/** When the last report of a home was signed that was taken, so that an older one that was long on its way is not; and why a home would not. */
export async function reports(database: Knex): Promise<void> {
	await database.raw(`
		alter table role add column told_issued bigint not null default 0;
		alter table intent add column code text;
	`);
}
