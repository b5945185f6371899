import { PARTS } from '../data/choice.ts';
import type { Finder } from '../data/finder.ts';
import type { Statement } from '../data/statement.ts';
import { waysBy } from './found-page.ts';
import type { Reading } from './reading.ts';
import { statementLine } from './statement-words.ts';

/** Decisions that the page shows. */
export const SHOWN = 100;

/** `/statements`: the newest decisions of so many, every way to choose among them with how many there are, and a form for several ways at once. */
export function statementsPage(
	reading: Reading,
	newest: readonly Statement[],
	{ count, finder, hidden }: { readonly count: number; readonly finder: Finder; readonly hidden: boolean },
) {
	const { t, library } = reading;
	return {
		title: t('statements.title', { library: library.register.library.name }),
		lead: t('statements.lead', { count }),
		newest: count > SHOWN ? t('statements.newest', { count: SHOWN }) : null,
		lines: newest.map((statement) => statementLine(reading, statement)),
		hidden,
		choices: PARTS.map((part) => ({
			...{ part, any: t(`found.any.${part}`), label: t(`found.label.${part}`) },
			ways: waysBy(reading, finder, part),
		})),
	};
}
