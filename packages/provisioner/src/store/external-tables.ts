import type { Knex } from 'knex';

/** Servers that a library runs besides its branches, and each version of what they said of themselves. */
export async function externalServers(database: Knex): Promise<void> {
	await database.raw(`
		create table external_server (
			id uuid primary key,
			library uuid not null references library on delete cascade,
			host text not null,
			origin text not null,
			name text not null,
			added_at bigint not null,
			added_by text not null,
			read_at bigint not null,
			next_check bigint not null,
			failing_since bigint,
			fault text,
			removed_at bigint,
			unique (library, host)
		);
		create index external_server_due on external_server (next_check);
		create table external_version (
			server uuid not null references external_server on delete cascade,
			version integer not null,
			sha256 text not null,
			document jsonb not null,
			read_at bigint not null,
			primary key (server, version)
		);
	`);
}
