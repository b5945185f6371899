import { join } from 'node:path';
import type { Fault } from '../check.ts';
import type { DatabaseHere, Installation, ProcessHere } from './installation.ts';
import { textOf } from './read-place.ts';

const START = 'Start it: npm start';

/** Are these the names in the data folder of a town? */
export const isTown = (names: readonly string[]): boolean =>
	['town.json', 'address.json', 'secrets.json'].some((name) => names.includes(name));

/** Reads what a town wrote down about itself in its data folder. */
export function readTownFolder(folder: string): Installation {
	const { faults, processes } = townOf(folder);
	const password = join(folder, 'postgres', 'password');
	return {
		folder,
		faults: [...faults, ...faultsOfSecrets(folder)],
		secrets: [folder, join(folder, 'secrets.json'), join(folder, 'town.json'), password],
		databases: databaseOf(folder, textOf(password)),
		processes,
		data: [folder],
		homes: join(folder, 'homes'),
		backups: null,
		copiesAway: null,
		door: null,
	};
}

function townOf(folder: string): { faults: Fault[]; processes: ProcessHere[] } {
	const { ready, console: address } = objectIn(join(folder, 'town.json')) ?? {};
	if (typeof address !== 'string' || !URL.canParse(address)) {
		const wrong = 'town.json does not say where the town is: it never came up, or the file is damaged.';
		return { faults: [{ where: 'town', wrong, mend: START }], processes: [] };
	}
	if (ready !== true)
		return { faults: [{ where: 'town', wrong: 'It is not up.', mend: START }], processes: [] };
	const mend = `End it and start it again: npm start. What it says: ${join(folder, 'understory.log')}`;
	return { faults: [], processes: [{ name: 'town', url: new URL(address).origin, mend }] };
}

function faultsOfSecrets(folder: string): Fault[] {
	if (objectIn(join(folder, 'secrets.json')) !== null) return [];
	return [
		{
			where: 'town',
			wrong: 'secrets.json is missing or damaged. Without it the town cannot open what it sealed.',
			mend: `Bring ${join(folder, 'secrets.json')} back from a copy.`,
		},
	];
}

/** The embedded PostgreSQL, while it runs; one of the operator's own is known to the town alone. */
function databaseOf(folder: string, password: string | null): DatabaseHere[] {
	// Its fourth line is the port (PostgreSQL, `miscadmin.h`, LOCK_FILE_LINE_PORT).
	const port = textOf(join(folder, 'postgres', 'data', 'postmaster.pid'))?.split('\n')[3];
	if (!password || !port) return [];
	return [{ role: 'town', url: `postgres://postgres:${password.trim()}@127.0.0.1:${port}/understory` }];
}

/** The object that a JSON file holds; null when there is no such file, or no object in it. */
function objectIn(file: string): Record<string, unknown> | null {
	const text = textOf(file);
	if (text === null) return null;
	try {
		const read: unknown = JSON.parse(text);
		return typeof read === 'object' && read !== null ? (read as Record<string, unknown>) : null;
	} catch {
		return null;
	}
}
