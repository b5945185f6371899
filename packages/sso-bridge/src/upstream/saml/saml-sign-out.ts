import type { LibraryRecord } from '@understory/core/register.ts';
import type { SamlUpstream } from '@understory/core/upstream-settings.ts';
import type { Context } from '../../context.ts';
import type { EndedElsewhere } from '../../store/upstream-sessions.ts';
import type { ProviderSession } from '../memory.ts';
import { Refusal } from '../refusal.ts';
import type { IdentityProvider } from './idp-metadata.ts';
import { samlFor } from './library-options.ts';
import { LOGOUT_OLDEST_MS, type LogoutRequest, readLogoutRequest } from './logout-request.ts';
import { readQueryMessage } from './redirect-signature.ts';
import { decodeMessage } from './response-form.ts';
import { serviceProviderAt } from './service-provider.ts';
import { SKEW_MS } from './times.ts';

/** What a provider's request to end somebody's sign-in came to: which sessions end, and where the browser goes with our answer. */
export interface SamlEnding {
	readonly ended: readonly EndedElsewhere[];
	readonly answer: string | null;
}

/** How a request came: in an address, as its raw query, or in a form. */
export type SamlMessage =
	| { readonly query: string }
	| { readonly posted: string; readonly relay: string | null };

/**
 * Reads a provider's request to end somebody's sign-in. It counts with the signature of the provider that it names, once, and only for the
 * sessions of that provider (reference/library-sso.md 4.2, 4.3). Throws `Refusal`.
 */
export async function readSamlEnding(
	context: Context,
	library: LibraryRecord,
	message: SamlMessage,
): Promise<SamlEnding> {
	const { upstreams, clock } = context;
	const { logout } = serviceProviderAt(library.card_origin);
	const inQuery = 'query' in message ? readQueryMessage(message.query, 'SAMLRequest') : null;
	const xml = inQuery?.xml ?? decodeMessage('posted' in message ? message.posted : '');
	const request = readLogoutRequest(xml, { logout, now: clock.now() });
	const { ways, idp } = await providerCalled(context, library, request.issuer);
	const signed = inQuery
		? inQuery.isSignedBy(idp.certificates)
		: await isSigned(context, library, { idp, request, xml });
	if (!signed) throw new Refusal('saml_unsigned');
	const until = clock.now() + 2 * (LOGOUT_OLDEST_MS + SKEW_MS);
	if (!(await upstreams.memory.useUp(library.id, `${idp.entityId}\0${request.id}`, until)))
		throw new Refusal('replayed');

	const hash = (text: string) => context.keysOf(library.id).attempt(`${idp.entityId}\0${text}`);
	const subject = hash(`name\0${request.name}`);
	const indexes =
		request.sessions.length === 0 ? [null] : request.sessions.map((one) => hash(`session\0${one}`));
	const ended = ways.flatMap(({ id: upstream }) =>
		indexes.map((sessionIndex) => ({ library: library.id, upstream, subject, sessionIndex })),
	);
	const relay = inQuery ? inQuery.relay : 'relay' in message ? message.relay : null;
	return { ended, answer: await answerTo(context, library, { idp, request, relay }) };
}

/** The provider with this entity id, and every way in that leads to it. */
async function providerCalled(context: Context, library: LibraryRecord, issuer: string) {
	const called = [];
	for (const way of context.upstreams.of(library).ways) {
		if (way.kind !== 'saml') continue;
		const idp = await context.upstreams.providers.of(way).catch(() => null);
		if (idp?.entityId === issuer) called.push({ way, idp });
	}
	if (called.length === 0) throw new Refusal('saml_issuer');
	return { idp: called[0]!.idp, ways: called.map(({ way }) => way) };
}

async function isSigned(
	context: Context,
	library: LibraryRecord,
	{ idp, request, xml }: { idp: IdentityProvider; request: LogoutRequest; xml: string },
): Promise<boolean> {
	if (!request.signed) return false;
	const saml = await libraryFor(context, library, idp, idp.signIn.url);
	const base64 = Buffer.from(xml, 'utf8').toString('base64');
	return saml.validatePostRequestAsync({ SAMLRequest: base64 }).then(
		() => true,
		() => false,
	);
}

async function answerTo(
	context: Context,
	library: LibraryRecord,
	{ idp, request, relay }: { idp: IdentityProvider; request: LogoutRequest; relay: string | null },
): Promise<string | null> {
	if (!idp.signOut) return null;
	const saml = await libraryFor(context, library, idp, idp.signOut.answerUrl);
	const told = { ID: request.id } as Parameters<typeof saml.getLogoutResponseUrlAsync>[0];
	return saml.getLogoutResponseUrlAsync(told, relay ?? '', {}, true);
}

/** Our request to a provider to end somebody's session there; null where it cannot be asked. */
export async function samlSignOutUrl(
	context: Context,
	{ library, way }: { library: LibraryRecord; way: SamlUpstream },
	ending: ProviderSession['ending'],
): Promise<string | null> {
	const idp = await context.upstreams.providers.of(way);
	const { name, format, qualifier, sp_qualifier, session, entity } = ending;
	if (!idp.signOut || !name || entity !== idp.entityId) return null;
	const saml = await libraryFor(context, library, idp, idp.signOut.url);
	const person = {
		issuer: entity,
		nameID: name,
		nameIDFormat: format ?? '',
		...(qualifier ? { nameQualifier: qualifier } : {}),
		...(sp_qualifier ? { spNameQualifier: sp_qualifier } : {}),
		...(session ? { sessionIndex: session } : {}),
	};
	return saml.getLogoutUrlAsync(person, '', {});
}

async function libraryFor(context: Context, library: LibraryRecord, idp: IdentityProvider, url: string) {
	const { keys } = context.upstreams.of(library);
	const [signing] = await context.upstreams.ownKeys(library, 'saml_signing', keys);
	return samlFor({
		us: serviceProviderAt(library.card_origin),
		idp: { ...idp, signOut: { url, answerUrl: url } },
		signing: signing!,
		decrypting: signing!,
		request: null,
	});
}
