import { createPublicKey, type KeyObject } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { SignedXml } from 'xml-crypto';
import { Refusal } from '../src/upstream/refusal.ts';
import { LARGEST_FILE, readMetadataFile } from '../src/upstream/saml/metadata-file.ts';
import { ENVELOPED, EXCLUSIVE_C14N, SHA256 } from '../src/upstream/saml/names.ts';
import { pinnedKeys } from '../src/upstream/saml/pinned-keys.ts';
import {
	iso,
	type ProviderKey,
	providerKey,
	sign,
	soundly,
	type TestProvider,
	testProvider,
} from './fixtures/identity-provider.ts';

const METADATA = 'urn:oasis:names:tc:SAML:2.0:metadata';

describe('a signed metadata file', () => {
	let federation: ProviderKey;
	let stranger: ProviderKey;
	let city: TestProvider;
	let county: TestProvider;
	before(async () => {
		federation = await providerKey();
		stranger = await providerKey();
		city = await testProvider('https://idp.city.example');
		county = await testProvider('https://idp.county.example');
	});

	const signed = (text: string, how: Partial<Parameters<typeof sign>[2]> = {}) =>
		sign(text, /^<(?:\w+:)?(\w+)/.exec(text)![1]!, { ...soundly(federation), ...how }, 'first');
	const group = (inside: string, attributes = ' ID="_all"') =>
		`<EntitiesDescriptor xmlns="${METADATA}"${attributes}>${inside}</EntitiesDescriptor>`;
	const all = () => group(`${city.metadata()}${county.metadata()}`);
	const read = (
		text: string | Buffer,
		keys: readonly KeyObject[] = [federation.publicKey],
		wanted: readonly string[] = [city.entityId],
	) => readMetadataFile(Buffer.from(text), { wanted: new Set(wanted), keys });
	const why = (text: string | Buffer, keys?: readonly KeyObject[]) => {
		try {
			read(text, keys);
			return null;
		} catch (error) {
			if (error instanceof Refusal) return error.code;
			throw error;
		}
	};

	it('gives the providers that are wanted, and only those', () => {
		const found = read(signed(all()));
		expect([...found.keys()]).to.deep.equal([city.entityId]);
		expect(found.get(city.entityId)).to.include({ entityId: city.entityId, validUntil: null });
		expect(found.get(city.entityId)!.certificates).to.have.length(1);
		const both = read(signed(all()), undefined, [county.entityId, city.entityId, 'https://nobody.example']);
		expect([...both.keys()].sort()).to.deep.equal([city.entityId, county.entityId].sort());
	});

	it('may have no id and be signed as the whole it is', () => {
		const signer = new SignedXml({
			privateKey: federation.privateKey,
			signatureAlgorithm: 'http://www.w3.org/2001/04/xmldsig-more#rsa-sha256',
			canonicalizationAlgorithm: EXCLUSIVE_C14N,
		});
		signer.addReference({
			xpath: '/*',
			transforms: [ENVELOPED, EXCLUSIVE_C14N],
			digestAlgorithm: SHA256,
			uri: '',
			isEmptyUri: true,
		});
		const location = { reference: '/*', action: 'prepend' } as const;
		signer.computeSignature(group(city.metadata(), ''), { prefix: 'ds', location });
		const right = signer.getSignedXml();
		expect(right).to.include('URI=""');
		expect(read(right).size).to.equal(1);
		expect(why(right.replace('/sso', '/evil'))).to.equal('metadata_signature');
	});

	it('may be of one provider, and have comments and groups in it', () => {
		const one = city.metadata().replace('<EntityDescriptor ', '<EntityDescriptor ID="_one" ');
		expect(read(signed(one)).size).to.equal(1);
		const nested = group(`<!-- of the state -->${group(`<!-- of the city -->${city.metadata()}`, '')}`);
		expect(read(signed(nested)).size).to.equal(1);
		const whole = signed(all()).replace(/^/, '<?xml version="1.0" encoding="UTF-8"?>\n<!-- licence -->\n');
		expect(read(whole).size).to.equal(1);
	});

	it('is refused without a signature, by another key, or with another key shown in it', () => {
		expect(why(all())).to.equal('metadata_signature');
		expect(why(signed(all()), [stranger.publicKey])).to.equal('metadata_signature');
		expect(why(signed(all(), { key: stranger }))).to.equal('metadata_signature');
		const shown = signed(all(), { key: stranger }).replace(
			/<ds:KeyInfo>.*?<\/ds:KeyInfo>/s,
			`<ds:KeyInfo><ds:X509Data><ds:X509Certificate>${federation.certificate.replace(/-----[^-]+-----|\s/g, '')}</ds:X509Certificate></ds:X509Data></ds:KeyInfo>`,
		);
		expect(why(shown)).to.equal('metadata_signature');
	});

	it('is taken by any of several pinned keys, for the days in which the federation changes its own', () => {
		expect(why(signed(all()), [stranger.publicKey, federation.publicKey])).to.equal(null);
		expect(why(signed(all(), { key: stranger }), [stranger.publicKey, federation.publicKey])).to.equal(null);
	});

	it('is refused when a letter of it was changed after signing, in a provider or in the signature', () => {
		const right = signed(all());
		for (const [from, to] of [
			['https://idp.city.example/sso', 'https://idp.evil.example/sso'],
			['<ds:DigestValue>', '<ds:DigestValue>A'],
			['<ds:SignatureValue>', '<ds:SignatureValue>A'],
			['</EntitiesDescriptor>', `${county.metadata()}</EntitiesDescriptor>`],
		] as const) {
			expect(right).to.include(from);
			expect(why(right.replace(from, to)), from).to.equal('metadata_signature');
		}
	});

	it('is refused when it is signed by SHA-1, through other transforms, or in part', () => {
		const SHA1 = 'http://www.w3.org/2000/09/xmldsig#';
		expect(why(signed(all(), { signature: `${SHA1}rsa-sha1` }))).to.equal('saml_algorithm');
		expect(why(signed(all(), { digest: `${SHA1}sha1` }))).to.equal('saml_algorithm');
		expect(why(signed(all(), { transforms: ['http://www.w3.org/2001/10/xml-exc-c14n#'] }))).to.equal(
			'saml_transform',
		);
		// One provider is signed, the file around it is not.
		const one = signed(city.metadata().replace('<EntityDescriptor ', '<EntityDescriptor ID="_one" '));
		expect(why(group(one))).to.equal('metadata_signature');
	});

	it('is refused when the signed file hides in another, whose providers nobody signed', () => {
		const right = signed(all());
		const [signature = ''] = /<ds:Signature .*?<\/ds:Signature>/s.exec(right) ?? [];
		const evil = city.metadata().replaceAll('idp.city.example/sso', 'idp.evil.example/sso');
		const wrappings = [
			group(`${signature}${evil}<Extensions>${right.replace(signature, '')}</Extensions>`, ' ID="_evil"'),
			group(`${signature}${evil}${right.replace(signature, '')}`, ' ID="_all"'),
			group(
				`${signature.replace('</ds:Signature>', `<ds:Object>${right.replace(signature, '')}</ds:Object></ds:Signature>`)}${evil}`,
				' ID="_evil"',
			),
			group(`${right}${evil}`, ' ID="_evil"'),
			group(`${signature}${signature}${evil}`, ' ID="_all"'),
		];
		for (const wrapped of wrappings) {
			expect(wrapped).to.include('idp.evil.example/sso');
			expect(why(wrapped)).to.be.oneOf(['saml_signature_form', 'saml_ids', 'metadata_signature']);
		}
	});

	it('is refused with a document type, an instruction, hidden text, or when it is nothing of the kind', () => {
		const right = signed(all());
		expect(why(`<!DOCTYPE x [<!ENTITY a "b">]>${right}`)).to.equal('xml_doctype');
		expect(why(`<?x y?>${right}`)).to.equal('xml_instruction');
		expect(why(right.replace('</EntityDescriptor>', '<![CDATA[x]]></EntityDescriptor>'))).to.equal(
			'xml_cdata',
		);
		expect(why(right.slice(0, -10))).to.equal('xml_form');
		expect(why('<html></html>')).to.equal('metadata_form');
		expect(why(Buffer.from([0x3c, 0xff, 0xfe]))).to.equal('xml_encoding');
	});

	it('ends with the first end of everything a provider stands in', () => {
		const [soon, later] = [Date.now() + 60_000, Date.now() + 3_600_000];
		const ends = (inner: number, outer: number) =>
			read(signed(group(city.metadata({ validUntil: inner }), ` ID="_all" validUntil="${iso(outer)}"`))).get(
				city.entityId,
			)!.validUntil;
		expect(ends(soon, later)).to.equal(soon);
		expect(ends(later, soon)).to.equal(soon);
		const unreadable = read(signed(group(city.metadata(), ' ID="_all" validUntil="next year"')));
		expect(unreadable.get(city.entityId)!.validUntil).to.equal(0);
	});

	it('leaves out a provider that cannot be used, and refuses two of one name', () => {
		const weak = city.metadata().replace(/<SingleSignOnService [^>]*>/g, '');
		expect(read(signed(group(weak))).size).to.equal(0);
		expect(why(signed(group(`${city.metadata()}${city.metadata()}`)))).to.equal('metadata_form');
	});

	it('of the largest size is read', function () {
		this.timeout(120_000);
		const others = Array.from({ length: 10_000 }, (_, number) =>
			city.metadata().replaceAll('idp.city', `idp.school-${number}`),
		);
		const room = LARGEST_FILE - 20_000;
		let size = 0;
		const fitting = others.filter((one) => {
			size += one.length;
			return size < room;
		});
		const text = signed(group(`${fitting.join('')}${city.metadata()}`));
		expect(Buffer.byteLength(text)).to.be.within(LARGEST_FILE - 100_000, LARGEST_FILE);
		expect(fitting.length).to.be.above(800);
		expect(read(text).get(city.entityId)!.signIn.url).to.equal(city.signIn);
	});

	it('is pinned to RSA keys of 2048 bits, as certificates or bare', () => {
		const bare = federation.publicKey.export({ format: 'pem', type: 'spki' }).toString();
		expect(pinnedKeys(`${federation.certificate}\n${bare}`)).to.have.length(2);
		expect(() => pinnedKeys('')).to.throw(TypeError);
		const weak = new URL('./vectors/vendor/xml-crypto-MIT/feide_public.pem', import.meta.url);
		const pem = createPublicKey(readFileSync(weak)).export({ format: 'pem', type: 'spki' }).toString();
		expect(() => pinnedKeys(pem)).to.throw(TypeError);
	});
});
