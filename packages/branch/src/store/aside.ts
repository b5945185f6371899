import type { Follow } from './follows.ts';
import { sql, written } from './sql.ts';
import type { Reading, Writing } from './store.ts';

/** People of these servers; two marks for the same list. */
const THERE = 'SELECT uri FROM remote_actor WHERE origin IN (SELECT value FROM json_each(?))';

const COLUMNS = 'id, follower, followed, activity, state, created';

/** Sets the follows and requests from and to people of these servers aside, as they are. */
export function setFollowsAside(writing: Writing, origins: readonly string[]): void {
	const list = JSON.stringify(origins);
	const touched = `follower IN (${THERE}) OR followed IN (${THERE})`;
	writing.run(
		written(
			`INSERT OR IGNORE INTO follow_aside (${COLUMNS}) SELECT ${COLUMNS} FROM follow WHERE ${touched}`,
			list,
			list,
		),
	);
	writing.run(written(`DELETE FROM follow WHERE ${touched}`, list, list));
}

/** What is set aside from and to people of these servers, oldest first. */
export function asideAt(reading: Reading, origins: readonly string[]): Follow[] {
	const list = JSON.stringify(origins);
	const query = `SELECT * FROM follow_aside WHERE follower IN (${THERE}) OR followed IN (${THERE}) ORDER BY id`;
	return reading.all<Follow>(written(query, list, list));
}

/** What is set aside of somebody, of here or elsewhere, oldest first. */
export function asideOf(reading: Reading, actor: string): Follow[] {
	const query = sql('follow_aside').where({ follower: actor }).orWhere({ followed: actor }).orderBy('id');
	return reading.all<Follow>(query);
}

/** Who of one server followed somebody here when it was set aside; the prefix is its origin and a slash. */
export function asideFollowersAt(reading: Reading, followed: string, prefix: string): string[] {
	const query = sql('follow_aside').select('follower').where({ followed, state: 'accepted' });
	return reading
		.all<{ follower: string }>(query.whereRaw('substr(follower, 1, ?) = ?', [prefix.length, prefix]))
		.map(({ follower }) => follower);
}

/** The follow of one person by another that is set aside, or undefined. */
export function findAside(reading: Reading, follower: string, followed: string): Follow | undefined {
	return reading.first<Follow>(sql('follow_aside').where({ follower, followed }));
}

/** By the id of its activity. */
export function asideByActivity(reading: Reading, activity: string): Follow | undefined {
	return reading.first<Follow>(sql('follow_aside').where({ activity }));
}

/** The other side said yes to what waits. */
export function acceptAside(writing: Writing, id: number): void {
	writing.run(sql('follow_aside').where({ id }).update({ state: 'accepted' }));
}

/** One of the two wants it no more; whether it was there. */
export function dropAside(writing: Writing, follower: string, followed: string): boolean {
	const gone = 'DELETE FROM follow_aside WHERE follower = ? AND followed = ?';
	return writing.run(written(gone, follower, followed)) > 0;
}

/** Everything that is set aside of somebody is over. */
export function dropAsideOf(writing: Writing, actor: string): void {
	writing.run(sql('follow_aside').where({ follower: actor }).orWhere({ followed: actor }).delete());
}

/** Puts back what was set aside, as it was; nothing when the two follow each other anew. */
export function putBack(writing: Writing, follow: Follow): void {
	writing.run(written('DELETE FROM follow_aside WHERE id = ?', follow.id));
	const { id, follower, followed, activity, state, created } = follow;
	const row = [id, follower, followed, activity, state, created];
	writing.run(written(`INSERT OR IGNORE INTO follow (${COLUMNS}) VALUES (?, ?, ?, ?, ?, ?)`, ...row));
}
