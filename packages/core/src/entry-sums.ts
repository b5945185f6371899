import type { BranchEntry, PeriodTotals } from './statement.ts';

interface Sums {
	decisions: number;
	federation: number;
	policies: number;
	reversals: number;
	appeals: number;
	appeals_decided: number;
	official_requests: number;
	official_requests_closed: number;
	readonly byRule: Map<string, number>;
}

/** Holds the months that branches summed up against the entries themselves (reference/accountability.md 2.2). */
export interface EntrySums {
	/** Takes one leaf of a log in, of any year and in any order. What is sealed, or no entry of a branch, is passed over. */
	add(leaf: string): void;
	/** Months that were summed up, of the years that are asked for; all when none are. */
	months(years?: readonly number[]): number;
	/** What does not add up, each as a sentence. */
	faults(years?: readonly number[]): string[];
}

/**
 * Counts each branch's decisions, reversals, appeals, answers to servers and versions of rules by month, and compares with its `period_totals`. Reports are in nobody's
 * log, so their numbers are believed. Memory grows with branches and months, not with entries.
 */
export function createEntrySums(): EntrySums {
	const found = new Map<string, Sums>();
	const claims: { readonly branch: string; readonly month: string; readonly totals: PeriodTotals }[] = [];
	const asked = (years: readonly number[] | undefined) =>
		claims.filter(({ month }) => !years || years.includes(Number(month.slice(0, 4))));

	function sumsOf(branch: string, month: string): Sums {
		const key = `${branch} ${month}`;
		const none = {
			...{ decisions: 0, federation: 0, policies: 0, reversals: 0, appeals: 0, appeals_decided: 0 },
			...{ official_requests: 0, official_requests_closed: 0 },
		};
		const known = found.get(key) ?? { ...none, byRule: new Map<string, number>() };
		found.set(key, known);
		return known;
	}

	return {
		add(leaf) {
			const entry = entryIn(leaf);
			if (!entry) return;
			const sums = sumsOf(entry.branch, entry.decided_on.slice(0, 7));
			if (entry.kind === 'period_totals') {
				claims.push({ branch: entry.branch, month: entry.month, totals: entry.totals });
			} else if (entry.kind === 'federation') sums.federation += 1;
			else if (entry.kind === 'policy') sums.policies += 1;
			else if (entry.kind === 'reversal') sums.reversals += 1;
			else if (entry.kind === 'appeal') sums.appeals += 1;
			else if (entry.kind === 'appeal_outcome') sums.appeals_decided += 1;
			else if (entry.kind === 'official_request') {
				if (entry.outcome === 'open') sums.official_requests += 1;
				else sums.official_requests_closed += 1;
			} else if (entry.kind === 'decision') {
				const rule = `${entry.rule.policy}/${entry.rule.id}`;
				sums.decisions += 1;
				sums.byRule.set(rule, (sums.byRule.get(rule) ?? 0) + 1);
			}
		},
		months: (years) => asked(years).length,
		faults: (years) =>
			asked(years).flatMap(({ branch, month, totals }) =>
				differences(sumsOf(branch, month), totals).map((what) => `${branch}, ${month}: ${what}`),
			),
	};
}

function differences(sums: Sums, totals: PeriodTotals): string[] {
	const claimed = new Map(totals.by_rule.map(({ policy, id, count }) => [`${policy}/${id}`, count]));
	const pairs: [name: string, claimed: number | undefined, found: number][] = [
		['decisions', totals.decisions, sums.decisions],
		['answers to servers', totals.federation, sums.federation],
		['versions of rules', totals.policies, sums.policies],
		['reversals', totals.reversals, sums.reversals],
		['appeals', totals.appeals, sums.appeals],
		['answers to appeals', totals.appeals_decided, sums.appeals_decided],
		['questions of offices', totals.official_requests, sums.official_requests],
		['ends of questions of offices', totals.official_requests_closed, sums.official_requests_closed],
		...[...new Set([...claimed.keys(), ...sums.byRule.keys()])].map((rule): [string, number, number] => [
			`decisions under ${rule}`,
			claimed.get(rule) ?? 0,
			sums.byRule.get(rule) ?? 0,
		]),
	];
	return pairs.flatMap(([name, said, is]) =>
		said === undefined || said === is ? [] : [`the branch summed up ${said} ${name}, and there are ${is}.`],
	);
}

/** The entry of a branch that a leaf is; null for what is sealed, or is none. */
export function entryIn(leaf: string): BranchEntry | null {
	try {
		const entry = JSON.parse(leaf) as Partial<BranchEntry>;
		return entry.type === 'understory/entry/v1' && entry.kind !== undefined ? (entry as BranchEntry) : null;
	} catch {
		// The state of a year before is no JSON.
		return null;
	}
}
