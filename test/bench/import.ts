import { create } from '../../packages/town/src/test-town.ts';
import { call } from '../e2e/api.ts';
import type { Figure } from './run.ts';
import { importInto, NO_SURVEY, surveyFile } from './survey.ts';

const RUNS = 3;

/** The whole outlet file of the survey, over the API, into an empty platform. */
export async function importSurveyFile(): Promise<Figure[]> {
	const name = 'import of 17,496 rows of the survey';
	const file = surveyFile();
	if (!file) return [{ name, unit: 's', runs: [], goal: 10, note: NO_SURVEY }];
	const runs: number[] = [];
	for (let run = 0; run < RUNS; run++) {
		const town = await create();
		const began = performance.now();
		const token = town.file.adminToken;
		const operation = await importInto(town.port, token, file);
		await town.settle();
		const { body } = await call(town.port, 'GET', `/api/v1/operations/${operation}`, { token });
		if (body.state !== 'done' || body.result.created !== 16_812)
			throw new Error(`the import came to ${JSON.stringify(body)}`);
		runs.push((performance.now() - began) / 1000);
		await town.close();
	}
	return [{ name, unit: 's', runs, goal: 10 }];
}
