import { setImmediate as pause } from 'node:timers/promises';
import type { Context } from '../context.ts';
import { accountsAfter } from '../store/restrictions.ts';
import type { Site } from '../web/site.ts';

/** So many are compared before others get their turn. */
const AT_ONCE = 2_000;

/**
 * Whose name at a branch this is, as its hosts see it (`belmont/abc…`), or null. Nothing that would lead from a name to an account is stored, so everybody of the library is
 * gone through; it is done seldom.
 */
export async function accountNamed(
	context: Context,
	{ library, branches }: Pick<Site, 'library' | 'branches'>,
	named: string,
): Promise<string | null> {
	const read = /^([a-z0-9-]{1,64})\/([a-z2-7]{26})$/.exec(named.trim().toLowerCase());
	const branch = read && branches.find(({ slug }) => slug === read[1]);
	if (!read || !branch) return null;
	const keys = context.keysOf(library.id);
	let after: string | null = null;
	for (;;) {
		const ids: string[] = await accountsAfter(context.database, library.id, after, AT_ONCE);
		const found = ids.find((id) => keys.subject(branch.sector, id) === read[2]);
		if (found) return found;
		if (ids.length < AT_ONCE) return null;
		after = ids.at(-1)!;
		await pause();
	}
}
