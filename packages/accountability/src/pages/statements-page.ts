import type { Statement } from '../data/statement.ts';
import type { Reading } from './reading.ts';
import { statementLine } from './statement-words.ts';

/** Decisions that the page shows. */
export const SHOWN = 100;

/** `/statements`: the newest decisions of so many; when there are more than are shown, the file that has all. */
export function statementsPage(reading: Reading, newest: readonly Statement[], count: number) {
	const { t, library } = reading;
	return {
		title: t('statements.title', { library: library.register.library.name }),
		lead: t('statements.lead', { count }),
		newest: count > SHOWN ? t('statements.newest', { count: SHOWN }) : null,
		lines: newest.map((statement) => statementLine(reading, statement)),
	};
}
