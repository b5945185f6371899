import { FEDERATION_ACTIONS } from '@understory/core/statement.ts';
import { appealFigures } from '../data/appeal-figures.ts';
import { type Chapter, REQUESTERS, type Told } from '../data/chapters.ts';
import { feedsAt } from '../data/feeds.ts';
import { actLine } from './act-page.ts';
import type { Reading } from './reading.ts';
import { statementLine } from './statement-words.ts';

/** Entries that the page shows; all of them are in the files. */
const SHOWN = 100;
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
		acts: told.acts.slice(0, SHOWN).map((act) => ({
			...actLine(reading, act),
			branch: { name: act.branch?.name ?? act.entry.branch, href: `/branches/${act.entry.branch}` },
		})),
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
	return [
		...REQUESTERS.map((source) => ({
			label: t(`source_label.${source}`),
			count: String(decisions.filter(({ entry }) => entry.source === source).length),
		})),
		{
			label: t('chapter.requests.left'),
			count: String(decisions.filter(({ entry }) => entry.action.includes('none')).length),
		},
	];
}
