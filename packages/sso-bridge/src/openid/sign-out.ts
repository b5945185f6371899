import { SHARED_COMPUTER } from '@understory/core/claims.ts';
import type { LibraryRecord } from '@understory/core/register.ts';
import type { KoaContextWithOIDC, Provider } from 'oidc-provider';
import type { Context } from '../context.ts';
import {
	type CardSession,
	endGrants,
	takeSession,
	takeSessionAt,
	takeSessionHashed,
	takeSessionsOf,
} from '../store/card-sessions.ts';
import { type EndingPlace, endingPlace } from '../upstream/ending.ts';
import { tellAll } from './sign-out-notices.ts';

type Interaction = Awaited<ReturnType<Provider['interactionDetails']>>;

/** Whoever leaves a client, as its ID token names them there. */
interface Hint {
	readonly aud: string;
	readonly sub: string;
	readonly sid?: string;
}

/** How a sign-out ends. */
export interface SignOut {
	/**
	 * Ends, at once and without a question, the card session an ID token came from: the one of this browser when it is of the same person, and the
	 * one the token was given in. False when this browser is signed in as somebody whom the token does not name; then only they can say. Where the
	 * sign-in stood on one at an identity provider, `elsewhere` is called to say so, with the address back; on a shared computer the browser is led
	 * there at once, to be signed out of both.
	 */
	end(ctx: KoaContextWithOIDC, elsewhere: (place: EndingPlace, back: string) => void): Promise<boolean>;
	/** Ends the card sessions of these (hashed) uids, because an identity provider said so. */
	endHashed(provider: Provider, uids: readonly string[]): Promise<number>;
	/**
	 * Somebody signs in at a browser where another account was signed in: that one is signed out everywhere first, so that nobody is taken for
	 * somebody else.
	 */
	endBefore(provider: Provider, interaction: Interaction, account: string): Promise<void>;
	/** Ends everything that came out of one sign-in, because its owner says so: sessions, codes, and tokens that were to last. */
	endSignIn(provider: Provider, signIn: string): Promise<void>;
}

/**
 * Signing out on a shared computer has to work with one press, so the branch's ID token stands for the question (OpenID Connect RP-Initiated
 * Logout 1.0, section 2). Every client of the session is told; what was given under it ends with it.
 */
export function signOutOf(
	context: Context,
	library: LibraryRecord,
	subjectAt: (clientId: string, account: string) => string,
): SignOut {
	const { database } = context;

	async function endSession(provider: Provider, session: CardSession): Promise<void> {
		const at = Object.entries(session.authorizations);
		await endGrants(
			database,
			library.id,
			at.flatMap(([, { grantId, persistsLogout }]) => (grantId && !persistsLogout ? [grantId] : [])),
		);
		const notices = at.flatMap(([client, { sid }]) =>
			sid ? [{ library: library.id, client, sid, account: session.accountId }] : [],
		);
		await tellAll(context, provider, notices, context.clock.now());
	}

	return {
		async end(ctx, elsewhere) {
			const hint = hintOf(ctx);
			const { session, provider } = ctx.oidc;
			const here = session?.accountId;
			const theirs = hint && here !== undefined && subjectAt(hint.aud, here) === hint.sub;
			if (here !== undefined && !theirs) return false;
			const place = session?.uid ? await endingPlace(context, library, session.uid) : null;
			const shared = session?.acr === SHARED_COMPUTER;
			if (session) {
				const { authorizations } = session;
				if (shared) ctx.cookies.set('lang', null, { path: '/', signed: false });
				await session.destroy();
				ctx.cookies.set(provider.cookieName('session'), null, { path: '/', signed: true });
				if (here !== undefined) {
					await endSession(provider, { accountId: here, authorizations: authorizations ?? {} });
				}
			}
			if (hint?.sid) {
				const other = await takeSessionAt(database, { library: library.id, client: hint.aud, sid: hint.sid });
				if (other) await endSession(provider, other);
			}
			const back = backFrom(ctx);
			if (!place) leadTo(ctx, back);
			// One press has to be enough where the next person is waiting.
			else if (shared) leadTo(ctx, place.url);
			else elsewhere(place, back);
			return true;
		},
		async endSignIn(provider, signIn) {
			for (const session of await takeSessionsOf(database, library.id, signIn)) {
				await endSession(provider, session);
			}
		},
		async endHashed(provider, uids) {
			const sessions = await Promise.all(uids.map((uid) => takeSessionHashed(database, library.id, uid)));
			const ended = sessions.filter((session) => session !== undefined);
			for (const session of ended) await endSession(provider, session);
			return ended.length;
		},
		async endBefore(provider, interaction, account) {
			const { session } = interaction;
			if (!session?.uid || session.accountId === account) return;
			const before = await takeSession(database, library.id, session.uid);
			if (before) await endSession(provider, before);
			// Otherwise the sign-in would wait for the session that was just ended.
			delete interaction.session;
			await interaction.persist();
		},
	};
}

/** The payload of the ID token; its signature was checked before anybody asks here. */
function hintOf(ctx: KoaContextWithOIDC): Hint | undefined {
	const token = ctx.oidc.entities.IdTokenHint as { payload: Hint } | undefined;
	return token?.payload;
}

/** Back to the client, whose address was checked too, or to the page that says it is done. */
function backFrom(ctx: KoaContextWithOIDC): string {
	const params = ctx.oidc.params ?? {};
	const back = params.post_logout_redirect_uri;
	const to = new URL(typeof back === 'string' ? back : ctx.oidc.urlFor('end_session_success'));
	if (typeof back === 'string' && typeof params.state === 'string')
		to.searchParams.set('state', params.state);
	return to.href;
}

function leadTo(ctx: KoaContextWithOIDC, address: string): void {
	ctx.status = 303;
	ctx.redirect(address);
}
