import { existsSync, readFileSync } from 'node:fs';
import { create } from '../../packages/town/src/test-town.ts';
import { call } from '../e2e/api.ts';
import type { Figure } from './run.ts';

const FILE = new URL(
	'../../../shared/data/libraries/us-imls-pls-fy2019/PLS_FY19_Outlet_pud19i.csv',
	import.meta.url,
);
const RUNS = 3;

/** The whole outlet file of the survey, over the API, into an empty platform. */
export async function importSurveyFile(): Promise<Figure[]> {
	const name = 'import of 17,496 rows of the survey';
	if (!existsSync(FILE))
		return [{ name, unit: 's', runs: [], goal: 10, note: 'the survey file was not beside this checkout.' }];
	const raw = readFileSync(FILE);
	const runs: number[] = [];
	for (let run = 0; run < RUNS; run++) {
		const town = await create();
		const began = performance.now();
		const token = town.file.adminToken;
		const answer = await call(town.port, 'POST', '/api/v1/libraries:import', {
			token,
			raw,
			headers: { 'content-type': 'text/csv' },
		});
		if (answer.status !== 202) throw new Error(`the import was refused: ${answer.status}`);
		await town.settle();
		const { body } = await call(town.port, 'GET', `/api/v1/operations/${answer.body.id}`, { token });
		if (body.state !== 'done' || body.result.created !== 16_812)
			throw new Error(`the import came to ${JSON.stringify(body)}`);
		runs.push((performance.now() - began) / 1000);
		await town.close();
	}
	return [{ name, unit: 's', runs, goal: 10 }];
}
