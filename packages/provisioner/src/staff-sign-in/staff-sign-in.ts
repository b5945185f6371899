import { createHash, randomBytes } from 'node:crypto';
import { seal, unseal } from '@understory/core/seal.ts';
import * as openid from 'openid-client';
import type { Context } from '../context.ts';
import { addAudit, beginStaffSession, type TokenRow } from '../store/access.ts';
import { type ConsoleGrantRow, findConsoleGrant, grantsFor } from '../store/console-grants.ts';
import { findProvider, type StaffProviderRow } from '../store/staff-providers.ts';
import { dropChoice, findChoice, keepChoice, keepSent, takeSent } from '../store/staff-sign-ins.ts';
import { StaffRefusal } from './refusal.ts';
import type { RelyingParties } from './relying-party.ts';
import { type SaidOfSomebody, wordsOf } from './words-of-provider.ts';

/** How long somebody may be away at the provider, in milliseconds. */
const AWAY_MS = 600_000;
/** A working day, in milliseconds: the longest that a sign-in holds. */
export const STAFF_SESSION_MS = 10 * 3_600_000;

/** What somebody who came back gets: a session, or the choice between their grants. */
export type CameBack =
	| { readonly session: TokenRow; readonly next: string }
	| { readonly choice: string; readonly next: string };

export interface StaffSignIn {
	/** Where to send a browser; `browser` is what its cookie holds, `next` a path of the console. Throws `StaffRefusal`. */
	begin(provider: StaffProviderRow, about: { browser: string; next: string }): Promise<URL>;
	/** Reads what a provider sent somebody back with. Throws `StaffRefusal`. */
	comeBack(provider: string, url: URL, browser: string): Promise<CameBack>;
	/** The grants that somebody chooses between. Empty when there is no such choice any more. */
	choices(choice: string, browser: string): Promise<ConsoleGrantRow[]>;
	/** Goes on by one of them. Throws `StaffRefusal` when it is none of theirs, or holds no more. */
	choose(choice: string, browser: string, grant: string): Promise<{ session: TokenRow; next: string }>;
}

/** Where a provider sends people back to: an address for each, so that no provider's answer is taken for another's (RFC 9207). */
export function callbackOf(context: Pick<Context, 'addresses'>, provider: string): string {
	return `${new URL(context.addresses.console).origin}/signin/back/${provider}`;
}

/** Sign-in of staff by OpenID Connect: authorization code, PKCE, state and nonce, bound to the browser that left. */
export function createStaffSignIn(context: Context, partyOf: RelyingParties): StaffSignIn {
	const { database, clock, staffKey } = context;

	async function sessionBy(grant: ConsoleGrantRow, who: string): Promise<TokenRow> {
		const now = clock.now();
		const until = grant.valid_until === null ? Number.POSITIVE_INFINITY : Number(grant.valid_until);
		const session = await beginStaffSession(database, randomBytes(32).toString('base64url'), {
			id: context.randomId(),
			name: who,
			grant,
			created: now,
			expires: Math.min(now + STAFF_SESSION_MS, until),
		});
		const subject = `/console-grants/${grant.id}`;
		await addAudit(database, { at: now, actor: who, act: 'staff_signed_in', subject });
		return session;
	}

	return {
		async begin(provider, { browser, next }) {
			const party = await partyOf(provider);
			const now = clock.now();
			const verifier = openid.randomPKCECodeVerifier();
			const state = openid.randomState();
			const nonce = openid.randomNonce();
			const kept = {
				state: hashOf(state),
				provider: provider.id,
				browser: hashOf(browser),
				sealed: seal(staffKey, hashOf(state), JSON.stringify({ verifier, nonce, next })),
				expires: now + AWAY_MS,
			};
			await keepSent(database, kept, now);
			return openid.buildAuthorizationUrl(party, {
				redirect_uri: callbackOf(context, provider.id),
				scope: ['openid', 'email', ...provider.scopes].join(' '),
				code_challenge: await openid.calculatePKCECodeChallenge(verifier),
				code_challenge_method: 'S256',
				state,
				nonce,
			});
		},

		async comeBack(id, url, browser) {
			const state = url.searchParams.get('state') ?? '';
			const sent = await takeSent(database, { state: hashOf(state), now: clock.now() });
			const provider = await findProvider(database, sent?.provider ?? id);
			if (!sent || !provider || sent.provider !== id || sent.browser !== hashOf(browser))
				throw new StaffRefusal('not_begun_here');
			if (url.searchParams.has('error')) throw new StaffRefusal('said_no');
			const { verifier, nonce, next } = JSON.parse(unseal(staffKey, sent.state, sent.sealed));
			const party = await partyOf(provider);
			const said = await redeemed(party, provider, url, { verifier, nonce, state });
			const grants = await grantsFor(database, {
				provider: provider.id,
				words: said.words,
				now: clock.now(),
			});
			const [only, ...others] = grants;
			if (!only) throw new StaffRefusal('nobody');
			if (others.length === 0) return { session: await sessionBy(only, said.who), next };
			const choice = randomBytes(32).toString('base64url');
			const row = {
				id: hashOf(choice),
				browser: hashOf(browser),
				who: said.who,
				grants: grants.map((grant) => grant.id),
				next,
				expires: clock.now() + AWAY_MS,
			};
			await keepChoice(database, row, clock.now());
			return { choice, next };
		},

		async choices(choice, browser) {
			const row = await findChoice(database, { id: hashOf(choice), now: clock.now() });
			if (!row || row.browser !== hashOf(browser)) return [];
			const found = row.grants.map((id) => findConsoleGrant(database, id, clock.now()));
			return (await Promise.all(found)).filter((grant) => grant !== undefined);
		},

		async choose(choice, browser, id) {
			const row = await findChoice(database, { id: hashOf(choice), now: clock.now() });
			if (!row || row.browser !== hashOf(browser) || !row.grants.includes(id))
				throw new StaffRefusal('not_begun_here');
			const grant = await findConsoleGrant(database, id, clock.now());
			if (!grant) throw new StaffRefusal('nobody');
			if (!(await dropChoice(database, row.id))) throw new StaffRefusal('not_begun_here');
			return { session: await sessionBy(grant, row.who), next: row.next };
		},
	};
}

async function redeemed(
	party: openid.Configuration,
	provider: StaffProviderRow,
	url: URL,
	{ verifier, nonce, state }: { verifier: string; nonce: string; state: string },
): Promise<SaidOfSomebody> {
	try {
		const tokens = await openid.authorizationCodeGrant(party, url, {
			pkceCodeVerifier: verifier,
			expectedState: state,
			expectedNonce: nonce,
			idTokenExpected: true,
		});
		const claims = tokens.claims();
		if (!claims?.sub || claims.iss !== party.serverMetadata().issuer) throw new StaffRefusal('answer');
		return wordsOf(claims, provider.groups_claim);
	} catch (error) {
		throw error instanceof StaffRefusal
			? error
			: new StaffRefusal(isSilence(error) ? 'silent' : 'answer', error);
	}
}

/** Did the provider not answer, rather than answer wrongly? */
export function isSilence(error: unknown): boolean {
	for (let one: unknown = error; one instanceof Error; one = one.cause)
		if (one.name === 'OutgoingFailure' || one.name === 'TimeoutError') return true;
	return false;
}

function hashOf(text: string): string {
	return createHash('sha256').update(text).digest('base64url');
}
