import type { PeriodTotals, SignedBranchEntry, TotalsEntry } from '@understory/core/statement.ts';
import type { CaseFiles } from './case-files.ts';

const NAMES: Readonly<Partial<Record<keyof PeriodTotals, string>>> = {
	decisions: 'decisions',
	federation: 'answers to servers',
	policies: 'versions of rules',
	reversals: 'reversals',
	appeals: 'appeals',
	appeals_decided: 'answers to appeals',
	reports_received: 'reports received',
	reports_closed: 'reports closed',
};

/** What the branch summed up of a month and its case files do not say, each as a sentence. */
export function totalsFaults(files: CaseFiles, entries: readonly SignedBranchEntry[]): string[] {
	return entries
		.filter((entry): entry is SignedBranchEntry & TotalsEntry => entry.kind === 'period_totals')
		.flatMap(({ month, totals }) => {
			const counted = files.figures.get(month);
			// A month that the case files do not know was said to be without a case already.
			if (!counted) return [];
			return differences(totals, counted).map((what) => `${month}: ${what}`);
		});
}

function differences(totals: PeriodTotals, counted: PeriodTotals): string[] {
	const rules = (sums: PeriodTotals) =>
		new Map(sums.by_rule.map(({ policy, id, count }) => [`decisions under ${policy}/${id}`, count]));
	const [claimed, found] = [rules(totals), rules(counted)];
	const pairs = [
		...(Object.entries(NAMES) as [keyof PeriodTotals, string][])
			// Sums of months before branches wrote a number do not have it.
			.filter(([field]) => totals[field] !== undefined)
			.map(([field, name]): [string, number, number] => [
				name,
				Number(totals[field]),
				Number(counted[field]),
			]),
		...[...new Set([...claimed.keys(), ...found.keys()])].map((name): [string, number, number] => [
			name,
			claimed.get(name) ?? 0,
			found.get(name) ?? 0,
		]),
	];
	return pairs.flatMap(([name, said, is]) =>
		said === is ? [] : [`the branch summed up ${said} ${name}, and its case files have ${is}.`],
	);
}
