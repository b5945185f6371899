import type { Knex } from 'knex';

/** Branches on their way from home to home, and copies that a home is still to remove. */
export async function moves(database: Knex): Promise<void> {
	await database.raw(`
		create table move (
			id uuid primary key,
			branch uuid not null references branch on delete cascade,
			housing text not null,
			from_place text not null,
			from_home uuid not null,
			to_place text not null,
			to_home uuid,
			from_epoch integer not null,
			first uuid not null,
			rest uuid not null,
			state text not null,
			since bigint not null,
			asked bigint not null,
			asked_by text not null,
			facts jsonb,
			message text,
			held_until bigint
		);
		create unique index move_open on move (branch) where state not in ('held', 'cleared', 'undone');
		create table removal (
			backup uuid not null,
			place text not null,
			branch uuid not null references branch on delete cascade,
			primary key (backup, place)
		);
		drop index restore_open;
		create unique index restore_open on restore (branch) where state in ('carrying', 'laying_out', 'switching');
	`);
}
