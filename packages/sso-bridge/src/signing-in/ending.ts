import type { Context } from '../context.ts';
import { markEnded } from '../store/sign-ins.ts';
import type { Site } from '../web/site.ts';

/**
 * Ends a sign-in of an account, and whatever else came out of the same browser: the session here, what was given to clients under it, and, by telling
 * them, the sessions there. False when it is not of this account.
 */
export async function endSignIn(
	context: Context,
	{ provider, signOut }: Site,
	{ account, id }: { account: string; id: string },
): Promise<boolean> {
	const ended = await markEnded(context.database, account, id);
	for (const one of ended) await signOut.endSignIn(provider, one);
	return ended.length > 0;
}
