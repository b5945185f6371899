import type { Knex } from 'knex';

/** Who signs people in to the console, whom grants let in, and what waits between two steps of it. */
export async function staffSignIn(database: Knex): Promise<void> {
	await database.raw(`
		create table staff_provider (
			id uuid primary key,
			library uuid unique references library on delete cascade,
			name text not null,
			issuer text not null,
			client_id text not null,
			secret text not null,
			groups_claim text not null,
			scopes jsonb not null,
			changed_at bigint not null,
			changed_by text not null
		);
		create unique index staff_provider_of_platform on staff_provider ((library is null)) where library is null;
		create table console_grant (
			id uuid primary key,
			provider uuid not null references staff_provider on delete cascade,
			kind text not null check (kind in ('email', 'group', 'subject')),
			value text not null,
			name text not null,
			role text not null,
			library uuid references library on delete cascade,
			branches jsonb,
			valid_until bigint,
			made_at bigint not null,
			made_by text not null,
			ended_at bigint,
			ended_by text
		);
		create index console_grant_match on console_grant (provider, kind, value);
		alter table token
			add column console_grant uuid references console_grant on delete cascade,
			add column parent uuid references token on delete cascade;
		create table staff_sign_in (
			state text primary key,
			provider uuid not null references staff_provider on delete cascade,
			browser text not null,
			sealed text not null,
			expires bigint not null
		);
		create table staff_choice (
			id text primary key,
			browser text not null,
			who text not null,
			grants jsonb not null,
			next text not null,
			expires bigint not null
		);
		create table command_login (
			id uuid primary key,
			secret text not null unique,
			code text not null unique,
			computer text not null,
			created bigint not null,
			expires bigint not null,
			allowed_by uuid references token on delete cascade,
			refused boolean not null default false
		);
	`);
}
