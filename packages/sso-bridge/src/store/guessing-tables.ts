import type { Knex } from 'knex';

/** What stands between a card and whoever guesses its PIN; nothing here outlives a day but an alert (reference/library-sso.md 7.5). */
export async function guessingTables(database: Knex): Promise<void> {
	await database.raw(`
		alter table attempt add column day_failures integer not null default 0;
		alter table attempt add column day_until timestamptz;
		create table day_key (
			library uuid not null,
			day text not null,
			sealed text not null,
			primary key (library, day)
		);
		create table tally (
			library uuid not null,
			bucket bigint not null,
			right_ones integer not null,
			wrong_cards integer not null,
			primary key (library, bucket)
		);
		create table alert (
			library uuid not null,
			kind text not null,
			since timestamptz not null,
			last timestamptz not null,
			times integer not null,
			primary key (library, kind)
		);
	`);
}
