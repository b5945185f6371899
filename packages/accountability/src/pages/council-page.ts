import { dateIn } from '@understory/core/calendar.ts';
import type { Checkpoint } from '@understory/transparency-log/checkpoint.ts';
import { type CouncilFigures, FEW } from '../data/council.ts';
import type { SmallBranches } from '../data/small-branches.ts';
import type { Statement } from '../data/statement.ts';
import type { KeptPolicy } from '../store/policies.ts';
import { contactLine } from './contact-words.ts';
import type { Reading } from './reading.ts';
import { smallBranchesView } from './small-branches-view.ts';
import { hoursKey, statementLine } from './statement-words.ts';
import type { ShownWitness } from './verify-page.ts';

const RECENT = 8;

/** `/council`: one page of figures, counted from the log and honest about how few they are. */
export function councilPage(
	reading: Reading,
	figures: CouncilFigures,
	around: {
		readonly statements: readonly Statement[];
		readonly policies: readonly KeptPolicy[];
		readonly checkpoint: Checkpoint | null;
		readonly witnesses: readonly ShownWitness[];
		/** Sums of branches whose decisions are not shown one by one; null where there are none. */
		readonly small: SmallBranches | null;
	},
) {
	const { t, date, library, reader } = reading;
	const { year, decisions } = figures;
	const { name } = library.register.library;
	const told =
		figures.notTold === 0 ? t('council.told_all') : t('council.told_not', { count: figures.notTold });
	const branches = t('council.branches', { count: figures.branches });
	return {
		title: t('council.title', { year, library: name }),
		counted: t('council.for', { date: date(dateIn(library.zone, reader.now)), year }),
		heading:
			decisions === 0
				? t('council.headline_none', { year })
				: t('council.headline', { count: decisions, branches }),
		lead: decisions === 0 ? null : t('council.lead', { told }),
		size:
			decisions === 0 ? null : decisions < FEW ? t('council.few', { count: decisions }) : t('council.many'),
		decisions,
		byRule: figures.byRule.map(({ policy, id, count }) => ({
			id,
			name: ruleName(reading, around.policies, policy, id),
			count,
		})),
		byAction: figures.byAction.map(({ key, count }) => ({ name: t(`action.${key}`), count })),
		byScope: figures.byScope.map(({ key, count }) => ({
			icon: key === 'federated_in' ? 'public' : key,
			name: t(`scope.${key}`, { branch: t('council.branches', { count: 1 }) }),
			count,
		})),
		bySource: figures.bySource.map(({ key, count }) => ({ name: t(`source_label.${key}`), count })),
		byHours: figures.byHours.map(({ key, count }) => ({ name: t(`hours.${hoursKey(key)}`), count })),
		after: [
			{ label: t('council.reversals'), text: String(figures.reversals) },
			{ label: t('council.corrections'), text: String(figures.corrections) },
			{ label: t('council.redactions'), text: String(figures.redactions) },
			{ label: t('council.without_end'), text: String(figures.withoutEnd) },
			{ label: t('council.machines'), text: t('council.machines_text', { count: figures.flaggedByMachine }) },
		],
		recent: around.statements.slice(0, RECENT).map((statement) => statementLine(reading, statement)),
		small: around.small && smallBranchesView(reading, around.small, around.policies),
		integrity: around.checkpoint && {
			text: t('council.integrity_text', { count: around.checkpoint.size }),
			root: around.checkpoint.root.toString('base64'),
			by: signedBy(reading, around.witnesses),
		},
		contacts: library.register.contacts
			.filter(({ branch }) => branch === null)
			.map((contact) => contactLine(reading, contact)),
	};
}

/** Who signed beside the library: strangers counted, relatives named as such. */
function signedBy({ t }: Reading, witnesses: readonly ShownWitness[]): string {
	const signed = witnesses.filter(({ signed }) => signed !== null);
	const strangers = signed.filter(({ own }) => !own).length;
	if (strangers > 0) return t('council.integrity_witnessed', { count: strangers });
	return t(signed.length > 0 ? 'council.integrity_own' : 'council.integrity_by');
}

function ruleName({ said }: Reading, policies: readonly KeptPolicy[], policyId: string, id: string): string {
	for (const { policy } of policies) {
		const rule = policy.id === policyId ? policy.rules.find((one) => one.id === id) : undefined;
		if (rule) return said(rule.title);
	}
	return '';
}
