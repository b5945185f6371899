import type { Statement } from '../data/statement.ts';
import type { Reading } from './reading.ts';
import { statementLine } from './statement-words.ts';

const SHOWN = 100;

/** `/statements`: every decision; when there are many, the newest, and the file that has all. */
export function statementsPage(reading: Reading, statements: readonly Statement[]) {
	const { t, library } = reading;
	return {
		title: t('statements.title', { library: library.register.library.name }),
		lead: t('statements.lead', { count: statements.length }),
		newest: statements.length > SHOWN ? t('statements.newest', { count: SHOWN }) : null,
		lines: statements.slice(0, SHOWN).map((statement) => statementLine(reading, statement)),
	};
}
