import { X509Certificate } from 'node:crypto';
import { isSafeAddress } from '../address.ts';
import { Refusal } from '../refusal.ts';
import { childrenOf, type Element, everyElement, isElement, readXml } from '../xml/read-xml.ts';
import { DSIG, METADATA, POST, REDIRECT, SAMLP } from './names.ts';
import { instant } from './times.ts';

/** What we need to know of an identity provider. */
export interface IdentityProvider {
	readonly entityId: string;
	/** PEM, at most as many as a change of keys needs. */
	readonly certificates: readonly string[];
	readonly signIn: { readonly binding: 'redirect' | 'post'; readonly url: string };
	/** Null: it does not say how to sign out. */
	readonly signOut: { readonly url: string; readonly answerUrl: string } | null;
	/** UTC milliseconds after which this is not to be used (metadata 2.3.1); null: it does not say. */
	readonly validUntil: number | null;
}

const MOST_CERTIFICATES = 4;

/** Reads a description that staff pasted, comments and all. Throws `Refusal`. */
export function readPastedProvider(text: string): IdentityProvider {
	return readIdentityProvider(readXml(text.trim(), { comments: 'ignored' }));
}

/**
 * Reads an identity provider's entity descriptor (SAML metadata 2.4.3). Whether it may be believed was settled before: it was pasted by
 * staff, or its file was signed by a pinned key. Throws `Refusal` `provider_unknown` when it cannot be used.
 */
export function readIdentityProvider(entity: Element): IdentityProvider {
	const unusable = (): never => {
		throw new Refusal('provider_unknown');
	};
	if (!isElement(entity, METADATA, 'EntityDescriptor')) unusable();
	const entityId = entity.attributes.get('entityID') || unusable();
	const role = childrenOf(entity, METADATA, 'IDPSSODescriptor').find(({ attributes }) =>
		(attributes.get('protocolSupportEnumeration') ?? '').split(/\s+/).includes(SAMLP),
	);
	if (!role) return unusable();
	const certificates = certificatesIn(role);
	if (certificates.length === 0 || certificates.length > MOST_CERTIFICATES) unusable();
	const services = endpointsOf(role, 'SingleSignOnService');
	const redirect = services.get(REDIRECT);
	const post = services.get(POST);
	if (!redirect && !post) unusable();
	const signOut = endpointsOf(role, 'SingleLogoutService').get(REDIRECT);
	return {
		entityId,
		certificates,
		signIn: redirect ? { binding: 'redirect', url: redirect.url } : { binding: 'post', url: post!.url },
		signOut: signOut ?? null,
		validUntil: earliest(role),
	};
}

/** Keys it signs with: those that are for signing, and those that do not say what they are for. RSA of at least 2048 bits. */
function certificatesIn(role: Element): string[] {
	const found = childrenOf(role, METADATA, 'KeyDescriptor')
		.filter(({ attributes }) => (attributes.get('use') ?? 'signing') === 'signing')
		.flatMap((key) => [...everyElement(key)].filter((one) => isElement(one, DSIG, 'X509Certificate')))
		.map(({ text }) => pem(text));
	return [...new Set(found)].filter(isStrong);
}

function pem(base64: string): string {
	const lines = base64.replace(/\s/g, '').match(/.{1,64}/g) ?? [];
	return `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`;
}

function isStrong(certificate: string): boolean {
	try {
		const { asymmetricKeyType, asymmetricKeyDetails } = new X509Certificate(certificate).publicKey;
		return asymmetricKeyType === 'rsa' && (asymmetricKeyDetails?.modulusLength ?? 0) >= 2048;
	} catch {
		return false;
	}
}

/** The first endpoint of each binding whose address a browser may be sent to. */
function endpointsOf(role: Element, name: string): Map<string, { url: string; answerUrl: string }> {
	const found = new Map<string, { url: string; answerUrl: string }>();
	for (const { attributes } of childrenOf(role, METADATA, name)) {
		const binding = attributes.get('Binding') ?? '';
		const url = attributes.get('Location') ?? '';
		const answerUrl = attributes.get('ResponseLocation') ?? url;
		if (!found.has(binding) && isSafeAddress(url) && isSafeAddress(answerUrl)) {
			found.set(binding, { url, answerUrl });
		}
	}
	return found;
}

/** The first end of an element and of everything it stands in: a group ends with all its members. */
function earliest(element: Element): number | null {
	const ends: number[] = [];
	for (let one: Element | null = element; one; one = one.parent) {
		const text = one.attributes.get('validUntil');
		// One that cannot be read is one that is over.
		if (text !== undefined) ends.push(instant(text) ?? 0);
	}
	return ends.length === 0 ? null : Math.min(...ends);
}
