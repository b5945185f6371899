import type { Knex } from 'knex';

/** Restrictions that a library's panel agreed on: whom, until when, under which rule; why is sealed. */
export async function restrictionTables(database: Knex): Promise<void> {
	await database.raw(`
		create table restriction (
			id uuid primary key,
			library uuid not null,
			-- Null when its owner deleted the account, and when it is over.
			account uuid references account on delete set null,
			-- 'proposed', 'in_force', 'lifted', 'ended'.
			state text not null,
			ground text not null,
			from_day date not null,
			until_day date not null,
			from_at timestamptz not null,
			until_at timestamptz not null,
			-- What is told to the person, and what the panel called them by; null when it is over.
			sealed text,
			proposed_by uuid not null,
			confirmed_by uuid,
			made_at timestamptz not null
		);
		create index restriction_library on restriction (library, state);
		create unique index restriction_account on restriction (account) where state = 'in_force';
		-- The cards of somebody who deleted a restricted account, until the restriction is over.
		create table restricted_link (
			restriction uuid not null references restriction on delete cascade,
			library uuid not null,
			kind text not null,
			hash text not null,
			key_version integer not null,
			primary key (restriction, kind, hash)
		);
		create index restricted_link_hash on restricted_link (library, kind, hash);
	`);
}

/**
 * A restriction is on a person, who may have had several accounts since it began: so accounts stand in a table of their own, and the hashes that somebody left
 * behind stay until it is over, however often they come back.
 */
export async function restrictedPeople(database: Knex): Promise<void> {
	await database.raw(`
		create table restricted_account (
			restriction uuid not null references restriction on delete cascade,
			account uuid not null references account on delete cascade,
			library uuid not null,
			-- Did they prove that it is on them? A card that was only shown at a desk proves nothing, and nobody is told why by it.
			proven boolean not null,
			primary key (restriction, account)
		);
		create index restricted_account_account on restricted_account (account);
		insert into restricted_account (restriction, account, library, proven)
			select id, account, library, true from restriction where account is not null;
		drop index restriction_account;
		alter table restriction drop column account;
		-- YYYY-MM in which the catalogue last said so; empty for what is older than this note.
		alter table restricted_link add column last_ok text not null default '';
		alter table restricted_link alter column last_ok drop default;
		-- A day pass that was made for a card of somebody who is restricted.
		create table restricted_pass (
			library uuid not null,
			hash text not null,
			restriction uuid not null references restriction on delete cascade,
			primary key (library, hash, restriction),
			foreign key (library, hash) references desk_code on delete cascade
		);
	`);
}
