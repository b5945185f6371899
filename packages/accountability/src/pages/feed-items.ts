import type { Feed, FeedItem } from '../data/feeds.ts';
import type { Statement } from '../data/statement.ts';
import type { Reading } from './reading.ts';
import { branchName, ruleTitle, scopeOf, whatWasDone } from './statement-words.ts';

/** The newest statements as both feeds tell them; texts that were withdrawn are not in it. */
export function feedOf(
	reading: Reading,
	statements: readonly Statement[],
	texts: ReadonlyMap<string, ReadonlyMap<string, string>>,
): Feed {
	const { library, t, reader } = reading;
	return {
		library,
		title: t('site.feed', { library: library.register.library.name }),
		language: reader.language,
		items: statements.map((statement) => feedItem(reading, statement, texts.get(statement.entry.id))),
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
		statement,
		title: t('feed.title', { what: whatWasDone(reading, statement), branch: branchName(statement) }),
		text: [...disclosed, text].join('\n\n'),
	};
}
