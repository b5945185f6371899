import type { Figure } from './run.ts';

const ROW = /^\| (?<name>[^|]+?) \| \d/;
const NOTE = /^- (?<name>[^:]+): /;

/**
 * The page of figures. Those that were measured now replace their lines in `before` (the page as it is) and keep its order; new ones come after.
 * `whole`: nothing is taken from the page as it is, since everything was measured.
 */
export function numbersPage(
	before: string,
	figures: readonly Figure[],
	made: { day: string; machine: string; whole: boolean },
): string {
	const old = made.whole ? [] : before.split('\n');
	const rows = new Map(old.flatMap((line) => named(ROW, line)));
	const notes = new Map(old.flatMap((line) => named(NOTE, line)));
	const twice = figures.find(({ name }, at) => figures.findIndex((other) => other.name === name) !== at);
	if (twice) throw new Error(`two figures are called "${twice.name}"`);
	for (const figure of figures) {
		rows.set(figure.name, row(figure));
		if (figure.note) notes.set(figure.name, `- ${figure.name}: ${figure.note}`);
		else notes.delete(figure.name);
	}
	return [
		'# Numbers',
		'',
		`Made by \`npm run bench -- --write\`, last on ${made.day}. The machine: ${made.machine}; it is shared, so a wide`,
		'span between minimum and maximum is noise. The median is what counts. Each group of figures is measured in a process of its own.',
		'',
		'| what | runs | minimum | median | maximum | goal | met |',
		'|---|---|---|---|---|---|---|',
		...rows.values(),
		'',
		...notes.values(),
		'',
	].join('\n');
}

/** One figure as a line of the table. */
export function row({ name, unit, runs, goal, least }: Figure): string {
	if (runs.length === 0) return `| ${name} | 0 | | not measured | | ${goal} ${unit} | |`;
	const sorted = [...runs].sort((a, b) => a - b);
	const show = (value: number) => `${value.toFixed(value < 1 ? 2 : value < 10 ? 1 : 0)} ${unit}`;
	const median = sorted[Math.floor(sorted.length / 2)]!;
	const met = least ? median >= goal : median <= goal;
	return `| ${name} | ${runs.length} | ${show(sorted[0]!)} | **${show(median)}** | ${show(sorted.at(-1)!)} | ${goal} ${unit} | ${met ? 'yes' : 'no'} |`;
}

function named(shape: RegExp, line: string): [string, string][] {
	const name = shape.exec(line)?.groups?.name;
	return name === undefined ? [] : [[name, line]];
}
