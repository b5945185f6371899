import { SignedXml } from 'xml-crypto';
import type { OwnKey } from '../own-keys.ts';
import {
	DSIG,
	ENVELOPED,
	EXCLUSIVE_C14N,
	KEY_TRANSPORT,
	METADATA,
	PERSISTENT,
	POST,
	REDIRECT,
	RSA_SHA256,
	SAML,
	SAMLP,
	SHA256,
	SOUND_CIPHERS,
} from './names.ts';
import type { ServiceProvider } from './service-provider.ts';

/** What our metadata says. The first of `signing` signs; the others are there so that a provider knows them in time. */
export interface MetadataParts {
	readonly us: ServiceProvider;
	/** A fresh id for the document, which is what its signature covers. */
	readonly id: string;
	readonly organization: string;
	readonly signing: readonly OwnKey[];
	readonly encryption: readonly OwnKey[];
}

/** Our metadata as a signed document (SAML metadata 2.3.2, 2.4.4): every key of ours, what we sign and what we want signed. */
export function serviceProviderMetadata(parts: MetadataParts): string {
	const { us } = parts;
	const keys = [
		...parts.signing.map((key) => keyDescriptor('signing', key)),
		...parts.encryption.map((key) => keyDescriptor('encryption', key)),
	].join('');
	const document = `<md:EntityDescriptor xmlns:md="${METADATA}" xmlns:ds="${DSIG}" ID="${escaped(parts.id)}" entityID="${escaped(us.entityId)}" cacheDuration="P1D">${wantedSubject()}<md:SPSSODescriptor AuthnRequestsSigned="true" WantAssertionsSigned="true" protocolSupportEnumeration="${SAMLP}">${keys}${logout(REDIRECT, us)}${logout(POST, us)}<md:NameIDFormat>${PERSISTENT}</md:NameIDFormat><md:AssertionConsumerService Binding="${POST}" Location="${escaped(us.acs)}" index="0" isDefault="true"/></md:SPSSODescriptor>${organization(parts.organization, us)}</md:EntityDescriptor>`;
	return signed(document, parts.signing[0]!);
}

function keyDescriptor(use: 'signing' | 'encryption', { certificate }: OwnKey): string {
	const bare = certificate.replace(/-----[^-]+-----|\s/g, '');
	const methods = [...SOUND_CIPHERS, KEY_TRANSPORT].map(
		(algorithm) => `<md:EncryptionMethod Algorithm="${algorithm}"/>`,
	);
	return `<md:KeyDescriptor use="${use}"><ds:KeyInfo><ds:X509Data><ds:X509Certificate>${bare}</ds:X509Certificate></ds:X509Data></ds:KeyInfo>${use === 'encryption' ? methods.join('') : ''}</md:KeyDescriptor>`;
}

/** We ask for a name that is another one at every service (SAML subject identifiers 1.0, 5). */
function wantedSubject(): string {
	return `<md:Extensions><mdattr:EntityAttributes xmlns:mdattr="urn:oasis:names:tc:SAML:metadata:attribute"><saml:Attribute xmlns:saml="${SAML}" Name="urn:oasis:names:tc:SAML:profiles:subject-id:req" NameFormat="urn:oasis:names:tc:SAML:2.0:attrname-format:uri"><saml:AttributeValue>pairwise-id</saml:AttributeValue></saml:Attribute></mdattr:EntityAttributes></md:Extensions>`;
}

function logout(binding: string, { logout: location }: ServiceProvider): string {
	return `<md:SingleLogoutService Binding="${binding}" Location="${escaped(location)}"/>`;
}

function organization(name: string, { entityId }: ServiceProvider): string {
	const url = escaped(new URL(entityId).origin);
	return `<md:Organization><md:OrganizationName xml:lang="en">${escaped(name)}</md:OrganizationName><md:OrganizationDisplayName xml:lang="en">${escaped(name)}</md:OrganizationDisplayName><md:OrganizationURL xml:lang="en">${url}</md:OrganizationURL></md:Organization>`;
}

function signed(document: string, { privateKey, certificate }: OwnKey): string {
	const signer = new SignedXml({
		privateKey,
		publicCert: certificate,
		signatureAlgorithm: RSA_SHA256,
		canonicalizationAlgorithm: EXCLUSIVE_C14N,
	});
	signer.addReference({
		xpath: '/*',
		transforms: [ENVELOPED, EXCLUSIVE_C14N],
		digestAlgorithm: SHA256,
	});
	signer.computeSignature(document, { prefix: 'ds', location: { reference: '/*', action: 'prepend' } });
	return signer.getSignedXml();
}

function escaped(text: string): string {
	return text.replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`);
}
