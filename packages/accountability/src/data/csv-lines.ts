import type { Cell } from './statement-columns.ts';

/** Rows as CSV (RFC 4180): lines end in CRLF. A list in a cell is its items with spaces between. */
export function csvLines(rows: readonly (readonly Cell[])[]): string {
	return rows.map((cells) => `${cells.map(field).join(',')}\r\n`).join('');
}

function field(cell: Cell): string {
	const text = cell === null ? '' : Array.isArray(cell) ? cell.join(' ') : String(cell);
	// A cell that a spreadsheet would take for a formula is kept from being one; a number below zero is none.
	const safe = typeof cell !== 'number' && /^[=+@\t\r-]/.test(text) ? `'${text}` : text;
	return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
