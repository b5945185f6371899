import type { RemoteRow } from './remote-actors.ts';
import { written } from './sql.ts';
import type { Reading } from './store.ts';

/** What somebody of this branch has to do with people of some servers, in numbers. */
export interface Touched {
	readonly person: number;
	/** Whom they follow there, or asked to. */
	readonly follows: number;
	/** Who there follows them, or asked to. */
	readonly followers: number;
	/** Conversations of the last weeks in which both wrote. */
	readonly talks: number;
	/** Places on lists of theirs. */
	readonly lists: number;
}

const THERE = 'SELECT uri FROM remote_actor WHERE origin IN (SELECT value FROM json_each(?))';
/** What holds, and what is set aside. */
const FOLLOWS =
	'(SELECT follower, followed FROM follow UNION ALL SELECT follower, followed FROM follow_aside)';
/** Ids of people of ours, from the addresses of their actors. */
const PERSON = (column: string) => `CAST(substr(${column}, ?) AS INTEGER)`;

const NUMBERS = `
WITH there AS MATERIALIZED (${THERE}),
live AS (SELECT DISTINCT thread FROM post WHERE created >= ? AND remote IN (
	SELECT id FROM remote_actor WHERE uri IN there
)),
part (person, follows, followers, talks, lists) AS (
	SELECT ${PERSON('follower')}, count(*), 0, 0, 0 FROM ${FOLLOWS} WHERE followed IN there GROUP BY follower
	UNION ALL
	SELECT ${PERSON('followed')}, 0, count(*), 0, 0 FROM ${FOLLOWS} WHERE follower IN there GROUP BY followed
	UNION ALL
	SELECT person, 0, 0, count(DISTINCT thread), 0 FROM post
		WHERE person IS NOT NULL AND created >= ? AND thread IN live GROUP BY person
	UNION ALL
	SELECT person, 0, 0, 0, count(*) FROM list_member JOIN list ON list.id = list_member.list
		WHERE actor IN there GROUP BY person
)
SELECT person.id AS person, sum(follows) AS follows, sum(followers) AS followers, sum(talks) AS talks, sum(lists) AS lists
FROM part JOIN person ON person.id = part.person
WHERE gone IS NULL AND kind = 'person'
GROUP BY person.id ORDER BY sum(follows) + sum(followers) + sum(talks) + sum(lists) DESC, person.id`;

/**
 * Everybody here who has to do with people of these servers, whoever has most first. `users` is what the actor ids of people here begin with;
 * `since` when a conversation is of the last weeks, UTC milliseconds.
 */
export function touchedBy(
	reading: Reading,
	{
		origins,
		users,
		since,
	}: { readonly origins: readonly string[]; readonly users: string; readonly since: number },
): Touched[] {
	const from = users.length + 1;
	return reading.all<Touched>(written(NUMBERS, JSON.stringify(origins), since, from, from, since));
}

/** Somebody there whom somebody here has to do with, and how. */
export interface Concerned extends RemoteRow {
	readonly follows: 0 | 1;
	readonly follower: 0 | 1;
	readonly talks: 0 | 1;
	/** Names of the lists they stand on, separated by line ends. */
	readonly lists: string | null;
	/** When they last wrote something that came here, UTC milliseconds. */
	readonly wrote: number | null;
}

const CONCERNED = `
WITH one (actor, person, since) AS (VALUES (?, ?, ?)),
there AS MATERIALIZED (SELECT * FROM remote_actor WHERE origin IN (SELECT value FROM json_each(?))),
mine AS (SELECT DISTINCT thread FROM post, one WHERE post.person = one.person AND created >= since),
followed AS (SELECT followed AS uri FROM ${FOLLOWS}, one WHERE follower = actor),
follower AS (SELECT follower AS uri FROM ${FOLLOWS}, one WHERE followed = actor),
talked AS (SELECT DISTINCT remote AS id FROM post, one WHERE remote IS NOT NULL AND created >= since AND thread IN mine),
listed AS (SELECT list_member.actor AS uri, name FROM list_member
	JOIN list ON list.id = list_member.list, one WHERE list.person = one.person)
SELECT there.*,
	uri IN followed AS follows,
	uri IN follower AS follower,
	id IN talked AS talks,
	(SELECT group_concat(name, char(10)) FROM listed WHERE listed.uri = there.uri) AS lists,
	(SELECT max(created) FROM post WHERE remote = there.id AND deleted IS NULL) AS wrote
FROM there
WHERE uri IN followed OR uri IN follower OR id IN talked OR uri IN (SELECT uri FROM listed)
ORDER BY wrote DESC, handle, id LIMIT ?`;

/** Whom somebody has to do with at these servers, whoever wrote last first. */
export function concernedOf(
	reading: Reading,
	one: {
		readonly origins: readonly string[];
		readonly person: number;
		readonly actor: string;
		readonly since: number;
		readonly limit: number;
	},
): Concerned[] {
	const { origins, actor, person, since, limit } = one;
	return reading.all<Concerned>(written(CONCERNED, actor, person, since, JSON.stringify(origins), limit));
}
