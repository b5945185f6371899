import { request } from 'node:http';
import { expect } from 'chai';
import pg from 'pg';
import { formsIn, type Seen, type Visitor } from '../../../test/e2e/visitor.ts';
import { type Bed, startBed } from './fixtures/bed.ts';
import { type BranchClient, branchClient, visitorOf } from './fixtures/branch-client.ts';

describe('the card page', () => {
	let bed: Bed;
	let belmont: BranchClient;
	before(async () => {
		bed = await startBed();
		belmont = await branchClient(bed, bed.salem, 'belmont');
	});
	beforeEach(() => {
		bed.ils.misbehave(null);
		// Whoever tried too often in one test may try again in the next.
		bed.clock.advance(16 * 60_000);
	});
	after(() => bed?.close());

	async function open(visitor: Visitor = visitorOf(bed)): Promise<{ visitor: Visitor; page: Seen }> {
		return { visitor, page: await visitor.open((await belmont.begin()).url) };
	}

	async function give(card: { card: string; pin: string }, language = 'en'): Promise<Seen> {
		const { visitor, page } = await open(visitorOf(bed, language));
		return visitor.send(page, '/sign-in/', { card: card.card, pin: card.pin });
	}

	it('says where it leads, what it asks and what the branch gets, in both languages', async () => {
		const { page } = await open();
		expect(page.status).to.equal(200);
		for (const words of [
			'You are going to Belmont',
			'Sign in with your library card',
			'14 digits, under the bars on the back. Spaces do not matter.',
			'It never gets your card number, your own name, your birthday, or what you borrow.',
			'Nobody else may ask for your card and PIN.',
		]) {
			expect(page.text).to.include(words);
		}
		const { page: spanish } = await open(visitorOf(bed, 'es'));
		expect(spanish.html).to.include('<html lang="es"');
		expect(spanish.text).to.include('Entrar con su tarjeta de la biblioteca');
		expect(spanish.text).to.include('Usted va a Belmont');
	});

	it('changes its language and is still the same sign-in', async () => {
		const { visitor, page } = await open();
		const link = /href="([^"]+\?lang=es)"/.exec(page.html)?.[1];
		const spanish = await visitor.open(new URL(link!, page.url).href);
		expect(spanish.text).to.include('Número de tarjeta');
		const { card, pin } = bed.person('Okafor');
		const back = await visitor.send(spanish, '/sign-in/', { card, pin });
		expect(back.url).to.include(belmont.callback);
	});

	it('needs no script, loads nothing from elsewhere, and may lead to this branch only', async () => {
		const { page } = await open();
		const { origin } = bed.salem.branches.get('belmont')!.record;
		expect(page.html).to.not.match(/<script|javascript:|\son\w+=|style="/i);
		for (const [, address] of page.html.matchAll(/(?:src|href)="(http[^"]+)"/g)) {
			expect(new URL(address!).hostname).to.match(/\.salem\.localhost$/);
		}
		const policy = page.headers['content-security-policy'];
		expect(policy).to.include("default-src 'none'");
		expect(policy).to.include(`form-action 'self' ${origin};`);
		expect(page.headers['cache-control']).to.equal('no-store');
		// With `no-referrer` browsers send `Origin: null`, which no form check could tell from another site's.
		expect(page.headers['referrer-policy']).to.equal('same-origin');
	});

	it('answers a number of another length by the field, without asking the catalog', async () => {
		const { card, pin } = bed.person('Okafor');
		const before = bed.ils.asked(card.slice(1));
		const page = await give({ card: card.slice(1), pin });
		expect(page.status).to.equal(422);
		expect(page.text).to.include('It is too short, so we have not asked the catalog yet. Nothing is locked.');
		expect(page.text).to.include('13 digits here. A card number has 14.');
		expect(page.html).to.match(/<title>Error: /);
		expect(page.html).to.match(/aria-describedby="card-hint card-fault" aria-invalid="true"/);
		expect(page.html).to.include(`value="${card.slice(1)}"`);
		expect(bed.ils.asked(card.slice(1))).to.equal(before);
		const spanish = await give({ card: `${card}1`, pin }, 'es');
		expect(spanish.text).to.include('Aquí hay 15 dígitos. El número tiene 14.');
		expect(spanish.text).to.include('Es demasiado largo');
		const letters = await give({ card: 'my card', pin });
		expect(letters.text).to.include('A card number has 14 digits and nothing else.');
	});

	it('answers a wrong PIN with the tries that are left on this page, and an unknown card with the same words', async () => {
		const known = { ...bed.person('Tanaka'), pin: '0001' };
		const first = await give(known);
		expect(first.status).to.equal(422);
		expect(first.text).to.include(
			'That card and PIN do not match Nothing is locked. You can try 2 more times in 15 minutes.',
		);
		const unknown = await give({ card: '20000000000000', pin: '0001' });
		const plain = (page: Seen, card: string) =>
			page.html.replaceAll(card, '').replace(/name="(?:_csrf|ticket)" value="[^"]+"|\/sign-in\/[\w-]+/g, '');
		expect(plain(unknown, '20000000000000')).to.equal(plain(first, known.card));
		const { visitor, page } = await open();
		let answer = page;
		for (const [pin, says] of [
			['0002', 'You can try 2 more times in 15 minutes.'],
			['0003', 'You can try once more in 15 minutes.'],
		] as const) {
			answer = await visitor.send(answer, '/sign-in/', { card: known.card, pin });
			expect(answer.text).to.include(says);
			expect(answer.status).to.equal(422);
		}
		answer = await visitor.send(answer, '/sign-in/', { card: known.card, pin: '0004' });
		expect(answer.status).to.equal(429);
		expect(answer.text).to.include('Here you can try again in 15 minutes');
		answer = await visitor.send(answer, '/sign-in/', { card: bed.person('Okafor').card, pin: '0001' });
		expect(answer.text, 'another card').to.include('You can try 2 more times');
	});

	it('does not tell one browser what others tried with a card, and says to whoever is sure what it may be', async () => {
		const known = bed.person('Tanaka');
		for (const pin of ['0011', '0012', '0013']) await give({ ...known, pin });
		const right = await give(known);
		expect(right.status).to.equal(422);
		expect(right.text).to.include('You can try 2 more times');
		expect(right.text).to.include('somebody may have tried this card before you');
		const spanish = await give(known, 'es');
		expect(spanish.text).to.include('La tarjeta y el PIN no coinciden');
		expect(spanish.text).to.include('quizá alguien probó esta tarjeta antes que usted');
	});

	it('says that the catalog does not answer when it is dead, silent or off line', async () => {
		for (const how of ['dead', 'silent', 'offline'] as const) {
			bed.ils.misbehave(how);
			for (let tries = 0; tries < 2; tries++) {
				const page = await give(bed.person('Okafor'));
				expect(page.status, how).to.equal(503);
				expect(page.headers['retry-after']).to.equal('60');
				expect(page.text).to.include('The catalog does not answer');
				expect(page.text).to.include('Your posts are safe.');
				expect(page.html).to.include(bed.person('Okafor').card);
			}
		}
		bed.ils.misbehave('silent');
		expect((await give(bed.person('Okafor'), 'es')).text).to.include('El catálogo no responde');
		bed.ils.misbehave(null);
		// After so many silences it is left alone for half a minute.
		expect((await give(bed.person('Okafor'))).status).to.equal(503);
		bed.clock.advance(30_000);
		expect((await give(bed.person('Okafor'))).url).to.include(belmont.callback);
	});

	it('sends the holder of a lost or blocked card to a desk, and tells nobody else', async () => {
		for (const [name, words] of [
			['Ferreira', 'Please see a desk about this card'],
			['Brandt', 'Card and PIN are right The library has a question about this card.'],
		] as const) {
			const page = await give(bed.person(name));
			expect(page.status).to.equal(422);
			expect(page.text).to.include(words);
			const wrong = await give({ ...bed.person(name), pin: '0000' });
			expect(wrong.text).to.include('That card and PIN do not match');
		}
	});

	it('keeps the card number, and not the PIN, when something breaks on our side', async () => {
		const client = new pg.Client({ connectionString: bed.databaseUrl });
		await client.connect();
		const person = bed.person('Okafor');
		const { visitor, page } = await open();
		try {
			await client.query('alter table identity rename to identity_away');
			const broken = await visitor.send(page, '/sign-in/', { card: person.card, pin: person.pin });
			expect(broken.status).to.equal(500);
			expect(broken.text).to.include('Something broke on our side It was written down.');
			expect(formsIn(broken.html).find(({ action }) => action.includes('/sign-in/'))?.fields).to.deep.include(
				['card', person.card],
			);
			expect(broken.html).to.not.include(person.pin);
			expect(bed.log.some((line) => line.includes('sign_in_failed'))).to.equal(true);
			await client.query('alter table identity_away rename to identity');
			const back = await visitor.send(broken, '/sign-in/', { card: person.card, pin: person.pin });
			expect(back.url).to.include(belmont.callback);
		} finally {
			await client.query('alter table if exists identity_away rename to identity');
			await client.end();
		}
	});

	it('never shows a PIN again, and never puts card or PIN into an address or a cookie', async () => {
		const person = bed.person('Whitehorse');
		const pin = 'n0t-the-pin';
		for (const how of [null, 'silent'] as const) {
			bed.ils.misbehave(how);
			const { visitor, page } = await open();
			const again = await visitor.send(page, '/sign-in/', { card: person.card, pin });
			expect(again.html).to.not.include(pin);
			expect(again.url).to.not.include(person.card);
			const headers = JSON.stringify(again.headers);
			expect(headers).to.not.include(pin);
			expect(headers).to.not.include(person.card);
		}
	});

	it('shows markup that was typed as the text it is', async () => {
		const page = await give({ card: '"><b>x</b>', pin: '1' });
		expect(page.html).to.not.include('<b>x</b>');
		expect(page.html).to.include('&quot;&gt;&lt;b&gt;x');
	});

	describe('refuses', () => {
		async function post(
			page: Seen,
			visitor: { cookie: string },
			change: { body?: string; origin?: string | null; site?: string },
		): Promise<{ status: number; text: string }> {
			const url = new URL(page.url);
			const token = /name="_csrf" value="([^"]+)"/.exec(page.html)![1]!;
			const { card, pin } = bed.person('Okafor');
			const body = change.body ?? new URLSearchParams({ _csrf: token, card, pin }).toString();
			const origin = change.origin === undefined ? url.origin : change.origin;
			return new Promise((resolve, reject) => {
				const sent = request(
					{
						host: '127.0.0.1',
						port: bed.port,
						method: 'POST',
						path: url.pathname,
						headers: {
							host: url.host,
							accept: 'text/html',
							cookie: visitor.cookie,
							'content-type': 'application/x-www-form-urlencoded',
							...(origin === null ? {} : { origin }),
							...(change.site ? { 'sec-fetch-site': change.site } : {}),
						},
					},
					(response) => {
						let text = '';
						response.setEncoding('utf8');
						response.on('data', (part: string) => {
							text += part;
						});
						response.on('end', () => resolve({ status: response.statusCode ?? 0, text }));
					},
				);
				sent.on('error', reject);
				sent.end(body);
			});
		}

		/** The page as one browser has it, with its cookies in hand. */
		async function opened(): Promise<{ page: Seen; cookie: string }> {
			const begun = await belmont.begin();
			const url = new URL(begun.url);
			const cookies = await new Promise<string[]>((resolve, reject) => {
				const sent = request(
					{ host: '127.0.0.1', port: bed.port, path: url.pathname + url.search, headers: { host: url.host } },
					(response) => {
						response.resume();
						response.on('end', () =>
							resolve([response.headers.location!, ...response.headers['set-cookie']!]),
						);
					},
				);
				sent.on('error', reject);
				sent.end();
			});
			const [location, ...set] = cookies;
			const cookie = set.map((line) => line.split(';')[0]).join('; ');
			const page = await new Promise<Seen>((resolve, reject) => {
				const target = new URL(location!, url);
				const sent = request(
					{
						host: '127.0.0.1',
						port: bed.port,
						path: target.pathname,
						headers: { host: url.host, cookie, accept: 'text/html' },
					},
					(response) => {
						let html = '';
						response.setEncoding('utf8');
						response.on('data', (part: string) => {
							html += part;
						});
						response.on('end', () =>
							resolve({
								status: response.statusCode!,
								url: target.href,
								html,
								text: html,
								headers: response.headers,
							}),
						);
					},
				);
				sent.on('error', reject);
				sent.end();
			});
			return { page, cookie };
		}

		it('what another site, or another branch of the library, makes a browser send', async () => {
			const { page, cookie } = await opened();
			expect(page.status).to.equal(200);
			const { origin } = bed.salem.branches.get('belmont')!.record;
			for (const change of [
				{ origin: 'http://evil.example' },
				{ origin },
				{ origin: 'null' },
				{ site: 'cross-site' },
				{ origin: null, site: 'same-site' },
				{ body: 'card=29000000000001&pin=1234' },
				{ body: '_csrf=wrong&card=29000000000001&pin=1234' },
			]) {
				expect((await post(page, { cookie }, change)).status, JSON.stringify(change)).to.equal(403);
			}
			expect((await post(page, { cookie }, {})).status).to.equal(303);
		});

		it('the page of another browser, and one that has ended', async () => {
			const { page, cookie } = await opened();
			const other = await opened();
			for (const cookies of ['', other.cookie]) {
				const answer = await post(page, { cookie: cookies }, {});
				expect(answer.status).to.equal(404);
				expect(answer.text).to.include('This sign-in cannot go on');
			}
			const forged = cookie.replace(/(card_interaction\.sig=)[^;]+/, `$1${'A'.repeat(27)}`);
			expect(forged).to.not.equal(cookie);
			expect((await post(page, { cookie: forged }, {})).status).to.equal(404);
		});

		it('a body that no card needs', async () => {
			const { page, cookie } = await opened();
			expect((await post(page, { cookie }, { body: `card=${'1'.repeat(5_000)}` })).status).to.equal(413);
		});
	});

	describe('at a host', () => {
		it('that is no library’s, is not there', async () => {
			const page = await visitorOf(bed).open(`http://card.nowhere.localhost:${bed.port}/`);
			expect(page.status).to.equal(421);
			expect(page.text).to.include('Nobody lives at this address');
		});

		it('without a path, leads to an open branch', async () => {
			const page = await visitorOf(bed).open(`${bed.salem.origin}/`);
			expect(new URL(page.url).host).to.include('belmont.salem');
		});

		it('with a path that is nobody’s, says so in the library’s frame', async () => {
			for (const path of ['/nothing', '/sign-in', '/token/x', '/reg', '/request']) {
				const page = await visitorOf(bed).open(`${bed.salem.origin}${path}`);
				expect(page.status, path).to.equal(404);
			}
			const page = await visitorOf(bed).open(`${bed.salem.origin}/nothing`);
			expect(page.text).to.include('Salem Public Library');
		});
	});
});
