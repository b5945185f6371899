import { setTimeout as pause } from 'node:timers/promises';
import { createInternalClient } from '@understory/outgoing/outgoing.ts';
import { openDatabase } from '../../packages/provisioner/src/store/database.ts';
import { startTestHome, type TestHome } from '../../packages/provisioner/test/fixtures/test-home.ts';
import { call } from '../e2e/api.ts';
import { chartFlags } from './chart-flags.ts';
import { consolePages, slowest } from './console-pages.ts';
import { type Bed, layBed } from './platform/bed.ts';
import { mostMemory } from './process-memory.ts';
import type { Figure } from './run.ts';
import { importInto, NO_SURVEY, surveyFile } from './survey.ts';

const RUNS = 3;
/** Libraries that are provisioned at once. */
const AT_ONCE = 100;

/**
 * Every branch of the survey provisioned, in shared homes of a thousand; then a provisioner that is started anew on that, with the chart's limits, glances
 * at each of them and finds nothing to do, and shows pages of its console. The homes are those of the provisioner's tests. `only`: these systems alone, by their FSCS keys.
 */
export async function fullSweep(only: readonly string[] | null = null): Promise<Figure[]> {
	const whole = {
		name: 'a sweep over every branch of the survey without change',
		unit: 's',
		goal: 60,
	} as const;
	const file = surveyFile();
	if (!file) return [{ ...whole, runs: [], note: NO_SURVEY }];
	const internal = createInternalClient({ town: true });
	const homes = new Map<string, TestHome>();
	const bed = await layBed(async ({ name, enrolmentToken }) => {
		const home = homes.get(name) ?? (await startTestHome({ outgoing: internal, now: Date.now, name }));
		homes.set(name, home);
		// After a restart homes are wanted before the provisioner listens.
		while (!(await call(bed.port, 'GET', '/healthz').catch(() => null))) await pause(100);
		await home.enrol(`http://127.0.0.1:${bed.port}`, enrolmentToken);
	});
	const wishes = () => [...homes.values()].reduce((sum, { taken }) => sum + taken.length, 0);
	try {
		const slug = await provisionAll(bed, file, only);
		const flags = await chartFlags('platform', 'understory-provisioner');
		await bed.restart(flags.split(' '));
		const { provisioner } = bed;
		await provisioner.act('settle');
		const branches = await branchesInSync(bed);
		const sent = wishes();
		const full: number[] = [];
		const memory: number[] = [];
		const minutes: number[] = [];
		for (let run = 0; run < RUNS; run += 1) {
			minutes.push((await provisioner.act('sweep')) / 1000);
			const most = await mostMemory(provisioner.pid, async () => {
				full.push((await provisioner.act('glanceAtAll')) / 1000);
			});
			memory.push(most);
		}
		const pages: number[] = [];
		for (let run = 0; run < RUNS; run += 1) pages.push(slowest(await consolePages(bed, internal, slug)));
		if ((await branchesInSync(bed)) !== branches || wishes() !== sent)
			throw new Error('the sweep changed something');
		const many = branches.toLocaleString('en');
		return [
			{
				...whole,
				runs: full,
				note: `${many} branches in ${homes.size} shared homes, each read with its conditions, its intent and what is under way, its home seen through the driver for one machine, and compared with what a pass over it would do and tell; none had to be looked at. The homes are those of the provisioner's tests: they speak its protocol over HTTP, and keep no folders. PostgreSQL waits for the disk.`,
			},
			{
				name: 'memory of the provisioner while it does so',
				unit: 'MB',
				runs: memory,
				goal: 300,
				note: `its resident set at the highest, with the program's own pages; started with the chart's ${flags}.`,
			},
			{
				name: 'the sweep of every minute over as many branches',
				unit: 's',
				runs: minutes,
				goal: 2,
				note: 'it looks for branches that are behind, at one branch of each home, and glances at a sixtieth of all; homes report the others by themselves.',
			},
			{
				name: `a page of the console with ${many} branches, 95th percentile`,
				unit: 'ms',
				runs: pages,
				goal: 50,
				note: `of nineteen pages of the platform, of the library with the most branches, and of one of them; one after the other, as they come from the provisioner, started as above.`,
			},
		];
	} finally {
		await bed.close();
		await Promise.all([...homes.values()].map((home) => home.close()));
		await internal.close();
	}
}

/** Imports the file and has every library of it provisioned over the API. Returns the slug of the one with the most branches. */
async function provisionAll(bed: Bed, file: Buffer, only: readonly string[] | null): Promise<string> {
	await importInto(bed.port, bed.adminToken, file, only);
	await bed.provisioner.act('settle');
	for (let after = ''; ; ) {
		const { items } = await bed.made('GET', `/libraries?limit=${AT_ONCE}${after && `&after=${after}`}`);
		const slugs: string[] = items.map(({ slug }: { slug: string }) => slug);
		for (const slug of slugs) await bed.made('POST', `/libraries/${slug}/operations`, { kind: 'provision' });
		await bed.provisioner.act('settle');
		if (slugs.length < AT_ONCE) return largestLibrary(bed);
		after = slugs.at(-1)!;
	}
}

async function largestLibrary({ databaseUrl }: Bed): Promise<string> {
	const database = await openDatabase(databaseUrl);
	try {
		const row = await database('branch')
			.join('library', 'library.id', 'branch.library')
			.groupBy('library.slug')
			.orderByRaw('count(*) desc, library.slug')
			.first<{ slug: string }>('library.slug');
		return row.slug;
	} finally {
		await database.destroy();
	}
}

/** How many branches are served as they are wanted. Throws when one that is to be served is not. */
async function branchesInSync({ databaseUrl }: Bed): Promise<number> {
	const database = await openDatabase(databaseUrl);
	try {
		const served = () => database('branch').whereNot('stage', 'listed');
		const count = async (query: ReturnType<typeof served>) =>
			Number((await query.count({ n: '*' }).first<{ n: string }>()).n);
		const all = await count(served());
		const good = await count(
			served()
				.join('condition', 'condition.branch', 'branch.id')
				.where({ 'condition.type': 'Available', 'condition.status': 'True' }),
		);
		if (all !== good) throw new Error(`${good} of ${all} branches are served`);
		return all;
	} finally {
		await database.destroy();
	}
}
