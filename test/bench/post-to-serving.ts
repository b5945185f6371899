import { create } from '../../packages/town/src/test-town.ts';
import { call } from '../e2e/api.ts';
import type { Figure } from './run.ts';

const RUNS = 9;

/** From the POST that makes a branch to the first 200 of its own front page, asked for again and again. */
export async function postToServing(): Promise<Figure[]> {
	const town = await create({ sample: true, libraries: ['OR0063'] });
	const runs: number[] = [];
	try {
		const address = { street: '1 Bench Street', city: 'Portland', region: 'OR', postcode: '97201' };
		for (let run = 0; run < RUNS; run++) {
			const began = performance.now();
			const body = { slug: `bench-${run}`, name: `Bench ${run}`, address };
			const made = await call(town.port, 'POST', '/api/v1/libraries/multnomah/branches', {
				token: town.file.adminToken,
				body,
			});
			if (made.status !== 202) throw new Error(`the branch was not made: ${made.status}`);
			const host = `bench-${run}.multnomah.localhost:${town.port}`;
			for (let status = 0, tries = 0; status !== 200; tries++) {
				if (tries > 2_000) throw new Error('the branch was never served');
				status = (await call(town.port, 'GET', '/', { host })).status;
			}
			runs.push((performance.now() - began) / 1000);
			await town.settle();
		}
	} finally {
		await town.close();
	}
	return [{ name: 'POST of a branch to its first page', unit: 's', runs, goal: 1 }];
}
