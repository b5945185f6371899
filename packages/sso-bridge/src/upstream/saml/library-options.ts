import { SAML, type SamlConfig, ValidateInResponseTo } from '@node-saml/node-saml';
import { REQUEST_LASTS_MS } from '../departure.ts';
import type { OwnKey } from '../own-keys.ts';
import type { IdentityProvider } from './idp-metadata.ts';
import { PERSISTENT } from './names.ts';
import type { ServiceProvider } from './service-provider.ts';
import { SKEW_MS } from './times.ts';

/** The request a message belongs to: the only one the library may find. Times in UTC milliseconds. */
export interface AskedFor {
	readonly id: string;
	readonly at: number;
}

/**
 * Whatever needs this is loaded when the first person comes in by SAML: most libraries have none, and its XML takes about 20 MB.
 *
 * node-saml, set up for one message and nothing else: every default that is weak is overridden (reference/library-sso.md 4.1). It keeps no
 * memory of its own; which requests are open is in our database, and a request was taken out of it before a response is looked at.
 */
export function samlFor(parts: {
	readonly us: ServiceProvider;
	readonly idp: IdentityProvider;
	readonly signing: OwnKey;
	readonly decrypting: OwnKey;
	readonly request: AskedFor | null;
	readonly signed?: 'both' | 'assertion' | undefined;
	readonly again?: boolean | undefined;
	/** Ask for a name that lasts; false where the library tells people apart by an attribute. */
	readonly persistent?: boolean;
	/** Do not compress: for messages that travel in a form. */
	readonly plain?: boolean;
}): SAML {
	const { us, idp, request } = parts;
	const options: SamlConfig = {
		issuer: us.entityId,
		audience: us.entityId,
		callbackUrl: us.acs,
		logoutCallbackUrl: us.logout,
		entryPoint: idp.signIn.url,
		logoutUrl: idp.signOut?.url ?? idp.signIn.url,
		idpIssuer: idp.entityId,
		idpCert: [...idp.certificates],
		privateKey: parts.signing.privateKey,
		publicCert: parts.signing.certificate,
		decryptionPvk: parts.decrypting.privateKey,
		signatureAlgorithm: 'sha256',
		digestAlgorithm: 'sha256',
		wantAssertionsSigned: true,
		wantAuthnResponseSigned: (parts.signed ?? 'both') === 'both',
		validateInResponseTo: ValidateInResponseTo.always,
		requestIdExpirationPeriodMs: REQUEST_LASTS_MS,
		maxAssertionAgeMs: REQUEST_LASTS_MS,
		acceptedClockSkewMs: SKEW_MS,
		identifierFormat: (parts.persistent ?? true) ? PERSISTENT : null,
		allowCreate: true,
		disableRequestedAuthnContext: true,
		forceAuthn: parts.again ?? false,
		skipRequestCompression: parts.plain ?? false,
		...(request ? { generateUniqueId: () => request.id } : {}),
		cacheProvider: {
			saveAsync: async () => null,
			getAsync: async (id) => (request && id === request.id ? new Date(request.at).toISOString() : null),
			removeAsync: async () => null,
		},
	};
	return new SAML(options);
}
