import { createPublicKey } from 'node:crypto';
import { expect } from 'chai';
import { SignedXml } from 'xml-crypto';
import { openDatabase } from '../src/store/database.ts';
import { visitorOf } from './fixtures/branch-client.ts';
import { type City, startCity } from './fixtures/city.ts';
import {
	comeBack,
	goAway,
	linkTo,
	refusalIn,
	samlWay,
	send,
	signingCertificates,
	trySaml,
} from './fixtures/elsewhere.ts';
import { type ProviderKey, providerKey, requestIn, sign, soundly } from './fixtures/identity-provider.ts';

const DAY = 86_400_000;

describe('a library and its SAML provider', () => {
	let city: City;
	beforeEach(async () => {
		city = await startCity();
	});
	afterEach(() => city?.close());

	const ourMetadata = async () =>
		(await send(city.bed, 'GET', `${city.bed.salem.origin}/upstream/saml/metadata`)).body;

	it('know each other by documents: ours is signed, says what we sign and want signed, and asks for a name that is another one everywhere', async () => {
		const text = await ourMetadata();
		const [certificate = ''] = await signingCertificates(city.bed, city.bed.salem);
		const checker = new SignedXml({ publicCert: certificate, getCertFromKeyInfo: () => null });
		checker.loadSignature(/<ds:Signature .*?<\/ds:Signature>/s.exec(text)![0]);
		expect(checker.checkSignature(text)).to.equal(true);
		const { origin } = city.bed.salem;
		for (const said of [
			`entityID="${origin}/upstream/saml/metadata"`,
			'AuthnRequestsSigned="true"',
			'WantAssertionsSigned="true"',
			`Location="${origin}/upstream/saml/acs"`,
			`Location="${origin}/upstream/saml/logout"`,
			'pairwise-id',
			'nameid-format:persistent',
			'rsa-oaep-mgf1p',
		]) {
			expect(text).to.include(said);
		}
		// With their hyphen and space: a certificate in base64 may hold the bare letters by chance.
		expect(text).to.not.match(/PRIVATE KEY|rsa-1_5|-cbc/);
	});

	it('have no document where nobody comes in by SAML', async () => {
		expect((await send(city.bed, 'GET', `${city.bed.bend.origin}/upstream/saml/metadata`)).status).to.equal(
			404,
		);
	});

	it('change our key in steps: both are published, the first signs, and what was encrypted for either opens', async () => {
		const { bed, provider } = city;
		const ways = [samlWay(provider)];
		const one = (await signingCertificates(bed, bed.salem, 'encryption'))[0]!;
		bed.settings.set('salem', { elsewhere: { ways, keys: [1, 2] } });
		const both = await signingCertificates(bed, bed.salem, 'encryption');
		expect(both).to.have.length(2);
		expect(both[0]).to.equal(one);
		const encrypted = (certificate: string) => ({
			encrypt: {
				for: 'salem',
				rsa_pub: createPublicKey(certificate).export({ format: 'pem', type: 'spki' }).toString(),
				pem: certificate,
				encryptionAlgorithm: 'http://www.w3.org/2009/xmlenc11#aes256-gcm',
				keyEncryptionAlgorithm: 'http://www.w3.org/2001/04/xmlenc#rsa-oaep-mgf1p',
				warnInsecureAlgorithm: false,
			} as const,
		});
		for (const certificate of both) await city.expectIn(encrypted(certificate));
		bed.settings.set('salem', { elsewhere: { ways, keys: [2] } });
		await city.expectIn(encrypted(both[1]!));
		await city.expectRefused('saml_signature', encrypted(both[0]!));
	});

	it('keep our keys sealed, one for each use', async () => {
		const database = await openDatabase(city.bed.databaseUrl);
		try {
			await city.expectIn();
			const rows = await database('upstream_key').select();
			expect(rows.map(({ purpose }) => purpose).sort()).to.deep.equal(['saml_encryption', 'saml_signing']);
			expect(JSON.stringify(rows)).to.not.include('PRIVATE');
			expect(new Set(rows.map(({ certificate }) => certificate)).size).to.equal(2);
		} finally {
			await database.destroy();
		}
	});

	it('change its key in steps: while both are in its description, either signs; after that, the old one does not', async () => {
		const { provider } = city;
		const before = provider.key;
		const next = await providerKey();
		city.set({ idp: { metadata: provider.metadata({ keys: [before, next] }) } });
		await city.expectIn({ key: before });
		await city.expectIn({ key: next });
		city.set({ idp: { metadata: provider.metadata({ keys: [next] }) } });
		await city.expectIn({ key: next });
		await city.expectRefused('saml_signature', { key: before });
	});

	it('part when its description ends, and the card still opens', async () => {
		city.set({ idp: { metadata: city.provider.metadata({ validUntil: city.bed.clock.now() - 1 }) } });
		const visitor = visitorOf(city.bed);
		const begun = await city.belmont.begin();
		const page = await visitor.open(begun.url);
		const away = await visitor.open(linkTo(page, 'city'));
		expect(away.status).to.equal(503);
		expect(away.text).to.include('City of Salem staff does not answer');
		const { card, pin } = city.bed.person('Okafor');
		const again = await visitor.open(page.url);
		expect((await visitor.send(again, '/sign-in/', { card, pin })).url).to.include(city.belmont.callback);
	});

	it('meet by a form where the provider takes no other way: one press, a signed request, and back', async () => {
		const { bed, provider } = city;
		city.set({ idp: { metadata: provider.metadata({ binding: 'HTTP-POST' }) } });
		const visitor = visitorOf(bed);
		const begun = await city.belmont.begin();
		const page = await visitor.open(begun.url);
		const form = await visitor.open(linkTo(page, 'city'));
		expect(form.status).to.equal(200);
		expect(form.html).to.include(`<form method="post" action="${provider.signIn}">`);
		expect(form.html).to.not.include('<script');
		const field = (name: string) => new RegExp(`name="${name}" value="([^"]*)"`).exec(form.html)![1]!;
		const xml = Buffer.from(field('SAMLRequest').replaceAll('&#x3D;', '='), 'base64').toString('utf8');
		const checker = new SignedXml({
			publicCert: (await signingCertificates(bed, bed.salem))[0]!,
			getCertFromKeyInfo: () => null,
		});
		checker.loadSignature(/<Signature .*?<\/Signature>/s.exec(xml)![0]);
		expect(checker.checkSignature(xml)).to.equal(true);
		const request = requestIn(xml, field('RelayState'));
		const away = { begun, visitor, url: form.url, request };
		const outcome = await comeBack(bed, away, await provider.answer(request, bed.clock.now()));
		expect(outcome.code, outcome.text).to.equal(null);
		expect(outcome.url).to.include(city.belmont.callback);
	});

	it('never carry an address in RelayState: what comes back there leads nowhere but to the sign-in that began', async () => {
		const { bed, provider } = city;
		const away = await goAway(bed, city.parts());
		expect(away.request.relay).to.match(/^[\w-]{43}$/);
		for (const relay of ['https://evil.example/', '//evil.example', `${bed.salem.origin}@evil.example`, '']) {
			const response = await provider.answer(away.request, bed.clock.now());
			const posted = await send(bed, 'POST', away.request.acs, { SAMLResponse: response, RelayState: relay });
			expect(posted.status).to.equal(403);
			expect(posted.location).to.equal(null);
			expect(posted.body).to.not.include('evil.example');
		}
	});

	describe('whose description stands at an address', () => {
		let federation: ProviderKey;
		let served: string | null;
		let asked: number;
		const address = () => `http://md.state.localhost:${city.bed.port}/all.xml`;
		beforeEach(async () => {
			federation = await providerKey();
			asked = 0;
			serve(city.provider.metadata());
			city.bed.sites.set(new URL(address()).host, (_request, response) => {
				asked++;
				if (served === null) return response.writeHead(500).end();
				response.writeHead(200, { 'content-type': 'application/samlmetadata+xml' }).end(served);
			});
			point();
		});

		function serve(inside: string | null, key = federation): void {
			const all = `<EntitiesDescriptor xmlns="urn:oasis:names:tc:SAML:2.0:metadata" ID="_all">${inside}</EntitiesDescriptor>`;
			served = inside === null ? null : sign(all, 'EntitiesDescriptor', soundly(key), 'first');
		}
		const point = () =>
			city.set({
				idp: { url: address(), entity_id: city.provider.entityId, signed_by: federation.certificate },
			});
		async function refusal(): Promise<string> {
			const visitor = visitorOf(city.bed);
			const page = await visitor.open((await city.belmont.begin()).url);
			const from = city.bed.log.length;
			const away = await visitor.open(linkTo(page, 'city'));
			expect(away.status).to.equal(503);
			return refusalIn(city.bed.log.slice(from))!;
		}

		it('sign people in: it is fetched when it is first needed, and not again that day', async () => {
			await city.expectIn();
			await city.expectIn();
			await city.bed.bridge().settle();
			expect(asked).to.equal(1);
		});

		it('take it for nothing when another key signed it, and ask no more than every ten minutes', async () => {
			serve(city.provider.metadata(), await providerKey());
			expect(await refusal()).to.equal('metadata_signature');
			expect(await refusal()).to.equal('provider_silent');
			expect(asked).to.equal(1);
			serve(city.provider.metadata());
			city.bed.clock.advance(11 * 60_000);
			expect((await trySaml(city.bed, city.parts())).away.request.issuer).to.include(city.bed.salem.origin);
			expect(asked).to.equal(2);
		});

		it('cannot meet while it is not in the file', async () => {
			serve('');
			expect(await refusal()).to.equal('provider_unknown');
			expect(await refusal()).to.equal('provider_silent');
			expect(asked).to.equal(1);
		});

		it('go on by the last good description while the file is gone or spoiled', async () => {
			await city.expectIn();
			for (const spoil of [() => serve(null), () => serve(city.provider.metadata(), city.provider.key)]) {
				spoil();
				city.bed.clock.advance(DAY + 60_000);
				await city.bed.bridge().settle();
				expect((await goAway(city.bed, city.parts())).request.issuer).to.include(city.bed.salem.origin);
			}
			expect(asked).to.equal(3);
			expect(city.bed.log.join('\n')).to.include('provider_file_refused');
		});

		it('learn a new key within a day, and part when the provider is taken out', async () => {
			const { bed, provider } = city;
			await city.expectIn();
			const next = await providerKey();
			serve(provider.metadata({ keys: [next] }));
			bed.clock.advance(DAY + 60_000);
			await bed.bridge().settle();
			const stored = await described();
			expect(stored).to.have.length(1);
			expect(JSON.parse(stored[0]!.provider).certificates.join('').replace(/\s/g, '')).to.equal(
				next.certificate.replace(/\s/g, ''),
			);
			serve('');
			bed.clock.advance(DAY + 60_000);
			await bed.bridge().settle();
			expect(await described()).to.be.empty;
			expect(await refusal()).to.equal('provider_silent');
		});

		async function described(): Promise<{ provider: string }[]> {
			const database = await openDatabase(city.bed.databaseUrl);
			try {
				return await database('upstream_provider').select('provider');
			} finally {
				await database.destroy();
			}
		}
	});
});
