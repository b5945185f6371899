import { rmSync } from 'node:fs';
import { Agent } from 'node:http';
import type { Role } from '@understory/http/role.ts';
import { type Listening, listen } from '@understory/http/server.ts';
import { createAccountability } from '../../packages/accountability/src/accountability.ts';
import { createContext } from '../../packages/accountability/src/context.ts';
import { writeSite } from '../../packages/accountability/src/site/write-site.ts';
import { call } from '../e2e/api.ts';
import { acceptMany, type BedLibrary, laySite, type SiteBed } from './accountability/bed.ts';
import { answeringCosts } from './answering-costs.ts';
import { read, weigh } from './page-weight.ts';
import type { Figure } from './run.ts';

const BRANCHES = 100;
const STATEMENTS = 10_000;
const REBUILDS = 3;
const ONE_BY_ONE = 20;

/** The site of a hundred branches and ten thousand statements: all of it made anew, one more statement published, and what reading it costs. */
export async function siteRebuild(): Promise<Figure[]> {
	const bed = await laySite(['bench'], BRANCHES);
	try {
		await publishMany(bed);
		const rebuilds: Rebuilt[] = [];
		for (let run = 0; run < REBUILDS; run += 1) rebuilds.push(await rebuild(bed));
		const { files, cpu } = rebuilds.at(-1)!;
		const role = await createAccountability(bed.parts);
		const server = await listen((incoming, response) => role.handle(incoming, response), { port: 0 });
		const agent = new Agent({ keepAlive: true });
		await role.settle();
		const one = await publishOneByOne(bed, { role, server, agent });
		const host = bed.libraries[0]!.site;
		const weight = await weigh((path, accept) => read(server.port, agent, path, { host, accept }));
		const front = await answeringCosts(server.port, host, '/');
		agent.destroy();
		await server.close();
		await role.close();
		return [
			{
				name: 'the site of 100 branches and 10,000 statements made anew',
				unit: 's',
				runs: rebuilds.map(({ seconds }) => seconds),
				goal: 20,
				note: `${files.toLocaleString('en')} files, pages in two languages; ${cpu.toFixed(0)} s of CPU, the rest is waiting for the disk and for a turn.`,
			},
			{
				name: 'one more statement, from its coming in to its page, the front page and the log',
				unit: 'ms',
				runs: one.runs,
				goal: 200,
				note: `${one.cpu.toFixed(0)} ms of CPU; PostgreSQL waits for the disk, and so does the log.`,
			},
			{
				name: 'the first page of that site with all it loads, as it is sent',
				unit: 'KB',
				runs: [weight.sent],
				goal: 60,
				note: `${Math.round(weight.whole)} KB when unpacked; ${weight.files} files.`,
			},
			{
				name: 'that page from its file, CPU',
				unit: 'ms',
				runs: front,
				goal: 0.33,
				note: '0.33 ms of CPU for each are 3,000 a second on one core; another process asks.',
			},
		];
	} finally {
		await bed.close();
	}
}

async function publishMany(bed: SiteBed): Promise<void> {
	const context = await createContext(bed.parts);
	await acceptMany(context.database.db, bed.libraries[0]!, STATEMENTS);
	await context.registers.pull();
	for (const library of context.registers.all()) await context.publisher.publish(library);
	// As PostgreSQL does by itself after a minute.
	await context.database.db.raw('vacuum analyze');
	await context.database.close();
}

interface Rebuilt {
	readonly seconds: number;
	readonly cpu: number;
	readonly files: number;
}

/** Every file of the site, from nothing, by a process that knows nothing of it yet. */
async function rebuild(bed: SiteBed): Promise<Rebuilt> {
	rmSync(bed.libraries[0]!.pages, { recursive: true, force: true });
	const context = await createContext(bed.parts);
	await context.registers.pull();
	const [library] = context.registers.all();
	const before = process.cpuUsage();
	const began = performance.now();
	const files = await writeSite(context, library!);
	const seconds = (performance.now() - began) / 1000;
	const { user, system } = process.cpuUsage(before);
	await context.database.close();
	return { seconds, files, cpu: (user + system) / 1e6 };
}

async function publishOneByOne(
	bed: SiteBed,
	{ role, server, agent }: { role: Role; server: Listening; agent: Agent },
): Promise<{ runs: number[]; cpu: number }> {
	const [{ branches, site }] = bed.libraries as [BedLibrary];
	const { writes } = branches[0]!;
	const runs: number[] = [];
	let cpu = process.cpuUsage();
	const headers = { host: site, accept: 'text/html' };
	for (let run = 0; run <= ONE_BY_ONE; run += 1) {
		const { id, ...submission } = writes.next();
		const began = performance.now();
		const { status } = await call(server.port, 'POST', '/entries', { host: headers.host, body: submission });
		if (status !== 202) throw new Error(`the entry was answered with ${status}`);
		await role.settle();
		for (const path of [`/statements/${id}`, '/']) await read(server.port, agent, path, headers);
		if (run > 0) runs.push(performance.now() - began);
		else cpu = process.cpuUsage();
	}
	const { user, system } = process.cpuUsage(cpu);
	return { runs, cpu: (user + system) / 1000 / ONE_BY_ONE };
}
