import { csvLines } from './csv-lines.ts';
import type { Statement } from './statement.ts';
import { COLUMNS } from './statement-columns.ts';

/** All statements as CSV (RFC 4180): lines end in CRLF, the first names the columns. No text of anybody is in it. */
export function statementsCsv(statements: readonly Statement[]): string {
	return csvLines([
		COLUMNS.map(({ name }) => name),
		...statements.map((statement) => COLUMNS.map((column) => column.value(statement))),
	]);
}
