import { promisify } from 'node:util';
import { decrypt } from 'xml-encryption';
import type { OwnKey } from '../own-keys.ts';
import { Refusal, type RefusalCode } from '../refusal.ts';
import { type Element, isElement, readXml } from '../xml/read-xml.ts';
import { readAssertion, type Said } from './assertion.ts';
import type { IdentityProvider } from './idp-metadata.ts';
import { type AskedFor, samlFor } from './library-options.ts';
import { SAML } from './names.ts';
import { type ResponseForm, readResponseForm } from './response-form.ts';
import type { ServiceProvider } from './service-provider.ts';
import { expectNoOther, expectUniqueIds, signatureOf } from './signature-form.ts';

/** What a response is checked with. */
export interface ResponseParts {
	readonly us: ServiceProvider;
	readonly idp: IdentityProvider;
	readonly signing: OwnKey;
	/** Keys of ours that a provider may have encrypted for. */
	readonly decrypting: readonly OwnKey[];
	/** The request that was taken out of the store for this response. */
	readonly request: AskedFor;
	readonly signed: 'both' | 'assertion';
	readonly encrypted: 'allowed' | 'required';
	readonly again: boolean;
	/** UTC milliseconds. */
	readonly now: number;
}

/**
 * Checks a response in three steps, each of which can only refuse: its form, before the library sees it; its signatures, by the library; and
 * what the signed bytes say. Nothing outside of them is used. Throws `Refusal`.
 */
export async function checkResponse(posted: string, parts: ResponseParts): Promise<Said> {
	const { us, idp, request } = parts;
	const form = readResponseForm(posted, {
		acs: us.acs,
		idp: idp.entityId,
		request: request.id,
		signed: parts.signed,
		encrypted: parts.encrypted,
	});
	const { xml, key } = await verified(form, parts);
	const assertion = readXml(xml);
	expectNoOther(assertion, new Set(['Response', 'Assertion', 'EncryptedAssertion']), [assertion]);
	const shown = form.assertion ?? (await openAgain(form, key));
	if (shown.attributes.get('ID') !== assertion.attributes.get('ID')) throw new Refusal('saml_assertions');
	return readAssertion(assertion, {
		acs: us.acs,
		us: us.entityId,
		idp: idp.entityId,
		request: request.id,
		askedAt: request.at,
		again: parts.again,
		now: parts.now,
	});
}

/** The bytes of the assertion that the provider signed, and the key of ours that opened them. */
async function verified(form: ResponseForm, parts: ResponseParts): Promise<{ xml: string; key: OwnKey }> {
	let trouble: unknown;
	// While our key changes, a provider may still encrypt for the one before.
	for (const key of form.encrypted ? parts.decrypting : parts.decrypting.slice(0, 1)) {
		try {
			const saml = samlFor({ ...parts, decrypting: key });
			const { profile } = await saml.validatePostResponseAsync({ SAMLResponse: form.base64 });
			const xml = profile?.getAssertionXml?.();
			if (xml) return { xml, key };
		} catch (error) {
			trouble = error;
		}
	}
	throw new Refusal(codeOf(trouble), trouble);
}

/** Why the library refuses, as far as it says: what staff have to mend differs. */
function codeOf(trouble: unknown): RefusalCode {
	const text = trouble instanceof Error ? trouble.message : '';
	return WORDS.find(([words]) => words.test(text))?.[1] ?? 'saml_signature';
}

const WORDS: readonly (readonly [RegExp, RefusalCode])[] = [
	[/audience/i, 'saml_audience'],
	[/not yet valid|expired|not a valid date|No valid subject confirmation/i, 'saml_time'],
	[/InResponseTo/i, 'saml_in_response_to'],
];

/** What was encrypted has to have the same form as what was not: opened once more, after its signatures were found right. */
async function openAgain(form: ResponseForm, { privateKey }: OwnKey): Promise<Element> {
	// The form saw to it that there is one cipher text and one key in the whole of it.
	const hidden = Buffer.from(form.base64, 'base64').toString('utf8');
	const open = promisify<string, { key: string; disallowDecryptionWithInsecureAlgorithm: boolean }, string>(
		decrypt,
	);
	const text = await open(hidden, { key: privateKey, disallowDecryptionWithInsecureAlgorithm: true });
	const assertion = readXml(text);
	if (!isElement(assertion, SAML, 'Assertion')) throw new Refusal('saml_assertions');
	expectUniqueIds(assertion);
	const signature = signatureOf(assertion);
	if (!signature) throw new Refusal('saml_unsigned');
	expectNoOther(assertion, new Set(['Response', 'Assertion', 'EncryptedAssertion', 'Signature']), [
		assertion,
		signature,
	]);
	return assertion;
}
