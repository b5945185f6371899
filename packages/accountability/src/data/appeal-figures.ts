import { isWithin, type Period } from '@understory/core/quarters.ts';
import type { AppealEntry, AppealOutcomeEntry } from '@understory/core/statement.ts';
import type { Act } from './act.ts';

/** Appeals of a stretch of time, counted from published entries and from nothing else (reference/accountability.md 3.5). */
export interface AppealFigures {
	readonly filed: number;
	/** Decided in this time, whenever they were filed. */
	readonly decided: number;
	/** Of these, those that the person who appealed won. */
	readonly forPatron: number;
	/** From filed to decided, in days; null where none was decided. */
	readonly medianDays: number | null;
	/** Filed in this time and not decided yet. */
	readonly open: number;
}

const DAY = 24 * 60 * 60_000;

/** Counts the appeals of a stretch of time. The log knows days and not hours, so an appeal decided on its day took none. */
export function appealFigures(acts: readonly Act[], period: Period): AppealFigures {
	const all = acts.map(({ entry }) => entry);
	const appeals = all.filter((entry): entry is typeof entry & AppealEntry => entry.kind === 'appeal');
	const outcomes = all.filter(
		(entry): entry is typeof entry & AppealOutcomeEntry => entry.kind === 'appeal_outcome',
	);
	const filed = appeals.filter(({ decided_on }) => isWithin(decided_on, period));
	const decided = outcomes.filter(({ decided_on }) => isWithin(decided_on, period));
	const began = new Map(appeals.map(({ id, decided_on }) => [id, decided_on]));
	const answered = new Set(outcomes.flatMap(({ refs }) => refs));
	const days = decided.flatMap(({ refs, decided_on }) => {
		const from = refs.map((id) => began.get(id)).find((day) => day !== undefined);
		return from === undefined ? [] : [Math.round((Date.parse(decided_on) - Date.parse(from)) / DAY)];
	});
	return {
		filed: filed.length,
		decided: decided.length,
		forPatron: decided.filter(({ outcome }) => outcome === 'overturned').length,
		medianDays: median(days),
		open: filed.filter(({ id }) => !answered.has(id)).length,
	};
}

function median(values: readonly number[]): number | null {
	if (values.length === 0) return null;
	const sorted = [...values].sort((a, b) => a - b);
	const half = Math.floor(sorted.length / 2);
	return sorted.length % 2 === 1 ? sorted[half]! : (sorted[half - 1]! + sorted[half]!) / 2;
}
