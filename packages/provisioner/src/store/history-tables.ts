import type { Knex } from 'knex';

/** Without a question mark, which would stand for a value here. */
const UUID = '[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}';

/**
 * Finds a page of a history without reading what stands before and after it, however much was done (ADR 137). PostgreSQL writes down with each line which library and
 * which branch it is about, as they are called at that moment; a subject is a branch or a library by its id, alone or in a sentence, or the path of a request.
 * `history_actor` has everybody who did something, so that a part of a name finds the lines by whole names.
 */
export async function histories(database: Knex): Promise<void> {
	await database.raw(`
		alter table audit add column library uuid, add column branch uuid;
		create function reach_of_act(subject text) returns table (of_library uuid, of_branch uuid) language plpgsql stable as $$
		declare
			part text[] := regexp_match(subject, '^branch (${UUID})$');
		begin
			if part is not null then
				return query select branch.library, branch.id from branch where branch.id = part[1]::uuid;
				return;
			end if;
			part := regexp_match(subject, '^/libraries/([^/]+)(/branches/([^/]+)|)');
			if part is not null then
				return query select library.id, branch.id
					from library left join branch on branch.library = library.id and branch.slug = part[3]
					where case when part[1] ~ '^${UUID}$' then library.id = part[1]::uuid else library.slug = part[1] end;
				return;
			end if;
			part := regexp_match(subject, '^(${UUID})$|library (${UUID})');
			if part is not null then
				return query select coalesce(part[1], part[2])::uuid, null::uuid;
			end if;
		end $$;
		create function tell_reach_of_act() returns trigger language plpgsql as $$
		begin
			select of_library, of_branch into new.library, new.branch from reach_of_act(new.subject);
			return new;
		end $$;
		create trigger audit_reach before insert on audit for each row execute function tell_reach_of_act();

		create table history_actor (name text primary key);
		create function tell_actor() returns trigger language plpgsql as $$
		begin
			if tg_table_name = 'audit' then
				insert into history_actor values (new.actor) on conflict do nothing;
			else
				insert into history_actor values (new.created_by) on conflict do nothing;
			end if;
			return null;
		end $$;
		create trigger audit_actor after insert on audit for each row execute function tell_actor();
		create trigger operation_actor after insert on operation for each row execute function tell_actor();

		update audit set library = reach.of_library, branch = reach.of_branch
			from (select distinct subject from audit) as told cross join lateral reach_of_act(told.subject) as reach
			where audit.subject = told.subject;
		insert into history_actor select actor from audit union select created_by from operation;

		create index audit_time on audit (at, id);
		create index audit_act on audit (act, at, id);
		create index audit_actor on audit (actor, at, id) include (act);
		create index audit_library on audit (library, at, id) where library is not null;
		create index audit_library_act on audit (library, act, at, id) where library is not null;
		create index audit_branch on audit (branch, at, id) where branch is not null;
		create index audit_subject on audit using hash (subject);
		create index operation_time on operation (created, id);
		create index operation_kind on operation (kind, created, id);
		create index operation_actor on operation (created_by, created, id) include (kind);
		create index operation_library on operation (library, created, id);
		create index operation_library_kind on operation (library, kind, created, id);
		create index operation_branch on operation (branch, created, id) where branch is not null;
	`);
}
