import type { Knex } from 'knex';

/** What is asked for each library or branch in turn is found by it: without this the work for all of them grows with the square of their number. */
export async function soughtByOwner(database: Knex): Promise<void> {
	await database.raw(`
		create index neighborhood_library on neighborhood (library);
		create index staff_grant_branch on staff_grant (branch) where branch is not null;
	`);
}

/** Branches that people cannot use just now are few, and asked for with every list of homes. */
export async function amiss(database: Knex): Promise<void> {
	await database.raw(
		`create index condition_amiss on condition (branch) where type = 'Available' and status <> 'True'`,
	);
}
