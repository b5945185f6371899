import { dateIn, momentIn } from '@understory/core/calendar.ts';
import type { AgeBand } from '@understory/core/claims.ts';
import type { LibraryRecord } from '@understory/core/register.ts';
import type { SignInSettings } from '@understory/core/sign-in-settings.ts';
import { minimumAgeOf } from '../card/admission.ts';
import type { Context } from '../context.ts';
import { accountOfLink } from '../store/accounts.ts';
import { countAct, type DeskAct } from '../store/desk-acts.ts';
import { restrictionsOfCard } from '../store/restricted-people.ts';
import type { Clerk } from './clerk.ts';
import { codeForNobody, makeDeskCode } from './desk-code.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
/** How often one clerk may do each in a day. */
export const AT_MOST: Readonly<Record<DeskAct, number>> = {
	porch_code: 20,
	card_code: 5,
	day_pass: 10,
	erasure: 5,
	restriction_proposed: 10,
	restriction_confirmed: 10,
	restriction_lifted: 10,
};

/** A code as the desk hands it over: shown once. Moments are UTC milliseconds. */
export interface Slip {
	readonly code: string;
	readonly from: number;
	readonly until: number;
}

export type Issued = { readonly slip: Slip } | { readonly refused: 'enough' | 'answers' | 'too_young' };

/**
 * A code for whoever holds, or held, a card: for the porch until tomorrow at this hour; or to carry the account over to a new card, from tomorrow on, so that
 * its owner can take it back. A card that nobody signed in with gets a slip too, which opens nothing: no desk learns who is here.
 */
export async function issueCode(
	context: Context,
	library: LibraryRecord,
	{ clerk, card, opens }: { clerk: Clerk; card: string; opens: 'porch' | 'card' },
): Promise<Issued> {
	const { database, clock } = context;
	const act = opens === 'porch' ? 'porch_code' : 'card_code';
	if (!(await mayStill(context, library, clerk, act))) return { refused: 'enough' };
	const keys = context.keysOf(library.id);
	const now = clock.now();
	const times =
		opens === 'porch' ? { from: now, until: now + DAY } : { from: now + DAY, until: now + 7 * DAY };
	const link = { kind: 'card', hash: keys.identity('card', card) } as const;
	const account = await accountOfLink(database, library.id, link);
	const code = account
		? await makeDeskCode(
				{ database, keys, library: library.id, now },
				{ opens, account: account.id, ...times },
			)
		: codeForNobody();
	context.log.info('desk_code_made', { library: library.slug, operation: act });
	return { slip: { code, ...times } };
}

/**
 * A pass for a newcomer until the end of the day, while the catalogue is dead or switched off and nobody can ask it about their card. The desk says which age they saw; that is all
 * that is known of them. The number of the card they showed is looked up and not kept: where its holder is restricted, the pass opens the porch only, and looks like any
 * other to the desk. Refused while the catalogue answers.
 */
export async function issuePass(
	context: Context,
	library: LibraryRecord,
	{ clerk, ageBand, card }: { clerk: Clerk; ageBand: AgeBand; card: string },
): Promise<Issued> {
	const { database, clock } = context;
	const settings = context.signIn(library.slug);
	const now = clock.now();
	if (minimumAgeOf(settings?.rules) > (ageBand === 'adult' ? 18 : 13)) return { refused: 'too_young' };
	if (settings?.state !== 'live') return { refused: 'answers' };
	if (await answers(context, library, settings)) return { refused: 'answers' };
	if (!(await mayStill(context, library, clerk, 'day_pass'))) return { refused: 'enough' };
	const until = endOfDay(library, now);
	const keys = context.keysOf(library.id);
	const shown = { kind: 'card', hash: keys.identity('card', card) } as const;
	const restrictions = await restrictionsOfCard(database, library.id, shown);
	const code = await database.transaction((transaction) =>
		makeDeskCode(
			{ database: transaction, keys, library: library.id, now },
			{ opens: 'day', ageBand, restrictions, from: now, until },
		),
	);
	context.log.info('desk_code_made', { library: library.slug, operation: 'day_pass' });
	return { slip: { code, from: now, until } };
}

/** Is there a catalogue that can be asked, and believed? */
async function answers(context: Context, library: LibraryRecord, settings: SignInSettings): Promise<boolean> {
	const when = { now: context.clock.now(), zone: library.zone };
	const reached = await context.connectors.of(library, settings).reach(when);
	if (reached.outcome === 'unavailable') return false;
	return (await context.canaries.believes(library, settings)) !== 'off';
}

/** Writes one more down; false when a clerk did it as often as a day allows. */
export function mayStill(
	context: Context,
	library: LibraryRecord,
	{ staff }: Clerk,
	act: DeskAct,
): Promise<boolean> {
	const day = dateIn(library.zone, context.clock.now());
	return countAct(context.database, { library: library.id, day, staff, act, atMost: AT_MOST[act] });
}

/** Midnight at the library's wall, UTC milliseconds. */
export function endOfDay({ zone }: Pick<LibraryRecord, 'zone'>, now: number): number {
	const noon = Date.parse(`${dateIn(zone, now)}T12:00:00Z`);
	const tomorrow = new Date(noon + DAY).toISOString().slice(0, 10);
	return momentIn(zone, tomorrow, '00:00')!;
}
