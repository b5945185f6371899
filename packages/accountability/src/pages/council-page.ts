import { dateIn } from '@understory/core/calendar.ts';
import { quarterAfter, quarterOfDay } from '@understory/core/quarters.ts';
import type { Checkpoint } from '@understory/transparency-log/checkpoint.ts';
import { type CouncilFigures, FEW } from '../data/council.ts';
import type { SmallBranches } from '../data/small-branches.ts';
import type { Statement } from '../data/statement.ts';
import type { KeptPolicy } from '../store/policies.ts';
import { drawBars } from './bars.ts';
import { contactLine } from './contact-words.ts';
import type { Reading } from './reading.ts';
import { smallBranchesView } from './small-branches-view.ts';
import { hoursKey, statementLine } from './statement-words.ts';
import type { ShownWitness } from './verify-page.ts';

const RECENT = 5;

/** What the council's page is made of (reference/accountability.md 3.5). */
export interface CouncilParts {
	/** `2026-Q4`. */
	readonly quarter: string;
	/** Of the quarter, of its year up to it, and of the year before. */
	readonly columns: readonly [CouncilFigures, CouncilFigures, CouncilFigures];
	/** Of the last eight quarters, this one last. */
	readonly trend: readonly { readonly quarter: string; readonly figures: CouncilFigures }[];
	/** Statements of the quarter, the newest first. */
	readonly statements: readonly Statement[];
	readonly policies: readonly KeptPolicy[];
	/** Versions of rules that came into force in the quarter. */
	readonly rules: readonly { readonly id: string; readonly version: number; readonly on: string }[];
	readonly checkpoint: Checkpoint | null;
	readonly witnesses: readonly ShownWitness[];
	/** Months that branches summed up, and how many of them do not equal their entries. */
	readonly sums: { readonly months: number; readonly wrong: number };
	/** Sums of branches whose decisions are not shown one by one; null where there are none. */
	readonly small: SmallBranches | null;
}

/** `/council` and `/council/{quarter}`: one page of figures, counted from the log and honest about how few they are. */
export function councilPage(reading: Reading, parts: CouncilParts) {
	const { t, date, library, reader } = reading;
	const { quarter, columns, trend } = parts;
	const [, year] = columns;
	const today = dateIn(library.zone, reader.now);
	const branches = t('council.branches', { count: year.branches });
	const told = year.notTold === 0 ? t('council.told_all') : t('council.told_not', { count: year.notTold });
	const years = { year: quarter.slice(0, 4) };
	const next = quarterAfter(quarter, 1);
	return {
		title: t('council.title_quarter', {
			quarter: quarterName(reading, quarter),
			library: library.register.library.name,
		}),
		counted: t('council.counted', { quarter: quarterName(reading, quarter), date: date(today) }),
		heading:
			year.decisions === 0
				? t('council.headline_none', years)
				: t('council.headline', { ...years, count: year.decisions, branches }),
		lead: year.decisions === 0 ? null : t('council.lead', { told }),
		size:
			year.decisions === 0
				? null
				: year.decisions < FEW
					? t('council.few', { count: year.decisions })
					: t('council.many'),
		heads: [
			t('council.column.quarter'),
			t('council.column.year', years),
			t('council.column.last', { year: Number(years.year) - 1 }),
		],
		decisions: columns.map(({ decisions }) => decisions),
		tables: tablesOf(reading, parts),
		after: afterOf(reading, columns),
		trend: trendOf(reading, trend),
		rules: parts.rules.map(({ id, version, on }) => ({
			href: `/policies/${id}/${version}#changes`,
			name: t('policy.link', { policy: id, version }),
			on: date(on),
		})),
		recent: parts.statements.slice(0, RECENT).map((statement) => statementLine(reading, statement)),
		small: parts.small && smallBranchesView(reading, parts.small, parts.policies),
		integrity: parts.checkpoint && {
			text: t('council.integrity_text', { count: parts.checkpoint.size }),
			root: parts.checkpoint.root.toString('base64'),
			by: signedBy(reading, parts.witnesses),
			sums: sumsInWords(reading, parts.sums),
		},
		contacts: library.register.contacts
			.filter(({ branch }) => branch === null)
			.map((contact) => contactLine(reading, contact)),
		before: {
			href: `/council/${quarterAfter(quarter, -1)}`,
			name: quarterName(reading, quarterAfter(quarter, -1)),
		},
		next: next <= quarterOfDay(today) ? { href: `/council/${next}`, name: quarterName(reading, next) } : null,
	};
}

/** `2026-Q3` in words. */
export function quarterName({ t }: Reading, quarter: string): string {
	const [year, number] = quarter.split('-Q');
	return t('small.quarter', { year: year!, number: number! });
}

interface Row {
	readonly name: string;
	readonly icon?: string;
	readonly counts: readonly number[];
}

