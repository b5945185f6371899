import type { Configuration, KoaContextWithOIDC, Provider } from 'oidc-provider';
import type { Context } from '../context.ts';
import { signInNamed } from '../signing-in/arrive.ts';
import { standingNow } from '../signing-in/standing.ts';
import { accountById } from '../store/accounts.ts';
import { signInById } from '../store/sign-ins.ts';

/**
 * What clients are told of an account (DESIGN 5.7), by the sign-in the answer belongs to: somebody who came in by a code is on the porch, and who came by
 * card at the same time elsewhere is not. An account or a sign-in that has ended is nobody's.
 */
export function accountsOf(
	context: Context,
	library: string,
	provider: () => Provider,
): NonNullable<Configuration['findAccount']> {
	return async (ctx, id, source) => {
		const account = await accountById(context.database, library, id);
		if (!account) return undefined;
		const named = await signInNamed(provider(), carriedBy(ctx, id, source));
		const signIn = named === null ? null : await signInById(context.database, named);
		if (signIn === undefined || signIn?.ended || (signIn && signIn.account !== id)) return undefined;
		const standing = standingNow(account, signIn, context.clock.now());
		return {
			accountId: id,
			claims: () => ({
				sub: id,
				age_band: account.age_band,
				standing,
				// The staff hat needs the card, not only a proof of who somebody was.
				...(account.staff_id && standing === 'full' ? { staff_id: account.staff_id } : {}),
			}),
		};
	};
}

/** A code or token says itself where it came from; where there is none yet, the session of this browser does. */
function carriedBy(
	ctx: KoaContextWithOIDC,
	account: string,
	source: unknown,
): { amr?: string[] } | undefined {
	if (source) return source as { amr?: string[] };
	const session = ctx.oidc?.session as { accountId?: string; amr?: string[] } | undefined;
	return session?.accountId === account ? session : undefined;
}
