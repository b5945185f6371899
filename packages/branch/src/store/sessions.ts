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

/** Forgets what has expired; how many there were. */
export function sweepSessions(writing: Writing, now: number): number {
	return writing.run(sql('session').where('expires', '<=', now).delete());
}
