import type { Knex } from 'knex';

/** Files that are taken in or were looked at, packed, and what each row comes to. A file goes when its import has ended. */
export async function imports(database: Knex): Promise<void> {
	await database.raw(`
		create table import_file (
			operation uuid primary key references operation on delete cascade,
			packed bytea not null,
			libraries text[],
			digest text,
			failures integer not null default 0
		);
		alter table import_row add column name text;
		alter table import_row add column url text;
		alter table import_row add column changed text[] not null default '{}';
		alter table import_row add column why jsonb;
		create index operation_preview on operation (created) where kind = 'import_preview';
	`);
}
