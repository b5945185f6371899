import type { Database } from './database.ts';
import { big } from './rows.ts';

type Counted<Labels extends string> = readonly [labels: Readonly<Record<Labels, string>>, count: number];

async function counted<Labels extends string>(query: PromiseLike<unknown>): Promise<Counted<Labels>[]> {
	const rows = (await query) as (Record<Labels, string> & { n: string })[];
	return rows.map(({ n, ...labels }) => [labels as unknown as Record<Labels, string>, big(n)]);
}

/** Branches by their stage. */
export function branchesByStage(database: Database) {
	return counted<'stage'>(database('branch').groupBy('stage').select('stage').count({ n: '*' }));
}

/** How many branches have a condition so, with the reason that stands there. */
export function branchesByCondition(database: Database) {
	const columns = ['type', 'status', 'reason'];
	return counted<'type' | 'status' | 'reason'>(
		database('condition').groupBy(columns).select(columns).count({ n: '*' }),
	);
}

/** Branches that live somewhere, by their cell and by whether they are Available. */
export function branchesByCell(database: Database) {
	return counted<'cell' | 'available'>(
		database('branch')
			.join('home', 'home.name', 'branch.place')
			.join('condition', 'condition.branch', 'branch.id')
			.where('condition.type', 'Available')
			.groupBy('home.cell', 'condition.status')
			.select('home.cell', { available: 'condition.status' })
			.count({ n: '*' }),
	);
}

/** Libraries by what was wrong with their sign-in after a moment, UTC milliseconds. */
export function librariesByAlert(database: Database, after: number) {
	return counted<'kind'>(
		database('sign_in_alert').where('last', '>', after).groupBy('kind').select('kind').count({ n: '*' }),
	);
}

/** Operations that go on, and when the first of them was asked for, UTC milliseconds. */
export async function operationsUnderway(
	database: Database,
): Promise<{ readonly open: number; readonly since: number | null }> {
	const row = await database('operation')
		.whereIn('state', ['queued', 'running'])
		.select(database.raw('count(*) as n, min(created) as since'))
		.first<{ n: string; since: string | null }>();
	return { open: big(row.n), since: row.since === null ? null : big(row.since) };
}
