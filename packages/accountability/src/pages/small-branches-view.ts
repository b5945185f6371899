import type { SmallBranches } from '../data/small-branches.ts';
import type { ShownCount } from '../data/suppress.ts';
import type { KeptPolicy } from '../store/policies.ts';
import type { Reading } from './reading.ts';

/** The part of the council's page about branches whose decisions are counted together. */
export function smallBranchesView(reading: Reading, small: SmallBranches, policies: readonly KeptPolicy[]) {
	const { t, said } = reading;
	const shown = (counts: readonly ShownCount[]) =>
		counts.map((count) => (typeof count === 'number' ? String(count) : t(`small.${count}`)));
	const titleOf = (rule: { policy: string; id: string } | null): string => {
		if (rule === null) return t('small.other_rule');
		const kept = policies.find(({ policy }) => policy.id === rule.policy);
		const found = kept?.policy.rules.find(({ id }) => id === rule.id);
		return found ? said(found.title) : rule.id;
	};
	return {
		quarters: small.quarters.map((quarter) => {
			const [year, number] = quarter.split('-Q');
			return t('small.quarter', { year: year!, number: number! });
		}),
		totals: shown(small.totals),
		byRule: small.byRule.map(({ rule, counts }) => ({ name: titleOf(rule), counts: shown(counts) })),
		bySource: small.bySource.map(({ source, counts }) => ({
			name: t(`source_label.${source}`),
			counts: shown(counts),
		})),
	};
}
