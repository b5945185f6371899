import type { Knex } from 'knex';

/**
 * Cells: each a cluster, or this machine, with a measure of its own. What there was is in the first, which has none. Homes count their branches
 * themselves, so that a place is found in the same time however many there are, and whoever moves a branch need not think of it.
 */
export async function cells(database: Knex): Promise<void> {
	await database.raw(`
		create table cell (
			name text primary key,
			kubeconfig text,
			takes text not null default 'any',
			libraries uuid[] not null default '{}',
			most_homes integer,
			most_branches integer,
			starts_per_minute integer,
			starts_at_once integer,
			next_start bigint not null default 0,
			created bigint not null
		);
		insert into cell (name, created) values ('default', 0);
		alter table home add column cell text not null default 'default' references cell;
		alter table home add column branches integer not null default 0;
		update home set branches = (select count(*) from branch where branch.place = home.name);
		create index home_cell on home (cell);
		create index home_with_room on home (cell, created, name) where kind = 'shared';
		create function count_branches_of_homes() returns trigger language plpgsql as $$
		begin
			if tg_op <> 'INSERT' and old.place is not null then
				update home set branches = branches - 1 where name = old.place;
			end if;
			if tg_op <> 'DELETE' and new.place is not null then
				update home set branches = branches + 1 where name = new.place;
			end if;
			return null;
		end $$;
		create trigger branch_moves after update of place on branch
			for each row when (old.place is distinct from new.place) execute function count_branches_of_homes();
		create trigger branch_comes after insert on branch
			for each row when (new.place is not null) execute function count_branches_of_homes();
		create trigger branch_goes after delete on branch
			for each row when (old.place is not null) execute function count_branches_of_homes();
	`);
}

/** What is waited for is found by its library, however much was done before. */
export async function openOperations(database: Knex): Promise<void> {
	await database.raw(
		`create index operation_open on operation (library) where state in ('queued', 'running')`,
	);
}
