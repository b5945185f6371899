import { DOMParser } from '@xmldom/xmldom';
import { expect } from 'chai';
import { SignedXml } from 'xml-crypto';
import { type City, startCity } from './fixtures/city.ts';
import { trySaml } from './fixtures/elsewhere.ts';
import { PERSON } from './fixtures/identity-provider.ts';

const VICTIM = 'p-0001-somebody-else';
const ASSERTION = /<saml:Assertion .*<\/saml:Assertion>/s;
const SIGNATURE = /<ds:Signature .*?<\/ds:Signature>/s;

/**
 * The eight classic ways to keep a signature right and let the reader read something else (Somorovsky and others, "On Breaking SAML: Be Whoever
 * You Want to Be", 2012; numbered as SAML Raider does). In each the original, whole and signed, is still somewhere in the document, and the
 * forged part names somebody else. All are tried with both signatures and, where the library takes that, with that of the assertion alone.
 */
describe('a signature wrapping', () => {
	let city: City;
	before(async () => {
		city = await startCity();
	});
	after(() => city?.close());

	/** The signed part without its signature, under another id and about somebody else. */
	const forged = (part: string) =>
		part
			.replace(PERSON.persistent, VICTIM)
			.replace(SIGNATURE, '')
			.replace(/ ID="_([ar])/, ' ID="_forged$1');
	const bare = (part: string) => part.replace(SIGNATURE, '');
	const assertionIn = (text: string) => ASSERTION.exec(text)![0];
	/** The signature that stands directly in this part. */
	const signatureIn = (part: string) => SIGNATURE.exec(part)![0];
	const withInside = (part: string, what: string) =>
		part.replace(/<ds:KeyInfo>/, (begin) => `${begin}${what}`);
	const object = (what: string) =>
		`<ds:Object xmlns:ds="http://www.w3.org/2000/09/xmldsig#">${what}</ds:Object>`;

	/** What stands first in a response: its own signature, the assertion's is further in. */
	function envelope(text: string) {
		const start = text.slice(0, text.indexOf('<saml:Assertion '));
		const signature = SIGNATURE.exec(start)?.[0] ?? '';
		return { signature, unsigned: text.replace(signature, '') };
	}
	const forgedEnvelope = (text: string) =>
		envelope(text)
			.unsigned.replace(/ ID="_r/, ' ID="_forgedr')
			.replace(assertionIn(text), (assertion) => forged(assertion));

	const FORMS: Record<string, (text: string) => string> = {
		'XSW1: the original response inside the signature of a forged one': (text) => {
			const { signature, unsigned } = envelope(text);
			const hidden = signature.replace('</ds:Signature>', `${object(unsigned)}</ds:Signature>`);
			return forgedEnvelope(text).replace('</saml:Issuer>', `</saml:Issuer>${hidden}`);
		},
		'XSW2: the signature and the original response beside each other in a forged one': (text) => {
			const { signature, unsigned } = envelope(text);
			return forgedEnvelope(text).replace('</saml:Issuer>', `</saml:Issuer>${object(unsigned)}${signature}`);
		},
		'XSW3: a forged assertion before the original one': (text) =>
			text.replace(ASSERTION, (assertion) => `${forged(assertion)}${assertion}`),
		'XSW4: the original assertion inside a forged one': (text) =>
			text.replace(ASSERTION, (assertion) =>
				forged(assertion).replace('</saml:Assertion>', `${assertion}</saml:Assertion>`),
			),
		'XSW5: a forged assertion that holds the signature, the original one at the end': (text) =>
			text.replace(ASSERTION, (assertion) => {
				const holding = forged(assertion).replace(
					'</saml:Issuer>',
					`</saml:Issuer>${signatureIn(assertion)}`,
				);
				return `${holding}${bare(assertion)}`;
			}),
		'XSW6: the original assertion inside the signature of a forged one': (text) =>
			text.replace(ASSERTION, (assertion) => {
				const signature = signatureIn(assertion).replace(
					'</ds:Signature>',
					`${bare(assertion)}</ds:Signature>`,
				);
				return forged(assertion).replace('</saml:Issuer>', `</saml:Issuer>${signature}`);
			}),
		'XSW7: a forged assertion in extensions, before the original one': (text) =>
			text.replace(
				'<samlp:Status>',
				`<samlp:Extensions>${forged(assertionIn(text))}</samlp:Extensions><samlp:Status>`,
			),
		'XSW8: the original assertion in an object of the signature of a forged one': (text) =>
			text.replace(ASSERTION, (assertion) => {
				const signature = signatureIn(assertion).replace(
					'</ds:Signature>',
					`${object(bare(assertion))}</ds:Signature>`,
				);
				return forged(assertion).replace('</saml:Issuer>', `</saml:Issuer>${signature}`);
			}),
		'in the key that a signature shows': (text) =>
			text.replace(ASSERTION, (assertion) => withInside(assertion, forged(assertion))),
	};

	for (const [name, wrap] of Object.entries(FORMS)) {
		it(`is refused: ${name}`, async () => {
			for (const signed of ['both', 'assertion'] as const) {
				city.set({ signed });
				let sent = '';
				const outcome = await trySaml(city.bed, city.parts(), {
					afterAll: (text) => {
						sent = wrap(text);
						return sent;
					},
				});
				// A reader who believes any signature that is right would be taken in.
				expect(sent).to.include(VICTIM);
				expect(signedParts(sent, city.provider.key.certificate)).to.satisfy((parts: string[]) =>
					parts.some((part) => part.includes(PERSON.persistent)),
				);
				expect(outcome.status).to.equal(403);
				// By its form: the library is not asked to choose.
				expect(outcome.code).to.be.oneOf([
					'saml_assertions',
					'saml_ids',
					'saml_unsigned',
					'saml_signature_form',
				]);
				expect(outcome.url ?? '').to.not.include('/session/callback');
			}
		});
	}

	it('by comments cannot cut a name in two', async () => {
		for (const comment of ['<!---->', '<!-- x -->', '<?x?>']) {
			const code = comment.startsWith('<?') ? 'xml_instruction' : 'xml_comment';
			await city.expectRefused(code, {
				afterAll: (text) =>
					text.replace(
						PERSON.persistent,
						`${PERSON.persistent.slice(0, 4)}${comment}${PERSON.persistent.slice(4)}`,
					),
			});
		}
	});
});

/** What each of the signatures in a document was made over, of those that are right. */
function signedParts(text: string, publicCert: string): string[] {
	const signatures = new DOMParser()
		.parseFromString(text, 'text/xml')
		.getElementsByTagNameNS('http://www.w3.org/2000/09/xmldsig#', 'Signature');
	return Array.from(signatures).flatMap((signature) => {
		const checker = new SignedXml({ publicCert, getCertFromKeyInfo: () => null });
		try {
			checker.loadSignature(signature);
			return checker.checkSignature(text) ? checker.getSignedReferences() : [];
		} catch {
			return [];
		}
	});
}
