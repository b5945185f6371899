import { randomBytes } from 'node:crypto';
import type { LibraryRecord } from '@understory/core/register.ts';
import type { SamlUpstream } from '@understory/core/upstream-settings.ts';
import type { Context } from '../../context.ts';
import { type Departure, type Leaving, REQUEST_LASTS_MS } from '../departure.ts';
import { judged } from '../finish.ts';
import type { Answered, Asked } from '../memory.ts';
import { personBy } from '../people.ts';
import { Refusal } from '../refusal.ts';
import type { OpenWay } from '../upstreams.ts';
import type { Said } from './assertion.ts';
import type { IdentityProvider } from './idp-metadata.ts';
import { samlFor } from './library-options.ts';
import { checkResponse } from './response.ts';
import { serviceProviderAt } from './service-provider.ts';
import { subjectsOf, valuesOf } from './subjects.ts';

/** Asks a provider to sign somebody in: a signed request, remembered for the browser that leaves with it. Throws `Refusal`. */
export async function beginSaml(
	context: Context,
	{ library, way }: { library: LibraryRecord; way: SamlUpstream },
	{ purpose, browser, shared }: Leaving,
): Promise<Departure> {
	const { upstreams, clock } = context;
	const idp = await upstreams.providers.of(way);
	const request = { id: `_${randomBytes(20).toString('hex')}`, at: clock.now() };
	const [signing] = await upstreams.ownKeys(library, 'saml_signing', upstreams.of(library).keys);
	const again = shared || (way.ask_again ?? false);
	const saml = samlFor({
		us: serviceProviderAt(library.card_origin),
		idp,
		signing: signing!,
		decrypting: signing!,
		request,
		again,
		persistent: way.subject_attribute === undefined,
		plain: idp.signIn.binding === 'post',
	});
	const asked: Asked = { kind: 'asked', upstream: way.id, purpose, browser, shared, again, ...request };
	const relay = await upstreams.memory.keep(library.id, asked, request.at + REQUEST_LASTS_MS);
	if (idp.signIn.binding === 'redirect') {
		return { kind: 'address', url: await saml.getAuthorizeUrlAsync(relay, undefined, {}) };
	}
	const fields = Object.entries(await saml.getAuthorizeMessageAsync(relay, undefined, {}));
	return {
		kind: 'form',
		action: idp.signIn.url,
		fields: fields.map(([name, value]) => ({ name, value: String(value) })),
	};
}

/** Reads what a provider answered to `asked`, and keeps of it who it is (keyed hashes) and the words of our rules. Throws `Refusal`. */
export async function readSamlAnswer(
	context: Context,
	{ library, way }: { library: LibraryRecord; way: OpenWay<SamlUpstream> },
	{ asked, response }: { asked: Asked; response: string },
): Promise<Answered> {
	const { upstreams, clock } = context;
	const now = clock.now();
	const { keys } = upstreams.of(library);
	const us = serviceProviderAt(library.card_origin);
	const idp = await upstreams.providers.of(way);
	const [signing] = await upstreams.ownKeys(library, 'saml_signing', keys);
	const said = await checkResponse(response, {
		us,
		idp,
		signing: signing!,
		decrypting: await upstreams.ownKeys(library, 'saml_encryption', keys),
		request: asked,
		signed: way.signed ?? 'both',
		encrypted: way.encrypted ?? 'allowed',
		again: asked.again,
		now,
	});
	if (!(await upstreams.memory.useUp(library.id, `${idp.entityId}\0${said.id}`, said.over)))
		throw new Refusal('replayed');
	const { identity, attempt } = context.keysOf(library.id);
	const subjects = subjectsOf(said, { us: us.entityId, attribute: way.subject_attribute });
	const links = subjects.map((subject) => ({
		kind: 'saml' as const,
		hash: identity('saml', `${idp.entityId}\0${subject}`),
	}));
	const person = await judged(context, library, links, () =>
		personBy(way, (name) => valuesOf(said, name), { now, zone: library.zone }),
	);
	const { upstream, purpose, browser, shared } = asked;
	return {
		kind: 'answered',
		upstream,
		purpose,
		browser,
		shared,
		links,
		person,
		session: sessionOf(said, idp, (text) => attempt(`${idp.entityId}\0${text}`)),
	};
}

/** How the provider's session is found and named when it ends. */
function sessionOf(
	{ nameId, sessionIndex }: Said,
	{ entityId }: IdentityProvider,
	hash: (text: string) => string,
): Answered['session'] {
	return {
		subject: hash(`name\0${nameId?.value ?? ''}`),
		index: sessionIndex === null ? null : hash(`session\0${sessionIndex}`),
		ending: {
			entity: entityId,
			name: nameId?.value ?? null,
			format: nameId?.format ?? null,
			qualifier: nameId?.nameQualifier ?? null,
			sp_qualifier: nameId?.spNameQualifier ?? null,
			session: sessionIndex,
		},
	};
}
