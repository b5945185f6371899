import type { Knex } from 'knex';

/** Those that come with 0048, and are no news while they are not so. */
const FIRST_ADDED = `'Drifted', 'Paused', 'Deleting'`;
const IS_QUIET = `new.type in (${FIRST_ADDED}) and new.status = 'False'`;

/**
 * Every branch has the conditions that come with this version, and a look tells them. That nothing is to be said of them is no event: there would be three of
 * them for each branch, of nothing that ever happened.
 */
export async function moreConditions(database: Knex): Promise<void> {
	await addUnknown(database, FIRST_ADDED);
	await tellAllBut(database, IS_QUIET);
}

/** When the public name of each branch is looked at next, and what is said of it. A town without DNS and certificates has no news of them. */
export async function publicNames(database: Knex): Promise<void> {
	await database.raw(`
		create table public_name (
			branch uuid primary key references branch on delete cascade,
			next_look bigint not null
		)`);
	await addUnknown(database, `'DomainVerified', 'CertificateReady'`);
	await tellAllBut(database, `(${IS_QUIET} or new.reason in ('OnlyHere', 'PlainHttp'))`);
}

async function addUnknown(database: Knex, types: string): Promise<void> {
	await database.raw(`
		insert into condition (branch, type, status, reason, message, transition_at, told_at, observed_generation)
			select branch.id, added.type, 'Unknown', 'NotLookedYet', 'Nobody has looked yet.', moment.ms, moment.ms, 0
			from branch, unnest(array[${types}]) as added (type),
				(select (extract(epoch from now()) * 1000)::bigint as ms) as moment
			on conflict do nothing`);
}

async function tellAllBut(database: Knex, quiet: string): Promise<void> {
	await database.raw(`
		drop trigger condition_changes on condition;
		drop trigger condition_comes on condition;
		create trigger condition_changes after update on condition for each row
			when ((old.status <> new.status or old.reason <> new.reason) and not (old.reason = 'NotLookedYet' and ${quiet}))
			execute function tell_branch_event();
		create trigger condition_comes after insert on condition for each row
			when (new.reason <> 'NotLookedYet' and not (${quiet})) execute function tell_branch_event();
	`);
}
