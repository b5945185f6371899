import { listen } from '@understory/http/server.ts';
import { answeringCosts } from './answering-costs.ts';
import type { Figure } from './run.ts';
import { townOfBranches } from './town-of-branches.ts';

/** What apps ask a branch for first, asked by another process: the CPU that this one takes to answer. */
export async function instanceReadings(): Promise<Figure[]> {
	const town = await townOfBranches(1);
	try {
		const branch = await town.open(0);
		const server = await listen((req, res) => branch.handle(req, res), { port: 0 });
		const figures: Figure[] = [];
		for (const path of ['/api/v1/instance', '/api/v2/instance']) {
			const runs = await answeringCosts(server.port, new URL(branch.origin).host, path);
			const note = `0.1 ms of CPU for each are 10,000 a second on one core; another process asks.`;
			figures.push({ name: `${path}, while nothing changes, CPU`, unit: 'ms', runs, goal: 0.1, note });
		}
		await server.close();
		return figures;
	} finally {
		await town.close();
	}
}
