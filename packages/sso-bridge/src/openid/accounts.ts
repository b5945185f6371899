import type { AgeBand, Standing } from '@understory/core/claims.ts';
import type { Configuration, KoaContextWithOIDC, Provider } from 'oidc-provider';
import type { Context } from '../context.ts';
import { signInNamed } from '../signing-in/arrive.ts';
import { believedDays, isRestricted, standingNow } from '../signing-in/standing.ts';
import { type AccountRow, accountById, accountWithSignIn, type SignInReach } from '../store/accounts.ts';
import { endGrants } from '../store/card-sessions.ts';
import { judgedAt } from './catalogue-silence.ts';
import type { Destination } from './clients.ts';
import { barrierTo, handleAt } from './foreign-people.ts';

/** Somebody as their sign-in makes them: the same account may stand farther inside by another one. */
export interface Present {
	readonly account: AccountRow;
	readonly age_band: AgeBand;
	readonly standing: Standing;
}

/** What a session, a code or a token says of the sign-in it came out of. */
export interface Carried {
	readonly amr?: string[];
	readonly sessionUid?: string;
}

/** Who an account is by the sign-in that something came out of; undefined when the account or that sign-in has ended. */
export async function presentBy(
	context: Context,
	library: string,
	provider: Provider,
	{ account: id, source }: { account: string; source: Carried | undefined },
): Promise<Present | undefined> {
	const named = await signInNamed(provider, source);
	const found = await soughtBy(context.database, { library, account: id, signIn: named });
	if (!found || found.signIn?.ended) return undefined;
	const { account, signIn } = found;
	const now = context.clock.now();
	const slug = context.registers.registers.get(library)?.library.slug;
	const believed = believedDays(slug === undefined ? null : context.signIn(slug));
	let standing = standingNow(account, signIn, now, believed);
	// A dead catalogue lengthens what it said itself, and no day.
	const timely = signIn?.good_until || isRestricted(account, now);
	if (standing !== 'full' && account.standing === 'full' && !timely) {
		standing = standingNow(account, signIn, await judgedAt(context.database, library, now), believed);
	}
	return { account, age_band: account.age_band, standing };
}

/** Undefined when there is no such account, or no such sign-in of it; `signIn` null where none is named. */
async function soughtBy(
	database: Context['database'],
	{ library, account: id, signIn }: { library: string; account: string; signIn: string | null },
): Promise<{ account: AccountRow; signIn: SignInReach | null } | undefined> {
	if (signIn === null) {
		const account = await accountById(database, library, id);
		return account && { account, signIn };
	}
	const found = await accountWithSignIn(database, { library, account: id, signIn });
	return found?.signIn ? found : undefined;
}

/**
 * What clients are told of an account, by the sign-in the answer belongs to: somebody who came in by a code is on the porch, and who came by card at the
 * same time elsewhere is not. A branch is told an age band, a standing, and for staff their number (DESIGN 5.7); any other server the handle that was chosen
 * there and nothing else, and nothing at all any more once a card is not good.
 */
export function accountsOf(
	context: Context,
	library: string,
	provider: () => Provider,
	destinations: ReadonlyMap<string, Destination>,
): NonNullable<Configuration['findAccount']> {
	return async (ctx, id, source) => {
		const carried = carriedBy(ctx, id, source);
		const present = await presentBy(context, library, provider(), { account: id, source: carried });
		if (!present) return undefined;
		if (isLasting(source) && present.standing !== 'full') {
			// Access without the person ends with the card, and does not come to life again with the next one.
			await endGrants(context.database, library, [source.grantId]);
			return undefined;
		}
		const at = destinations.get(ctx.oidc?.client?.clientId ?? '');
		if (at?.foreign) {
			// A code or a token comes without anybody who could be shown a page.
			if (source && barrierTo(at, present)) return undefined;
			const handle = await handleAt(context, library, at.sector, id);
			const named = handle === null ? {} : { preferred_username: handle, name: handle };
			return { accountId: id, claims: () => ({ sub: id, ...named }) };
		}
		const { account, age_band, standing } = present;
		// The staff hat needs the card, not only a proof of who somebody was.
		const staff = account.staff_id && standing === 'full' ? { staff_id: account.staff_id } : {};
		return { accountId: id, claims: () => ({ sub: id, age_band, standing, ...staff }) };
	};
}

function isLasting(source: unknown): source is { grantId: string } {
	return (source as { kind?: string } | undefined)?.kind === 'RefreshToken';
}

/** A code or token says itself where it came from; where there is none yet, the session of this browser does. */
export function carriedBy(ctx: KoaContextWithOIDC, account: string, source?: unknown): Carried | undefined {
	if (source) return source as Carried;
	const session = ctx.oidc?.session as { accountId?: string; amr?: string[] } | undefined;
	return session?.accountId === account ? session : undefined;
}
