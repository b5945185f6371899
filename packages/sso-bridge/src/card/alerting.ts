import type { LibraryRecord } from '@understory/core/register.ts';
import type { SignInAlertKind } from '@understory/core/sign-in-alerts.ts';
import type { CardResult } from '../connectors/connector.ts';
import type { CardParts } from '../context.ts';
import { QUARTER_MS } from '../guessing/budget.ts';
import { raiseAlert } from '../store/tallies.ts';

/** What library staff should know when a question came to this; null when it says nothing lasting. */
export function alertBy(result: CardResult): Exclude<SignInAlertKind, 'guessing'> | null {
	if (result.outcome === 'misconfigured') return 'catalogue_wrong';
	if (result.outcome !== 'unavailable') return null;
	if (result.reason === 'resting') return 'catalogue_silent';
	// One that cannot prove who it is will not be able to in a minute either.
	return /^(tls|certificate_|client_certificate)/.test(result.reason) ? 'catalogue_wrong' : null;
}

/** Tells whoever oversees the desk, library IT in the console, and the log when it was not so in the last half hour. */
export async function alertStaff(
	{ database, clock, log }: Pick<CardParts, 'database' | 'clock' | 'log'>,
	{ id, slug }: Pick<LibraryRecord, 'id' | 'slug'>,
	kind: Exclude<SignInAlertKind, 'guessing'>,
): Promise<void> {
	const fresh = await raiseAlert(database, { library: id, kind, now: clock.now(), quiet: 2 * QUARTER_MS });
	if (fresh) log.error(kind, { library: slug });
}
