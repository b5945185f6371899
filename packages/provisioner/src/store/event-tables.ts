import type { Knex } from 'knex';

/** So many transitions are kept of each branch, the newest. */
const KEPT_OF_A_BRANCH = 200;
/** The same transition again within this many milliseconds is counted and not written anew: an hour. */
const SAME_WITHIN = 3_600_000;

/**
 * The transitions of conditions (ADR 116). PostgreSQL writes them, with the condition and by whatever way it changes, so that none is told without
 * its event and none is forgotten. `turn` is the order in which they were written; `seq` is given when somebody reads, see `events.ts`.
 * BullMQ has tables of events of its own in the same schema, hence the longer names.
 */
export async function events(database: Knex): Promise<void> {
	await database.raw(`
		alter table condition add column told_at bigint not null default 0;
		create sequence branch_event_turn;
		create sequence branch_event_number;
		create table branch_event (
			id bigint generated always as identity primary key,
			library uuid not null references library,
			branch uuid not null references branch on delete cascade,
			condition text not null,
			was_status text,
			was_reason text,
			status text not null,
			reason text not null,
			message text not null,
			generation bigint not null,
			times integer not null default 1,
			first_at bigint not null,
			at bigint not null,
			turn bigint not null default nextval('branch_event_turn'),
			seq bigint
		);
		create index branch_event_of_branch on branch_event (branch, turn desc);
		create index branch_event_fresh on branch_event (library, turn) where seq is null;
		create unique index branch_event_read on branch_event (library, seq);
		create index branch_event_old on branch_event (at);
		create function tell_branch_event() returns trigger language plpgsql as $$
		declare
			moment bigint := greatest(new.told_at, new.transition_at);
		begin
			update branch_event set times = times + 1, at = moment, message = new.message,
					generation = new.observed_generation, turn = nextval('branch_event_turn'), seq = null
				where branch = new.branch and condition = new.type and status = new.status and reason = new.reason
					and was_status is not distinct from old.status and was_reason is not distinct from old.reason
					and at > moment - ${SAME_WITHIN};
			if not found then
				insert into branch_event (library, branch, condition, was_status, was_reason, status, reason, message, generation, first_at, at)
					select library, id, new.type, old.status, old.reason, new.status, new.reason, new.message,
						new.observed_generation, moment, moment
					from branch where id = new.branch;
				delete from branch_event where branch = new.branch and turn <= (
					select turn from branch_event where branch = new.branch order by turn desc offset ${KEPT_OF_A_BRANCH} limit 1
				);
			end if;
			return null;
		end $$;
		create trigger condition_changes after update on condition for each row
			when (old.status <> new.status or old.reason <> new.reason) execute function tell_branch_event();
		create trigger condition_comes after insert on condition for each row
			when (new.reason <> 'NotLookedYet') execute function tell_branch_event();
	`);
}
