import { existsSync, readFileSync } from 'node:fs';
import { call } from '../e2e/api.ts';

const FILE = new URL(
	'../../../shared/data/libraries/us-imls-pls-fy2019/PLS_FY19_Outlet_pud19i.csv',
	import.meta.url,
);

/** The outlet file of the survey, when it lies beside this checkout. */
export function surveyFile(): Buffer | null {
	return existsSync(FILE) ? readFileSync(FILE) : null;
}

export const NO_SURVEY = 'the survey file was not beside this checkout.';

/** Sends the file to the platform of a token, all of it or these systems by their FSCS keys. Returns the operation that reads it. */
export async function importInto(
	port: number,
	token: string,
	file: Buffer,
	only: readonly string[] | null = null,
): Promise<string> {
	const path = `/api/v1/libraries:import${only ? `?library=${only.join(',')}` : ''}`;
	const headers = { 'content-type': 'text/csv' };
	const answer = await call(port, 'POST', path, { token, raw: file, headers });
	if (answer.status !== 202) throw new Error(`the import was refused: ${answer.status}`);
	return answer.body.id;
}
