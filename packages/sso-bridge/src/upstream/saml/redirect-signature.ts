import { verify } from 'node:crypto';
import { inflateRawSync } from 'node:zlib';
import { Refusal } from '../refusal.ts';
import { SIGNATURE_METHODS } from './names.ts';
import { utf8 } from './text.ts';

/** A message that came in an address (SAML bindings 3.4), its signature not yet checked. */
export interface QueryMessage {
	readonly xml: string;
	readonly relay: string | null;
	/** Is it signed by one of these certificates? Without a signature, or by a method we do not take: no. */
	isSignedBy(certificates: readonly string[]): boolean;
}

/** No message about signing out is larger, in bytes. */
const LARGEST = 64 * 1024;

/**
 * Reads the query of an address as it was sent: the signature is over the very letters, in the order of the standard and not of the address
 * (SAML bindings 3.4.4.1). A name that stands there twice is refused, since two readers would choose differently. Throws `Refusal`.
 */
export function readQueryMessage(query: string, kind: 'SAMLRequest' | 'SAMLResponse'): QueryMessage {
	const raw = new Map<string, string>();
	for (const pair of query.split('&')) {
		const at = pair.indexOf('=');
		const name = at < 0 ? pair : pair.slice(0, at);
		if (raw.has(name)) throw new Refusal('saml_form');
		raw.set(name, at < 0 ? '' : pair.slice(at + 1));
	}
	const message = raw.get(kind);
	if (!message || raw.has(kind === 'SAMLRequest' ? 'SAMLResponse' : 'SAMLRequest'))
		throw new Refusal('saml_form');
	const signed = [kind, 'RelayState', 'SigAlg'].filter((name) => raw.has(name));
	const text = signed.map((name) => `${name}=${raw.get(name)}`).join('&');
	const algorithm = SIGNATURE_METHODS.get(decoded(raw.get('SigAlg')));
	const signature = Buffer.from(decoded(raw.get('Signature')), 'base64');
	const relay = raw.get('RelayState');
	return {
		xml: inflated(decoded(message)),
		relay: relay === undefined ? null : decoded(relay),
		isSignedBy: (certificates) =>
			algorithm !== undefined &&
			signature.length > 0 &&
			certificates.some((certificate) =>
				verify(algorithm, Buffer.from(text, 'utf8'), certificate, signature),
			),
	};
}

function decoded(value: string | undefined): string {
	try {
		return decodeURIComponent((value ?? '').replace(/\+/g, ' '));
	} catch {
		throw new Refusal('saml_encoding');
	}
}

function inflated(base64: string): string {
	if (!/^[A-Za-z0-9+/]+={0,2}$/.test(base64)) throw new Refusal('saml_encoding');
	try {
		return utf8(inflateRawSync(Buffer.from(base64, 'base64'), { maxOutputLength: LARGEST }));
	} catch (error) {
		throw error instanceof Refusal ? error : new Refusal('saml_encoding', error);
	}
}
