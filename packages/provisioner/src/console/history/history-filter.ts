import type { HistoryFilter } from '../../store/history.ts';
import type { Wording } from '../connector-words.ts';

const DAY = 86_400_000;
/** No name, and no word of the audit, is longer. */
const LONGEST = 200;

/** What was typed into the form of a history, for the form that is shown again. */
export interface TypedFilter extends Record<string, string> {
	readonly by: string;
	readonly what: string;
	readonly from: string;
	readonly until: string;
}

/** Reads the filter of a history from a query. Days are whole ones in UTC, as all times of the console are; the last one is in it. */
export function readFilter(
	query: Readonly<Record<string, unknown>>,
	t: Wording,
): { filter: HistoryFilter; typed: TypedFilter; faults: { field: string; text: string }[] } {
	const said = (name: string) => {
		const given = query[name];
		return typeof given === 'string' ? given.trim().slice(0, LONGEST) : '';
	};
	const typed = { by: said('by'), what: said('what'), from: said('from'), until: said('until') };
	const [from, until] = [dayIn(typed.from), dayIn(typed.until)];
	const faults = [];
	if (Number.isNaN(from)) faults.push({ field: 'from', text: t('history.fault.day') });
	if (Number.isNaN(until)) faults.push({ field: 'until', text: t('history.fault.day') });
	if (from !== null && until !== null && from > until)
		faults.push({ field: 'until', text: t('history.fault.order') });
	const filter = {
		...(typed.by && { by: typed.by }),
		...(typed.what && { what: typed.what }),
		...(from !== null && { from }),
		...(until !== null && { until: until + DAY }),
	};
	return { filter, typed, faults };
}

/** The beginning of a day that is written as 2026-11-28; null for nothing, NaN for something else. */
function dayIn(text: string): number | null {
	if (text === '') return null;
	const at = /^\d{4}-\d{2}-\d{2}$/.test(text) ? Date.parse(`${text}T00:00:00Z`) : Number.NaN;
	return Number.isNaN(at) || new Date(at).toISOString().slice(0, 10) !== text ? Number.NaN : at;
}
