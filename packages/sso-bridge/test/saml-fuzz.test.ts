import { createPublicKey } from 'node:crypto';
import { DOMParser } from '@xmldom/xmldom';
import { expect } from 'chai';
import { SignedXml } from 'xml-crypto';
import { seededRandom } from '../../../test/seeded-random.ts';
import type { OwnKey } from '../src/upstream/own-keys.ts';
import { Refusal } from '../src/upstream/refusal.ts';
import type { Said } from '../src/upstream/saml/assertion.ts';
import { DSIG, EXCLUSIVE_C14N } from '../src/upstream/saml/names.ts';
import { checkResponse, type ResponseParts } from '../src/upstream/saml/response.ts';
import { providerKey, type Recipe, type TestProvider, testProvider } from './fixtures/identity-provider.ts';
import { mutated } from './fixtures/mutations.ts';

/**
 * Ten thousand responses that were right once. Whichever is still taken says, in canonical form, exactly what the provider signed: the only
 * changes that pass are those that XML itself does not see.
 */
describe('a changed response', function () {
	this.timeout(600_000);
	let provider: TestProvider;
	let ours: OwnKey;
	let request: { id: string; at: number };
	before(async () => {
		// Not before the tests begin: a response is good for minutes, and the library for them looks at the machine's clock.
		request = { id: '_a-question', at: Date.now() };
		provider = await testProvider('https://idp.salem.example');
		ours = { number: 1, ...(await providerKey()) };
	});

	const us = {
		entityId: 'https://card.salem.example/upstream/saml/metadata',
		acs: 'https://card.salem.example/upstream/saml/acs',
		logout: 'https://card.salem.example/upstream/saml/logout',
	};
	function parts(signed: ResponseParts['signed']): ResponseParts {
		return {
			us,
			idp: {
				entityId: provider.entityId,
				certificates: [provider.key.certificate],
				signIn: { binding: 'redirect', url: provider.signIn },
				signOut: null,
				validUntil: null,
			},
			signing: ours,
			decrypting: [ours],
			request,
			signed,
			encrypted: 'allowed',
			again: false,
			now: request.at,
		};
	}

	async function right(changes: Partial<Recipe>): Promise<string> {
		const asked = {
			id: request.id,
			acs: us.acs,
			issuer: us.entityId,
			destination: provider.signIn,
			forced: false,
			xml: '',
			relay: '',
		};
		return Buffer.from(await provider.answer(asked, request.at, changes), 'base64').toString('utf8');
	}

	const check = (text: string, signed: ResponseParts['signed']): Promise<Said> =>
		checkResponse(Buffer.from(text, 'utf8').toString('base64'), parts(signed));

	/** Tries `count` changed versions, and holds each to be refused, or to say the same. Returns how many were taken. */
	async function tryAll(
		original: string,
		{
			seed,
			count,
			signed,
			part,
		}: { seed: number; count: number; signed: ResponseParts['signed']; part: string },
	): Promise<number> {
		const said = await check(original, signed);
		const canonical = canonicalOf(original, part);
		const random = seededRandom(seed);
		let taken = 0;
		for (let number = 0; number < count; number++) {
			const changed = mutated(original, random);
			const outcome = await check(changed, signed).catch((error: unknown) => {
				if (error instanceof Refusal) return null;
				throw new Error(`number ${number} of seed ${seed}`, { cause: error });
			});
			if (outcome === null) continue;
			taken++;
			expect(canonicalOf(changed, part), `number ${number} of seed ${seed}`).to.equal(canonical);
			expect(outcome, `number ${number} of seed ${seed}`).to.deep.equal(said);
		}
		return taken;
	}

	it('with both signatures is refused, unless it says the same (6,000 versions)', async () => {
		const taken = await tryAll(await right({}), { seed: 1, count: 6_000, signed: 'both', part: 'Response' });
		// Spaces between attributes and their order are no change, so some have to pass.
		expect(taken).to.be.within(60, 1_500);
	});

	it('with the signature of the assertion alone is refused, unless the assertion says the same (3,000 versions)', async () => {
		const taken = await tryAll(await right({ signResponse: false }), {
			seed: 2,
			count: 3_000,
			signed: 'assertion',
			part: 'Assertion',
		});
		expect(taken).to.be.within(30, 1_500);
	});

	it('with an encrypted assertion is refused, unless it says the same (1,000 versions)', async () => {
		const original = await right({
			encrypt: {
				for: 'salem',
				rsa_pub: createPublicKey(ours.certificate).export({ format: 'pem', type: 'spki' }).toString(),
				pem: ours.certificate,
				encryptionAlgorithm: 'http://www.w3.org/2009/xmlenc11#aes256-gcm',
				keyEncryptionAlgorithm: 'http://www.w3.org/2001/04/xmlenc#rsa-oaep-mgf1p',
				warnInsecureAlgorithm: false,
			} as NonNullable<Recipe['encrypt']>,
		});
		const taken = await tryAll(original, { seed: 3, count: 1_000, signed: 'both', part: 'Response' });
		expect(taken).to.be.within(10, 500);
	});
});

/** What is signed of an element, in the canonical form of another's hand: all but its own signature, and what that says it signs. */
function canonicalOf(text: string, part: string): string {
	const document = new DOMParser().parseFromString(text, 'text/xml');
	const [element] = Array.from(document.getElementsByTagNameNS('*', part));
	const signature = Array.from(element!.childNodes).find(
		({ nodeName }) => nodeName === 'ds:Signature',
	) as Element;
	const [info] = Array.from(signature.getElementsByTagNameNS(DSIG, 'SignedInfo'));
	const canonical = (node: Element) => new SignedXml().getCanonXml([EXCLUSIVE_C14N], node).toString();
	const signed = canonical(info!);
	element!.removeChild(signature);
	return canonical(element!) + signed;
}
