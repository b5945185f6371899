import type { Knex } from 'knex';

/** The sealed keys of homes: those that were deposited last, and the ones before. Only a recovery key opens them, and it is nowhere here. */
export async function homeKeys(database: Knex): Promise<void> {
	await database.raw(`
		create table home_keys (
			home text not null,
			recovery_key text not null,
			contents text not null,
			role_key text not null,
			sealed text not null,
			deposited bigint not null,
			confirmed bigint not null,
			primary key (home, recovery_key, contents)
		);
	`);
}
