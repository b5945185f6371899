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
