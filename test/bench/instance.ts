import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { listen } from '@understory/http/server.ts';
import type { Figure } from './run.ts';
import { townOfBranches } from './town-of-branches.ts';

const AT_ONCE = 16;
const BATCH = 10_000;
const BATCHES = 5;

/** What apps ask a branch for first, asked by another process: the CPU that this one takes to answer. */
export async function instanceReadings(): Promise<Figure[]> {
	const town = await townOfBranches(1);
	try {
		const branch = await town.open(0);
		const server = await listen((req, res) => branch.handle(req, res), { port: 0 });
		const figures: Figure[] = [];
		for (const path of ['/api/v1/instance', '/api/v2/instance']) {
			const runs: number[] = [];
			for (let batch = 0; batch <= BATCHES; batch += 1) {
				const before = process.cpuUsage();
				await askElsewhere(server.port, new URL(branch.origin).host, path);
				const { user, system } = process.cpuUsage(before);
				if (batch > 0) runs.push((user + system) / 1000 / BATCH);
			}
			const note = `0.1 ms of CPU for each are 10,000 a second on one core; another process asks.`;
			figures.push({ name: `${path}, while nothing changes, CPU`, unit: 'ms', runs, goal: 0.1, note });
		}
		await server.close();
		return figures;
	} finally {
		await town.close();
	}
}

async function askElsewhere(port: number, host: string, path: string): Promise<void> {
	const script = fileURLToPath(new URL('./asking.ts', import.meta.url));
	const words = [port, host, path, BATCH, AT_ONCE].map(String);
	const child = spawn(process.execPath, [script, ...words], { stdio: 'inherit' });
	const [code] = await once(child, 'exit');
	if (code !== 0) throw new Error(`whoever asked ended with ${code}`);
}
