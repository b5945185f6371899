import type { Knex } from 'knex';

/** How far a token reaches, what it came from, and the day it was last used. */
export async function tokenReach(database: Knex): Promise<void> {
	await database.raw(`
		alter table token
			add column branches jsonb,
			add column kind text not null default 'token' check (kind in ('token', 'bootstrap', 'session')),
			add column made_by text,
			add column used_on text;
		update token set kind = 'bootstrap' where name = 'administrator' and role = 'platform_admin' and library is null and expires is null;
	`);
}
