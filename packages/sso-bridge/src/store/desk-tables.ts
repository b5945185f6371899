import type { Knex } from 'knex';

/** What a desk may make, and what stays of it: who made how many of what on a day, and never for whom (reference/library-sso.md 7.2, 7.3). */
export async function deskTables(database: Knex): Promise<void> {
	await database.raw(`
		-- 'porch': who somebody was, to the porch only. 'card': carries an account over to a new card. 'day': lets a newcomer in for a day.
		alter table desk_code add column opens text not null default 'porch';
		alter table desk_code alter column opens drop default;
		-- Of a newcomer, as the desk saw them.
		alter table desk_code add column age_band text;
		-- Until when a sign-in opens everything, where no catalogue vouched for it: that of a day pass.
		alter table sign_in add column good_until timestamptz;
		create table desk_act (
			library uuid not null,
			day date not null,
			staff uuid not null,
			act text not null,
			times integer not null,
			primary key (library, day, staff, act)
		);
	`);
}
