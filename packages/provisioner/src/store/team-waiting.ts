import type { BranchWaiting, Waiting } from '@understory/core/team-list.ts';
import type { Database, Transaction } from './database.ts';

/** A branch with what is known to wait there; what a home said that it no longer lives in still stands, and is as old as it is. */
export interface WaitingRow {
	readonly id: string;
	readonly slug: string;
	readonly name: string;
	readonly library: string;
	readonly origin: string;
	readonly total: number;
	readonly items: readonly Waiting[];
	/** UTC milliseconds; null when nothing was ever said. */
	readonly heard: string | null;
}

/** Keeps what a home says of its branches, and that it was heard. Returns the ids of those that live there; of any other nothing is kept. */
export async function keepWaiting(
	transaction: Transaction,
	home: string,
	told: readonly BranchWaiting[],
	now: number,
): Promise<string[]> {
	const ids = told.map(({ branch }) => branch);
	const here = new Set<string>(await transaction('branch').where({ home }).whereIn('id', ids).pluck('id'));
	const rows = told.filter(({ branch }) => here.has(branch));
	if (rows.length > 0) {
		await transaction('team_waiting')
			.insert(
				rows.map(({ branch, total, items }) => ({
					branch,
					home,
					total,
					items: JSON.stringify(items),
					at: now,
				})),
			)
			.onConflict('branch')
			.merge();
	}
	await transaction('role').where({ id: home }).update({ waiting_heard: now });
	return [...here];
}

/** What waits at every branch where somebody is on a moderation team now: as this member of the staff of a library, and as whoever they are at others in a shared team. */
export async function waitingForMember(
	database: Database,
	{ library, staffId, now }: { library: string; staffId: string; now: number },
): Promise<WaitingRow[]> {
	return rowsOf(
		database,
		`exists (select 1 from staff_grant g where g.library = branch.library and (g.branch is null or g.branch = branch.id)
			and g.role = 'moderation_team' and g.valid_from <= :now and (g.valid_until is null or g.valid_until > :now)
			and ((g.library = :library and g.staff_id = :staffId)
				or g.team_member in (select own.team_member from staff_grant own where own.library = :library
					and own.staff_id = :staffId and own.role = 'moderation_team' and own.valid_from <= :now
					and (own.valid_until is null or own.valid_until > :now))))`,
		{ library, staffId, now },
	);
}

/** What waits at branches of a library: these, or all of them. */
export async function waitingAt(
	database: Database,
	{ library, branches }: { library: string; branches: readonly string[] | null },
): Promise<WaitingRow[]> {
	return rowsOf(database, 'branch.library = :library and (:all or branch.id = any(:branches))', {
		library,
		all: branches === null,
		branches: [...(branches ?? [])],
	});
}

async function rowsOf(
	database: Database,
	where: string,
	values: Readonly<Record<string, string | number | boolean | string[]>>,
): Promise<WaitingRow[]> {
	const found = await database.raw<{ rows: WaitingRow[] }>(
		`select branch.id, branch.slug, branch.name, library.name as library, branch.origin,
			coalesce(team_waiting.total, 0) as total, coalesce(team_waiting.items, '[]') as items,
			case when team_waiting.home = branch.home then greatest(team_waiting.at, role.waiting_heard)
				else team_waiting.at end as heard
		from branch join library on library.id = branch.library
			left join team_waiting on team_waiting.branch = branch.id
			left join role on role.id = branch.home
		where branch.home is not null and branch.retirement is null and ${where}
		order by library.name, branch.name, branch.id`,
		values,
	);
	return found.rows;
}
