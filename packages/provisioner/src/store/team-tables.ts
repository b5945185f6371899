import type { Knex } from 'knex';

/**
 * Moderation teams that several libraries share: which libraries agreed, with which of their branches; who is on it and from where; and as whom each of them signs in at each
 * library. A role that a team gives says so, and so does an invitation.
 */
export async function teams(database: Knex): Promise<void> {
	await database.raw(`
		create table team (
			id uuid primary key,
			name text not null,
			founder uuid not null references library on delete cascade,
			created bigint not null
		);
		create table team_library (
			team uuid not null references team on delete cascade,
			library uuid not null references library on delete cascade,
			state text not null,
			branches uuid[],
			said_by text not null,
			at bigint not null,
			primary key (team, library)
		);
		create index team_library_library on team_library (library);
		create table team_member (
			id uuid primary key,
			team uuid not null references team on delete cascade,
			library uuid not null references library on delete cascade,
			name text not null,
			added_by text not null,
			created bigint not null,
			ended bigint
		);
		create index team_member_team on team_member (team);
		create table team_seat (
			member uuid not null references team_member on delete cascade,
			library uuid not null references library on delete cascade,
			staff_id text not null,
			primary key (member, library)
		);
		alter table staff_grant add column team_member uuid references team_member on delete set null;
		alter table staff_grant add column team jsonb;
		alter table invitation add column team_member uuid references team_member on delete cascade;
	`);
}

/** What each branch said last that waits for moderation teams, and when each home was heard about it last. */
export async function teamWaiting(database: Knex): Promise<void> {
	await database.raw(`
		create table team_waiting (
			branch uuid primary key references branch on delete cascade,
			home uuid not null,
			total integer not null,
			items jsonb not null,
			at bigint not null
		);
		alter table role add column waiting_heard bigint;
	`);
}
