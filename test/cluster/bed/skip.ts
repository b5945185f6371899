import { type Programs, readyPrograms } from './program-cache.ts';

/** The programs of the bed; where there can be no cluster, the suite that asks is skipped and `npm run test:cluster` has said why. */
export async function programsOrSkip(suite: Mocha.Context): Promise<Programs> {
	if (process.env.UNDERSTORY_NO_CLUSTER) suite.skip();
	return readyPrograms(process.env.UNDERSTORY_CLUSTER_CACHE!, () => undefined);
}
