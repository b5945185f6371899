import type { Database } from './database.ts';
import { type BranchRow, big, type HomeKind } from './rows.ts';

/** A home with what it holds, and for how many of its branches people are let in. */
export interface HomeNumbers {
	readonly name: string;
	readonly kind: HomeKind;
	readonly cell: string;
	/** The slug of the library whose namespace it lives in. */
	readonly library: string | null;
	readonly branches: number;
	/** Branches that serve, that do not although they should, and of which nobody knows. */
	readonly available: number;
	readonly away: number;
	readonly unknown: number;
	/** When a process last enrolled as this home, UTC milliseconds; null when none did. */
	readonly enrolled: number | null;
}

/** Reasons for which a branch serves nobody, and is to serve nobody. */
export const CLOSED_AS_WANTED = ['Suspended', 'NotServed', 'Retired', 'Moving'] as const;

/** Homes in the order of their names, from after `after`; of one cell, or whose names begin with something, when that is said. What is amiss is counted, not what is well: that is nearly all. */
export async function homesWithNumbers(
	database: Database,
	page: { cell?: string; begins?: string; name?: string; after?: string; limit: number },
): Promise<HomeNumbers[]> {
	const { rows }: { rows: Record<string, string | null>[] } = await database.raw(
		`with page as (
			select * from home
			where (cast(:cell as text) is null or cell = :cell) and (cast(:name as text) is null or name = :name)
				and (cast(:begins as text) is null or starts_with(name, :begins)) and name > :after
			order by name limit :limit
		), amiss as (
			select branch.place, count(*) as branches,
				count(*) filter (where status = 'False' and not reason = any(:asWanted)) as away,
				count(*) filter (where status = 'Unknown') as unknown
			from condition join branch on branch.id = condition.branch
			where condition.type = 'Available' and condition.status <> 'True'
				and branch.place in (select name from page)
			group by branch.place
		)
		select home.name, home.kind, home.cell, home.branches, library.slug as library,
			home.branches - coalesce(amiss.branches, 0) as available, coalesce(away, 0) as away, coalesce(unknown, 0) as unknown,
			(select max(seen_at) from role where role.kind = 'home' and role.name = home.name) as enrolled
		from page as home
		left join library on library.id = home.library
		left join amiss on amiss.place = home.name
		order by home.name`,
		{
			...{ cell: page.cell ?? null, begins: page.begins ?? null, name: page.name ?? null },
			...{ after: page.after ?? '', limit: page.limit, asWanted: [...CLOSED_AS_WANTED] },
		} as never,
	);
	return rows.map(({ name, kind, cell, library, enrolled, ...counts }) => ({
		...{ name: name!, kind: kind as HomeKind, cell: cell!, library: library ?? null },
		...{ branches: Number(counts.branches), available: Number(counts.available) },
		...{ away: Number(counts.away), unknown: Number(counts.unknown) },
		enrolled: enrolled === null || enrolled === undefined ? null : big(enrolled),
	}));
}

/** Branches that live in a home, in the order of their names and ids, with the slug of their library. */
export async function branchesInHome(
	database: Database,
	place: string,
	page: { skip: number; limit: number },
): Promise<(BranchRow & { library_slug: string })[]> {
	return database('branch')
		.join('library', 'library.id', 'branch.library')
		.where({ place })
		.orderBy(['branch.name', 'branch.id'])
		.offset(page.skip)
		.limit(page.limit)
		.select('branch.*', 'library.slug as library_slug');
}
