import { spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { fileURLToPath } from 'node:url';
import { boardPage } from './board-page.ts';
import { branchMemory } from './branch-memory.ts';
import { costOfBranches } from './cost-of-branches.ts';
import { dedicatedBranches } from './dedicated-branches.ts';
import { dedicatedHomeMemory } from './dedicated-home-memory.ts';
import { defederation } from './defederation.ts';
import { firstPages } from './first-pages.ts';
import { fullSweep } from './full-sweep.ts';
import { importSurveyFile } from './import.ts';
import { instanceReadings } from './instance.ts';
import { issuers } from './issuers.ts';
import { logPublishing } from './log-publishing.ts';
import { numbersPage, row } from './numbers-page.ts';
import { postToServing } from './post-to-serving.ts';
import { publicReadings } from './public-readings.ts';
import { reportQueue } from './report-queue.ts';
import { sharedBranches } from './shared-branches.ts';
import { signInCost } from './sign-in-cost.ts';
import { signIns } from './sign-ins.ts';
import { signedDeliveries } from './signed-deliveries.ts';
import { sip2Answers } from './sip2-answers.ts';
import { siteRebuild } from './site-rebuild.ts';
import { startAndMemory } from './start.ts';
import { toHundredBranches } from './to-hundred-branches.ts';

/** One figure: every run of it, and the goal it is held against. A figure that cannot be measured here says why. */
export interface Figure {
	readonly name: string;
	readonly unit: 'ms' | 's' | 'MB' | 'KB' | 'a second';
	readonly runs: readonly number[];
	readonly goal: number;
	/** Is the goal the least it should be, and not the most? */
	readonly least?: boolean;
	readonly note?: string;
}

const MEASURES = [
	branchMemory,
	startAndMemory,
	postToServing,
	sharedBranches,
	dedicatedHomeMemory,
	dedicatedBranches,
	costOfBranches,
	fullSweep,
	firstPages,
	importSurveyFile,
	toHundredBranches,
	signedDeliveries,
	publicReadings,
	instanceReadings,
	boardPage,
	reportQueue,
	defederation,
	signInCost,
	signIns,
	issuers,
	logPublishing,
	siteRebuild,
	sip2Answers,
];
/** What a measurement's own process sends its figures with. */
const CHILD = '--figures-to-parent';
const PAGE = new URL('../../docs/numbers.md', import.meta.url);

const words = process.argv.slice(2);
/** Only these, by the names above; without any, all. */
const wanted = words.filter((word) => !word.startsWith('--'));
if (words.includes(CHILD)) await measureHere(wanted[0]!);
else await measureEach();

async function measureHere(name: string): Promise<void> {
	const figures = await MEASURES.find((measure) => measure.name === name)!();
	await new Promise<void>((sent, failed) =>
		process.send!(figures, undefined, undefined, (error) => (error ? failed(error) : sent())),
	);
	// What a measurement started and did not end is not worth waiting for.
	process.exit(0);
}

/** One after the other, each in a process of its own: what one leaves behind in memory would be measured with the next. */
async function measureEach(): Promise<void> {
	const unknown = wanted.filter((name) => !MEASURES.some((measure) => measure.name === name));
	if (unknown.length > 0) {
		console.error(
			`There is no ${unknown.join(', ')}. There are: ${MEASURES.map(({ name }) => name).join(', ')}.`,
		);
		process.exitCode = 2;
		return;
	}
	const figures: Figure[] = [];
	for (const { name } of MEASURES) {
		if (wanted.length > 0 && !wanted.includes(name)) continue;
		const measured = await measuredApart(name);
		figures.push(...measured);
		for (const figure of measured) console.log(row(figure));
	}
	const machine = `${cpus().length} cores (${cpus()[0]?.model.trim()}), ${Math.round(totalmem() / 2 ** 30)} GiB, ${process.platform} ${process.arch}, Node ${process.versions.node}`;
	const day = new Date().toISOString().slice(0, 10);
	const page = numbersPage(readFileSync(PAGE, 'utf8'), figures, { day, machine, whole: wanted.length === 0 });
	if (words.includes('--write')) writeFileSync(PAGE, page);
}

function measuredApart(name: string): Promise<readonly Figure[]> {
	const child = spawn(process.execPath, [...process.execArgv, fileURLToPath(import.meta.url), name, CHILD], {
		stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
	});
	return new Promise((settle, fail) => {
		let figures: readonly Figure[] | undefined;
		child.on('message', (message) => {
			figures = message as readonly Figure[];
		});
		child.on('error', fail);
		child.on('close', (code) => {
			if (figures && code === 0) settle(figures);
			else fail(new Error(`${name} ended with ${code} and without a figure`));
		});
	});
}
