import { setTimeout as pause } from 'node:timers/promises';
import type { Context } from '../context.ts';
import { branchOfHomes } from '../store/branches.ts';

/** What changes within this time is looked at together, in milliseconds: one change of a Deployment is several, until its pod is as it should be. */
const GATHERED = 1_000;
/** So many homes wait to be looked at; what changes beyond is seen in the next round. */
const MOST = 5_000;

export interface ChangedHomes {
	close(): Promise<void>;
}

/**
 * Has the reconciler look again at homes of which the driver tells that something changed: at one branch of each, as a round does, and at most once a second.
 * That is all that follows. What a look finds, and whether anything is done about it, is the same whoever asked for it, so a change of our own ends with one
 * look that finds nothing.
 */
export function lookAtChangedHomes(
	{ driver, database, log }: Pick<Context, 'driver' | 'database' | 'log'>,
	look: (branches: readonly string[]) => Promise<void>,
): ChangedHomes {
	const waiting = new Set<string>();
	const ending = new AbortController();
	const { signal } = ending;
	let going: Promise<void> | null = null;

	async function lookAtAll(): Promise<void> {
		while (waiting.size > 0) {
			await pause(GATHERED, undefined, { signal }).catch(() => undefined);
			if (signal.aborted) return;
			const homes = [...waiting];
			waiting.clear();
			// Without a database nobody looks at anything, and the round after it is back finds what there is.
			await branchOfHomes(database, homes)
				.then(look)
				.catch((error: unknown) => log.warn('changed_homes_not_looked_at', { error }));
		}
		going = null;
	}

	const watch = driver.watch?.((home) => {
		if (signal.aborted || waiting.size >= MOST) return;
		waiting.add(home);
		going ??= lookAtAll();
	});
	return {
		async close() {
			ending.abort();
			await watch?.close();
			await going;
		},
	};
}
