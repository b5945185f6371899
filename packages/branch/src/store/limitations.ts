import { sql, written } from './sql.ts';
import type { Reading, Writing } from './store.ts';

/** What somebody cannot do until a moment. */
export interface Limitation {
	readonly decision: string;
	readonly person: number;
	readonly action: 'account_limited' | 'account_suspended';
	/** UTC milliseconds; from then on it is as if it were not there. */
	readonly until: number;
}

/** Until when somebody is limited or suspended, whichever is asked for; undefined when they are not. */
export function limitedUntil(
	reading: Reading,
	person: number,
	action: Limitation['action'],
	now: number,
): number | undefined {
	const query = 'SELECT max(until) AS until FROM limitation WHERE person = ? AND action = ? AND until > ?';
	return reading.first<{ until: number | null }>(written(query, person, action, now))?.until ?? undefined;
}

/** Everybody who is limited now. */
export function limitedPeople(reading: Reading, now: number): ReadonlySet<number> {
	const query = sql('limitation').distinct('person').where({ action: 'account_limited' });
	return new Set(reading.all<{ person: number }>(query.where('until', '>', now)).map(({ person }) => person));
}

/** Begins one; again for the same decision it is the same one. */
export function addLimitation(writing: Writing, limitation: Limitation): void {
	writing.run(
		sql('limitation')
			.insert({ ...limitation })
			.onConflict(['decision', 'action'])
			.merge(),
	);
}

/** Ends what a decision began. */
export function endLimitation(writing: Writing, decision: string, action: Limitation['action']): void {
	writing.run(sql('limitation').where({ decision, action }).delete());
}

/** The one that is over first and of which nobody was told. */
export function nextUntold(reading: Reading): Limitation | undefined {
	const query =
		'SELECT decision, person, action, until FROM limitation WHERE told IS NULL ORDER BY until LIMIT 1';
	return reading.first<Limitation>(written(query));
}

/** Whoever it was about was told that it is over. */
export function noteTold(
	writing: Writing,
	decision: string,
	action: Limitation['action'],
	told: number,
): void {
	writing.run(sql('limitation').where({ decision, action }).update({ told }));
}
