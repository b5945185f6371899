import { expect } from 'chai';
import type { Bed } from './fixtures/bed.ts';
import { branchClient, visitorOf } from './fixtures/branch-client.ts';
import { type City, startCity } from './fixtures/city.ts';
import { comeBack, goAway, refusalIn, samlWay, send, trySaml } from './fixtures/elsewhere.ts';
import {
	PERSON,
	providerKey,
	type Recipe,
	type TestProvider,
	testProvider,
} from './fixtures/identity-provider.ts';

const MINUTE = 60_000;
const TRANSIENT = 'urn:oasis:names:tc:SAML:2.0:nameid-format:transient';

/** Row by row of reference/library-sso.md 4.2, and what lies beside them: each response is right but for one thing. */
describe('a response of a SAML provider', () => {
	let city: City;
	let bed: Bed;
	let provider: TestProvider;
	let other: TestProvider;
	let { expectIn, expectRefused } = {} as City;
	before(async () => {
		city = await startCity();
		({ bed, provider, expectIn, expectRefused } = city);
		other = await testProvider(`http://idp.bend.localhost:${bed.port}`);
	});
	after(() => city?.close());

	const parts = () => city.parts();

	it('is taken when response and assertion are signed by SHA-256 or SHA-512', async () => {
		await expectIn({});
		await expectIn({
			signature: 'http://www.w3.org/2001/04/xmldsig-more#rsa-sha512',
			digest: 'http://www.w3.org/2001/04/xmlenc#sha512',
		});
	});

	it('counts once: the same again is refused, also in the same browser', async () => {
		const away = await goAway(bed, parts());
		const response = await provider.answer(away.request, bed.clock.now());
		expect((await comeBack(bed, away, response)).code).to.equal(null);
		expect((await comeBack(bed, away, response)).code).to.equal('not_begun_here');
	});

	it('counts once, however many bring it at the same moment', async () => {
		const away = await goAway(bed, parts());
		const response = await provider.answer(away.request, bed.clock.now());
		const fields = { SAMLResponse: response, RelayState: away.request.relay };
		const all = await Promise.all(
			Array.from({ length: 6 }, () => send(bed, 'POST', away.request.acs, fields)),
		);
		expect(all.filter(({ location }) => location !== null)).to.have.length(1);
	});

	it('may not bring an assertion that was used before, in answer to another question', async () => {
		const assertionId = '_assertion-that-comes-twice';
		await expectIn({ assertionId });
		await expectRefused('replayed', { assertionId });
	});

	it('has to be signed, and so has its assertion', async () => {
		await expectRefused('saml_unsigned', { signResponse: false });
		await expectRefused('saml_unsigned', { signAssertion: false });
		await expectRefused('saml_unsigned', { signResponse: false, signAssertion: false });
	});

	it('may be signed in its assertion alone where the library said so, and then still has to be', async () => {
		const library = bed.bend;
		const riverside = await branchClient(bed, bed.bend, 'riverside');
		bed.settings.set('bend', { elsewhere: { ways: [samlWay(provider, { signed: 'assertion' })] } });
		const there = { ...parts(), branch: riverside, library };
		const taken = await trySaml(bed, there, { signResponse: false });
		expect(taken.code).to.equal(null);
		expect(taken.url).to.include(riverside.callback);
		for (const changes of [{ signAssertion: false }, { signResponse: false, signAssertion: false }]) {
			expect((await trySaml(bed, { ...there, visitor: visitorOf(bed) }, changes)).code).to.equal(
				'saml_unsigned',
			);
		}
	});

	it('is refused when a name in it was changed after signing', async () => {
		const change = (text: string) => text.replace(PERSON.persistent, 'p-0001-somebody-else');
		await expectRefused('saml_signature', { afterAll: change });
		// The envelope is signed anew over the changed assertion, by the provider's own key even.
		await expectRefused('saml_signature', { afterSigning: change });
	});

	it('is refused when another key signed it, whatever certificate it shows', async () => {
		await expectRefused('saml_signature', { key: await providerKey() });
	});

	it('has one assertion: a second one beside, around or inside the signed one is refused', async () => {
		const evil = (text: string) => {
			const [assertion = ''] = /<saml:Assertion .*<\/saml:Assertion>/s.exec(text) ?? [];
			return assertion
				.replace(PERSON.persistent, 'p-0001-somebody-else')
				.replace(/ID="_a/, 'ID="_evil')
				.replace(/<ds:Signature.*<\/ds:Signature>/s, '');
		};
		const places: ((text: string) => string)[] = [
			(text) => text.replace('</samlp:Status>', `</samlp:Status>${evil(text)}`),
			(text) => text.replace('</samlp:Response>', `${evil(text)}</samlp:Response>`),
			(text) =>
				text.replace('<samlp:Status>', `<samlp:Extensions>${evil(text)}</samlp:Extensions><samlp:Status>`),
			(text) =>
				text.replace('</saml:Assertion>', `<saml:Advice>${evil(text)}</saml:Advice></saml:Assertion>`),
		];
		for (const afterAll of places) await expectRefused('saml_assertions', { afterAll });
	});

	it('has one id for each element, so that a signature means one thing', async () => {
		await expectRefused('saml_ids', { responseId: '_same', assertionId: '_same' });
		await expectRefused('saml_ids', {
			afterAll: (text) => text.replace('<samlp:StatusCode ', '<samlp:StatusCode Id="_same" xml:id="_same" '),
		});
	});

	it('may not be signed by SHA-1, nor hashed by it', async () => {
		await expectRefused('saml_algorithm', { signature: 'http://www.w3.org/2000/09/xmldsig#rsa-sha1' });
		await expectRefused('saml_algorithm', { digest: 'http://www.w3.org/2000/09/xmldsig#sha1' });
	});

	it('may not be signed through any other transform, nor with comments in it', async () => {
		const ENVELOPED = 'http://www.w3.org/2000/09/xmldsig#enveloped-signature';
		const EXCLUSIVE = 'http://www.w3.org/2001/10/xml-exc-c14n#';
		for (const transforms of [
			[EXCLUSIVE],
			[ENVELOPED, `${EXCLUSIVE}WithComments`],
			[ENVELOPED, 'http://www.w3.org/TR/2001/REC-xml-c14n-20010315'],
		]) {
			await expectRefused('saml_transform', { transforms });
		}
		await expectRefused('saml_algorithm', {
			canonicalization: 'http://www.w3.org/TR/2001/REC-xml-c14n-20010315',
		});
	});

	it('has a signature of one form: nothing beside it, nothing in its digest, one signed piece', async () => {
		const marks: ((text: string) => string)[] = [
			(text) => text.replace('</ds:Signature>', '<ds:Object></ds:Object></ds:Signature>'),
			(text) => text.replace(/(<ds:DigestValue>)/, '$1<x/>'),
			(text) => text.replace(/(<ds:Reference .*?<\/ds:Reference>)/s, '$1$1'),
			(text) => text.replace(/(<ds:SignedInfo>.*?<\/ds:SignedInfo>)/s, '$1$1'),
			(text) => text.replace(/(<ds:Signature .*?<\/ds:Signature>)/s, '$1$1'),
			(text) => text.replace(/URI="#_r[0-9a-f]+"/, 'URI=""'),
		];
		for (const afterAll of marks) await expectRefused('saml_signature_form', { afterAll });
	});

	it('is refused at the sight of a comment, in a name as in a digest', async () => {
		const inside = (part: string) => (text: string) => text.replace(part, `<!---->${part}`);
		await expectRefused('xml_comment', {
			nameId: {
				format: 'urn:oasis:names:tc:SAML:2.0:nameid-format:persistent',
				value: 'admin@x<!-- -->.evil',
			},
		});
		await expectRefused('xml_comment', { afterAll: inside('</ds:DigestValue>') });
		await expectRefused('xml_comment', { beforeSigning: inside('</saml:NameID>') });
	});

	it('is refused with a document type, an entity, an instruction, hidden text or another encoding', async () => {
		const before = (what: string) => (text: string) => `${what}${text}`;
		await expectRefused('xml_doctype', {
			afterAll: before('<!DOCTYPE samlp:Response [<!ENTITY who "p-0001">]>'),
		});
		await expectRefused('xml_form', { afterAll: (text) => text.replace(PERSON.persistent, '&who;') });
		await expectRefused('xml_instruction', { afterAll: before('<?xml-stylesheet href="x"?>') });
		await expectRefused('xml_cdata', {
			afterAll: (text) => text.replace(PERSON.persistent, `<![CDATA[${PERSON.persistent}]]>`),
		});
		await expectRefused('xml_encoding', { afterAll: before('<?xml version="1.0" encoding="utf-7"?>') });
		await expectRefused('xml_form', { afterAll: before('<?xml version="1.1"?>') });
	});

	it('is refused when it is larger than any needs to be, or no XML, or no base64', async () => {
		const much = `<samlp:Extensions><x>${'x'.repeat(300_000)}</x></samlp:Extensions>`;
		await expectRefused('xml_size', {
			afterAll: (text) => text.replace('<samlp:Status>', `${much}<samlp:Status>`),
		});
		await expectRefused('xml_form', { afterAll: (text) => text.slice(0, -20) });
		await expectRefused('xml_form', { afterAll: (text) => `${text}${text}` });
		const away = await goAway(bed, parts());
		expect((await comeBack(bed, away, 'this is no base64!')).code).to.equal('saml_encoding');
		const again = await goAway(bed, parts());
		const bytes = Buffer.from([0x3c, 0xff, 0xfe]).toString('base64');
		expect((await comeBack(bed, again, bytes)).code).to.equal('xml_encoding');
	});

	it('has to be meant for this address, in its envelope and in its assertion', async () => {
		const elsewhere = 'https://other.example/acs';
		await expectRefused('saml_destination', { destination: elsewhere });
		await expectRefused('saml_destination', { destination: null });
		await expectRefused('saml_recipient', { recipient: elsewhere });
		await expectRefused('saml_recipient', { recipient: null });
	});

	it('has to come from the provider that was asked', async () => {
		await expectRefused('saml_issuer', { issuer: other.entityId });
		await expectRefused('saml_issuer', { assertionIssuer: other.entityId });
		await expectIn({ issuer: null });
	});

	it('has to be meant for this library: for another audience, or none, it is refused', async () => {
		await expectRefused('saml_audience', { audience: 'https://other.example/sp' });
		await expectRefused('saml_audience', { audience: null });
	});

	it('has to answer a question that was asked: unsolicited, unknown and forged answers are refused', async () => {
		await expectRefused('saml_in_response_to', { inResponseTo: null });
		await expectRefused('saml_in_response_to', { inResponseTo: '_never-asked' });
		await expectRefused('saml_in_response_to', { subjectInResponseTo: null });
		await expectRefused('saml_in_response_to', { subjectInResponseTo: '_never-asked' });
	});

	it('is refused when the provider sends it without having been asked', async () => {
		const away = await goAway(bed, parts());
		const response = await provider.answer({ ...away.request, id: '' }, bed.clock.now(), {
			inResponseTo: null,
			subjectInResponseTo: null,
		});
		for (const relay of ['', 'https://belmont.example/', 'x'.repeat(43)]) {
			const outcome = await comeBack(bed, away, response, away.visitor, relay);
			expect(outcome.code).to.equal('not_begun_here');
			expect(outcome.text).to.include('This sign-in did not begin here');
		}
	});

	it('signs nobody in in another browser than the one that asked', async () => {
		const away = await goAway(bed, parts());
		const response = await provider.answer(away.request, bed.clock.now());
		const stranger = visitorOf(bed);
		// Somebody who is at a sign-in of their own, even at the same provider.
		await goAway(bed, city.parts(stranger));
		const outcome = await comeBack(bed, away, response, stranger);
		expect(outcome.code).to.equal('other_browser');
		expect(outcome.status).to.equal(403);
		// Nor later in the right one: the answer is spent.
		expect((await comeBack(bed, away, response)).code).to.equal('not_begun_here');
	});

	it('is worth nothing at another library, although that one asks the same provider', async () => {
		const away = await goAway(bed, parts());
		const response = await provider.answer(away.request, bed.clock.now());
		const from = bed.log.length;
		const fields = { SAMLResponse: response, RelayState: away.request.relay };
		const posted = await send(bed, 'POST', `${bed.bend.origin}/upstream/saml/acs`, fields);
		expect(posted.status).to.equal(403);
		expect(refusalIn(bed.log.slice(from))).to.equal('not_begun_here');
	});

	it('of one provider is worth nothing where another one was asked', async () => {
		bed.settings.set('bend', { elsewhere: { ways: [samlWay(provider), samlWay(other, { id: 'county' })] } });
		const riverside = await branchClient(bed, bed.bend, 'riverside');
		const away = await goAway(bed, {
			...parts(),
			branch: riverside,
			library: bed.bend,
			way: 'county',
			provider: other,
		});
		const forged = await provider.answer(away.request, bed.clock.now());
		expect((await comeBack(bed, away, forged)).code).to.equal('saml_issuer');
		const again = await goAway(bed, {
			...parts(),
			branch: riverside,
			library: bed.bend,
			way: 'county',
			provider: other,
		});
		const claimed = await provider.answer(again.request, bed.clock.now(), {
			issuer: other.entityId,
			assertionIssuer: other.entityId,
		});
		expect((await comeBack(bed, again, claimed)).code).to.equal('saml_signature');
	});

	it('is refused when it is over, not yet, or too old', async () => {
		const now = bed.clock.now();
		const late: [Partial<Recipe>, string][] = [
			[{ subjectNotOnOrAfter: now - 10 * MINUTE }, 'saml_time'],
			[{ subjectNotOnOrAfter: null }, 'saml_time'],
			[{ notOnOrAfter: now - 10 * MINUTE }, 'saml_time'],
			[{ notBefore: now + 10 * MINUTE }, 'saml_time'],
			[{ issued: now - 30 * MINUTE }, 'saml_time'],
			[{ issued: now + 30 * MINUTE }, 'saml_time'],
			[{ authnInstant: now + 30 * MINUTE }, 'saml_authn_instant'],
			[{ authnInstant: now - 13 * 60 * MINUTE }, 'saml_authn_instant'],
			[{ authnInstant: null }, 'saml_authn_instant'],
			[{ conditions: '<x:Condition xmlns:x="urn:x"/>' }, 'saml_condition'],
		];
		for (const [changes, code] of late) await expectRefused(code, changes);
		await expectIn({ authnInstant: now - 11 * 60 * MINUTE });
		await expectIn({ notBefore: now + MINUTE, subjectNotOnOrAfter: now - MINUTE });
	});

	it('has to be of a password given after the question, where the library asks for that', async () => {
		city.set({ ask_again: true });
		try {
			const away = await expectIn({});
			expect(away.request.forced).to.equal(true);
			await expectRefused('saml_authn_instant', { authnInstant: bed.clock.now() - 5 * MINUTE });
		} finally {
			city.set();
		}
	});

	it('has to name somebody who will be the same next time: a name for one session is none', async () => {
		const nameId = { format: TRANSIENT, value: '_for-this-session-only' };
		await expectRefused('no_stable_subject', { nameId });
		await expectRefused('no_stable_subject', { nameId: null });
		await expectRefused('no_stable_subject', {
			nameId: { format: 'urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress', value: 'ada@city.example' },
		});
		await expectRefused('no_stable_subject', {
			nameId: {
				format: 'urn:oasis:names:tc:SAML:2.0:nameid-format:persistent',
				value: 'x',
				extra: ' SPNameQualifier="https://other.example/sp"',
			},
		});
		await expectIn({
			nameId,
			attributes: {
				'urn:oasis:names:tc:SAML:attribute:pairwise-id': [PERSON.pairwise],
				'urn:oid:1.3.6.1.4.1.5923.1.1.1.1': ['staff'],
			},
		});
	});

	it('that says no leads to a page that says so, and back to the choice', async () => {
		const outcome = await trySaml(bed, parts(), {
			status: 'urn:oasis:names:tc:SAML:2.0:status:Responder',
		});
		expect(outcome.code).to.equal('provider_said_no');
		expect(outcome.text).to.include('You were not signed in there');
		expect(outcome.text).to.include('Choose again');
	});

	// The last that signs in: from here on the bed's clock is ahead of the machine's.
	it('has to come within ten minutes of the question', async () => {
		const away = await goAway(bed, parts());
		bed.clock.advance(11 * MINUTE);
		const response = await provider.answer(away.request, bed.clock.now());
		expect((await comeBack(bed, away, response)).code).to.equal('not_begun_here');
	});

	it('writes nothing of anybody to the log, whatever is wrong', () => {
		const log = bed.log.join('\n');
		for (const secret of [
			PERSON.persistent,
			PERSON.pairwise,
			'somebody-else',
			'admin@x',
			'ada@city',
			'BEGIN CERTIFICATE',
		]) {
			expect(log).to.not.include(secret);
		}
		expect(log).to.not.match(/SAMLResponse|<saml|RelayState/);
	});
});
