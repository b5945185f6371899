import type { Database } from './database.ts';
import { forgetSignedOut } from './signed-out.ts';

/** A roster is renewed when less than this is left of its life, in milliseconds: 30 days. */
export const RENEW_BEFORE = 30 * 86_400_000;

/** Libraries with a roster that nears its end. */
export async function librariesToRenew(database: Database, now: number): Promise<string[]> {
	const rows: { library: string }[] = await database('neighborhood')
		.distinct('library')
		.whereRaw("(roster->>'expires')::bigint <= ?", [now + RENEW_BEFORE]);
	return rows.map((row) => row.library);
}

/**
 * Libraries whose register may be behind after a crash: every one that has a register, that has something running, or that library IT made by
 * hand. Those that were only listed by an import have none.
 */
export async function librariesToPublish(database: Database): Promise<string[]> {
	const rows: { id: string }[] = await database('library')
		.select('id')
		.whereNull('source_key')
		.orWhereExists(database('register').select(database.raw('1')).whereRaw('register.library = library.id'))
		.orWhereExists(
			database('branch')
				.select(database.raw('1'))
				.whereRaw("branch.library = library.id and branch.stage <> 'listed'"),
		);
	return rows.map((row) => row.id);
}

/**
 * Forgets answers kept for their Idempotency-Key, and enrolment tokens nobody used in time. A used one is remembered, so that it never
 * lets anybody else in.
 */
export async function forgetOld(
	database: Database,
	at: { readonly now: number; readonly answersBefore: number },
): Promise<void> {
	await database('idempotency').where('at', '<', at.answersBefore).delete();
	await forgetSignedOut(database, at.now);
	await database('enrolment_token').where('expires', '<', at.now).whereNull('used_by').delete();
}
