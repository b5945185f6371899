import type { UpstreamSettings } from '@understory/core/upstream-settings.ts';
import { expect } from 'chai';
import type { JWTPayload } from 'jose';
import type { Visitor } from '../../../test/e2e/visitor.ts';
import { openDatabase } from '../src/store/database.ts';
import { type Bed, startBed } from './fixtures/bed.ts';
import { type Begun, type BranchClient, branchClient, visitorOf } from './fixtures/branch-client.ts';
import { linkTo, refusalIn } from './fixtures/elsewhere.ts';
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
