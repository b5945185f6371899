import { writeFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { boardPage } from './board-page.ts';
import { branchMemory } from './branch-memory.ts';
import { firstPages } from './first-pages.ts';
import { importSurveyFile } from './import.ts';
import { instanceReadings } from './instance.ts';
import { postToServing } from './post-to-serving.ts';
import { publicReadings } from './public-readings.ts';
import { signedDeliveries } from './signed-deliveries.ts';
import { sip2Answers } from './sip2-answers.ts';
import { startAndMemory } from './start.ts';
import { toHundredBranches } from './to-hundred-branches.ts';

/** One figure: every run of it, and the goal it is held against. A figure that cannot be measured here says why. */
export interface Figure {
	readonly name: string;
	readonly unit: 'ms' | 's' | 'MB' | 'KB';
	readonly runs: readonly number[];
	readonly goal: number;
	readonly note?: string;
}

const figures: Figure[] = [];
/** Only these, by the names below; without any, all. */
const wanted = process.argv.slice(2).filter((word) => !word.startsWith('--'));
// Memory first: what later ones leave behind would hide what is asked for here.
for (const measure of [
	branchMemory,
	startAndMemory,
	postToServing,
	firstPages,
	importSurveyFile,
	toHundredBranches,
	signedDeliveries,
	publicReadings,
	instanceReadings,
	boardPage,
	sip2Answers,
]) {
	if (wanted.length > 0 && !wanted.includes(measure.name)) continue;
	for (const figure of await measure()) {
		figures.push(figure);
		console.log(row(figure));
	}
}
const machine = `${cpus().length} cores (${cpus()[0]?.model.trim()}), ${Math.round(totalmem() / 2 ** 30)} GiB, ${process.platform} ${process.arch}, Node ${process.versions.node}`;
const table = [
	'# Numbers',
	'',
	`Made by \`npm run bench -- --write\` on ${new Date().toISOString().slice(0, 10)}. The machine: ${machine}; it is shared, so a wide`,
	'span between minimum and maximum is noise. The median is what counts.',
	'',
	'| what | runs | minimum | median | maximum | goal | met |',
	'|---|---|---|---|---|---|---|',
	...figures.map(row),
	'',
	...figures.flatMap((figure) => (figure.note ? [`- ${figure.name}: ${figure.note}`] : [])),
	'',
].join('\n');
console.log(`\n${table}`);
if (process.argv.includes('--write') && wanted.length === 0)
	writeFileSync(new URL('../../docs/numbers.md', import.meta.url), table);

function row({ name, unit, runs, goal }: Figure): string {
	if (runs.length === 0) return `| ${name} | 0 | | not measured | | ${goal} ${unit} | |`;
	const sorted = [...runs].sort((a, b) => a - b);
	const show = (value: number) => `${value.toFixed(value < 1 ? 2 : value < 10 ? 1 : 0)} ${unit}`;
	const median = sorted[Math.floor(sorted.length / 2)]!;
	return `| ${name} | ${runs.length} | ${show(sorted[0]!)} | **${show(median)}** | ${show(sorted.at(-1)!)} | ${goal} ${unit} | ${median <= goal ? 'yes' : 'no'} |`;
}
