/** One row of a CSV file, as RFC 4180 writes it. A cell that a spreadsheet would take for a formula is written as text. */
export function csvRow(cells: readonly string[]): string {
	return `${cells.map(cell).join(',')}\r\n`;
}

function cell(text: string): string {
	const harmless = /^[=+\-\t\r]/.test(text) ? `'${text}` : text;
	return /[",\r\n]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}
