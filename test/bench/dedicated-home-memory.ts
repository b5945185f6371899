import { setTimeout as pause } from 'node:timers/promises';
import { freePort } from '../../packages/town/src/postgres-process.ts';
import { call } from '../e2e/api.ts';
import { DOMAIN } from '../e2e/platform/bed.ts';
import { type RoleProcess, startRole } from '../e2e/platform/role-process.ts';
import { chartFlags } from './chart-flags.ts';
import { layOut } from './laid-out.ts';
import { layBed } from './platform/bed.ts';
import { memoryOf, type ProcessMemory } from './process-memory.ts';
import type { Figure } from './run.ts';

const RUNS = 3;
const PAGES = ['/', '/about', '/rules'];

/**
 * A home with one branch, started from what the image holds as the chart for dedicated homes starts it: what its process has in memory when somebody has read its pages and then nobody
 * asked for anything for a while. One home runs at a time. `idleSeconds`: how long that is.
 */
export async function dedicatedHomeMemory(idleSeconds = 60): Promise<Figure[]> {
	const flags = await chartFlags('branch');
	const nobody = `127.0.0.1:${await freePort()}`;
	let home: RoleProcess | null = null;
	const bed = await layBed(async ({ name, enrolmentToken }) => {
		const port = await freePort();
		const address = `http://127.0.0.1:${port}`;
		const started = startRole('home', {
			folder: `${bed.folder}/${name}`,
			port,
			words: programs,
			variables: {
				NODE_ENV: 'production',
				NODE_DISABLE_COMPILE_CACHE: '1',
				NODE_OPTIONS: flags,
				UNDERSTORY_HOME_NAME: name,
				UNDERSTORY_INTERNAL_URL: address,
				UNDERSTORY_PLATFORM_URL: `http://127.0.0.1:${bed.port}`,
				UNDERSTORY_DOMAIN: DOMAIN,
				UNDERSTORY_EDGE: nobody,
				UNDERSTORY_TRUST_PROXY: '127.0.0.1',
			},
			secrets: { 'enrolment-token': enrolmentToken },
		});
		home = started;
		while ((await started.ready())?.status !== 200) await pause(100);
	});
	const programs = layOut(`${bed.folder}/image`);
	const looks: ProcessMemory[] = [];
	try {
		const zone = 'America/Los_Angeles';
		await bed.made('POST', '/libraries', { slug: 'bench', name: 'Bench Library', region: 'OR', zone });
		for (let run = 0; run < RUNS; run += 1) {
			const running = await dedicatedBranch(bed, `bench-${run}`, () => home!);
			await pause(idleSeconds * 1000);
			looks.push(memoryOf(running.pid));
			await running.end('SIGTERM');
		}
	} finally {
		await (home as RoleProcess | null)?.end('SIGKILL');
		await bed.close();
	}
	const mean = (of: keyof ProcessMemory) =>
		Math.round(looks.reduce((sum, look) => sum + look[of], 0) / looks.length);
	return [
		{
			name: 'memory of an idle dedicated home',
			unit: 'MB',
			runs: looks.map(({ proportional }) => proportional),
			goal: 100,
			note: `proportional set size after ${idleSeconds} seconds without a request, started as the image does, with the chart's ${flags}; ${mean('anonymous')} MB are its own. The program's pages are shared with the other processes of Node on the machine, as homes on one node share them; alone it has ${mean('resident')} MB.`,
		},
	];
}

/** Makes a branch with a home of its own, and reads its pages once. Returns the home's process. */
async function dedicatedBranch(
	bed: Awaited<ReturnType<typeof layBed>>,
	slug: string,
	home: () => RoleProcess,
): Promise<RoleProcess> {
	const address = { street: '1 Bench Street', city: 'Portland', region: 'OR', postcode: '97201' };
	const branch = { slug, name: 'Bench', address, home: 'dedicated' };
	const { id } = await bed.made('POST', '/libraries/bench/branches', branch);
	await bed.provisioner.act('settle');
	const { state, problem } = await bed.made('GET', `/operations/${id}`);
	if (state !== 'done') throw new Error(`the branch is ${state}: ${JSON.stringify(problem)}`);
	for (const path of PAGES) {
		const { status } = await call(home().port, 'GET', path, {
			host: `${slug}.bench.${DOMAIN}`,
			headers: { accept: 'text/html', 'x-forwarded-for': '203.0.113.9', 'x-forwarded-proto': 'https' },
		});
		if (status !== 200) throw new Error(`${path} answered ${status}`);
	}
	return home();
}
