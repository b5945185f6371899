import type { Statement } from './statement.ts';
import { type Cell, COLUMNS } from './statement-columns.ts';

/** All statements as CSV (RFC 4180): lines end in CRLF, the first names the columns. No text of anybody is in it. */
export function statementsCsv(statements: readonly Statement[]): string {
	const lines = [
		COLUMNS.map(({ name }) => name),
		...statements.map((statement) => COLUMNS.map((column) => column.value(statement))),
	];
	return lines.map((cells) => `${cells.map(field).join(',')}\r\n`).join('');
}

function field(cell: Cell): string {
	const text = cell === null ? '' : Array.isArray(cell) ? cell.join(' ') : String(cell);
	// A cell that a spreadsheet would take for a formula is kept from being one.
	const safe = /^[=+@\t\r-]/.test(text) ? `'${text}` : text;
	return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
