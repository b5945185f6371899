import { sql } from './sql.ts';
import type { Reading, Writing } from './store.ts';

/** Who follows whom, both named by actor id; one of the two is always of this branch. */
export interface Follow {
	readonly id: number;
	readonly follower: string;
	readonly followed: string;
	/** Id of the Follow activity. */
	readonly activity: string;
	readonly state: 'asked' | 'accepted';
	readonly created: number;
}

/** The follow of one person by another, or undefined. */
export function findFollow(reading: Reading, follower: string, followed: string): Follow | undefined {
	return reading.first<Follow>(sql('follow').where({ follower, followed }));
}

/** By the id of its activity. */
export function followByActivity(reading: Reading, activity: string): Follow | undefined {
	return reading.first<Follow>(sql('follow').where({ activity }));
}

/** Actor ids that follow somebody. */
export function followersOf(reading: Reading, followed: string): string[] {
	const query = sql('follow').select('follower').where({ followed, state: 'accepted' });
	return reading.all<{ follower: string }>(query).map((row) => row.follower);
}

/** Actor ids somebody follows, asked or accepted. */
export function followsOf(reading: Reading, follower: string): Follow[] {
	return reading.all<Follow>(sql('follow').where({ follower }).orderBy('id'));
}

/** How many follow somebody, and how many they follow. */
export function countFollows(
	reading: Reading,
	actor: string,
): { readonly followers: number; readonly following: number } {
	const count = (whose: object) =>
		reading.first<{ n: number }>(
			sql('follow')
				.count({ n: '*' })
				.where({ ...whose, state: 'accepted' }),
		)?.n ?? 0;
	return { followers: count({ followed: actor }), following: count({ follower: actor }) };
}

/** Does anybody whose actor id begins with `prefix` follow this person? */
export function hasFollowerAt(reading: Reading, followed: string, prefix: string): boolean {
	const query = sql('follow').select('id').where({ followed, state: 'accepted' });
	return reading.first(query.whereRaw('substr(follower, 1, ?) = ?', [prefix.length, prefix])) !== undefined;
}

/** Keeps a follow; asking again renews the activity and leaves an accepted one accepted. */
export function keepFollow(writing: Writing, follow: Follow): void {
	const { activity } = follow;
	writing.run(
		sql('follow')
			.insert({ ...follow })
			.onConflict(['follower', 'followed'])
			.merge({ activity }),
	);
}

/** Who waits to follow somebody, oldest first. */
export function askingToFollow(reading: Reading, followed: string): Follow[] {
	return reading.all<Follow>(sql('follow').where({ followed, state: 'asked' }).orderBy('id'));
}

/** Who of one server waits to follow somebody here; the prefix is its origin and a slash. */
export function askingFrom(reading: Reading, prefix: string): Follow[] {
	const query = sql('follow').where({ state: 'asked' }).orderBy('id');
	return reading.all<Follow>(query.whereRaw('substr(follower, 1, ?) = ?', [prefix.length, prefix]));
}

/** The other side said yes. */
export function acceptFollow(writing: Writing, id: number): void {
	writing.run(sql('follow').where({ id }).update({ state: 'accepted' }));
}

/** Ends a follow; whether there was one. */
export function removeFollow(writing: Writing, follower: string, followed: string): boolean {
	return writing.run(sql('follow').where({ follower, followed }).delete()) > 0;
}

/** Ends every follow with somebody whose things go to this inbox; how many. */
export function forgetInbox(writing: Writing, inbox: string): number {
	const there = 'SELECT uri FROM remote_actor WHERE inbox = ? OR shared_inbox = ?';
	const touched = `follower IN (${there}) OR followed IN (${there})`;
	return ['follow', 'follow_aside'].reduce((sum, table) => {
		const gone = sql(table).whereRaw(touched, [inbox, inbox, inbox, inbox]);
		return sum + writing.run(gone.delete());
	}, 0);
}
