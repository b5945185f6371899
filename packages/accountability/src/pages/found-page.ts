import { addressOf, type Choice, PARTS, type Part } from '../data/choice.ts';
import { feedsAt } from '../data/feeds.ts';
import type { Finder } from '../data/finder.ts';
import { numberedPages } from '../data/paging.ts';
import type { Statement } from '../data/statement.ts';
import { choiceInWords, valueInWords } from './choice-words.ts';
import type { Reading } from './reading.ts';
import { statementLine } from './statement-words.ts';

/** A link to a narrower or wider choice. */
export interface Way {
	readonly value: string;
	readonly name: string;
	readonly href: string;
	readonly count: number;
}

/** Choices that have feeds of their own. */
export function hasFeeds(choice: Choice): boolean {
	const [only, ...others] = Object.keys(choice);
	return others.length === 0 && (only === 'branch' || only === 'rule');
}

/** What a feed of a choice is called. */
export function feedTitle(reading: Reading, choice: Choice): string {
	const what = choiceInWords(reading, choice);
	return reading.t('found.title', { what, library: reading.library.register.library.name });
}

/** `/statements/branch/{host}` and the like: the decisions of a choice, a page at a time, and how to choose narrower and wider. */
export function foundPage(
	reading: Reading,
	asked: { readonly choice: Choice; readonly page: number | null },
	found: { readonly finder: Finder; readonly count: number; readonly shown: readonly Statement[] },
	hidden: boolean,
) {
	const { t } = reading;
	const { choice, page } = asked;
	const what = choiceInWords(reading, choice);
	const last = numberedPages(found.count);
	const older = page === null ? last : page - 1;
	return {
		title: feedTitle(reading, choice),
		heading: t('found.heading', { what }),
		lead: found.count === 0 ? t('found.none') : t('statements.lead', { count: found.count }),
		place: page === null ? null : t('found.page', { page, pages: last }),
		hidden,
		lines: found.shown.map((statement) => statementLine(reading, statement)),
		without: PARTS.filter((part) => choice[part] !== undefined && Object.keys(choice).length > 1).map(
			(part) => {
				const { [part]: value, ...rest } = choice;
				return {
					name: t('found.without', { what: valueInWords(reading, part, value!) }),
					href: addressOf(rest),
				};
			},
		),
		narrower: narrowBy(choice).map((part) => ({
			id: `by-${part}`,
			heading: t(`found.by.${part}`),
			ways: waysBy(reading, found.finder, part, choice),
		})),
		older: older >= 1 ? addressOf(choice, older) : null,
		newer: page === null ? null : addressOf(choice, page < last ? page + 1 : null),
		...(hasFeeds(choice) && found.count > 0
			? {
					feeds: feedsAt(addressOf(choice)),
					alternate: { at: addressOf(choice), title: feedTitle(reading, choice) },
				}
			: {}),
	};
}

/** A branch is told by quarters and a quarter by branches, since these have files; everything else is chosen in the form. */
function narrowBy(choice: Choice): Part[] {
	const named = Object.keys(choice);
	if (named.length !== 1) return [];
	return named[0] === 'branch' ? ['quarter'] : named[0] === 'quarter' ? ['branch'] : [];
}

/** Links to all values of a part that any decision of the choice has, with how many: quarters by time, the newest first, others by name. */
export function waysBy(reading: Reading, finder: Finder, part: Part, choice?: Choice): Way[] {
	const ways = [...finder.counts(part, choice)].map(([value, count]) => ({
		...{ value, count, name: valueInWords(reading, part, value) },
		href: addressOf({ ...choice, [part]: value }),
	}));
	const { language } = reading.reader;
	ways.sort((a, b) =>
		part === 'quarter'
			? a.value < b.value
				? 1
				: -1
			: a.name.localeCompare(b.name, language) || (a.value < b.value ? -1 : 1),
	);
	return ways;
}
