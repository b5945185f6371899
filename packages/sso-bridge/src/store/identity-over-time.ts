import type { Knex } from 'knex';

/** Cards are replaced, codes carry an account over, secrets are changed (reference/library-sso.md 7.4). */
export async function identityOverTime(database: Knex): Promise<void> {
	await database.raw(`
		-- The Monday of the week in which a catalogue last vouched for somebody, so that what it said can grow old.
		alter table account add column vouched_week date;
		alter table identity add column first_seen text;
		alter table identity add column last_ok text;
		update identity set first_seen = account.created_month, last_ok = account.seen_month
			from account where account.id = identity.account;
		alter table identity alter column first_seen set not null, alter column last_ok set not null;
		create index identity_account on identity (account);
		-- One at a time for each account. The locator finds the row; what proves the code is hashed slowly.
		create table recovery_code (
			account uuid primary key references account on delete cascade,
			library uuid not null,
			locator text not null,
			salt text not null,
			hash text not null,
			made_month text not null,
			unique (library, locator)
		);
		-- A code from the desk: for one account, or for a newcomer on one day.
		create table desk_code (
			library uuid not null,
			hash text not null,
			account uuid references account on delete cascade,
			valid_from timestamptz not null,
			until timestamptz not null,
			primary key (library, hash)
		);
		create index desk_code_account on desk_code (account);
		-- What must never be given out again, after its owner was deleted.
		create table tombstone (
			library uuid not null,
			hash text not null,
			primary key (library, hash)
		);
		create table subject_key (
			library uuid primary key,
			sealed text not null
		);
		create table key_change (version integer primary key);
	`);
}
