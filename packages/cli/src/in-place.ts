/**
 * Writes texts of several lines over one another on a terminal of that many columns. Each line is cut to the width: one that goes on in the next
 * line would be counted as one, and the next text would not cover it.
 */
export function inPlace(out: (text: string) => void, columns: number): (text: string) => void {
	let lines = 0;
	return (text) => {
		const cut = text.split('\n').map((line) => shortened(line, columns));
		const back = lines === 0 ? '' : `\u001b[${lines}A\u001b[J`;
		lines = cut.length - 1;
		out(back + cut.join('\n'));
	};
}

const segmenter = new Intl.Segmenter();

function shortened(line: string, columns: number): string {
	const letters = [...segmenter.segment(line)];
	if (letters.length < columns) return line;
	return `${letters
		.slice(0, Math.max(0, columns - 2))
		.map(({ segment }) => segment)
		.join('')}…`;
}
