import type { Knex } from 'knex';

/** Public keys of passkeys, and whether one is a lock; nothing of whoever holds them. */
export async function passkeyTables(database: Knex): Promise<void> {
	await database.raw(`
		create table passkey (
			id uuid primary key,
			library uuid not null,
			account uuid not null references account on delete cascade,
			credential text not null,
			public_key text not null,
			counter bigint not null,
			transports text not null,
			device text not null,
			added_month text not null,
			used_month text not null,
			unique (library, credential)
		);
		create index passkey_account on passkey (account);
		alter table account add column locked boolean not null default false;
		-- Which sign-in came before which; a day does not say.
		alter table sign_in add column number bigserial;
	`);
}
