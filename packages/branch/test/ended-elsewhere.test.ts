import { generateKeyPairSync, randomUUID } from 'node:crypto';
import { expect } from 'chai';
import { type JWTPayload, SignJWT } from 'jose';
import { SESSION_LIFE, SHARED_IDLE } from '../src/web/session-store.ts';
import { type Bed, createBed } from './bed.ts';
import { call } from './browser.ts';
import { type CardIssuer, type CardVisitor, cardIssuer, cardVisitor } from './card-issuer.ts';
import { rows } from './look.ts';

const MINUTE = 60_000;

describe('a sign-in', () => {
	let bed: Bed;
	let issuer: CardIssuer;
	beforeEach(async () => {
		bed = await createBed();
		issuer = cardIssuer(bed);
		bed.serve('card', (req, res) => issuer.handle(req, res));
	});
	afterEach(() => bed.close());

	const origin = () => bed.branch('north').origin;
	/** Signs in and joins; what the issuer calls the session. */
	async function signedIn(visitor: CardVisitor, handle = 'teo'): Promise<string> {
		const { answer } = await visitor.walk(`${origin()}/signin`);
		const token = /name="_csrf" value="([^"]+)"/.exec(answer.body)?.[1];
		if (answer.body.includes('name="handle"')) {
			await visitor.visit(`${origin()}/welcome`, { _csrf: token!, name: 'Teo', handle, rules: 'yes' });
		}
		expect((await visitor.visit(`${origin()}/home`)).status).to.equal(200);
		const sessions = rows<{ data: string }>(bed, 'north', 'SELECT data FROM session');
		return JSON.parse(sessions.map(({ data }) => data).find((data) => data.includes('cardSession'))!)
			.cardSession;
	}
	const claims = (more: JWTPayload): JWTPayload => {
		const now = Math.floor(Date.now() / 1000);
		return {
			iss: bed.library.card_origin,
			aud: bed.branch('north').open.branch,
			iat: now,
			exp: now + 120,
			jti: randomUUID(),
			events: { 'http://schemas.openid.net/event/backchannel-logout': {} },
			...more,
		};
	};
	const tell = (token: string) =>
		call(
			bed.port,
			'POST',
			'/session/ended',
			{ host: new URL(origin()).host, 'content-type': 'application/x-www-form-urlencoded' },
			new URLSearchParams({ logout_token: token }).toString(),
		);
	const isIn = async (visitor: CardVisitor) => (await visitor.visit(`${origin()}/home`)).status === 200;

	it('ends here when the library says that it ended elsewhere, and no other sign-in with it', async () => {
		const one = cardVisitor(bed);
		const other = cardVisitor(bed);
		const sid = await signedIn(one);
		await signedIn(other);
		const answer = await tell(await issuer.sign(claims({ sid, sub: 'sub-teo' })));
		expect(answer.status).to.equal(200);
		expect(answer.headers['cache-control']).to.equal('no-store');
		expect(await isIn(one)).to.equal(false);
		expect(await isIn(other)).to.equal(true);
	});

	it('of one person ends everywhere here when the library names the person and no session', async () => {
		const [one, other, ana] = [cardVisitor(bed), cardVisitor(bed), cardVisitor(bed)];
		await signedIn(one);
		await signedIn(other);
		issuer.who = { ...issuer.who, sub: 'sub-ana' };
		await signedIn(ana, 'ana');
		expect((await tell(await issuer.sign(claims({ sub: 'sub-teo' })))).status).to.equal(200);
		expect([await isIn(one), await isIn(other), await isIn(ana)]).to.deep.equal([false, false, true]);
	});

	it('is found by the name the library has for it without reading every session', () => {
		const plan = (path: string) =>
			rows<{ detail: string }>(
				bed,
				'north',
				`EXPLAIN QUERY PLAN DELETE FROM session WHERE json_extract(data, '${path}') = 'x'`,
			).map(({ detail }) => detail);
		expect(plan('$.cardSession').join()).to.include('session_card_sid');
		expect(plan('$.claims.sub').join()).to.include('session_card_sub');
	});

	describe('does not end by a token that', () => {
		const foreign = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;
		const cases: [string, (sid: string) => Promise<string>][] = [
			['is no token', async () => 'nothing'],
			[
				'is signed by another key',
				(sid) =>
					new SignJWT(claims({ sid }))
						.setProtectedHeader({ alg: 'RS256', typ: 'logout+jwt', kid: 'key-1' })
						.sign(foreign),
			],
			[
				'is signed by nobody',
				async (sid) =>
					`${Buffer.from('{"alg":"none","typ":"logout+jwt"}').toString('base64url')}.${Buffer.from(JSON.stringify(claims({ sid }))).toString('base64url')}.`,
			],
			['is of another issuer', (sid) => issuer.sign(claims({ sid, iss: 'http://card.else.localhost' }))],
			['is for another branch', (sid) => issuer.sign(claims({ sid, aud: randomUUID() }))],
			['is an ID token', (sid) => issuer.sign(claims({ sid, nonce: 'n' }), { typ: 'JWT' })],
			['has a nonce', (sid) => issuer.sign(claims({ sid, nonce: 'n' }))],
			['is about nothing', (sid) => issuer.sign(claims({ sid, events: {} }))],
			['is about something else', (sid) => issuer.sign(claims({ sid, events: { 'urn:other': {} } }))],
			[
				'has an event that is no object',
				(sid) =>
					issuer.sign(claims({ sid, events: { 'http://schemas.openid.net/event/backchannel-logout': 1 } })),
			],
			['names neither session nor person', () => issuer.sign(claims({}))],
			['has no number', (sid) => issuer.sign(claims({ sid, jti: undefined as unknown as string }))],
			['has no end', (sid) => issuer.sign(claims({ sid, exp: undefined as unknown as number }))],
			['is over', (sid) => issuer.sign(claims({ sid, exp: Math.floor(Date.now() / 1000) - 60 }))],
			[
				'was made long ago',
				(sid) => issuer.sign(claims({ sid, iat: Math.floor(Date.now() / 1000) - 3_600 })),
			],
		];
		for (const [what, make] of cases) {
			it(what, async () => {
				const visitor = cardVisitor(bed);
				const sid = await signedIn(visitor);
				const answer = await tell(await make(sid));
				expect(answer.status).to.equal(400);
				expect(JSON.parse(answer.body)).to.include({ error: 'invalid_request' });
				expect(await isIn(visitor)).to.equal(true);
			});
		}

		it('came before', async () => {
			const visitor = cardVisitor(bed);
			await signedIn(visitor);
			const token = await issuer.sign(claims({ sub: 'sub-teo' }));
			expect((await tell(token)).status).to.equal(200);
			await signedIn(visitor);
			expect((await tell(token)).status).to.equal(400);
			expect(await isIn(visitor)).to.equal(true);
		});

		it('is missing, or whose issuer does not answer', async () => {
			const bare = await call(bed.port, 'POST', '/session/ended', { host: new URL(origin()).host });
			expect(bare.status).to.equal(400);
			bed.serve('card', (_req, res) => void res.writeHead(503).end());
			const token = await issuer.sign(claims({ sub: 'sub-teo' }));
			expect((await tell(token)).status).to.equal(503);
		});
	});

	it('that ended meanwhile needs no second press: the button on an old page leads to the front page', async () => {
		const visitor = cardVisitor(bed);
		const sid = await signedIn(visitor);
		await tell(await issuer.sign(claims({ sid })));
		const out = await visitor.visit(`${origin()}/signout`, { _csrf: 'of-the-old-page' });
		expect(out.status).to.equal(303);
		expect(out.headers.location).to.equal('/');
	});

	describe('at a computer that others use too', () => {
		const SHARED = 'urn:understory:shared-computer';
		beforeEach(() => {
			issuer.acr = SHARED;
		});

		it('ends with the browser', async () => {
			const cookieOf = async () => {
				const visitor = cardVisitor(bed);
				await visitor.walk(`${origin()}/signin`);
				return visitor.lines.findLast((line) => line.startsWith('branch='));
			};
			expect(await cookieOf()).to.not.match(/expires|max-age/i);
			issuer.acr = undefined;
			expect(await cookieOf()).to.match(/expires/i);
		});

		it('ends a quarter of an hour after the last click', async () => {
			const visitor = cardVisitor(bed);
			await signedIn(visitor);
			for (let at = 0; at < 4; at++) {
				bed.clock.advance(SHARED_IDLE - MINUTE);
				expect(await isIn(visitor)).to.equal(true);
			}
			bed.clock.advance(SHARED_IDLE);
			expect(await isIn(visitor)).to.equal(false);
		});

		it('and at any other it lasts two weeks', async () => {
			issuer.acr = undefined;
			const visitor = cardVisitor(bed);
			await signedIn(visitor);
			bed.clock.advance(SESSION_LIFE - MINUTE);
			expect(await isIn(visitor)).to.equal(true);
			bed.clock.advance(2 * MINUTE);
			expect(await isIn(visitor)).to.equal(false);
		});

		it('leaves no choice of language behind', async () => {
			const visitor = cardVisitor(bed);
			await signedIn(visitor);
			const home = await visitor.visit(`${origin()}/home?lang=es`);
			const token = /action="\/signout"[\s\S]*?name="_csrf" value="([^"]+)"/.exec(home.body)![1]!;
			const out = await visitor.visit(`${origin()}/signout`, { _csrf: token });
			expect(out.headers['set-cookie']?.join('\n')).to.match(/lang=;.*Expires=Thu, 01 Jan 1970/);
		});
	});
});
