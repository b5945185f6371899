import type { Database } from './database.ts';

/** That somebody signed out, and a client that was not told yet. */
export interface LogoutNotice {
	readonly library: string;
	/** The client's id. */
	readonly client: string;
	/** The session as that client knows it. */
	readonly sid: string;
	readonly account: string;
}

/** How long a client that does not answer is told again, in milliseconds: three days. */
export const PATIENCE_MS = 3 * 24 * 60 * 60_000;
/** The first try again comes after this; each later one after twice as long, up to six hours. */
const FIRST_WAIT_MS = 60_000;
const LONGEST_WAIT_MS = 6 * 60 * 60_000;

/** Writes down whom to tell before anybody is told, so that a death in between loses nothing. */
export async function keepNotices(
	database: Database,
	notices: readonly LogoutNotice[],
	now: number,
): Promise<void> {
	if (notices.length === 0) return;
	const next_at = new Date(now + FIRST_WAIT_MS);
	const until = new Date(now + PATIENCE_MS);
	const rows = notices.map((notice) => ({ ...notice, next_at, until }));
	await database('logout_notice').insert(rows).onConflict(['library', 'client', 'sid']).ignore();
}

/** This client knows it now, or never will. */
export async function forgetNotice(
	database: Database,
	{ library, client, sid }: LogoutNotice,
): Promise<void> {
	await database('logout_notice').where({ library, client, sid }).delete();
}

/** Takes up to `most` notices that are due; each is put off before it is handed out, so that nobody else takes it meanwhile. */
export async function takeNotices(database: Database, now: number, most: number): Promise<LogoutNotice[]> {
	const moment = new Date(now);
	await database('logout_notice').where('until', '<=', moment).delete();
	const { rows }: { rows: LogoutNotice[] } = await database.raw(
		`update logout_notice set tries = tries + 1,
			next_at = ?::timestamptz + least(? * power(2, tries + 1), ?) * interval '1 millisecond'
		where (library, client, sid) in (
			select library, client, sid from logout_notice where next_at <= ? order by next_at limit ? for update skip locked
		) returning library, client, sid, account`,
		[moment, FIRST_WAIT_MS, LONGEST_WAIT_MS, moment, most],
	);
	return rows;
}
