import type { DateOrder } from './fields.ts';

const PARTS: Readonly<Record<DateOrder, RegExp>> = {
	YMD: /^(?<y>\d{4})([-/.]?)(?<m>\d\d)\2(?<d>\d\d)(?:$|\D|0000\d{6}$)/,
	MDY: /^(?<m>\d\d)([-/.]?)(?<d>\d\d)\2(?<y>\d{4})(?:$|\D|0000\d{6}$)/,
	DMY: /^(?<d>\d\d)([-/.]?)(?<m>\d\d)\2(?<y>\d{4})(?:$|\D|0000\d{6}$)/,
};

/**
 * YYYYMMDD of the day with which a text begins, or null when there is none or it does not exist between 1800 and 2199. A time of day may follow, as
 * in SIP2's own dates.
 */
export function calendarDay(text: string, order: DateOrder): string | null {
	const { y = '', m = '', d = '' } = PARTS[order].exec(text)?.groups ?? {};
	const [year, month, date] = [Number(y), Number(m), Number(d)];
	const real = new Date(Date.UTC(year, month - 1, date));
	const exists = real.getUTCMonth() === month - 1 && real.getUTCDate() === date;
	return y !== '' && exists && year >= 1800 && year < 2200 ? y + m + d : null;
}

/** Whole years from one YYYYMMDD to another; null when the first lies after the second. */
export function yearsBetween(from: string, to: string): number | null {
	if (from > to) return null;
	const years = Number(to.slice(0, 4)) - Number(from.slice(0, 4));
	return to.slice(4) < from.slice(4) ? years - 1 : years;
}

/** YYYY-MM-DD of a YYYYMMDD. */
export function dashed(day: string): string {
	return `${day.slice(0, 4)}-${day.slice(4, 6)}-${day.slice(6)}`;
}
