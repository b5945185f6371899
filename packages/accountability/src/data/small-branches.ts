import { dateIn, startOfMonth } from '@understory/core/calendar.ts';
import { newestBegun } from '@understory/core/policy-versions.ts';
import type { Entry } from '@understory/core/statement.ts';
import type { Library } from '../registers.ts';
import { type ShownCount, suppress } from './suppress.ts';

/** What is published of decisions that are counted and not shown: sums of closed quarters, of all such branches of a library together. */
export interface SmallBranches {
	/** The newest first, such as `2026-Q3`. */
	readonly quarters: readonly string[];
	/** In the order of the quarters. */
	readonly totals: readonly ShownCount[];
	/** Every rule of the library in force, and `null` for any other. */
	readonly byRule: readonly {
		readonly rule: { policy: string; id: string } | null;
		readonly counts: readonly ShownCount[];
	}[];
	readonly bySource: readonly { readonly source: Entry['source']; readonly counts: readonly ShownCount[] }[];
}

/** Quarters that are shown. */
const QUARTERS = 4;
const SOURCES = ['patron_report', 'remote_report', 'staff', 'legal_order', 'official_request'] as const;

/** When the quarter of a moment began, in the zone: what was accepted before it is all that may be counted. */
export function quarterStart(zone: string, now: number): number {
	return startOfMonth(zone, monthOfQuarter(quarterOf(zone, now)));
}

/**
 * Counts sealed entries by the quarter in which they were accepted. A quarter is published once it is closed and never changes; each list of
 * counts adds up to the same sum, and is suppressed for itself. Nothing is told by branch or by month, and there is no sum of a year, since
 * sums of other stretches of time could be subtracted from each other.
 */
export function smallBranches(
	library: Library,
	now: number,
	sealed: readonly { readonly entry: string; readonly received_at: number }[],
): SmallBranches {
	const { zone, register } = library;
	const quarters = closedQuarters(quarterOf(zone, now));
	const decided = sealed.flatMap(({ entry, received_at }) => {
		const read = JSON.parse(entry) as Entry;
		return read.kind === 'decision' ? [{ entry: read, quarter: quarterOf(zone, received_at) }] : [];
	});
	const ofLibrary = newestBegun(register.policies, dateIn(zone, now)).filter(
		({ branch }) => branch === undefined,
	);
	const rules = ofLibrary.flatMap((policy) => policy.rules.map(({ id }) => ({ policy: policy.id, id })));
	const placeOf = ({ rule }: Entry): number => {
		const at = rules.findIndex(({ policy, id }) => policy === rule.policy && id === rule.id);
		return at < 0 ? rules.length : at;
	};
	const columns = quarters.map((quarter) => {
		const entries = decided.filter((one) => one.quarter === quarter).map(({ entry }) => entry);
		return {
			rules: suppress(
				[...rules, null].map((_, at) => entries.filter((entry) => placeOf(entry) === at).length),
			),
			sources: suppress(SOURCES.map((source) => entries.filter((entry) => entry.source === source).length)),
		};
	});
	return {
		quarters,
		totals: columns.map((column) => column.rules.total),
		byRule: [...rules, null].map((rule, at) => ({
			rule,
			counts: columns.map((one) => one.rules.cells[at]!),
		})),
		bySource: SOURCES.map((source, at) => ({ source, counts: columns.map((one) => one.sources.cells[at]!) })),
	};
}

function quarterOf(zone: string, at: number): string {
	const [year, month] = dateIn(zone, at).split('-').map(Number);
	return `${year}-Q${Math.ceil(month! / 3)}`;
}

function monthOfQuarter(quarter: string): string {
	const [year, number] = quarter.split('-Q').map(Number);
	return `${year}-${String(number! * 3 - 2).padStart(2, '0')}`;
}

function closedQuarters(current: string): string[] {
	let [year, number] = current.split('-Q').map(Number) as [number, number];
	return Array.from({ length: QUARTERS }, () => {
		[year, number] = number === 1 ? [year - 1, 4] : [year, number - 1];
		return `${year}-Q${number}`;
	});
}
