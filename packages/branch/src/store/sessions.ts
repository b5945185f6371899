import { sql } from './sql.ts';
import type { Reading, Writing } from './store.ts';

/** A browser session at rest: what the session holds, as JSON. */
export interface SessionRow {
	readonly sid: string;
	readonly data: string;
	/** UTC milliseconds. */
	readonly expires: number;
}

/** A session that has not expired. */
export function findSession(reading: Reading, sid: string, now: number): SessionRow | undefined {
	return reading.first<SessionRow>(sql('session').where({ sid }).where('expires', '>', now));
}

/** Keeps a session, new or changed. */
export function saveSession(writing: Writing, row: SessionRow): void {
	writing.run(
		sql('session')
			.insert({ ...row })
			.onConflict('sid')
			.merge(),
	);
}

/** Ends a session. */
export function removeSession(writing: Writing, sid: string): void {
	writing.run(sql('session').where({ sid }).delete());
}

/** A session goes on being used; nothing else of it changes. */
export function prolongSession(writing: Writing, sid: string, expires: number): void {
	writing.run(sql('session').where({ sid }).update({ expires }));
}

/** Ends every session: of a restored folder nobody knows who signed out since. */
export function endEverySession(writing: Writing): void {
	writing.run(sql('session').delete());
}

/** Ends the sessions that came out of one sign-in by card, or, where the issuer names only the person, all of theirs. How many there were. */
export function endCardSessions(
	writing: Writing,
	which: { readonly sid: string } | { readonly sub: string },
): number {
	const [path, value] = 'sid' in which ? ['$.cardSession', which.sid] : ['$.claims.sub', which.sub];
	return writing.run(sql('session').whereRaw(`json_extract(data, '${path}') = ?`, [value]).delete());
}

/** Remembers a logout token until it expires (UTC milliseconds); false when it came before. */
export function takeLogoutToken(writing: Writing, jti: string, expires: number): boolean {
	return writing.run(sql('logout_token').insert({ jti, expires }).onConflict('jti').ignore()) === 1;
}

/** Forgets what has expired; how many sessions there were. */
export function sweepSessions(writing: Writing, now: number): number {
	writing.run(sql('logout_token').where('expires', '<=', now).delete());
	return writing.run(sql('session').where('expires', '<=', now).delete());
}
