import type { Standing } from '@understory/core/claims.ts';
import type { SignInSettings } from '@understory/core/sign-in-settings.ts';
import type { AccountRow } from '../store/accounts.ts';
import type { SignInRow } from '../store/sign-ins.ts';

/** How long what a catalogue said of age and expiry is believed without being asked again, in days, where a library says nothing. */
const BELIEVED_DAYS = 30;
const DAY_MS = 86_400_000;

/** The same as the library has it. */
export function believedDays(settings: SignInSettings | null): number {
	return settings?.rules?.believed_days ?? BELIEVED_DAYS;
}

/**
 * How far somebody comes now: the less of what their account may, what their sign-in proved, and what is not too old to be believed. A sign-in that is not
 * written down (null) is one by another provider, which vouches itself. `believed`: days.
 */
export function standingNow(
	account: Pick<AccountRow, 'standing' | 'vouched_week' | 'restricted'>,
	signIn: Pick<SignInRow, 'standing' | 'good_until'> | null,
	now: number,
	believed: number,
): Standing {
	if (account.standing !== 'full' || isRestricted(account, now)) return 'porch';
	if (signIn === null) return 'full';
	if (signIn.standing !== 'full') return 'porch';
	// For a day the desk vouches, and then nobody does until a card comes.
	if (signIn.good_until !== null) return now < signIn.good_until.getTime() ? 'full' : 'porch';
	return isBelieved(account.vouched_week, now, believed) ? 'full' : 'porch';
}

/** Is somebody restricted to the porch of every branch now, by the library's panel? A branch hears what it hears of a card that ended, and no more. */
export function isRestricted({ restricted }: Pick<AccountRow, 'restricted'>, now: number): boolean {
	return restricted.some(([from, until]) => from.getTime() <= now && now < until.getTime());
}

/** Counted from the last day of the week in which the catalogue was asked, since nothing finer is kept. */
function isBelieved(week: string | null, now: number, days: number): boolean {
	if (week === null) return false;
	return now < Date.parse(`${week}T00:00:00Z`) + (7 + days) * DAY_MS;
}
