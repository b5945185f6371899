import type { Knex } from 'knex';

/** Who works on a home last: a number that grows with each that begins (reference/kubernetes.md B1, rule 4). */
export async function homeLeases(database: Knex): Promise<void> {
	await database.raw(`
		create table home_lease (
			home text primary key,
			fence bigint not null
		);
	`);
}
