import type { Knex } from 'knex';

/** Copies of branches, what is done with them, and what stays gone when one is restored. The id of a copy or a restore is that of its operation. */
export async function backups(database: Knex): Promise<void> {
	await database.raw(`
		create table backup (
			id uuid primary key,
			branch uuid not null references branch on delete cascade,
			place text not null,
			state text not null,
			asked bigint not null,
			asked_by text not null,
			facts jsonb,
			message text
		);
		create index backup_branch on backup (branch, asked);
		create table restore (
			id uuid primary key,
			branch uuid not null references branch on delete cascade,
			backup uuid not null references backup on delete cascade,
			epoch integer not null,
			state text not null,
			asked bigint not null
		);
		create unique index restore_open on restore (branch) where state in ('laying_out', 'switching');
		create table gone (
			branch uuid not null references branch on delete cascade,
			what text not null,
			id bigint not null,
			decision text,
			at bigint not null,
			primary key (branch, what, id)
		);
	`);
}

/** A restore that somebody cancelled is over when its home has destroyed what it laid out. */
export async function undoneRestores(database: Knex): Promise<void> {
	await database.raw(`
		alter table restore add column cancelled_by text;
		drop index restore_open;
		create unique index restore_open on restore (branch) where state in ('carrying', 'laying_out', 'switching', 'undoing');
	`);
}

/** Since when a branch is closed for good, and until when its folder is kept. */
export async function retirement(database: Knex): Promise<void> {
	await database.raw('alter table branch add column retirement jsonb');
}

/** What the platform signed when a home had destroyed everything of a branch, as it was signed. */
export async function receipts(database: Knex): Promise<void> {
	await database.raw(`
		create table receipt (
			branch uuid primary key references branch on delete cascade,
			document text not null
		)
	`);
}
