import type { Knex } from 'knex';

/** In which namespace of the cluster a home lives, and whose that is; null: in that of shared homes, where all were before. */
export async function namespaces(database: Knex): Promise<void> {
	await database.raw(`
		alter table home add column namespace text;
		alter table home add column library uuid references library on delete set null;
	`);
}
