import type { LibraryRecord } from '@understory/core/register.ts';
import { unseal } from '@understory/core/seal.ts';
import type { SamlUpstream } from '@understory/core/upstream-settings.ts';
import * as openid from 'openid-client';
import type { Context } from '../context.ts';
import {
	type EndedElsewhere,
	forgetUpstreamSessions,
	type UpstreamSession,
	upstreamSessionOf,
} from '../store/upstream-sessions.ts';
import type { Site } from '../web/site.ts';
import type { ProviderSession } from './memory.ts';
import type { OidcWay } from './oidc/relying-party.ts';
import type { OpenWay } from './upstreams.ts';

/** Where a browser comes back to when a provider has ended its side. */
export const SIGNED_OUT = '/upstream/signed-out';

/** Ends the card sessions that stood on what a provider ended; the branches are told. */
export async function endHere(context: Context, site: Site, ended: readonly EndedElsewhere[]): Promise<void> {
	const { library, provider, signOut } = site;
	for (const one of ended) {
		const uids = await forgetUpstreamSessions(context.database, one);
		const count = await signOut.endHashed(provider, uids);
		context.log.info('ended_elsewhere', { library: library.slug, operation: one.upstream, count });
	}
}

/** Where the other side of a card session can be ended. */
export interface EndingPlace {
	readonly way: OpenWay;
	/** For one browser to go to: a signed request, or the provider's own page. */
	readonly url: string;
}

/**
 * The page on which a provider ends its side of a card session; null when it has none, cannot be asked, or the session stands on none. To be
 * asked before ours is ended, and gone to after: what the provider then does or does not do leaves nobody signed in here.
 */
export async function endingPlace(
	context: Context,
	library: LibraryRecord,
	uid: string,
): Promise<EndingPlace | null> {
	const about = { library: library.id, uid, now: context.clock.now() };
	const theirs = await upstreamSessionOf(context.database, about);
	const way = theirs && context.upstreams.way(library, theirs.upstream);
	if (!way) return null;
	try {
		const url =
			way.kind === 'oidc'
				? await oidcSignOutUrl(context, { library, way })
				: await samlSignOutUrl(context, { library, way }, theirs);
		return url === null ? null : { way, url };
	} catch {
		context.log.warn('not_ended_elsewhere', { library: library.slug, operation: way.id });
		return null;
	}
}

async function samlSignOutUrl(
	context: Context,
	about: { readonly library: LibraryRecord; readonly way: SamlUpstream },
	theirs: UpstreamSession,
): Promise<string | null> {
	const { samlSignOutUrl: address } = await import('./saml/saml-sign-out.ts');
	return address(context, about, endingIn(context, theirs));
}

function endingIn(context: Context, { id, library, sealed }: UpstreamSession): ProviderSession['ending'] {
	return JSON.parse(unseal(context.keysOf(library).seal, `upstream_session/${id}`, sealed ?? ''));
}

/** Without the ID token, which would have to be kept with all it says: the provider asks the person itself (RP-Initiated Logout 1.0, 2). */
async function oidcSignOutUrl(context: Context, about: OidcWay): Promise<string | null> {
	const { config } = await context.upstreams.relyingParty(about);
	if (!config.serverMetadata().end_session_endpoint) return null;
	const back = `${about.library.card_origin}${SIGNED_OUT}`;
	return openid.buildEndSessionUrl(config, { post_logout_redirect_uri: back }).href;
}
