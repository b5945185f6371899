import type { Standing } from '@understory/core/claims.ts';
import type { Request, Response } from 'express';
import type { Context } from '../context.ts';
import { believedDays, standingNow } from '../signing-in/standing.ts';
import { type AccountRow, accountById } from '../store/accounts.ts';
import { type SignInRow, signInById } from '../store/sign-ins.ts';
import type { Site } from '../web/site.ts';

/** Whoever is signed in at the card host itself. */
export interface SignedIn {
	readonly account: AccountRow;
	readonly signIn: SignInRow;
	readonly standing: Standing;
	/** Names the session, for the tokens of its forms. */
	readonly session: string;
	/** Did they prove who they are in the last quarter of an hour? */
	readonly recently: boolean;
}

/** Seconds after which the page about somebody's sign-in asks for the proof again, and after which it is too old to change anything. */
const SHOWN = 3_600;
const CHANGED = 900;

/** Null when nobody is signed in here, too long ago, or in a sign-in that was ended. */
export async function signedInAt(
	context: Context,
	{ provider, library }: Site,
	request: Request,
	response: Response,
): Promise<SignedIn | null> {
	const session = await provider.Session.get({ req: request, res: response } as never);
	const { accountId, uid, amr } = session as typeof session & { amr?: readonly string[] };
	if (!accountId || session.past(SHOWN)) return null;
	const account = await accountById(context.database, library.id, accountId);
	const signIn = amr?.[0] ? await signInById(context.database, amr[0]) : undefined;
	if (!account || !signIn || signIn.ended || signIn.account !== account.id) return null;
	const believed = believedDays(context.signIn(library.slug));
	const standing = standingNow(account, signIn, context.clock.now(), believed);
	return { account, signIn, standing, session: uid, recently: !session.past(CHANGED) };
}
