import type { Knex } from 'knex';

/** What is proposed to the members of a neighborhood, what branches say to it, and members that are suspended for a few days. */
export async function rosterProposals(database: Knex): Promise<void> {
	await database.raw(`
		create table roster_proposal (
			id uuid primary key,
			neighborhood uuid not null references neighborhood on delete cascade,
			proposal jsonb not null,
			created bigint not null,
			created_by text not null,
			decided bigint,
			carried boolean
		);
		create index roster_proposal_neighborhood on roster_proposal (neighborhood, created);
		create unique index roster_proposal_open on roster_proposal (neighborhood, (proposal->>'domain')) where decided is null;
		alter table branch add column roster_words jsonb;
		alter table neighborhood add column suspensions jsonb not null default '[]';
	`);
}
