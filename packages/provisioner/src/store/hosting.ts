import type { Door } from '@understory/core/door.ts';
import type { HostingDays, Unhosted } from '@understory/core/hosting.ts';
import type { Stage } from '@understory/core/stage.ts';
import type { Database } from './database.ts';
import type { ConditionRow } from './rows.ts';

/** What is known of who hosts a branch. Numbers of PostgreSQL come as text. */
export interface HostingRow {
	readonly id: string;
	readonly library: string;
	readonly stage: Stage;
	readonly generation: string;
	readonly door: Door | null;
	readonly hosted_until: string | null;
	readonly unhosted: Unhosted | null;
	/** Does the home serve what is wanted now? */
	readonly served: boolean;
	/** Since when people cannot use the branch, or have another than is wanted; null while neither is so. */
	readonly amiss_since: string | null;
	readonly zone: string;
	readonly days: HostingDays | null;
	/** When the last role of a host ends that held since the door was settled, `infinity` for never; null when there is none. */
	readonly roles_end: string | null;
	readonly status: ConditionRow['status'] | null;
	readonly reason: string | null;
	readonly message: string | null;
	readonly told_of: string | null;
}

/** Of every branch that a home serves, or of one. */
export async function hostingRows(database: Database, branch: string | null = null): Promise<HostingRow[]> {
	const { rows } = await database.raw<{ rows: HostingRow[] }>(
		`select branch.id, branch.library, branch.stage, branch.generation, branch.door, branch.hosted_until, branch.unhosted,
			library.zone, library.hosting_days as days, told.status, told.reason, told.message,
			told.observed_generation as told_of, amiss.since as amiss_since, host.ends as roles_end,
			branch.observed_generation >= branch.generation and coalesce(branch.observed_state, '') = 'serving' as served
		from branch
		join library on library.id = branch.library
		left join condition told on told.branch = branch.id and told.type = 'Hosted'
		left join (
			select branch, min(transition_at) as since from condition
			where type in ('Available', 'Synced') and status <> 'True' group by branch
		) amiss on amiss.branch = branch.id
		left join lateral (
			select max(coalesce(valid_until::text, 'infinity')::double precision)::text as ends from staff_grant
			where staff_grant.branch = branch.id and role in ('host', 'branch_lead')
				and (valid_until is null or branch.door_since is null or valid_until > branch.door_since)
		) host on true
		where branch.stage <> 'listed' ${branch === null ? '' : 'and branch.id = :branch'}
		order by branch.id`,
		{ branch },
	);
	return rows;
}

/** Notes until when somebody hosts a branch. That is nothing the home has to do something about, so its wish stays as it is. */
export async function noteHostedUntil(
	database: Database,
	branch: string,
	until: number | null,
): Promise<void> {
	await database('branch').where({ id: branch }).update({ hosted_until: until });
}
