import type { Act } from '../data/act.ts';
import type { Feed, FeedItem } from '../data/feeds.ts';
import type { Statement } from '../data/statement.ts';
import { placeOf } from '../store/entries.ts';
import { actInWords } from './act-page.ts';
import type { Reading } from './reading.ts';
import { branchName, ruleTitle, scopeOf, whatWasDone } from './statement-words.ts';

/** The newest statements and other entries of a page, as both its feeds tell them; texts that were withdrawn are not in it. */
export function feedOf(
	reading: Reading,
	{
		statements,
		acts,
		most,
		...page
	}: Pick<Feed, 'at' | 'title'> & {
		readonly statements: readonly Statement[];
		readonly acts: readonly Act[];
		readonly most: number;
	},
	texts: ReadonlyMap<string, ReadonlyMap<string, string>>,
): Feed {
	const { library, reader } = reading;
	return {
		library,
		...page,
		language: reader.language,
		items: [
			...statements.map((one) => ({ one, item: feedItem(reading, one, texts.get(one.entry.id)) })),
			...acts.map((one) => ({ one, item: actItem(reading, one, texts.get(one.entry.id)) })),
		]
			.sort((a, b) => placeOf(b.one.row) - placeOf(a.one.row))
			.slice(0, most)
			.map(({ item }) => item),
	};
}

function feedItem(
	reading: Reading,
	statement: Statement,
	texts: ReadonlyMap<string, string> | undefined,
): FeedItem {
	const { t, date } = reading;
	const { entry } = statement;
	const text = t('feed.text', {
		rule: ruleTitle(reading, statement),
		version: entry.rule.version,
		date: date(entry.decided_on),
		scope: scopeOf(reading, statement).label,
	});
	const disclosed = ['facts', 'explanation'].flatMap((name) => texts?.get(name) ?? []);
	return {
		...{ id: entry.id, url: statement.url, day: dayOf(statement) },
		tags: [entry.rule.id, ...entry.action],
		title: t('feed.title', { what: whatWasDone(reading, statement), branch: branchName(statement) }),
		text: [...disclosed, text].join('\n\n'),
	};
}

function actItem(reading: Reading, act: Act, texts: ReadonlyMap<string, string> | undefined): FeedItem {
	const { t, date, library } = reading;
	const { entry, branch } = act;
	const said = [...(texts?.values() ?? []), date(entry.decided_on)];
	return {
		...{ id: entry.id, url: `${library.origin}/statements/${entry.id}`, day: dayOf(act) },
		tags: [entry.kind],
		title: t('feed.title', { what: actInWords(reading, act), branch: branch?.name ?? entry.branch }),
		text: said.join('\n\n'),
	};
}

function dayOf({ row, entry }: Pick<Act | Statement, 'row' | 'entry'>): string {
	return row.published_on ?? entry.decided_on;
}
