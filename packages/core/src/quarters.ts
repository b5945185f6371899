/** A stretch of civil days, `from` included and `until` not; both YYYY-MM-DD. */
export interface Period {
	readonly from: string;
	readonly until: string;
}

/** A quarter by its name, `2026-Q4`; null for what is none. */
export function parseQuarter(text: string): { readonly year: number; readonly number: number } | null {
	const match = /^([1-9]\d{3})-Q([1-4])$/.exec(text);
	return match ? { year: Number(match[1]), number: Number(match[2]) } : null;
}

/** The quarter of a day. */
export function quarterOfDay(day: string): string {
	return `${day.slice(0, 4)}-Q${Math.ceil(Number(day.slice(5, 7)) / 3)}`;
}

/** The quarter so many after this one, or before it where `by` is negative. */
export function quarterAfter(quarter: string, by: number): string {
	const { year, number } = parseQuarter(quarter)!;
	const at = year * 4 + number - 1 + by;
	return `${Math.floor(at / 4)}-Q${(at % 4) + 1}`;
}

/** Its days. */
export function daysOf(quarter: string): Period {
	return { from: firstDay(quarter), until: firstDay(quarterAfter(quarter, 1)) };
}

/** What stands beside each other on the council's page (reference/accountability.md 3.5): the quarter, its year up to it, and the year before whole. */
export function columnsOf(quarter: string): readonly [quarter: Period, year: Period, lastYear: Period] {
	const { year } = parseQuarter(quarter)!;
	const { until } = daysOf(quarter);
	return [
		daysOf(quarter),
		{ from: `${year}-01-01`, until },
		{ from: `${year - 1}-01-01`, until: `${year}-01-01` },
	];
}

export function isWithin(day: string, { from, until }: Period): boolean {
	return from <= day && day < until;
}

function firstDay(quarter: string): string {
	const { year, number } = parseQuarter(quarter)!;
	return `${year}-${String(number * 3 - 2).padStart(2, '0')}-01`;
}
