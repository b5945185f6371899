import type { UsageDay } from '@understory/core/bill.ts';
import type { Database } from './database.ts';
import type { RoleRow } from './rows.ts';

/** Branches that cost something: from when they are provisioned until their folder is deleted. */
export const COUNTED = "branch.stage <> 'listed' and branch.retirement -> 'deleted' is null";

/** Homes that were not asked for their sizes since a moment, those that waited longest first. */
export async function homesToSize(
	database: Database,
	{ before, limit }: { readonly before: number; readonly limit: number },
): Promise<(Pick<RoleRow, 'id' | 'internal_url'> & { readonly name: string })[]> {
	return database('home')
		.join('role', (on) => on.on('role.name', 'home.name').andOnVal('role.kind', 'home'))
		.where('home.sized_at', '<=', before)
		.whereNotNull('role.internal_url')
		.whereExists(database('branch').select(database.raw('1')).whereRaw('branch.home = role.id'))
		.orderBy('home.sized_at')
		.limit(limit)
		.select('role.id', 'role.internal_url', 'home.name');
}

/** Writes down what a home told of the branches that live in it, and when it was asked. Of others it says nothing. */
export async function keepSizes(
	database: Database,
	home: { readonly id: string; readonly name: string },
	sizes: readonly { readonly branch: string; readonly bytes: number }[],
	{ now, sizedAt }: { readonly now: number; readonly sizedAt: number },
): Promise<void> {
	await database.transaction(async (transaction) => {
		await transaction('home').where({ name: home.name }).update({ sized_at: sizedAt });
		if (sizes.length === 0) return;
		await transaction.raw(
			`insert into branch_size (branch, bytes, at)
			select branch.id, told.bytes, :now from jsonb_to_recordset(:sizes::jsonb) as told(branch uuid, bytes bigint)
				join branch on branch.id = told.branch and branch.home = :home
			on conflict (branch) do update set bytes = excluded.bytes, at = excluded.at`,
			{ now, home: home.id, sizes: JSON.stringify(sizes) },
		);
	});
}

/**
 * Writes down what each library has, once on each of its days: one row a library and day, whoever comes first. Bytes are those that were told last.
 */
export async function measureDays(database: Database, now: number): Promise<void> {
	await database.raw(
		`with due as materialized (
			select library.id, today.day
			from library
			cross join lateral (
				select to_char(to_timestamp(:now / 1000.0) at time zone library.zone, 'YYYY-MM-DD') as day
			) today
			where not exists (select 1 from usage_day where usage_day.library = library.id and usage_day.day = today.day)
		)
		insert into usage_day (library, day, shared, dedicated, folder_bytes, copy_bytes)
		select due.id, due.day,
			count(*) filter (where branch.housing = 'shared'), count(*) filter (where branch.housing = 'dedicated'),
			coalesce(sum(branch_size.bytes), 0), coalesce(sum(copies.bytes), 0)
		from due
		join branch on branch.library = due.id and ${COUNTED}
		left join branch_size on branch_size.branch = branch.id
		left join lateral (
			select sum((facts ->> 'bytes')::bigint) as bytes from backup
			where backup.branch = branch.id and backup.state = 'done'
		) copies on true
		group by due.id, due.day
		on conflict do nothing`,
		{ now },
	);
}

/** Forgets days before one. */
export async function forgetUsage(database: Database, before: string): Promise<void> {
	await database('usage_day').where('day', '<', before).delete();
}

/** What was measured of libraries in a month. */
export async function usageIn(
	database: Database,
	month: string,
	libraries: readonly string[],
): Promise<Map<string, UsageDay[]>> {
	const rows: (Record<'library' | 'day' | 'folder_bytes' | 'copy_bytes', string> & {
		shared: number;
		dedicated: number;
	})[] = await database('usage_day')
		.whereIn('library', [...libraries])
		.whereBetween('day', [`${month}-01`, `${month}-31`])
		.orderBy('day');
	const days = Map.groupBy(rows, ({ library }) => library);
	return new Map(
		[...days].map(([library, all]) => [
			library,
			all.map(({ day, shared, dedicated, folder_bytes, copy_bytes }) => ({
				...{ day, shared, dedicated },
				...{ folder_bytes: Number(folder_bytes), copy_bytes: Number(copy_bytes) },
			})),
		]),
	);
}
