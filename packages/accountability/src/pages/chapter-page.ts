import { FEDERATION_ACTIONS, REQUEST_OUTCOMES } from '@understory/core/statement.ts';
import type { Act } from '../data/act.ts';
import { appealFigures } from '../data/appeal-figures.ts';
import { type Chapter, REQUESTERS, type Told } from '../data/chapters.ts';
import { feedsAt } from '../data/feeds.ts';
import { type OfficialRequest, officialRequests } from '../data/official-requests.ts';
import { actLine, officeName } from './act-page.ts';
import type { Reading } from './reading.ts';
import { statementLine } from './statement-words.ts';

/** Entries that the page shows; all of them are in the files. */
const SHOWN = 100;
const OUTCOMES = [...REQUEST_OUTCOMES, 'open'] as const;
const ALWAYS = { from: '0000-01-01', until: '9999-12-31' };

interface Count {
	readonly label: string;
	readonly count: string;
}

/** `/appeals`, `/federation`, `/requests`: how many there were, all of them counted from public entries, and the newest. */
export function chapterPage(reading: Reading, chapter: Chapter, told: Told) {
	const { t, library } = reading;
	const count = told.statements.length + told.acts.length;
	return {
		title: t(`chapter.${chapter}.title`, { library: library.register.library.name }),
		heading: t(`chapter.${chapter}.heading`),
		lead: t(`chapter.${chapter}.lead`),
		limits: t(`chapter.${chapter}.limits`),
		none: t(`chapter.${chapter}.none`),
		counts: count === 0 ? [] : countsOf(reading, chapter, told),
		newest: count > SHOWN ? t('chapter.newest', { count: SHOWN }) : null,
		lines: told.statements.slice(0, SHOWN).map((statement) => statementLine(reading, statement)),
		acts:
			chapter === 'requests'
				? requestLines(reading, told)
				: told.acts.slice(0, SHOWN).map((act) => ({ ...actLine(reading, act), branch: branchOf(act) })),
		neighborhoods:
			chapter === 'federation'
				? library.register.rosters.map(({ id, name, members }) => ({
						name,
						href: `/neighborhoods/${encodeURIComponent(id)}/roster`,
						members: members.map((member) => member.name).join(', '),
					}))
				: null,
		feeds: feedsAt(`/${chapter}`),
		alternate: {
			at: `/${chapter}`,
			title: t(`chapter.${chapter}.feed`, { library: library.register.library.name }),
		},
	};
}

/** Each question of an office once, with what came of it. */
function requestLines(reading: Reading, { acts }: Told) {
	const { t, date } = reading;
	const actById = new Map(acts.map((act) => [act.entry.id, act]));
	return officialRequests(acts)
		.slice(0, SHOWN)
		.map(({ id, office, on, outcome, days }) => ({
			what: t(`act.official_request.${outcome}`, { office: officeName({ t }, office) }),
			...{ href: `/statements/${id}`, on: date(on), branch: branchOf(actById.get(id)!) },
			days: days === null ? null : t('chapter.requests.days', { count: days }),
		}));
}

function branchOf({ branch, entry }: Act): { name: string; href: string } {
	return { name: branch?.name ?? entry.branch, href: `/branches/${entry.branch}` };
}

function countsOf({ t }: Reading, chapter: Chapter, { statements, acts }: Told): Count[] {
	if (chapter === 'appeals') {
		const { filed, decided, forPatron, open, medianDays } = appealFigures(acts, ALWAYS);
		return [
			{ label: t('council.appeals_filed'), count: String(filed) },
			{ label: t('council.appeals_decided'), count: String(decided) },
			{ label: t('council.appeals_won'), count: String(forPatron) },
			{ label: t('council.appeals_open'), count: String(open) },
			...(medianDays === null ? [] : [{ label: t('council.appeals_days'), count: String(medianDays) }]),
		];
	}
	if (chapter === 'federation') {
		return FEDERATION_ACTIONS.map((action) => ({
			label: t(`chapter.federation.action.${action}`),
			count: String(
				acts.filter(({ entry }) => entry.kind === 'federation' && entry.action === action).length,
			),
		})).filter(({ count }) => count !== '0');
	}
	const decisions = statements.filter(({ entry }) => entry.kind === 'decision');
	const requests = officialRequests(acts);
	const came = (outcome: OfficialRequest['outcome']) =>
		String(requests.filter((request) => request.outcome === outcome).length);
	return [
		...REQUESTERS.map((source) => ({
			label: t(`source_label.${source}`),
			count: String(decisions.filter(({ entry }) => entry.source === source).length),
		})),
		{
			label: t('chapter.requests.left'),
			count: String(decisions.filter(({ entry }) => entry.action.includes('none')).length),
		},
		{ label: t('chapter.requests.asked'), count: String(requests.length) },
		...OUTCOMES.map((outcome) => ({ label: t(`chapter.requests.${outcome}`), count: came(outcome) })),
	];
}
