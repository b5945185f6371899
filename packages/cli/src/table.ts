export type Row = Readonly<Record<string, string | number | null>>;

/**
 * Rows as aligned columns with a line of headings; numbers stand to the right, an empty cell is a dash. Control characters of what others
 * wrote are shown and not obeyed, so that no name can move the cursor.
 */
export function tableText(columns: readonly string[], rows: readonly Row[]): string {
	const cells = rows.map((row) => columns.map((column) => cellText(row[column])));
	const widths = columns.map((column, at) =>
		Math.max(width(column), ...cells.map((line) => width(line[at]!))),
	);
	const right = columns.map(
		(column) => rows.length > 0 && rows.every((row) => typeof row[column] === 'number'),
	);
	const line = (texts: readonly string[]) =>
		texts
			.map((text, at) => {
				const room = ' '.repeat(widths[at]! - width(text));
				return right[at] ? `${room}${text}` : `${text}${room}`;
			})
			.join('  ')
			.trimEnd();
	return [line(columns.map((column) => column.toUpperCase())), ...cells.map(line), ''].join('\n');
}

function cellText(value: string | number | null | undefined): string {
	if (value === null || value === undefined || value === '') return '-';
	return plain(String(value));
}

/** Text of others on one line of a terminal. */
export function plain(text: string): string {
	return text.replace(/\p{Cc}+/gu, ' ').replace(/[\u202A-\u202E\u2066-\u2069]/g, '');
}

const segmenter = new Intl.Segmenter();

/** Letters as they are seen; `José` has four, however it is written. */
function width(text: string): number {
	return [...segmenter.segment(text)].length;
}
