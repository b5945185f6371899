import type { CopyAway } from '@understory/core/copy-away.ts';
import type { BackupRow } from '../store/rows.ts';

/** Where a copy lies, as words: which sentence, with what in it, and why it is not where it should be. */
export interface ShownPlace {
	readonly says: `life.lies.${'home' | CopyAway['state']}`;
	readonly home: string;
	/** Null: nowhere else. */
	readonly where: string | null;
	readonly why: `life.away.${string}` | null;
}

/** Null for a copy that is not whole. */
export function shownPlace({ state, place, facts }: BackupRow): ShownPlace | null {
	if (state !== 'done' || facts === null) return null;
	const { away } = facts;
	if (away === undefined) return { says: 'life.lies.home', home: place, where: null, why: null };
	const code = away.state === 'not_yet' ? away.code : null;
	return {
		...{ says: `life.lies.${away.state}`, home: place, where: away.where },
		why: code === null ? null : `life.away.${code}`,
	};
}
