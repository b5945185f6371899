import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { type Programs, readyPrograms } from './program-cache.ts';

/** What a suite starts a cluster with. */
export interface Bed {
	readonly programs: Programs;
	/** A new folder, which `npm run test:cluster` throws away when nothing is mounted in it any more. */
	readonly folder: string;
}

/** A place for a cluster; where there can be none, the suite that asks is skipped, and `npm run test:cluster` has said why. */
export async function bedOrSkip(suite: Mocha.Context): Promise<Bed> {
	if (process.env.UNDERSTORY_NO_CLUSTER) suite.skip();
	return newBed();
}

/** A place for a cluster in the namespaces of this process, which somebody prepared (`prepared.ts`). */
export async function newBed(): Promise<Bed> {
	const { UNDERSTORY_CLUSTER_CACHE, UNDERSTORY_CLUSTER_FOLDER } = process.env;
	if (!UNDERSTORY_CLUSTER_CACHE || !UNDERSTORY_CLUSTER_FOLDER) {
		throw new Error('Run these tests with `npm run test:cluster`, which gives them namespaces of their own.');
	}
	const programs = await readyPrograms(UNDERSTORY_CLUSTER_CACHE, () => undefined);
	return { programs, folder: mkdtempSync(join(UNDERSTORY_CLUSTER_FOLDER, 'c-')) };
}
