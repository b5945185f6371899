import type { Database } from './database.ts';
import { big } from './rows.ts';

/** Begins to work on a home: whoever was at it before has an older number from now on. Returns the new one. */
export async function takeFence(database: Database, home: string): Promise<number> {
	const [row] = await database('home_lease')
		.insert({ home, fence: 1 })
		.onConflict('home')
		.merge({ fence: database.raw('home_lease.fence + 1') })
		.returning<{ fence: string }[]>('fence');
	return big(row!.fence);
}

/** The number of whoever began to work on a home last; 0 when nobody ever did. */
export async function fenceOf(database: Database, home: string): Promise<number> {
	const row: { fence: string } | undefined = await database('home_lease').where({ home }).first('fence');
	return row ? big(row.fence) : 0;
}
