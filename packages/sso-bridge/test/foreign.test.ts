import { hashOfSecret, newClientSecret } from '@understory/core/client-record.ts';
import { expect } from 'chai';
import * as openid from 'openid-client';
import pg from 'pg';
import { barrierTo } from '../src/openid/foreign-people.ts';
import { type Bed, startBed } from './fixtures/bed.ts';
import { branchClient, visitorOf } from './fixtures/branch-client.ts';
import {
	beginAt,
	changeServer,
	configOf,
	type ForeignServer,
	giveCard,
	registerServer,
} from './fixtures/foreign-client.ts';
import { type MastodonSettings, mastodon } from './fixtures/mastodon.ts';

describe('a server that is no branch', () => {
	let bed: Bed;
	let readers: ForeignServer;
	let config: openid.Configuration;
	before(async () => {
		bed = await startBed();
		readers = await registerServer(bed, bed.salem, { id: 'readers' });
		config = await configOf(bed, bed.salem, readers);
	});
	after(() => bed?.close());
	// One address may send so many forms in a minute.
	beforeEach(() => bed.clock.advance(60_000));

	/** Somebody goes all the way, choosing a handle where they are asked for one. */
	async function signIn(name: string, handle: string, server = readers, at = config) {
		const visitor = visitorOf(bed);
		const begun = await beginAt(at, server.record);
		let page = await giveCard(visitor, begun.url, bed.person(name));
		const asked = page.url.includes('/agree/');
		if (asked) page = await visitor.send(page, '/agree/', { handle, rules: 'yes' });
		expect(page.url, page.text).to.include(server.record.redirect_uris[0]!);
		const tokens = await openid.authorizationCodeGrant(at, new URL(page.url), begun.checks);
		return { visitor, asked, tokens, claims: tokens.claims()! as openid.IDToken & Record<string, unknown> };
	}
	async function agreePage(name: string, server = readers, at = config) {
		const visitor = visitorOf(bed);
		const begun = await beginAt(at, server.record);
		return { visitor, begun, page: await giveCard(visitor, begun.url, bed.person(name)) };
	}
	const rowsOf = async (table: string) => {
		const client = new pg.Client({ connectionString: bed.databaseUrl });
		await client.connect();
		const { rows } = await client.query(`select row_to_json(t)::text as row from ${table} t`);
		await client.end();
		return rows.map(({ row }: { row: string }) => row).join('\n');
	};

	it('is told a random name and the chosen handle, and nothing else', async () => {
		const { tokens, claims } = await signIn('Halvorsen', 'heron_17');
		expect(claims).to.include({ preferred_username: 'heron_17', name: 'heron_17' });
		expect(claims.sub).to.match(/^[a-z2-7]{26}$/);
		const protocol = ['sub', 'nonce', 'at_hash', 'sid', 'aud', 'exp', 'iat', 'iss'];
		expect(Object.keys(claims).filter((key) => !protocol.includes(key))).to.have.members([
			'preferred_username',
			'name',
		]);
		const info = await openid.fetchUserInfo(config, tokens.access_token, claims.sub);
		expect(info).to.deep.equal({ sub: claims.sub, preferred_username: 'heron_17', name: 'heron_17' });
		expect(tokens.refresh_token).to.equal(undefined);
	});

	it('is not the same person to a branch', async () => {
		const { claims } = await signIn('Halvorsen', 'unused');
		const belmont = await branchClient(bed, bed.salem, 'belmont');
		expect((await belmont.signIn(visitorOf(bed), bed.person('Halvorsen'))).claims.sub).to.not.equal(
			claims.sub,
		);
	});

	it('is named on the card page, with what it gets and where it is', async () => {
		const begun = await beginAt(config, readers.record);
		const page = await visitorOf(bed).open(begun.url);
		expect(page.text)
			.to.include('You are going to The readers server')
			.and.include('a handle that you choose');
		expect(page.headers['content-security-policy']).to.include(
			`form-action 'self' ${readers.record.origin};`,
		);
		const spanish = await visitorOf(bed, 'es').open(begun.url);
		expect(spanish.text).to.include('el nombre de usuario que usted elija');
	});

	it('shows its rules and what it is told before anything is given away, without a script', async () => {
		const { page } = await agreePage('Aguilar');
		expect(page.text).to.include('Before you go on to The readers server').and.include('rules of its own');
		expect(page.html).to.include(`href="${readers.record.rules_url}"`).and.to.not.include('<script');
		expect(page.html).to.not.include(bed.person('Aguilar').card);
		expect(page.html).to.match(/name="handle"[^>]* value=""/);
	});

	it('gets nothing when somebody does not go on', async () => {
		const { visitor, page } = await agreePage('Aguilar');
		const back = await visitor.send(page, '/agree/', { answer: 'no', handle: '' });
		expect(new URL(back.url).searchParams.get('error')).to.equal('access_denied');
		expect(await rowsOf('foreign_handle')).to.not.include(bed.person('Aguilar').card);
	});

	it('asks for the handle once, and it stays whatever is sent later', async () => {
		const first = await signIn('Tanaka', 'kingfisher');
		const second = await signIn('Tanaka', 'somebody_else');
		expect([first.asked, second.asked]).to.deep.equal([true, false]);
		expect(second.claims).to.include({ sub: first.claims.sub, preferred_username: 'kingfisher' });
		const visitor = visitorOf(bed);
		const begun = await beginAt(config, readers.record, { prompt: 'consent' });
		const page = await giveCard(visitor, begun.url, bed.person('Tanaka'));
		expect(page.text).to.include('@kingfisher');
		expect(page.html).to.not.include('name="handle"');
		const back = await visitor.send(page, '/agree/', { rules: 'yes' });
		const tokens = await openid.authorizationCodeGrant(config, new URL(back.url), begun.checks);
		expect(tokens.claims()).to.include({ preferred_username: 'kingfisher' });
	});

	it('takes only a handle that Mastodon takes, that is no office, no card and nobody else’s, and says which', async () => {
		await signIn('Halvorsen', 'heron_17');
		const { visitor, page } = await agreePage('Okafor');
		for (const [handle, sentence] of [
			['ab', '3 to 30 small letters'],
			['a'.repeat(31), '3 to 30 small letters'],
			['ana.maria', '3 to 30 small letters'],
			['___', '3 to 30 small letters'],
			['añejo', '3 to 30 small letters'],
			[bed.person('Okafor').card, 'No more than six digits'],
			['x2_9000000_01', 'No more than six digits'],
			['ad_min', 'look like an office'],
			['mastodon', 'look like an office'],
			['librarian', 'look like an office'],
			['heron_17', 'Somebody has or had this handle'],
			['HERON_17', 'Somebody has or had this handle'],
		] as const) {
			const again = await visitor.send(page, '/agree/', { handle, rules: 'yes' });
			expect(again.status, handle).to.equal(422);
			expect(again.text, handle).to.include(sentence);
			expect(again.html).to.include('aria-invalid="true"');
		}
		const unagreed = await visitor.send(page, '/agree/', { handle: 'plover' });
		expect(unagreed.status).to.equal(422);
		expect(unagreed.text).to.include('Tick the box');
		expect(unagreed.html).to.include('value="plover"');
		const back = await visitor.send(unagreed, '/agree/', { handle: ' Plover ', rules: 'yes' });
		expect(back.url).to.include(readers.record.redirect_uris[0]!);
	});

	it('gives one handle to one of many who choose it at the same moment', async () => {
		const pages = await Promise.all(['Aguilar', 'Whitehorse', 'Nguyen'].map((name) => agreePage(name)));
		const answers = await Promise.all(
			pages.map(({ visitor, page }) => visitor.send(page, '/agree/', { handle: 'osprey', rules: 'yes' })),
		);
		expect(answers.filter(({ url }) => url.includes('/callback'))).to.have.length(1);
		expect(answers.filter(({ status }) => status === 422)).to.have.length(2);
	});

	it('never gets a handle twice, also when whoever had it is gone; another server may', async () => {
		const { claims } = await signIn('Lindqvist', 'avocet');
		await deleteNewest(bed);
		const { visitor, page } = await agreePage('Lindqvist');
		const again = await visitor.send(page, '/agree/', { handle: 'avocet', rules: 'yes' });
		expect(again.text).to.include('Somebody has or had this handle');
		const fresh = await signIn('Lindqvist', 'avocet_2');
		expect(fresh.claims.sub).to.not.equal(claims.sub);
		const makers = await registerServer(bed, bed.salem, { id: 'makers' });
		const there = await configOf(bed, bed.salem, makers);
		const other = await signIn('Lindqvist', 'avocet', makers, there);
		expect(other.claims).to.include({ preferred_username: 'avocet' });
		expect(other.claims.sub).to.not.equal(fresh.claims.sub);
	});

	it('keeps no handle that can be read in the database', async () => {
		await signIn('Halvorsen', 'heron_17');
		for (const table of ['foreign_handle', 'tombstone', 'oidc', 'account']) {
			expect(await rowsOf(table), table).to.not.include('heron_17');
		}
	});

	it('keeps its people when it moves to another host', async () => {
		const before = await signIn('Halvorsen', 'unused');
		const moved = await changeServer(bed, bed.salem, readers.record, {
			origin: `http://moved.elsewhere.localhost:${bed.port}`,
			redirect_uris: [`http://moved.elsewhere.localhost:${bed.port}/callback`],
		});
		readers = { ...readers, record: moved };
		const after = await signIn('Halvorsen', 'unused');
		expect(after.asked).to.equal(false);
		expect(after.claims).to.include({ sub: before.claims.sub, preferred_username: 'heron_17' });
	});

	it('is for nobody whose card has ended, and for no child; they are told why, and can go back', async () => {
		const { card } = bed.person('Whitehorse');
		const belmont = await branchClient(bed, bed.salem, 'belmont');
		await belmont.signIn(visitorOf(bed), bed.person('Whitehorse'));
		bed.change(card, { expires: '20200113', state: 'expired' });
		const { visitor, page } = await agreePage('Whitehorse');
		expect(page.status).to.equal(403);
		expect(page.text).to.include('only for people whose card is good');
		const back = await visitor.send(page, '/agree/', { answer: 'no' });
		expect(new URL(back.url).searchParams.get('error')).to.equal('access_denied');
		const destination = { id: '', name: '', origin: '', sector: '', branch: null, foreign: readers.record };
		expect(barrierTo(destination, { standing: 'full', age_band: 'child' })).to.equal('age');
		expect(barrierTo(destination, { standing: 'full', age_band: 'unknown' })).to.equal(null);
		const grown = await registerServer(bed, bed.salem, { id: 'grown', adults_only: true });
		const at = await configOf(bed, bed.salem, grown);
		expect((await agreePage('Nguyen', grown, at)).page.text).to.include('not for your age group');
		expect((await agreePage('Okafor', grown, at)).page.status).to.equal(200);
	});

	it('cannot be talked past the barrier by a form that was made up', async () => {
		const { visitor, page } = await agreePage('Whitehorse');
		const back = await visitor.send(page, '/agree/', { answer: '' });
		expect(new URL(back.url).searchParams.get('error')).to.equal('access_denied');
	});

	describe('is believed by its secret only', () => {
		const redeem = async (secret: string, way = openid.ClientSecretBasic) => {
			const { url, checks } = await (async () => {
				const begun = await beginAt(config, readers.record);
				const page = await giveCard(visitorOf(bed), begun.url, bed.person('Halvorsen'));
				return { url: page.url, checks: begun.checks };
			})();
			const impostor = await openid.discovery(new URL(bed.salem.origin), readers.record.id, {}, way(secret), {
				[openid.customFetch]: bed.outgoing.fetch as openid.CustomFetch,
				execute: [openid.allowInsecureRequests],
			});
			return openid.authorizationCodeGrant(impostor, new URL(url), checks).then(
				() => 'taken',
				({ error, cause }: { error?: string; cause?: { parameters?: { error?: string } }[] }) =>
					error ?? cause?.[0]?.parameters?.error,
			);
		};

		it('not by another, none, the hash that stands in the register, or a part of it', async () => {
			for (const wrong of [
				newClientSecret(),
				readers.record.secret_hashes[0]!,
				readers.secret.slice(1),
				`${readers.secret}x`,
				' ',
			]) {
				expect(await redeem(wrong), wrong).to.equal('invalid_client');
			}
			expect(await redeem(readers.secret)).to.equal('taken');
		});

		it('in the head of the request or in its body', async () => {
			expect(await redeem(readers.secret, openid.ClientSecretPost)).to.equal('taken');
			expect(await redeem(newClientSecret(), openid.ClientSecretPost)).to.equal('invalid_client');
		});

		it('by two while it is being changed', async () => {
			const next = newClientSecret();
			const [old] = readers.record.secret_hashes;
			const both = await changeServer(bed, bed.salem, readers.record, {
				secret_hashes: [hashOfSecret(next), old!],
			});
			readers = { ...readers, record: both };
			expect(await redeem(next)).to.equal('taken');
			expect(await redeem(readers.secret)).to.equal('taken');
			const one = await changeServer(bed, bed.salem, both, { secret_hashes: [hashOfSecret(next)] });
			expect(await redeem(readers.secret)).to.equal('invalid_client');
			readers = { record: one, secret: next };
			config = await configOf(bed, bed.salem, readers);
		});
	});

	it('needs PKCE, and where it cannot do that, a nonce', async () => {
		const [loose, strict] = [
			await registerServer(bed, bed.salem, { id: 'loose', pkce: 'optional' }),
			readers,
		];
		const without = async (server: ForeignServer, drop: readonly string[]) => {
			const { url } = await beginAt(await configOf(bed, bed.salem, server), server.record);
			const asked = new URL(url);
			for (const name of drop) asked.searchParams.delete(name);
			const page = await visitorOf(bed).open(asked.href);
			return new URL(page.url).searchParams.get('error') ?? new URL(page.url).pathname.split('/')[1];
		};
		const pkce = ['code_challenge', 'code_challenge_method'];
		expect(await without(strict, pkce)).to.equal('invalid_request');
		expect(await without(loose, pkce)).to.equal('sign-in');
		expect(await without(loose, [...pkce, 'nonce'])).to.equal('invalid_request');
	});

	it('may be told by the issuer that somebody signed out, and has no say over scopes that are not its own', async () => {
		const { visitor, tokens } = await signIn('Halvorsen', 'unused');
		bed.told.length = 0;
		await visitor.open(
			openid.buildEndSessionUrl(config, {
				id_token_hint: tokens.id_token!,
				post_logout_redirect_uri: readers.record.post_logout_redirect_uris[0]!,
			}).href,
		);
		expect(bed.told.map(({ path }) => path)).to.deep.equal(['/logout']);
		const begun = await beginAt(config, readers.record, {
			scope: 'openid profile offline_access',
			prompt: 'consent',
		});
		const page = await giveCard(visitorOf(bed), begun.url, bed.person('Halvorsen'));
		expect(page.text).to.not.include('keep you signed in');
	});

	it('that is no longer in the register gets nobody', async () => {
		const gone = await registerServer(bed, bed.salem, { id: 'gone' });
		const at = await configOf(bed, bed.salem, gone);
		bed.salem.publish(() => bed.salem.clients.splice(bed.salem.clients.indexOf(gone.record), 1));
		await bed.bridge().settle();
		const page = await visitorOf(bed).open((await beginAt(at, gone.record)).url);
		expect(page.status).to.equal(400);
	});

	it('with a record that cannot be read stands in nobody’s way', async () => {
		const broken = await registerServer(bed, bed.salem, { id: 'broken', redirect_uris: ['no address'] });
		const belmont = await branchClient(bed, bed.salem, 'belmont');
		expect((await belmont.signIn(visitorOf(bed), bed.person('Okafor'))).asked).to.equal(true);
		const url = new URL((await beginAt(config, readers.record)).url);
		url.searchParams.set('client_id', broken.record.id);
		const page = await visitorOf(bed).open(url.href);
		expect(page.status).to.equal(400);
		expect(page.text).to.include('This sign-in cannot go on');
		bed.salem.publish(() => bed.salem.clients.splice(bed.salem.clients.indexOf(broken.record), 1));
		await bed.bridge().settle();
	});

	describe('that is a Mastodon', () => {
		let server: ForeignServer;
		const settings = (over: Partial<MastodonSettings> = {}): MastodonSettings => ({
			OIDC_ISSUER: bed.salem.origin,
			OIDC_DISCOVERY: true,
			OIDC_SCOPE: 'openid,profile,email',
			OIDC_UID_FIELD: 'preferred_username',
			OIDC_CLIENT_ID: server.record.id,
			OIDC_CLIENT_SECRET: server.secret,
			OIDC_REDIRECT_URI: server.record.redirect_uris[0]!,
			OIDC_SEND_NONCE: true,
			OIDC_SEND_SCOPE_TO_TOKEN_ENDPOINT: true,
			OIDC_CLIENT_AUTH_METHOD: 'basic',
			...over,
		});
		before(async () => {
			const origin = `http://social.elsewhere.localhost:${bed.port}`;
			server = await registerServer(bed, bed.salem, {
				id: 'social',
				origin,
				name: 'Salem Social',
				redirect_uris: [`${origin}/auth/auth/openid_connect/callback`],
				backchannel_logout_uri: null,
				pkce: 'optional',
			});
		});

		for (const discovery of [true, false]) {
			it(`with discovery ${discovery ? 'on' : 'off'} finds the account by a handle that is a user name there as it is`, async () => {
				const there = mastodon(bed.outgoing, settings({ OIDC_DISCOVERY: discovery }));
				const visitor = visitorOf(bed);
				let page = await giveCard(visitor, await there.authorizeUri(), bed.person('Aguilar'));
				if (page.url.includes('/agree/')) {
					expect(page.text).to.include('Before you go on to Salem Social');
					page = await visitor.send(page, '/agree/', { handle: 'dipper', rules: 'yes' });
				}
				const user = await there.callback(page.url);
				expect(user.uid).to.equal('dipper');
				expect(
					user.uid
						.split('@')[0]!
						.replace(/[^a-z0-9_]+/gi, '')
						.slice(0, 30),
				).to.equal('dipper');
				expect(user).to.include({ displayName: 'dipper', email: undefined });
				expect(Object.keys(user.info).sort()).to.deep.equal(['name', 'preferred_username', 'sub']);
			});
		}

		it('of an old version, which goes by `sub`, gets a name it can use too', async () => {
			const there = mastodon(bed.outgoing, settings({ OIDC_UID_FIELD: 'sub' }));
			const page = await giveCard(visitorOf(bed), await there.authorizeUri(), bed.person('Aguilar'));
			expect((await there.callback(page.url)).uid).to.match(/^[a-z0-9_]{3,30}$/);
		});

		it('sends its secret in the body where that was agreed', async () => {
			const changed = await changeServer(bed, bed.salem, server.record, {
				auth_method: 'client_secret_post',
			});
			server = { ...server, record: changed };
			const there = mastodon(bed.outgoing, settings({ OIDC_CLIENT_AUTH_METHOD: 'post' }));
			const page = await giveCard(visitorOf(bed), await there.authorizeUri(), bed.person('Aguilar'));
			expect((await there.callback(page.url)).uid).to.equal('dipper');
		});

		it('without a nonce is refused, since it does no PKCE either', async () => {
			const there = mastodon(bed.outgoing, settings({ OIDC_SEND_NONCE: false }));
			const page = await visitorOf(bed).open(await there.authorizeUri());
			expect(await there.callback(page.url).catch(({ message }: Error) => message)).to.include(
				'invalid_request',
			);
		});
	});
});

/** Deletes the account that was given a handle last, as for somebody who leaves. */
async function deleteNewest(bed: Bed): Promise<void> {
	const client = new pg.Client({ connectionString: bed.databaseUrl });
	await client.connect();
	const { rowCount } = await client.query(
		'delete from account where id in (select account from foreign_handle order by ctid desc limit 1)',
	);
	await client.end();
	expect(rowCount).to.equal(1);
}
