import type { Knex } from 'knex';

/** What is measured a day, what hosting costs, and how much of it a library may have. Days are kept for thirteen months. */
export async function quotas(database: Knex): Promise<void> {
	await database.raw(`
		create table branch_size (
			branch uuid primary key references branch on delete cascade,
			bytes bigint not null,
			at bigint not null
		);
		alter table home add column sized_at bigint not null default 0;
		create table usage_day (
			library uuid not null references library on delete cascade,
			day text not null,
			shared integer not null,
			dedicated integer not null,
			folder_bytes bigint not null,
			copy_bytes bigint not null,
			primary key (library, day)
		);
		create index usage_day_by_day on usage_day (day);
		create table quota (
			library uuid primary key references library on delete cascade,
			branches integer,
			dedicated integer,
			storage_gb integer,
			ask text not null,
			set_at bigint not null,
			set_by text not null
		);
		create table prices (
			since text primary key,
			document jsonb not null,
			set_at bigint not null,
			set_by text not null
		);
	`);
}
