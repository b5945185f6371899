import { createSign, createVerify } from 'node:crypto';
import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { expect } from 'chai';
import * as openid from 'openid-client';
import { openDatabase } from '../src/store/database.ts';
import { sweepUpstreams } from '../src/store/upstream-tables.ts';
import { visitorOf } from './fixtures/branch-client.ts';
import { type City, startCity } from './fixtures/city.ts';
import {
	comeBack,
	linkTo,
	refusalIn,
	samlWay,
	send,
	signingCertificates,
	trySaml,
} from './fixtures/elsewhere.ts';
import { iso, PERSON, type ProviderKey, providerKey, sign, soundly } from './fixtures/identity-provider.ts';

const RSA_SHA256 = 'http://www.w3.org/2001/04/xmldsig-more#rsa-sha256';
const HOUR = 3_600_000;

describe('signing out where the city signed somebody in', () => {
	let city: City;
	before(async () => {
		city = await startCity();
	});
	after(() => city?.close());
	beforeEach(() => {
		city.bed.told.length = 0;
	});

	const originOf = (name: string) => city.bed.salem.branches.get(name)!.record.origin;
	const told = () => city.bed.told.map(({ host }) => host.split('.')[0]).sort();

	/** Somebody who came in by the city, in a browser that is at home or that many use. */
	async function signedIn(where: { shared?: boolean; sessionIndex?: string } = {}) {
		const visitor = visitorOf(city.bed);
		if (where.shared) await visitor.open(`${city.bed.salem.origin}/shared-computer`);
		const came = await city.expectIn({ sessionIndex: where.sessionIndex ?? 'session-1' }, { visitor });
		const tokens = await city.belmont.redeem(came.begun, came.back);
		return { visitor, idToken: tokens.id_token! };
	}
	const leaving = (idToken: string) =>
		openid.buildEndSessionUrl(city.belmont.config, {
			post_logout_redirect_uri: `${originOf('belmont')}/`,
			id_token_hint: idToken,
		}).href;

	/** Is the library's card session of this browser still there? A second branch does not ask then. */
	async function isThere(visitor: ReturnType<typeof visitorOf>): Promise<boolean> {
		const page = await visitor.open((await city.belmont.begin()).url);
		return !page.url.includes('/sign-in/');
	}

	interface Ending {
		issuer: string;
		name: string;
		session: string | null;
		destination: string;
		issued: number;
		id: string;
		version: string;
		more: string;
	}
	let number = 0;
	function endingXml(changes: Partial<Ending> = {}): string {
		number++;
		const now = city.bed.clock.now();
		const { issuer, name, session, destination, issued, id, version, more } = {
			issuer: city.provider.entityId,
			name: PERSON.persistent,
			session: 'session-1',
			destination: `${city.bed.salem.origin}/upstream/saml/logout`,
			issued: now,
			id: `_ending-${number}`,
			version: '2.0',
			more: '',
			...changes,
		};
		const index = session === null ? '' : `<samlp:SessionIndex>${session}</samlp:SessionIndex>`;
		return `<samlp:LogoutRequest xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" ID="${id}" Version="${version}" IssueInstant="${iso(issued)}" Destination="${destination}"${more}><saml:Issuer>${issuer}</saml:Issuer><saml:NameID>${name}</saml:NameID>${index}</samlp:LogoutRequest>`;
	}
	function inAddress(
		xml: string,
		how: { key?: ProviderKey | null; algorithm?: string; relay?: string } = {},
	): string {
		const { key = city.provider.key, algorithm = RSA_SHA256, relay } = how;
		const fields = new URLSearchParams({ SAMLRequest: deflateRawSync(Buffer.from(xml)).toString('base64') });
		if (relay !== undefined) fields.set('RelayState', relay);
		if (key) {
			fields.set('SigAlg', algorithm);
			const hash = algorithm === RSA_SHA256 ? 'RSA-SHA256' : 'RSA-SHA1';
			const signature = createSign(hash).update(fields.toString()).sign(key.privateKey, 'base64');
			fields.set('Signature', signature);
		}
		return `${city.bed.salem.origin}/upstream/saml/logout?${fields}`;
	}
	async function inForm(xml: string, relay = '') {
		return send(city.bed, 'POST', `${city.bed.salem.origin}/upstream/saml/logout`, {
			SAMLRequest: Buffer.from(xml).toString('base64'),
			RelayState: relay,
		});
	}
	const signedXml = (xml: string, key = city.provider.key) => sign(xml, 'LogoutRequest', soundly(key));

	describe('begun here', () => {
		it('ends the sign-in here at once, says that the city still knows the browser, and offers to end that too', async () => {
			const { visitor, idToken } = await signedIn();
			const page = await visitor.open(leaving(idToken));
			expect(page.text).to.include('You are signed out here');
			expect(page.text).to.include('City of Salem staff still knows you in this browser.');
			expect(told()).to.deep.equal(['belmont']);
			expect(page.html).to.include(`href="${originOf('belmont')}/"`);
			expect(await isThere(visitor)).to.equal(false);

			const there = /href="([^"]*\/slo[^"]*)"/
				.exec(page.html)![1]!
				.replaceAll('&amp;', '&')
				.replaceAll('&#x3D;', '=');
			expect(there.startsWith(`${city.provider.signOut}?`)).to.equal(true);
			const [signed = '', signature = ''] = there.split('?')[1]!.split('&Signature=');
			const [certificate = ''] = await signingCertificates(city.bed, city.bed.salem);
			expect(
				createVerify('RSA-SHA256')
					.update(signed)
					.verify(certificate, decodeURIComponent(signature), 'base64'),
			).to.equal(true);
			const request = inflateRawSync(
				Buffer.from(new URLSearchParams(signed).get('SAMLRequest')!, 'base64'),
			).toString();
			expect(request).to.include(PERSON.persistent).and.include('session-1');
			expect(request).to.include(`Destination="${city.provider.signOut}"`);
			// What comes back is not looked at: here it ended before.
			const back = await visitor.open(`${city.bed.salem.origin}/upstream/saml/logout?SAMLResponse=anything`);
			expect(back.url).to.equal(`${city.bed.salem.origin}/upstream/signed-out`);
			expect(back.text).to.include('You are signed out');
			const posted = await send(city.bed, 'POST', `${city.bed.salem.origin}/upstream/saml/logout`, {
				SAMLResponse: 'x',
			});
			expect(posted.location).to.equal(`${city.bed.salem.origin}/upstream/signed-out`);
		});

		it('on a computer that many use leads on to the city without another press', async () => {
			const { visitor, idToken } = await signedIn({ shared: true });
			const page = await visitor.open(leaving(idToken));
			expect(page.url.startsWith(`${city.provider.signOut}?SAMLRequest=`)).to.equal(true);
			expect(told()).to.deep.equal(['belmont']);
		});

		it('does so too where somebody only said that others use it, and then the city has to ask for the password', async () => {
			const { bed, provider, belmont } = city;
			const visitor = visitorOf(bed);
			const come = async (authnInstant: number) => {
				const begun = await belmont.begin({ prompt: 'login' });
				const page = await visitor.open(begun.url);
				const there = await visitor.open(`${linkTo(page, 'city')}?shared=yes`);
				const request = provider.read(there.url, await signingCertificates(bed, bed.salem));
				expect(request.forced).to.equal(true);
				const away = { begun, visitor, url: there.url, request };
				const answer = await provider.answer(request, bed.clock.now(), { authnInstant });
				return { begun, outcome: await comeBack(bed, away, answer) };
			};
			// Whoever sat there before is still signed in at the city: that is no password.
			const before = await come(bed.clock.now() - 10 * 60_000);
			expect(before.outcome.code).to.equal('saml_authn_instant');
			const { begun, outcome } = await come(bed.clock.now());
			const { id_token: hint } = await belmont.redeem(begun, outcome.url!);
			const page = await visitor.open(leaving(hint!));
			expect(page.url.startsWith(`${provider.signOut}?SAMLRequest=`)).to.equal(true);
		});

		it('asks the city nothing after half a day, when it has forgotten what it would need for that', async () => {
			const { visitor, idToken } = await signedIn({ shared: true });
			const database = await openDatabase(city.bed.databaseUrl);
			try {
				await sweepUpstreams(database, city.bed.clock.now() + 13 * HOUR);
				const rows = await database('upstream_session').whereNotNull('sealed');
				expect(rows).to.be.empty;
			} finally {
				await database.destroy();
			}
			const page = await visitor.open(leaving(idToken));
			expect(page.url).to.equal(`${originOf('belmont')}/`);
			expect(told()).to.deep.equal(['belmont']);
		});

		it('of somebody who came by card asks the city nothing', async () => {
			const visitor = visitorOf(city.bed);
			const { idToken } = await city.belmont.signIn(visitor, city.bed.person('Okafor'));
			expect((await visitor.open(leaving(idToken))).url).to.equal(`${originOf('belmont')}/`);
		});
	});

	describe('begun at the city', () => {
		it('ends the card session that stood on it, tells the branches, and answers with a signature', async () => {
			for (const way of ['address', 'form'] as const) {
				city.bed.told.length = 0;
				const { visitor } = await signedIn();
				const relay = 'state-of-the-city';
				const answer =
					way === 'address'
						? await send(city.bed, 'GET', inAddress(endingXml(), { relay }))
						: await inForm(signedXml(endingXml()), relay);
				expect(told(), way).to.deep.equal(['belmont']);
				expect(answer.location!.startsWith(`${city.provider.signOut}?SAMLResponse=`)).to.equal(true);
				expect(new URL(answer.location!).searchParams.get('RelayState')).to.equal(relay);
				const [signed = '', signature = ''] = answer.location!.split('?')[1]!.split('&Signature=');
				const [certificate = ''] = await signingCertificates(city.bed, city.bed.salem);
				expect(
					createVerify('RSA-SHA256')
						.update(signed)
						.verify(certificate, decodeURIComponent(signature), 'base64'),
				).to.equal(true);
				expect(await isThere(visitor)).to.equal(false);
			}
		});

		it('ends the session it names and no other; without a name, all of that person', async () => {
			const one = await signedIn({ sessionIndex: 'one' });
			const two = await signedIn({ sessionIndex: 'two' });
			await send(city.bed, 'GET', inAddress(endingXml({ session: 'one' })));
			expect([await isThere(one.visitor), await isThere(two.visitor)]).to.deep.equal([false, true]);
			const three = await signedIn({ sessionIndex: 'three' });
			await send(city.bed, 'GET', inAddress(endingXml({ session: null, name: 'p-0002-another' })));
			expect(await isThere(two.visitor)).to.equal(true);
			await send(city.bed, 'GET', inAddress(endingXml({ session: null })));
			expect([await isThere(two.visitor), await isThere(three.visitor)]).to.deep.equal([false, false]);
		});

		it('reaches people by whichever way of that provider they came', async () => {
			const { bed, provider } = city;
			bed.settings.set('salem', {
				elsewhere: { ways: [samlWay(provider, { id: 'pupils' }), samlWay(provider)] },
			});
			try {
				const { visitor } = await signedIn();
				await send(bed, 'GET', inAddress(endingXml()));
				expect(await isThere(visitor)).to.equal(false);
			} finally {
				city.set();
			}
		});

		it('is not believed without a signature, by another key or method, from another provider, for another address, or late', async () => {
			const { bed } = city;
			const stranger = await providerKey();
			const { visitor } = await signedIn();
			const cases: [string, () => Promise<{ status: number; location: string | null }>][] = [
				['saml_unsigned', () => send(bed, 'GET', inAddress(endingXml(), { key: null }))],
				['saml_unsigned', () => send(bed, 'GET', inAddress(endingXml(), { key: stranger }))],
				[
					'saml_unsigned',
					() =>
						send(
							bed,
							'GET',
							inAddress(endingXml(), { algorithm: 'http://www.w3.org/2000/09/xmldsig#rsa-sha1' }),
						),
				],
				[
					'saml_unsigned',
					() =>
						send(bed, 'GET', inAddress(endingXml(), { relay: 'a' }).replace('RelayState=a', 'RelayState=b')),
				],
				['saml_form', () => send(bed, 'GET', `${inAddress(endingXml())}&SAMLRequest=x`)],
				['saml_form', () => send(bed, 'GET', `${bed.salem.origin}/upstream/saml/logout?SAMLRequest=`)],
				['saml_encoding', () => send(bed, 'GET', `${bed.salem.origin}/upstream/saml/logout?SAMLRequest=%%%`)],
				['saml_issuer', () => send(bed, 'GET', inAddress(endingXml({ issuer: 'https://idp.evil.example' })))],
				[
					'saml_destination',
					() =>
						send(
							bed,
							'GET',
							inAddress(endingXml({ destination: `${bed.bend.origin}/upstream/saml/logout` })),
						),
				],
				['saml_time', () => send(bed, 'GET', inAddress(endingXml({ issued: bed.clock.now() - HOUR })))],
				[
					'saml_time',
					() =>
						send(
							bed,
							'GET',
							inAddress(endingXml({ more: ` NotOnOrAfter="${iso(bed.clock.now() - HOUR)}"` })),
						),
				],
				['saml_form', () => send(bed, 'GET', inAddress(endingXml({ version: '1.1' })))],
				[
					'xml_comment',
					() => send(bed, 'GET', inAddress(endingXml({ name: `${PERSON.persistent}<!-- -->` }))),
				],
				['saml_unsigned', () => inForm(endingXml())],
				['saml_unsigned', () => inForm(signedXml(endingXml(), stranger))],
				[
					'saml_unsigned',
					() =>
						inForm(
							signedXml(endingXml({ name: 'p-0002-another' })).replace('p-0002-another', PERSON.persistent),
						),
				],
				[
					'saml_assertions',
					() => {
						const right = signedXml(endingXml({ name: 'p-0002-another' }));
						return inForm(
							endingXml().replace(
								'</saml:Issuer>',
								`</saml:Issuer><samlp:Extensions>${right}</samlp:Extensions>`,
							),
						);
					},
				],
			];
			for (const [code, attempt] of cases) {
				const from = bed.log.length;
				const answer = await attempt();
				expect(refusalIn(bed.log.slice(from)), attempt.toString()).to.equal(code);
				expect(answer.status).to.equal(403);
				expect(answer.location).to.equal(null);
			}
			expect(told()).to.deep.equal([]);
			expect(await isThere(visitor)).to.equal(true);
		});

		it('counts once: the same request again changes nothing', async () => {
			const { bed } = city;
			await signedIn();
			const address = inAddress(endingXml());
			expect((await send(bed, 'GET', address)).status).to.equal(303);
			const again = await signedIn();
			const from = bed.log.length;
			expect((await send(bed, 'GET', address)).status).to.equal(403);
			expect(refusalIn(bed.log.slice(from))).to.equal('replayed');
			expect(await isThere(again.visitor)).to.equal(true);
		});

		it('is not unpacked without end', async () => {
			const { bed } = city;
			const from = bed.log.length;
			const much = endingXml({ more: ` x="${'x'.repeat(5_000_000)}"` });
			expect((await send(bed, 'GET', inAddress(much, { key: null }))).status).to.equal(403);
			expect(refusalIn(bed.log.slice(from))).to.equal('saml_encoding');
		});
	});

	it('leaves nothing of anybody in the database but hashes and what is sealed', async () => {
		await trySaml(city.bed, city.parts());
		const database = await openDatabase(city.bed.databaseUrl);
		try {
			const tables = [
				'upstream_session',
				'upstream_once',
				'upstream_used',
				'identity',
				'account',
				'sign_in',
				'oidc',
			];
			for (const table of tables) {
				const rows = JSON.stringify(await database(table).select());
				expect(rows, table).to.not.include(PERSON.persistent).and.not.include('session-1');
			}
			await sweepUpstreams(database, city.bed.clock.now() + 15 * 24 * HOUR);
			for (const table of ['upstream_session', 'upstream_once', 'upstream_used']) {
				expect(await database(table).select(), table).to.be.empty;
			}
		} finally {
			await database.destroy();
		}
	});
});
