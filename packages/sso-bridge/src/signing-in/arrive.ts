import { dateIn } from '@understory/core/calendar.ts';
import { SHARED_COMPUTER, type Standing } from '@understory/core/claims.ts';
import type { Request, Response } from 'express';
import type { Provider } from 'oidc-provider';
import type { Context } from '../context.ts';
import type { SignOut } from '../openid/sign-out.ts';
import type { AccountRow } from '../store/accounts.ts';
import { type AtSignIn, addSignIn, type Way } from '../store/sign-ins.ts';
import { isShared } from '../web/shared-computer.ts';
import type { Site } from '../web/site.ts';
import { browserHash, markBrowser } from './browser-cookie.ts';
import { deviceKind } from './device-kind.ts';

/** Somebody who proved who they are. */
export interface Arrival {
	readonly account: AccountRow;
	readonly way: Way;
	/** How far this proof opens at most. */
	readonly standing: Standing;
	/** True where somebody said on a page before this one that others use the computer too. */
	readonly shared?: boolean;
	/** UTC milliseconds until which a day pass opens everything. */
	readonly goodUntil?: number;
}

type Interaction = Parameters<SignOut['endBefore']>[1];

/**
 * Lets somebody in who proved who they are: writes the sign-in down, ends that of whoever was signed in in this browser before, and gives the address that
 * leads on to where they wanted to go, the sign-in, and what there may be to say to them. At a computer that others use too nothing of the browser is remembered.
 */
export async function arrive(
	context: Context,
	visit: Site & { details: Interaction },
	{ request, response }: { request: Request; response: Response },
	arrival: Arrival,
): Promise<{ next: string; signIn: string } & AtSignIn> {
	const { provider, signOut, details, library } = visit;
	const { account, way, standing, goodUntil } = arrival;
	const shared = arrival.shared || isShared(request);
	const keys = context.keysOf(library.id);
	const id = context.randomId();
	await signOut.endBefore(provider, details, account.id);
	const news = await addSignIn(context.database, {
		id,
		library: library.id,
		account: account.id,
		day: dateIn(library.zone, context.clock.now()),
		device: shared ? 'shared' : deviceKind(request.headers['user-agent']),
		way,
		standing,
		good_until: goodUntil === undefined ? null : new Date(goodUntil),
		browser: shared ? null : browserHash(keys, account.id, markBrowser(request, response, library)),
	});
	// Only we read `amr`: it names the sign-in that sessions, codes and tokens come out of, and stands in no token.
	const login = {
		accountId: account.id,
		remember: false,
		amr: [id],
		...(shared ? { acr: SHARED_COMPUTER } : {}),
	};
	// The sign-in under way was looked up for this request already; `provider.interactionResult` would do it again.
	details.result = { login };
	await details.persist();
	return { next: details.returnTo, signIn: id, ...news };
}

/** The sign-in that a session or a token came out of, by what it carries; null for one from before sign-ins were written down. */
export async function signInNamed(
	provider: Provider,
	source: { amr?: readonly string[]; sessionUid?: string } | undefined,
): Promise<string | null> {
	if (source?.amr?.[0]) return source.amr[0];
	if (!source?.sessionUid) return null;
	const session = await provider.Session.findByUid(source.sessionUid);
	return (session as { amr?: readonly string[] } | undefined)?.amr?.[0] ?? null;
}
