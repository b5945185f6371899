import { createHash, createHmac } from 'node:crypto';
import type { OidcUpstream, UpstreamSettings } from '@understory/core/upstream-settings.ts';
import { expect } from 'chai';
import type { JWTPayload } from 'jose';
import * as openid from 'openid-client';
import type { Visitor } from '../../../test/e2e/visitor.ts';
import { openDatabase } from '../src/store/database.ts';
import { type Bed, startBed } from './fixtures/bed.ts';
import { type Begun, type BranchClient, branchClient, visitorOf } from './fixtures/branch-client.ts';
import { linkTo, refusalIn, send } from './fixtures/elsewhere.ts';
import {
	oidcWay,
	type SchoolsProvider,
	type ScriptedProvider,
	startSchools,
	startScripted,
} from './fixtures/openid-provider.ts';

describe('sign-in at an OpenID provider', () => {
	let bed: Bed;
	let belmont: BranchClient;
	let schools: SchoolsProvider;
	before(async () => {
		bed = await startBed();
		belmont = await branchClient(bed, bed.salem, 'belmont');
		schools = startSchools(bed, bed.salem);
		set();
	});
	after(() => bed?.close());
	afterEach(() => {
		schools.pupil = {
			sub: 'pupil-1',
			role: 'student',
			birthdate: '2010-05-05',
			email: 'kim@schools.example',
		};
		schools.refuses = false;
	});

	function set(...ways: UpstreamSettings['ways']): void {
		const { issuer } = schools;
		const all = ways.length > 0 ? ways : [oidcWay(issuer)];
		bed.settings.set('salem', { elsewhere: { ways: all } });
	}

	/** Is the library's card session of this browser still there? */
	async function isThere(visitor: Visitor): Promise<boolean> {
		return !(await visitor.open((await belmont.begin()).url)).url.includes('/sign-in/');
	}

	/** How many accounts there are. */
	async function accounts(): Promise<number> {
		const database = await openDatabase(bed.databaseUrl);
		try {
			return Number((await database('account').count('* as count').first())?.count);
		} finally {
			await database.destroy();
		}
	}

	async function goTo(
		way: string,
		visitor: Visitor = visitorOf(bed),
	): Promise<{
		begun: Begun;
		url: string;
		code: string | null;
		text: string;
		status: number;
		visitor: Visitor;
	}> {
		const begun = await belmont.begin();
		const page = await visitor.open(begun.url);
		const from = bed.log.length;
		const { url, text, status } = await visitor.open(linkTo(page, way));
		return { begun, url, text, status, visitor, code: refusalIn(bed.log.slice(from)) };
	}

	it('ends at the branch, by discovery or by endpoints, however the library shows who it is', async () => {
		const { issuer } = schools;
		set(
			oidcWay(issuer),
			oidcWay(issuer, {
				id: 'schools-post',
				client: {
					id: 'schools-post',
					auth: 'client_secret_post',
					secret: 'a-secret-of-the-schools-0123456789',
				},
			}),
			oidcWay(issuer, {
				id: 'schools-key',
				client: { id: 'schools-key', auth: 'private_key_jwt' },
				endpoints: { authorization: `${issuer}/auth`, token: `${issuer}/token`, jwks: `${issuer}/jwks` },
			}),
		);
		const subjects = new Set<string>();
		for (const way of ['schools', 'schools-post', 'schools-key']) {
			const { begun, url, code, text } = await goTo(way);
			expect(code, text).to.equal(null);
			const tokens = await belmont.redeem(begun, url);
			expect(tokens.claims()).to.include({ age_band: 'teen', standing: 'full' });
			subjects.add(tokens.claims()!.sub);
		}
		// One provider is one provider, whichever way it was asked.
		expect(subjects.size).to.equal(1);
		expect(bed.log.join('\n')).to.not.match(/kim@schools|pupil-1|2010-05/);
	});

	it('ends on both sides: there first, by the provider’s own word to us', async () => {
		set();
		const { begun, url, visitor } = await goTo('schools');
		await belmont.redeem(begun, url);
		bed.told.length = 0;
		const page = await visitor.open(`${schools.issuer}/session/end`);
		await visitor.send(page, '/session/end/confirm');
		expect(bed.told.map(({ path }) => path)).to.deep.equal(['/session/ended']);
		expect(await isThere(visitor)).to.equal(false);
	});

	it('ends on both sides: here first, and then there, where the provider asks', async () => {
		set();
		const { begun, url, visitor } = await goTo('schools');
		const { id_token: hint } = await belmont.redeem(begun, url);
		const { origin } = bed.salem.branches.get('belmont')!.record;
		const leaving = openid.buildEndSessionUrl(belmont.config, {
			post_logout_redirect_uri: `${origin}/`,
			id_token_hint: hint!,
		});
		const page = await visitor.open(leaving.href);
		expect(page.text).to.include('Salem Schools still knows you in this browser.');
		expect(await isThere(visitor)).to.equal(false);
		const there = new URL(
			/href="([^"]*\/session\/end[^"]*)"/
				.exec(page.html)![1]!
				.replace(/&(?:amp|#x3D);/g, (sign) => (sign === '&amp;' ? '&' : '=')),
		);
		expect(there.searchParams.has('id_token_hint')).to.equal(false);
		const question = await visitor.open(there.href);
		const done = await visitor.send(question, '/session/end/confirm');
		expect(done.url).to.equal(`${bed.salem.origin}/upstream/signed-out`);
		expect(done.text).to.include('You are signed out');
	});

	it('lets in by the rules, and leaves no trace of whom it does not', async () => {
		set();
		const cases: [Partial<typeof schools.pupil>, string | null, string][] = [
			[{ role: 'teacher', sub: 'teacher-1' }, null, ''],
			[{ role: 'parent', sub: 'parent-1' }, 'no_rule_fits', 'This account does not open the branches'],
			[{ birthdate: '2020-01-01', sub: 'small-1' }, 'too_young', 'The branches begin at an age'],
			[{ birthdate: undefined, sub: 'ageless-1' }, 'age_unknown', 'We do not know how old you are'],
			[{ birthdate: '2010-13-45', sub: 'ageless-2' }, 'age_unknown', 'We do not know how old you are'],
		];
		for (const [pupil, refusal, words] of cases) {
			schools.pupil = { ...schools.pupil, ...pupil };
			const before = await accounts();
			const { code, text } = await goTo('schools');
			expect(code, text).to.equal(refusal);
			expect(text).to.include(words);
			expect((await accounts()) - before).to.equal(refusal === null ? 1 : 0);
			schools.pupil.birthdate = '2010-05-05';
			schools.pupil.role = 'student';
		}
	});

	it('is told of when the provider says no', async () => {
		set();
		schools.refuses = true;
		const { code, text } = await goTo('schools');
		expect(code).to.equal('provider_said_no');
		expect(text).to.include('Salem Schools did not sign you in');
	});

	describe('whose answers are written by hand', () => {
		let scripted: ScriptedProvider;
		before(async () => {
			scripted = await startScripted(bed, 'login.county');
		});
		beforeEach(() =>
			set(
				oidcWay(scripted.issuer, {
					id: 'county',
					endpoints: scripted.endpoints,
					client: { id: 'library', auth: 'client_secret_post', secret: 's' },
				}),
				oidcWay(scripted.issuer, {
					id: 'twin',
					endpoints: scripted.endpoints,
					client: { id: 'library', auth: 'client_secret_post', secret: 's' },
				}),
			),
		);

		const county = (changes: Partial<OidcUpstream> = {}) =>
			oidcWay(scripted.issuer, {
				id: 'county',
				endpoints: scripted.endpoints,
				client: { id: 'library', auth: 'client_secret_post', secret: 's' },
				...changes,
			});
		/** The same without its endpoints. */
		function discovered(): OidcUpstream {
			const { endpoints: _endpoints, ...way } = county();
			return way;
		}

		/** Goes to the provider, and comes back with a code. */
		async function answer(
			claims: (right: JWTPayload) => JWTPayload,
			change: { header?: object; token?: (token: string) => string; to?: (back: URL) => void } = {},
			visitor?: Visitor,
		) {
			const away = await goTo('county', visitor);
			const asked = new URL(away.url).searchParams;
			const now = Math.floor(Date.now() / 1000);
			const right = {
				iss: scripted.issuer,
				aud: 'library',
				sub: 'somebody',
				role: 'teacher',
				iat: now,
				exp: now + 300,
				nonce: asked.get('nonce'),
			};
			scripted.idToken = async () => {
				const token = await scripted.token(claims(right as JWTPayload), change.header);
				return change.token?.(token) ?? token;
			};
			const back = new URL(asked.get('redirect_uri')!);
			back.searchParams.set('code', 'a-code');
			back.searchParams.set('state', asked.get('state')!);
			change.to?.(back);
			const from = bed.log.length;
			const seen = await away.visitor.open(back.href);
			return { ...away, back: back.href, seen, code: refusalIn(bed.log.slice(from)), asked };
		}

		it('are taken when they are right, and ask with PKCE, a state and a nonce', async () => {
			const { code, seen, asked } = await answer((right) => right);
			expect(code, seen.text).to.equal(null);
			expect(seen.url).to.include(belmont.callback);
			expect(asked.get('code_challenge_method')).to.equal('S256');
			expect(asked.get('nonce')).to.match(/^[\w-]{20,}$/);
			expect(asked.get('state')).to.match(/^[\w-]{43}$/);
			expect(scripted.asked.get('code_verifier')).to.match(/^[\w-]{43,}$/);
		});

		it('are refused when they are of another issuer, audience, nonce or time, or say nobody', async () => {
			const now = Math.floor(Date.now() / 1000);
			const wrong: ((right: JWTPayload) => JWTPayload)[] = [
				(right) => ({ ...right, iss: 'http://other.localhost' }),
				(right) => ({ ...right, aud: 'another-library' }),
				(right) => ({ ...right, aud: ['library', 'another-library'], azp: 'another-library' }),
				(right) => ({ ...right, nonce: 'another-nonce' }),
				({ nonce: _nonce, ...right }) => right,
				(right) => ({ ...right, exp: now - 600 }),
				(right) => ({ ...right, sub: '' }),
				({ sub: _sub, ...right }) => right,
			];
			for (const claims of wrong) {
				const { code, seen } = await answer(claims);
				expect(code, claims.toString()).to.be.oneOf(['oidc_answer', 'oidc_token', 'no_stable_subject']);
				expect(seen.status).to.equal(403);
			}
		});

		it('are refused when they are not signed, or a letter was changed', async () => {
			const none = (token: string) => {
				const [, payload] = token.split('.');
				return `${Buffer.from('{"alg":"none"}').toString('base64url')}.${payload}.`;
			};
			const changed = (token: string) => {
				const [header, payload, signature] = token.split('.');
				const claims = { ...JSON.parse(Buffer.from(payload!, 'base64url').toString()), sub: 'somebody-else' };
				return `${header}.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.${signature}`;
			};
			for (const token of [none, changed]) {
				expect((await answer((right) => right, { token })).code).to.equal('oidc_answer');
			}
		});

		it('are refused when anybody could have signed them who knows the public key, or the secret', async () => {
			for (const secret of [scripted.publicKey(), 's']) {
				const idToken = (token: string) => {
					const [, payload] = token.split('.');
					const head = Buffer.from('{"alg":"HS256","kid":"scripted-1"}').toString('base64url');
					const mac = createHmac('sha256', secret).update(`${head}.${payload}`).digest('base64url');
					return `${head}.${payload}.${mac}`;
				};
				expect((await answer((right) => right, { token: idToken })).code).to.equal('oidc_answer');
			}
		});

		it('are refused when the ID token belongs to another access token', async () => {
			const half = createHash('sha256').update('access').digest().subarray(0, 16).toString('base64url');
			expect((await answer((right) => ({ ...right, at_hash: half }))).code).to.equal(null);
			const other = createHash('sha256').update('another').digest().subarray(0, 16).toString('base64url');
			for (const wrong of [other, '', 1, half.slice(0, -1)]) {
				expect((await answer((right) => ({ ...right, at_hash: wrong }))).code).to.equal('oidc_token');
			}
		});

		it('are refused when they name another issuer in the address (RFC 9207)', async () => {
			const to = (iss: string) => (back: URL) => back.searchParams.set('iss', iss);
			expect((await answer((right) => right, { to: to('https://evil.example') })).code).to.equal(
				'oidc_answer',
			);
			expect((await answer((right) => right, { to: to(scripted.issuer) })).code).to.equal(null);
		});

		it('are refused when the password is older than the question, where the library asks for that', async () => {
			set(county({ ask_again: true }));
			const now = Math.floor(Date.now() / 1000);
			const fresh = await answer((right) => ({ ...right, auth_time: now }));
			expect(fresh.code).to.equal(null);
			expect(fresh.asked.get('prompt')).to.equal('login');
			for (const seconds of [7_200, 400])
				expect((await answer((right) => ({ ...right, auth_time: now - seconds }))).code).to.equal(
					'oidc_answer',
				);
			expect((await answer((right) => right)).code).to.equal('oidc_answer');
		});

		it('are completed by the userinfo endpoint where the library says so, for the same person only', async () => {
			set(county({ userinfo: true }));
			scripted.userinfo = { sub: 'somebody', role: 'teacher' };
			const without = ({ role: _role, ...right }: JWTPayload) => right;
			expect((await answer(without)).code).to.equal(null);
			scripted.userinfo = { sub: 'somebody-else', role: 'teacher' };
			expect((await answer(without)).code).to.be.oneOf(['oidc_answer', 'oidc_token']);
			// What is signed goes before what is not.
			const stranger = { sub: 'never-here', role: 'parent' };
			scripted.userinfo = { sub: 'never-here', role: 'teacher' };
			expect((await answer((right) => ({ ...right, ...stranger }))).code).to.equal('no_rule_fits');
			set(county());
			const said = await answer((right) => without({ ...right, sub: 'never-here' }));
			expect(said.code).to.equal('no_rule_fits');
		});

		it('are of a provider that says it is who it is', async () => {
			const { endpoints, issuer } = scripted;
			const description = {
				issuer,
				authorization_endpoint: endpoints.authorization,
				token_endpoint: endpoints.token,
				jwks_uri: endpoints.jwks,
				response_types_supported: ['code'],
				subject_types_supported: ['public'],
				id_token_signing_alg_values_supported: ['RS256', 'none', 'HS256'],
			};
			const spoiled: [Record<string, unknown>, string][] = [
				[{ issuer: 'https://evil.example' }, 'provider_silent'],
				[{ token_endpoint: 'http://evil.example/token' }, 'provider_unknown'],
				[{ authorization_endpoint: 'javascript:alert(1)' }, 'provider_unknown'],
				[{ jwks_uri: undefined }, 'provider_unknown'],
			];
			for (const [change, code] of spoiled) {
				scripted.description = { ...description, ...change };
				set(discovered());
				const { code: found, status } = await goTo('county');
				expect(found, JSON.stringify(change)).to.equal(code);
				expect(status).to.equal(503);
			}
			scripted.description = description;
			set(discovered());
			expect((await answer((right) => right)).code).to.equal(null);
			const none = (token: string) =>
				`${Buffer.from('{"alg":"none"}').toString('base64url')}.${token.split('.')[1]}.`;
			// What the provider says it could do is no reason to let it.
			expect((await answer((right) => right, { token: none })).code).to.equal('oidc_answer');
		});

		it('that end a session are believed with the provider’s signature, for us, fresh, once, and of their own kind', async () => {
			const { seen, begun, visitor } = await answer((right) => ({ ...right, sid: 'session-1' }));
			await belmont.redeem(begun, seen.url);
			const now = Math.floor(Date.now() / 1000);
			let number = 0;
			const right = () => ({
				iss: scripted.issuer,
				aud: 'library',
				sub: 'somebody',
				sid: 'session-1',
				iat: now,
				exp: now + 120,
				jti: `ending-${number++}`,
				events: { 'http://schemas.openid.net/event/backchannel-logout': {} },
			});
			const tell = async (token: string, way = 'county') =>
				(await send(bed, 'POST', `${bed.salem.origin}/upstream/oidc/${way}/logout`, { logout_token: token }))
					.status;
			const wrong: Record<string, Promise<string>> = {
				issuer: scripted.token({ ...right(), iss: 'https://evil.example' }),
				audience: scripted.token({ ...right(), aud: 'another-library' }),
				'a nonce, as ID tokens have': scripted.token({ ...right(), nonce: 'n' }),
				'no event': scripted.token({ ...right(), events: undefined }),
				'another event': scripted.token({ ...right(), events: { 'urn:x': {} } }),
				'no number': scripted.token({ ...right(), jti: undefined as unknown as string }),
				nobody: scripted.token({ ...right(), sub: undefined as unknown as string, sid: undefined }),
				old: scripted.token({ ...right(), iat: now - 3_600, exp: now + 120 }),
				over: scripted.token({ ...right(), exp: now - 3_600 }),
				'another kind of token': scripted.token(right(), { typ: 'at+jwt' }),
				unsigned: scripted
					.token(right())
					.then((token) => `${Buffer.from('{"alg":"none"}').toString('base64url')}.${token.split('.')[1]}.`),
				'a secret instead of a key': scripted.token(right()).then((token) => {
					const head = Buffer.from('{"alg":"HS256"}').toString('base64url');
					const [, payload] = token.split('.');
					return `${head}.${payload}.${createHmac('sha256', 's').update(`${head}.${payload}`).digest('base64url')}`;
				}),
				'no token': Promise.resolve('x'),
			};
			for (const [name, token] of Object.entries(wrong)) expect(await tell(await token), name).to.equal(400);
			// Right in everything, for another person or another session.
			expect(await tell(await scripted.token({ ...right(), sub: 'another', sid: undefined }))).to.equal(200);
			expect(await tell(await scripted.token({ ...right(), sid: 'session-2' }))).to.equal(200);
			expect(await isThere(visitor)).to.equal(true);

			bed.told.length = 0;
			const token = await scripted.token(right(), { typ: 'logout+jwt' });
			expect(await tell(token)).to.equal(200);
			expect(bed.told.map(({ path }) => path)).to.deep.equal(['/session/ended']);
			expect(await isThere(visitor)).to.equal(false);
			expect(await tell(token)).to.equal(400);
			expect((await send(bed, 'POST', `${bed.salem.origin}/upstream/oidc/none/logout`, {})).status).to.equal(
				404,
			);
		});

		it('count once, in one browser, at one library, at the address of the way that was asked', async () => {
			const first = await answer((right) => right);
			const from = bed.log.length;
			await first.visitor.open(first.back);
			expect(refusalIn(bed.log.slice(from))).to.equal('not_begun_here');

			const other = visitorOf(bed);
			await goTo('county', other);
			const stolen = await answer((right) => right, { to: (back) => back.searchParams.set('x', '1') });
			expect(stolen.code).to.equal(null);
			const way = await answer((right) => right, {
				to: (back) => {
					back.pathname = '/upstream/oidc/twin/callback';
				},
			});
			expect(way.code).to.equal('not_begun_here');
			const library = await answer((right) => right, {
				to: (back) => {
					back.host = new URL(bed.bend.origin).host;
				},
			});
			expect(library.code).to.equal('not_begun_here');
			const state = await answer((right) => right, {
				to: (back) => back.searchParams.set('state', 'x'.repeat(43)),
			});
			expect(state.code).to.equal('not_begun_here');
		});

		it('sign nobody in in another browser than the one that asked', async () => {
			const away = await goTo('county');
			const asked = new URL(away.url).searchParams;
			const now = Math.floor(Date.now() / 1000);
			scripted.idToken = () =>
				scripted.token({
					iss: scripted.issuer,
					aud: 'library',
					sub: 'attacker',
					role: 'teacher',
					iat: now,
					exp: now + 300,
					nonce: asked.get('nonce'),
				});
			const victim = visitorOf(bed);
			await goTo('county', victim);
			const from = bed.log.length;
			const seen = await victim.open(`${asked.get('redirect_uri')}?code=a-code&state=${asked.get('state')}`);
			expect(refusalIn(bed.log.slice(from))).to.equal('other_browser');
			expect(seen.status).to.equal(403);
		});

		it('by a new key are taken at the latest an hour after the provider published it', async () => {
			expect((await answer((right) => right)).code).to.equal(null);
			await scripted.changeKey();
			bed.clock.advance(3_600_001);
			expect((await answer((right) => right)).code).to.equal(null);
		});

		it('are waited for in plain words when the provider does not answer', async () => {
			try {
				const { code, seen } = await answer((right) => right, {
					to: () => {
						scripted.silent = true;
					},
				});
				expect(code).to.equal('provider_silent');
				expect(seen.status).to.equal(503);
				expect(seen.text).to.include('Salem Schools does not answer');
			} finally {
				scripted.silent = false;
			}
		});
	});

	it('is not begun when the provider cannot be found, and the card still opens', async () => {
		set(oidcWay(`http://nowhere.localhost:${bed.port}`, { id: 'nowhere' }));
		const { code, status, text, visitor, begun } = await goTo('nowhere');
		expect(code).to.equal('provider_silent');
		expect(status).to.equal(503);
		expect(text).to.include('Try again in a minute, or sign in with your library card.');
		const page = await visitor.open(begun.url);
		const { card, pin } = bed.person('Okafor');
		expect((await visitor.send(page, '/sign-in/', { card, pin })).url).to.include(belmont.callback);
	});
});
