import type { Knex } from 'knex';

/** Who came in lately and how, for themselves to look at: a day, a kind of device, a way; never an address (reference/library-sso.md 7.3). */
export async function signInTables(database: Knex): Promise<void> {
	await database.raw(`
		create table sign_in (
			id uuid primary key,
			library uuid not null,
			account uuid not null references account on delete cascade,
			day date not null,
			device text not null,
			way text not null,
			standing text not null,
			-- A keyed hash of the browser's cookie, another one for every account; null at a computer that others use too.
			browser text,
			new_browser boolean not null,
			told boolean not null default false,
			ended boolean not null default false
		);
		create index sign_in_account on sign_in (account, day);
		create index sign_in_day on sign_in (day);
		-- The sign-in a card session, a code or a token came out of.
		create index oidc_sign_in on oidc (library, (payload->'amr'->>0)) where payload->'amr'->>0 is not null;
	`);
}
