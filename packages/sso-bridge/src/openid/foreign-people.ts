import type { AgeBand, Standing } from '@understory/core/claims.ts';
import { seal, unseal } from '@understory/core/seal.ts';
import type { Context } from '../context.ts';
import { aboutHandles, keepHandle, sealedHandle } from '../store/foreign-handles.ts';
import type { Destination } from './clients.ts';

/** Why somebody is not sent to a server that is no branch. */
export type Barrier = 'card' | 'age';

/**
 * May somebody be sent to a server that is no branch? Such a server knows neither a porch nor age bands, so it is only for
 * those whose card is good, and never for children.
 */
export function barrierTo(
	{ foreign }: Destination,
	{ standing, age_band }: { standing: Standing; age_band: AgeBand },
): Barrier | null {
	if (standing !== 'full') return 'card';
	if (age_band === 'child') return 'age';
	return foreign?.adults_only && age_band !== 'adult' ? 'age' : null;
}

/** The handle somebody chose for a server, or null. What is kept is sealed, so that nobody who reads the database can join the names of one person. */
export async function handleAt(
	context: Context,
	library: string,
	sector: string,
	account: string,
): Promise<string | null> {
	const sealed = await sealedHandle(context.database, { library, sector, account });
	if (sealed === undefined) return null;
	const whole = JSON.parse(unseal(context.keysOf(library).seal, aboutHandles(library), sealed)) as Whole;
	if (whole.sector !== sector || whole.account !== account) throw new Error('a handle stands in another row');
	return whole.handle;
}

/** What is sealed names whose it is, so that it cannot be moved to somebody else. */
interface Whole {
	readonly sector: string;
	readonly account: string;
	readonly handle: string;
}

/**
 * Gives somebody the handle they chose, once and for good: at one server nobody ever gets a handle that anybody had, also when the account is
 * deleted. `taken` when somebody has or had it. Whoever has one already keeps it.
 */
export async function chooseHandle(
	context: Context,
	where: { library: string; sector: string; account: string },
	handle: string,
): Promise<'chosen' | 'taken'> {
	const keys = context.keysOf(where.library);
	const whole: Whole = { sector: where.sector, account: where.account, handle };
	const sealed = seal(keys.seal, aboutHandles(where.library), JSON.stringify(whole));
	const chosen = await keepHandle(context.database, where, {
		sealed,
		tombstone: keys.handle(where.sector, handle),
	});
	return chosen ? 'chosen' : 'taken';
}
