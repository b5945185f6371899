/** One row of a CSV file, as RFC 4180 writes it. A cell that a spreadsheet would take for a formula is written as text. */
export function csvRow(cells: readonly string[]): string {
	return `${cells.map(cell).join(',')}\r\n`;
}

/** What a cell said before `csvRow` kept it from being a formula; any other cell as it is. */
export function plainCell(text: string): string {
	return FORMULA_AS_TEXT.test(text) ? text.slice(1) : text;
}

/** With apostrophes before it, too, so that taking one away always gives back what was there. */
const FORMULA = /^'*[=+\-\t\r]/;
const FORMULA_AS_TEXT = /^'+[=+\-\t\r]/;

function cell(text: string): string {
	const harmless = FORMULA.test(text) ? `'${text}` : text;
	return /[",\r\n]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}
