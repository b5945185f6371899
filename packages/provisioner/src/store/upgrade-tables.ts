import type { Knex } from 'knex';

/** Upgrades of homes, and how far each home is. One is open at a time. */
export async function upgrades(database: Knex): Promise<void> {
	await database.raw(`
		create table upgrade (
			id uuid primary key,
			version text not null,
			state text not null,
			wave integer not null,
			rests_since bigint,
			settings jsonb not null,
			message text,
			asked bigint not null,
			asked_by text not null
		);
		create unique index upgrade_open on upgrade ((true)) where state in ('running', 'paused');
		create table upgrade_home (
			upgrade uuid not null references upgrade on delete cascade,
			name text not null,
			wave integer not null,
			state text not null,
			revision integer,
			message text,
			at bigint not null,
			primary key (upgrade, name)
		);
	`);
}

/** Which upgrade one undoes, and of which schema folders were before a home was touched. */
export async function undoneUpgrades(database: Knex): Promise<void> {
	await database.raw(`
		alter table upgrade add column undoes uuid references upgrade on delete cascade;
		alter table upgrade_home add column schema integer;
	`);
}

/** In which hours of its own time the homes of a library are upgraded. */
export async function upgradeHours(database: Knex): Promise<void> {
	await database.raw('alter table library add column upgrade_hours jsonb');
}
