import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { openRegistry } from '@understory/home/registry.ts';
import { listen } from '@understory/http/server.ts';
import { call } from '../e2e/api.ts';
import { memoryOf } from './process-memory.ts';
import type { Figure } from './run.ts';
import { townOfBranches } from './town-of-branches.ts';

const IDLE = 2_000;
const WARM = 10;
/** Opened between two looks at the memory, and how many looks: what one look says of 40 branches is as much the collector's mood as theirs. */
const OPEN = 40;
const LOOKS = 3;

/** What a home's process grows by for each branch it knows, and for each whose folder is open and was read by somebody. */
export async function branchMemory(): Promise<Figure[]> {
	const town = await townOfBranches(WARM + OPEN * LOOKS);
	try {
		const opened = new Map<string, Awaited<ReturnType<typeof town.open>>>();
		const server = await listen((req, res) => opened.get(req.headers.host!)!.handle(req, res), { port: 0 });
		const use = async (at: number) => {
			const branch = await town.open(at);
			const { host } = new URL(branch.origin);
			opened.set(host, branch);
			await branch.work();
			for (const path of ['/', '/about', '/rules']) {
				const { status } = await call(server.port, 'GET', path, { host, headers: { accept: 'text/html' } });
				if (status !== 200) throw new Error(`${path} answered ${status}`);
			}
		};
		for (let at = 0; at < WARM; at += 1) await use(at);
		const open: number[] = [];
		for (let from = WARM; from < WARM + OPEN * LOOKS; from += OPEN) {
			const before = resident();
			for (let at = from; at < from + OPEN; at += 1) await use(at);
			open.push((resident() - before) / OPEN);
		}
		await server.close();
		return [
			{
				name: 'memory for each more idle branch of a home',
				unit: 'MB',
				runs: [idle(town.desired(0))],
				goal: 0.5,
			},
			{ name: 'memory for each more open branch of a home', unit: 'MB', runs: open, goal: 2 },
		];
	} finally {
		await town.close();
	}
}

/** A home that knows many branches, none of which is open: it holds their documents. */
function idle(desired: Parameters<ReturnType<typeof openRegistry>['keep']>[0]): number {
	const folder = mkdtempSync(join(tmpdir(), 'understory-bench-'));
	const before = resident();
	const registry = openRegistry(folder);
	for (let at = 0; at < IDLE; at += 1) {
		const origin = `http://idle-${at}.bench.localhost:4000`;
		const own = JSON.parse(JSON.stringify(desired)) as typeof desired;
		registry.keep({ ...own, branch: { ...own.branch, id: `idle-${at}`, origin } });
	}
	const grown = resident() - before;
	if (registry.all().length !== IDLE) throw new Error('the registry forgot some');
	rmSync(folder, { recursive: true, force: true });
	return Math.max(0, grown) / IDLE;
}

/** Memory of this process alone, in MB, after what nobody needs was thrown away. */
function resident(): number {
	setFlagsFromString('--expose-gc');
	const collect = runInNewContext('gc') as () => void;
	for (let round = 0; round < 3; round += 1) collect();
	return memoryOf('self').proportional;
}
