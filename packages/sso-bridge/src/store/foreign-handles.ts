import type { Database } from './database.ts';

interface Where {
	readonly library: string;
	readonly sector: string;
	readonly account: string;
}

/** What the sealed handles of a library are bound to; whose each is stands inside. */
export function aboutHandles(library: string): string {
	return `foreign_handle/${library}`;
}

/** The sealed handle of an account at a server, or undefined. */
export async function sealedHandle(database: Database, where: Where): Promise<string | undefined> {
	const row: { sealed: string } | undefined = await database('foreign_handle')
		.where({ ...where })
		.first('sealed');
	return row?.sealed;
}

/**
 * Keeps a handle for an account that has none at this server. The tombstone is set when a handle is given out and stays for good; whoever finds it
 * there comes too late: false. True too when the account had one already, which then stays as it was.
 */
export async function keepHandle(
	database: Database,
	where: Where,
	{ sealed, tombstone }: { sealed: string; tombstone: string },
): Promise<boolean> {
	return database.transaction(async (transaction) => {
		// Who sends the same form twice is asked once.
		await transaction('account').where({ id: where.account }).forUpdate().first('id');
		if ((await sealedHandle(transaction, where)) !== undefined) return true;
		const fresh: unknown[] = await transaction('tombstone')
			.insert({ library: where.library, hash: tombstone })
			.onConflict(['library', 'hash'])
			.ignore()
			.returning('hash');
		if (fresh.length === 0) return false;
		await transaction('foreign_handle').insert({ ...where, sealed });
		return true;
	});
}
