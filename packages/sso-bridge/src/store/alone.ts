import type { Database } from './database.ts';

/** Space for the locks of this file among all advisory locks of the schema. */
const SPACE = 4;

/**
 * Does something that one of all processes does at a time, under a lock of PostgreSQL, which ends with the process or its connection at the latest. `wait`: whoever comes
 * second waits for the first; else it does nothing, and null is returned. `work` goes by other connections.
 */
export async function alone<T>(
	database: Database,
	{ name, wait }: { readonly name: string; readonly wait: boolean },
	work: () => Promise<T>,
): Promise<T | null> {
	return database.transaction(async (lock) => {
		if (wait) await lock.raw('select pg_advisory_xact_lock(hashtextextended(?, ?))', [name, SPACE]);
		else {
			const { rows }: { rows: { mine: boolean }[] } = await lock.raw(
				'select pg_try_advisory_xact_lock(hashtextextended(?, ?)) as mine',
				[name, SPACE],
			);
			if (!rows[0]!.mine) return null;
		}
		return work();
	});
}
