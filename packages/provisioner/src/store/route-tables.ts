import type { Knex } from 'knex';

/**
 * The routing table as it was last published: each host with the version in which it changed last; without an address when it is no longer there.
 * `route_version` has the versions that are still known.
 */
export async function routes(database: Knex): Promise<void> {
	await database.raw(`
		create table route (
			host text primary key,
			library uuid not null,
			home text not null,
			address text,
			version bigint not null
		);
		create index route_library on route (library);
		create index route_since on route (version);
		create table route_version (
			version bigint primary key,
			digest text not null
		);
		insert into route_version (version, digest) values (0, 'none');
	`);
}
