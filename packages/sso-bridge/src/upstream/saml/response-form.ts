import { Refusal } from '../refusal.ts';
import { childrenOf, type Element, everyElement, isElement, onlyChild, readXml } from '../xml/read-xml.ts';
import { CIPHERS, DSIG, KEY_TRANSPORT, SAML, SAMLP, SOUND_CIPHERS, SUCCESS, XENC } from './names.ts';
import { expectNoOther, expectUniqueIds, signatureOf } from './signature-form.ts';
import { utf8 } from './text.ts';

/** The largest response that is read, in bytes before base64. */
export const LARGEST = 256 * 1024;

/** What a response is held against. */
export interface Expected {
	/** Our own address for responses. */
	readonly acs: string;
	/** The provider's entity id. */
	readonly idp: string;
	/** The id of the request it has to answer. */
	readonly request: string;
	readonly signed: 'both' | 'assertion';
	readonly encrypted: 'allowed' | 'required';
}

/** A response whose outer form is right. None of it may be believed yet. */
export interface ResponseForm {
	/** The exact bytes that were looked at, in base64. */
	readonly base64: string;
	/** The assertion as it stands there; null when it is encrypted. */
	readonly assertion: Element | null;
	readonly encrypted: boolean;
}

const SENSITIVE = new Set(['Response', 'Assertion', 'EncryptedAssertion', 'Signature']);

/**
 * What has to be right about a response before a library is handed it (reference/library-sso.md 4.2): its size, that it is plain XML, that
 * it is one response with one assertion for us from the right provider to a question that we asked, and how it is signed. Throws `Refusal`.
 */
export function readResponseForm(posted: string, expected: Expected): ResponseForm {
	const text = decodeMessage(posted);
	const response = readXml(text);
	if (!isElement(response, SAMLP, 'Response') || response.attributes.get('Version') !== '2.0')
		throw new Refusal('saml_form');
	if (response.attributes.get('Destination') !== expected.acs) throw new Refusal('saml_destination');
	if (response.attributes.get('InResponseTo') !== expected.request) throw new Refusal('saml_in_response_to');
	checkIssuer(response, expected.idp);
	checkStatus(response);
	expectUniqueIds(response);

	const plain = childrenOf(response, SAML, 'Assertion');
	const hidden = childrenOf(response, SAML, 'EncryptedAssertion');
	if (plain.length + hidden.length !== 1) throw new Refusal('saml_assertions');
	const outer = signatureOf(response);
	if (!outer && expected.signed === 'both') throw new Refusal('saml_unsigned');
	const [assertion = null] = plain;
	const inner = assertion && signatureOf(assertion);
	if (assertion && !inner) throw new Refusal('saml_unsigned');
	if (assertion && expected.encrypted === 'required') throw new Refusal('saml_encryption');
	if (hidden[0]) checkEncryption(response, hidden[0], outer !== null);
	const known = [response, ...plain, ...hidden, outer, inner].filter((one) => one !== null);
	expectNoOther(response, SENSITIVE, known);
	return { base64: Buffer.from(text, 'utf8').toString('base64'), assertion, encrypted: assertion === null };
}

/** What a browser brought in a form: base64 and nothing else, UTF-8 inside, not more than we read. */
export function decodeMessage(posted: string): string {
	if (posted.length > LARGEST * 1.4) throw new Refusal('xml_size');
	const bare = posted.replace(/[\r\n\t ]/g, '');
	if (!/^[A-Za-z0-9+/]+={0,2}$/.test(bare)) throw new Refusal('saml_encoding');
	const bytes = Buffer.from(bare, 'base64');
	if (bytes.length > LARGEST) throw new Refusal('xml_size');
	return utf8(bytes);
}

/** The envelope may leave its sender out; if it names one, it is the right one. */
function checkIssuer(response: Element, idp: string): void {
	const issuers = childrenOf(response, SAML, 'Issuer');
	if (issuers.length > 1 || issuers.some(({ text }) => text.trim() !== idp)) throw new Refusal('saml_issuer');
}

function checkStatus(response: Element): void {
	const status = onlyChild(response, SAMLP, 'Status');
	const code = status && onlyChild(status, SAMLP, 'StatusCode');
	if (!code) throw new Refusal('saml_form');
	if (code.attributes.get('Value') !== SUCCESS) throw new Refusal('provider_said_no');
}

/** One key, one cipher text, both by methods that give nothing away. */
function checkEncryption(response: Element, hidden: Element, envelopeSigned: boolean): void {
	const counted = (name: string) => [...everyElement(response)].filter((one) => one.name === name).length;
	if (counted('EncryptedData') !== 1 || counted('EncryptedKey') !== 1 || counted('CipherValue') !== 2)
		throw new Refusal('saml_encryption');
	const data = onlyChild(hidden, XENC, 'EncryptedData');
	const keyInfo = data && onlyChild(data, DSIG, 'KeyInfo');
	const inside = keyInfo ? childrenOf(keyInfo, XENC, 'EncryptedKey') : [];
	const keys = [...inside, ...childrenOf(hidden, XENC, 'EncryptedKey')];
	const [key] = keys;
	if (!data || !key || keys.length !== 1) throw new Refusal('saml_encryption');
	const cipher = onlyChild(data, XENC, 'EncryptionMethod')?.attributes.get('Algorithm') ?? '';
	const transport = onlyChild(key, XENC, 'EncryptionMethod')?.attributes.get('Algorithm') ?? '';
	if (!(envelopeSigned ? CIPHERS : SOUND_CIPHERS).has(cipher)) throw new Refusal('saml_encryption');
	if (transport !== KEY_TRANSPORT) throw new Refusal('saml_encryption');
}