/** Tables of three columns; every row of a closed list is there, also with nought. */
function tablesOf(reading: Reading, { columns, policies }: CouncilParts) {
	const { t } = reading;
	const lists = <K extends string>(of: (figures: CouncilFigures) => readonly { key: K; count: number }[]) =>
		of(columns[0]).map(({ key }, at) => ({ key, counts: columns.map((figures) => of(figures)[at]!.count) }));
	const rows = <K extends string>(
		of: (figures: CouncilFigures) => readonly { key: K; count: number }[],
		name: (key: K) => string,
	): Row[] => lists(of).map(({ key, counts }) => ({ name: name(key), counts }));
	const actions = rows(
		({ byAction }) => byAction,
		(key) => t(`action.${key}`),
	);
	const scopes = lists(({ byScope }) => byScope).map(({ key, counts }) => ({
		...{ icon: key === 'federated_in' ? 'public' : key, counts },
		name: t(`scope.${key}`, { branch: t('council.branches', { count: 1 }) }),
	}));
	return {
		rules: ruleRows(reading, columns, policies),
		grounds: rows(
			({ byGround }) => byGround,
			(key) => t(`ground.${key}`),
		),
		actions: actions.filter(({ counts }) => counts.some((count) => count > 0)),
		scopes,
		sources: rows(
			({ bySource }) => bySource,
			(key) => t(`source_label.${key}`),
		),
		hours: rows(
			({ byHours }) => byHours,
			(key) => t(`hours.${hoursKey(key)}`),
		),
	};
}

function ruleRows(
	{ said }: Reading,
	columns: CouncilParts['columns'],
	policies: readonly KeptPolicy[],
): Row[] {
	const rules = new Map(
		columns.flatMap(({ byRule }) => byRule.map((rule) => [`${rule.policy}/${rule.id}`, rule])),
	);
	return [...rules.values()].map(({ policy, id }) => {
		const kept = policies.find(
			(one) => one.policy.id === policy && one.policy.rules.some((rule) => rule.id === id),
		);
		const rule = kept?.policy.rules.find((one) => one.id === id);
		const counts = columns.map(
			({ byRule }) => byRule.find((one) => one.policy === policy && one.id === id)?.count ?? 0,
		);
		return { name: rule ? said(rule.title) : id, counts };
	});
}

function afterOf({ t }: Reading, columns: CouncilParts['columns']) {
	const row = (key: string, of: (figures: CouncilFigures) => number | null) => ({
		label: t(`council.${key}`),
		counts: columns.map((figures) => of(figures) ?? t('council.unknown')),
	});
	return [
		row('reports_received', ({ reportsReceived }) => reportsReceived),
		row('reports_closed', ({ reportsClosed }) => reportsClosed),
		row('appeals_filed', ({ appeals }) => appeals.filed),
		row('appeals_decided', ({ appeals }) => appeals.decided),
		row('appeals_won', ({ appeals }) => appeals.forPatron),
		row('appeals_days', ({ appeals }) => appeals.medianDays),
		row('appeals_open', ({ appeals }) => appeals.open),
		row('audited', ({ audits }) => audits.read),
		row('audit_disagreed', ({ audits }) => audits.disagreed),
		row('reversals', ({ reversals }) => reversals),
		row('corrections', ({ corrections }) => corrections),
		row('redactions', ({ redactions }) => redactions),
		row('without_end', ({ withoutEnd }) => withoutEnd),
		row('flagged', ({ flaggedByMachine }) => flaggedByMachine),
		row('machine_decided', () => 0),
		row('servers_in', ({ serversLetIn }) => serversLetIn),
		row('servers_refused', ({ serversRefused }) => serversRefused),
		row('servers_kept_away', ({ serversKeptAway }) => serversKeptAway),
		row('rules_changed', ({ rules }) => rules),
	];
}

/** Small multiples of eight quarters, and the table that says the same. */
function trendOf(reading: Reading, trend: CouncilParts['trend']) {
	const { t } = reading;
	const text = (value: number | null): string => (value === null ? t('council.unknown') : String(value));
	const measures: [key: string, of: (figures: CouncilFigures) => number | null][] = [
		['reports_received', ({ reportsReceived }) => reportsReceived],
		['decisions_made', ({ decisions }) => decisions],
		['within_day', ({ withinDay }) => withinDay],
		['reversals', ({ reversals }) => reversals],
		['servers_refused', ({ serversRefused }) => serversRefused],
		['rules_changed', ({ rules }) => rules],
	];
	const quarters = trend.map(({ quarter }) => quarterName(reading, quarter));
	return {
		quarters: trend.map(({ quarter }) => `${quarter.slice(5)} ${quarter.slice(2, 4)}`),
		measures: measures.map(([key, of]) => {
			const values = trend.map(({ figures }) => of(figures));
			const name = t(`council.${key}`);
			const ends = {
				name,
				first: text(values[0] ?? null),
				from: quarters[0]!,
				last: text(values.at(-1) ?? null),
				to: quarters.at(-1)!,
			};
			return {
				...{ name, alt: t('council.chart', ends), values: values.map(text) },
				...drawBars(values, text),
			};
		}),
	};
}

function sumsInWords({ t }: Reading, { months, wrong }: CouncilParts['sums']): string | null {
	if (months === 0) return null;
	return wrong > 0 ? t('council.sums_wrong', { count: wrong }) : t('council.sums_right', { count: months });
}

/** Who signed beside the library: strangers counted, relatives named as such. */
function signedBy({ t }: Reading, witnesses: readonly ShownWitness[]): string {
	const signed = witnesses.filter(({ signed }) => signed !== null);
	const strangers = signed.filter(({ own }) => !own).length;
	if (strangers > 0) return t('council.integrity_witnessed', { count: strangers });
	return t(signed.length > 0 ? 'council.integrity_own' : 'council.integrity_by');
}
