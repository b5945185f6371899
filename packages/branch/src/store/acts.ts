import { sql, written } from './sql.ts';
import type { Reading, Writing } from './store.ts';

/** `star` and `share` (pass along) are told; `keep` is between a person and their own list. */
export type ActKind = 'star' | 'share' | 'keep' | 'pin';

/** What somebody did with a post. */
export interface Act {
	readonly id: number;
	readonly kind: ActKind;
	readonly post: number;
	/** Actor id. */
	readonly actor: string;
	/** Id of the activity that told of it; null for what stays here. */
	readonly activity: string | null;
	readonly created: number;
}

/** One, or undefined. */
export function findAct(reading: Reading, kind: ActKind, post: number, actor: string): Act | undefined {
	return reading.first<Act>(sql('act').where({ kind, post, actor }));
}

/** By the activity that told of it. */
export function actByActivity(reading: Reading, activity: string): Act | undefined {
	return reading.first<Act>(sql('act').where({ activity }));
}

/** What was done with a post, oldest first. */
export function actsOn(reading: Reading, post: number, limit: number): Act[] {
	const text = "SELECT * FROM act WHERE post = ? AND kind <> 'keep' ORDER BY id LIMIT ?";
	return reading.all<Act>(written(text, post, limit));
}

/** What somebody did with a post, their own list too. */
export function actsOf(reading: Reading, post: number, actor: string): ActKind[] {
	// The plus: by the post's index, since somebody may have done a thousand things.
	const query = written('SELECT kind FROM act WHERE post = ? AND +actor = ?', post, actor);
	return reading.all<{ kind: ActKind }>(query).map(({ kind }) => kind);
}

/** What somebody kept or pinned, newest first. */
export function actsBy(
	reading: Reading,
	actor: string,
	kind: ActKind,
	limit: number,
	before?: number,
): Act[] {
	const query = sql('act').where({ actor, kind }).orderBy('id', 'desc').limit(limit);
	return reading.all<Act>(before === undefined ? query : query.where('id', '<', before));
}

/** Keeps it; whether it is new. */
export function addAct(writing: Writing, act: Act): boolean {
	return (
		writing.run(
			sql('act')
				.insert({ ...act })
				.onConflict()
				.ignore(),
		) > 0
	);
}

/** Undoes it. */
export function removeAct(writing: Writing, id: number): void {
	writing.run(sql('act').where({ id }).delete());
}
