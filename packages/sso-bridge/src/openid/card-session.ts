import { SHARED_COMPUTER } from '@understory/core/claims.ts';
import { type Configuration, interactionPolicy } from 'oidc-provider';

/** Seconds after which the card is asked for again. */
const ASK_AGAIN = 3_600;
/** The same where others use the computer too: about as long as it takes to go from one branch to the next. */
const ASK_AGAIN_SHARED = 900;
/**
 * Seconds a card session is kept: as long as a branch may keep its own session (14 days; where others use the computer too, a long day), so that
 * signing out anywhere reaches them all. What can still be done with an old one is that, and nothing else.
 */
const KEPT = 14 * 86_400;
const KEPT_SHARED = 12 * 3_600;

/** How long access without the person lasts at most when it is not used, in seconds: 90 days. */
const OFFLINE = 90 * 86_400;

/** How long what an issuer gives out lives, in seconds. Short, because the computer may stand in a library. */
export const LIFETIMES = {
	AccessToken: 300,
	AuthorizationCode: 60,
	IdToken: 600,
	Interaction: 600,
	Session: (_ctx, session) => (session.acr === SHARED_COMPUTER ? KEPT_SHARED : KEPT),
	// A grant that refresh tokens stand under lives as long as they may.
	Grant: (_ctx, grant) => (grant.getOIDCScope().includes('offline_access') ? OFFLINE : 3_600),
	RefreshToken: OFFLINE,
} satisfies Configuration['ttl'];

/** When somebody has to give their card; the page after it, where there is one, is `consentPrompt`. */
export function cardPolicy(consent: interactionPolicy.Prompt) {
	const policy = interactionPolicy.base();
	policy.remove('consent');
	policy.add(consent);
	const { Check } = interactionPolicy;
	policy.get('login')!.checks.add(
		new Check('card_long_ago', 'the card was checked too long ago', 'login_required', ({ oidc }) => {
			const { session, result } = oidc;
			if (!session?.accountId || result?.login) return false;
			return session.past(session.acr === SHARED_COMPUTER ? ASK_AGAIN_SHARED : ASK_AGAIN);
		}),
	);
	return policy;
}
