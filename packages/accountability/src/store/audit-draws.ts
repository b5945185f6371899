import type { PlacedLeaf } from '@understory/core/audit-draw.ts';
import type { Db } from './database.ts';

/** Which decisions of a quarter were drawn to be read again. */
export interface AuditDraw {
	/** `2026-Q3`. */
	readonly quarter: string;
	/** The state of the log that decided: the log, its size, and its root in base64. */
	readonly log_year: number;
	readonly log_size: number;
	readonly root: string;
	/** How many decisions they were drawn from. */
	readonly candidates: number;
	/** Their numbers, in the order in which they were drawn. */
	readonly drawn: readonly string[];
}

/** Quarters of a library that were drawn, also those in which nothing was decided. */
export async function drawnQuarters(db: Db, libraryId: string): Promise<string[]> {
	return db('audit_draws').where({ library_id: libraryId }).pluck<string[]>('quarter');
}

/** The draws of a library from quarters in which anything was decided, the newest first. */
export async function auditDraws(db: Db, libraryId: string): Promise<AuditDraw[]> {
	return db('audit_draws')
		.where({ library_id: libraryId })
		.where('candidates', '>', 0)
		.orderBy('quarter', 'desc')
		.select<AuditDraw[]>('quarter', 'log_year', 'log_size', 'root', 'candidates', 'drawn');
}

/** Keeps a draw; one that is kept already stays. */
export async function keepDraw(db: Db, libraryId: string, draw: AuditDraw): Promise<void> {
	await db('audit_draws')
		.insert({ ...draw, library_id: libraryId, drawn: [...draw.drawn] })
		.onConflict(['library_id', 'quarter'])
		.ignore();
}

/** What is published and shown in the logs from a year on, or after a place, in their order. */
export async function shownLeaves(
	db: Db,
	libraryId: string,
	from: { readonly year: number; readonly index?: number },
): Promise<PlacedLeaf[]> {
	return db('entries')
		.where({ library_id: libraryId, published: true, sealed: false })
		.whereRaw('(log_year, log_index) > (?, ?)', [from.year, from.index ?? -1])
		.orderBy(['log_year', 'log_index'])
		.select<PlacedLeaf[]>({ year: 'log_year', index: 'log_index', leaf: 'entry' });
}
