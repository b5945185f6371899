import { SHARED_COMPUTER } from '@understory/core/claims.ts';
import type { LibraryRecord } from '@understory/core/register.ts';
import type { KoaContextWithOIDC, Provider } from 'oidc-provider';
import type { Context } from '../context.ts';
import {
	type CardSession,
	endGrants,
	takeSession,
	takeSessionAt,
	takeSessionsOf,
} from '../store/card-sessions.ts';
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
	 * one the token was given in. False when this browser is signed in as somebody whom the token does not name; then only they can say.
	 */
	end(ctx: KoaContextWithOIDC): Promise<boolean>;
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
		async end(ctx) {
			const hint = hintOf(ctx);
			const { session, provider } = ctx.oidc;
			const here = session?.accountId;
			const theirs = hint && here !== undefined && subjectAt(hint.aud, here) === hint.sub;
			if (here !== undefined && !theirs) return false;
			if (session) {
				const { authorizations, acr } = session;
				if (acr === SHARED_COMPUTER) ctx.cookies.set('lang', null, { path: '/', signed: false });
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
			leadOn(ctx);
			return true;
		},
		async endSignIn(provider, signIn) {
			for (const session of await takeSessionsOf(database, library.id, signIn)) {
				await endSession(provider, session);
			}
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
function leadOn(ctx: KoaContextWithOIDC): void {
	const params = ctx.oidc.params ?? {};
	const back = params.post_logout_redirect_uri;
	const to = new URL(typeof back === 'string' ? back : ctx.oidc.urlFor('end_session_success'));
	if (typeof back === 'string' && typeof params.state === 'string')
		to.searchParams.set('state', params.state);
	ctx.status = 303;
	ctx.redirect(to.href);
}
