import type { Prices } from '@understory/core/bill.ts';
import type { Database } from './database.ts';
import { COUNTED } from './usage.ts';

/** How much a library may have; null: as much as it likes. */
export interface QuotaRow {
	readonly library: string;
	readonly branches: number | null;
	readonly dedicated: number | null;
	readonly storage_gb: number | null;
	/** Whom to ask for more. */
	readonly ask: string;
	readonly set_at: string;
	readonly set_by: string;
}

/** What a library has now. */
export interface Used {
	readonly branches: number;
	/** In homes of their own, and on the way into one. */
	readonly dedicated: number;
	/** Folders as they were measured last, and copies that are kept. */
	readonly bytes: number;
}

export async function quotaOf(database: Database, library: string): Promise<QuotaRow | undefined> {
	return database<QuotaRow>('quota').where({ library }).first();
}

export async function setQuota(
	database: Database,
	row: Omit<QuotaRow, 'set_at'> & { readonly set_at: number },
): Promise<void> {
	await database('quota').insert(row).onConflict('library').merge();
}

export async function usedBy(database: Database, library: string): Promise<Used> {
	const answer: { rows: Record<'branches' | 'dedicated' | 'bytes', string>[] } = await database.raw(
		`select count(*) as branches,
			count(*) filter (where branch.housing = 'dedicated' or exists (
				select 1 from move where move.branch = branch.id and move.housing = 'dedicated'
					and move.state not in ('held', 'cleared', 'undoing', 'reopened', 'undone')
			)) as dedicated,
			coalesce(sum(branch_size.bytes), 0) + coalesce(sum(copies.bytes), 0) as bytes
		from branch
		left join branch_size on branch_size.branch = branch.id
		left join lateral (
			select sum((facts ->> 'bytes')::bigint) as bytes from backup
			where backup.branch = branch.id and backup.state = 'done'
		) copies on true
		where branch.library = ? and ${COUNTED}`,
		[library],
	);
	const { branches, dedicated, bytes } = answer.rows[0]!;
	return { branches: Number(branches), dedicated: Number(dedicated), bytes: Number(bytes) };
}

/** Branches of a library that are only listed: they cost nothing, and will count once they are provisioned. */
export async function listedBy(database: Database, library: string): Promise<Omit<Used, 'bytes'>> {
	const answer: { rows: Record<'branches' | 'dedicated', string>[] } = await database.raw(
		`select count(*) as branches, count(*) filter (where housing = 'dedicated') as dedicated
		from branch where library = ? and stage = 'listed'`,
		[library],
	);
	const { branches, dedicated } = answer.rows[0]!;
	return { branches: Number(branches), dedicated: Number(dedicated) };
}

/** The prices that hold in a month; undefined when nobody said any by then. */
export async function pricesIn(
	database: Database,
	month: string,
): Promise<{ readonly since: string; readonly document: Prices } | undefined> {
	return database('prices').where('since', '<=', month).orderBy('since', 'desc').first();
}

export async function setPrices(
	database: Database,
	row: { since: string; document: Prices; set_at: number; set_by: string },
): Promise<void> {
	await database('prices')
		.insert({ ...row, document: JSON.stringify(row.document) })
		.onConflict('since')
		.merge();
}
