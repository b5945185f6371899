import { sql } from './sql.ts';
import type { Reading, Writing } from './store.ts';

/** What of people's somebody on the staff looked at: the page of a case, what was moved to its sealed file, the words of an appeal, all of a case for a records request, or a post between few people that one of them reported. */
export type Looked = 'case' | 'removed' | 'appeal' | 'export' | 'report';
/** Why: because it is their work with this case; because of an appeal, to think again, for a records request, or to check how the branch works. */
export type Reason = 'work' | 'appeal' | 'reconsider' | 'records' | 'audit';

/** Somebody on the staff looked at something. */
export interface Access {
	readonly id: number;
	readonly staff_id: string;
	readonly what: Looked;
	readonly why: Reason;
	/** The case it belongs to; for a report, the number of its matter. */
	readonly decision: string;
	readonly at: number;
}

/** Keeps it. */
export function addAccess(writing: Writing, access: Access): void {
	writing.run(sql('access').insert({ ...access }));
}

/** Did the same member of the staff look at the same for the same reason since then? */
export function hasAccessSince(reading: Reading, access: Omit<Access, 'id' | 'at'>, since: number): boolean {
	return (
		reading.first(
			sql('access')
				.select('id')
				.where({ ...access })
				.where('at', '>=', since)
				.limit(1),
		) !== undefined
	);
}

/** The newest first; `before`: only older ones. */
export function listAccesses(
	reading: Reading,
	{ before = Number.MAX_SAFE_INTEGER, limit }: { readonly before?: number; readonly limit: number },
): Access[] {
	return reading.all<Access>(sql('access').where('id', '<', before).orderBy('id', 'desc').limit(limit));
}

/** Forgets rows from before that moment, at most so many; how many. */
export function forgetAccesses(writing: Writing, before: number, limit: number): number {
	const old = sql('access').select('id').where('at', '<', before).orderBy('at').limit(limit);
	return writing.run(sql('access').whereIn('id', old).delete());
}

/** How many rows there are. */
export function countAllAccesses(reading: Reading): number {
	return reading.first<{ n: number }>(sql('access').count({ n: '*' }))?.n ?? 0;
}

/** How often something of this kind was looked at since then. */
export function countAccesses(reading: Reading, what: Looked, since: number): number {
	const query = sql('access').count({ n: '*' }).where({ what }).where('at', '>=', since);
	return reading.first<{ n: number }>(query)?.n ?? 0;
}
