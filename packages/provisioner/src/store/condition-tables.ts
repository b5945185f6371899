import type { Knex } from 'knex';

/** Those that come with this version, and are no news while they are not so. */
const ADDED = `('Drifted', 'Paused', 'Deleting')`;

/**
 * Every branch has the conditions that come with this version, and a look tells them. That nothing is to be said of them is no event: there would be three of
 * them for each branch, of nothing that ever happened.
 */
export async function moreConditions(database: Knex): Promise<void> {
	const isQuiet = `new.type in ${ADDED} and new.status = 'False'`;
	await database.raw(`
		insert into condition (branch, type, status, reason, message, transition_at, told_at, observed_generation)
			select branch.id, added.type, 'Unknown', 'NotLookedYet', 'Nobody has looked yet.', moment.ms, moment.ms, 0
			from branch, unnest(array['Drifted', 'Paused', 'Deleting']) as added (type),
				(select (extract(epoch from now()) * 1000)::bigint as ms) as moment
			on conflict do nothing;
		drop trigger condition_changes on condition;
		drop trigger condition_comes on condition;
		create trigger condition_changes after update on condition for each row
			when ((old.status <> new.status or old.reason <> new.reason) and not (old.reason = 'NotLookedYet' and ${isQuiet}))
			execute function tell_branch_event();
		create trigger condition_comes after insert on condition for each row
			when (new.reason <> 'NotLookedYet' and not (${isQuiet})) execute function tell_branch_event();
	`);
}
