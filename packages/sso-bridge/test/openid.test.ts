import { randomUUID } from 'node:crypto';
import { generateKey } from '@understory/transparency-log/keys.ts';
import { expect } from 'chai';
import * as openid from 'openid-client';
import { type Bed, startBed } from './fixtures/bed.ts';
import { type BranchClient, branchClient, visitorOf } from './fixtures/branch-client.ts';
import { testBranch } from './fixtures/library.ts';

describe('sign-in at a branch by library card', () => {
	let bed: Bed;
	let belmont: BranchClient;
	let kenton: BranchClient;
	before(async () => {
		bed = await startBed();
		belmont = await branchClient(bed, bed.salem, 'belmont');
		kenton = await branchClient(bed, bed.salem, 'kenton');
	});
	after(() => bed?.close());

	async function refusal(work: Promise<unknown>): Promise<{ error?: string; status?: number }> {
		try {
			await work;
		} catch (error) {
			return error as { error?: string; status?: number };
		}
		return expect.fail('it was not refused');
	}

	it('ends with an ID token that says who at this branch, how old in one word, and nothing else', async () => {
		const { claims, idToken, accessToken } = await belmont.signIn(visitorOf(bed), bed.person('Halvorsen'));
		expect(claims.sub).to.match(/^[a-z2-7]{26}$/);
		expect(claims).to.include({ age_band: 'adult', standing: 'full', iss: bed.salem.origin });
		const protocol = ['sub', 'nonce', 'at_hash', 'sid', 'aud', 'exp', 'iat', 'iss'];
		expect(
			Object.keys(claims)
				.filter((name) => !protocol.includes(name))
				.sort(),
		).to.deep.equal(['age_band', 'standing']);
		const userinfo = await openid.fetchUserInfo(belmont.config, accessToken, claims.sub);
		expect(userinfo).to.deep.equal({ sub: claims.sub, age_band: 'adult', standing: 'full' });
		expect(Buffer.from(idToken.split('.')[0]!, 'base64url').toString()).to.include('RS256');
	});

	it('tells teens and adults apart, and no birth date', async () => {
		for (const [name, band] of [
			['Nguyen', 'teen'],
			['Okafor', 'adult'],
		] as const) {
			const { claims } = await belmont.signIn(visitorOf(bed), bed.person(name));
			expect(claims.age_band, name).to.equal(band);
			expect(JSON.stringify(claims)).to.not.include(bed.person(name).born);
		}
	});

	it('gives each branch another name for the same person, and always the same one', async () => {
		const person = bed.person('Lindqvist');
		const here = await belmont.signIn(visitorOf(bed), person);
		const there = await kenton.signIn(visitorOf(bed), person);
		const again = await belmont.signIn(visitorOf(bed), person);
		expect(there.claims.sub).to.not.equal(here.claims.sub);
		expect(again.claims.sub).to.equal(here.claims.sub);
		await bed.restart();
		expect((await belmont.signIn(visitorOf(bed), person)).claims.sub).to.equal(here.claims.sub);
		const other = await belmont.signIn(visitorOf(bed), bed.person('Aguilar'));
		expect(other.claims.sub).to.not.equal(here.claims.sub);
	});

	it('keeps its people when the branch gets another address', async () => {
		const person = bed.person('Lindqvist');
		const before = await belmont.signIn(visitorOf(bed), person);
		const branch = bed.salem.branches.get('belmont')!;
		const { origin } = branch.record;
		try {
			const moved = origin.replace('belmont', 'belmont-annex');
			bed.salem.publish(() => {
				branch.record = { ...branch.record, origin: moved };
			});
			await bed.bridge().settle();
			const client = await branchClient(bed, bed.salem, 'belmont');
			expect(client.callback).to.include('belmont-annex');
			expect((await client.signIn(visitorOf(bed), person)).claims.sub).to.equal(before.claims.sub);
		} finally {
			bed.salem.publish(() => {
				branch.record = { ...branch.record, origin };
			});
			await bed.bridge().settle();
		}
	});

	it('asks once for both branches of a library, and again at another library', async () => {
		const visitor = visitorOf(bed);
		const person = bed.person('Tanaka');
		expect((await belmont.signIn(visitor, person)).asked).to.equal(true);
		expect((await kenton.signIn(visitor, person)).asked).to.equal(false);
		const riverside = await branchClient(bed, bed.bend, 'riverside');
		expect((await riverside.signIn(visitor, person)).asked).to.equal(true);
	});

	it('lets an expired card come as far as the porch, and says on which day it ended', async () => {
		const visitor = visitorOf(bed);
		const begun = await belmont.begin();
		const { card, pin, expires } = bed.person('Castellano');
		bed.change(card, { expires: '20301231' });
		await belmont.signIn(visitorOf(bed), { card, pin });
		bed.change(card, { expires });
		const page = await visitor.open(begun.url);
		const told = await visitor.send(page, '/sign-in/', { card, pin });
		expect(told.status).to.equal(200);
		expect(told.text).to.include('Your card ended on Wednesday, October 1, 2025.');
		expect(told.text).to.include('Renew it at any desk; everything you wrote is waiting.');
		expect(told.html).to.not.include(card);
		const on = /href="([^"]+\/auth\/[^"]+)"/.exec(told.html)?.[1];
		const back = await visitor.open(on!);
		const tokens = await belmont.redeem(begun, back.url);
		expect(tokens.claims()).to.include({ standing: 'porch', age_band: 'adult' });
	});

	it('redeems a code once', async () => {
		const { begun, url } = await belmont.code(visitorOf(bed), bed.person('Whitehorse'));
		await belmont.redeem(begun, url);
		expect((await refusal(belmont.redeem(begun, url))).error).to.equal('invalid_grant');
	});

	it('gives a code to nobody but the branch it was made for, and only with its verifier', async () => {
		const code = () => belmont.code(visitorOf(bed), bed.person('Whitehorse'));
		const stolen = await code();
		expect((await refusal(kenton.redeem(stolen.begun, stolen.url))).error).to.equal('invalid_grant');
		const unverified = await code();
		const other = { ...unverified.begun, verifier: openid.randomPKCECodeVerifier() };
		expect((await refusal(belmont.redeem(other, unverified.url))).error).to.equal('invalid_grant');
	});

	it('believes a branch by its own key only', async () => {
		const impostor = await branchClient(bed, bed.salem, 'belmont', generateKey());
		const error = await refusal(impostor.signIn(visitorOf(bed), bed.person('Whitehorse')));
		expect(error.error).to.equal('invalid_client');
	});

	describe('shows its own page, and leads nowhere,', () => {
		const refused = async (extra: Record<string, string>, drop: readonly string[] = []) => {
			const begun = await belmont.begin(extra);
			const url = new URL(begun.url);
			for (const name of drop) url.searchParams.delete(name);
			return visitorOf(bed).open(url.href);
		};

		it('when the address to come back to is another one', async () => {
			const { origin } = bed.salem.branches.get('belmont')!.record;
			for (const redirect_uri of [
				'http://evil.example/session/callback',
				`${origin}/session/callback/`,
				`${origin}/session/callback?x=1`,
				`${origin}/`,
				kenton.callback,
			]) {
				const page = await refused({ redirect_uri });
				expect(page.status, redirect_uri).to.equal(400);
				expect(page.url).to.include('//card.salem');
				expect(page.text).to.include('This sign-in cannot go on');
			}
		});

		it('when nobody knows the client, or it is another library’s', async () => {
			for (const client_id of [randomUUID(), bed.bend.branches.get('riverside')!.record.id]) {
				const page = await refused({ client_id });
				expect(page.status).to.equal(400);
				expect(page.text).to.include('This sign-in cannot go on');
			}
		});
	});

	it('wants PKCE from every branch, and by S256', async () => {
		for (const [extra, drop] of [
			[{}, ['code_challenge', 'code_challenge_method']],
			[{ code_challenge_method: 'plain' }, []],
		] as const) {
			const begun = await belmont.begin(extra);
			const url = new URL(begun.url);
			for (const name of drop) url.searchParams.delete(name);
			const back = await visitorOf(bed).open(url.href);
			expect(new URL(back.url).searchParams.get('error')).to.equal('invalid_request');
		}
	});

	it('says in its discovery document only what it does', async () => {
		const metadata = belmont.config.serverMetadata();
		expect(metadata).to.deep.include({
			issuer: bed.salem.origin,
			subject_types_supported: ['pairwise'],
			response_types_supported: ['code'],
			scopes_supported: ['openid', 'offline_access'],
			claims_supported: ['sub', 'age_band', 'standing', 'staff_id', 'acr', 'sid', 'auth_time', 'iss'],
			token_endpoint_auth_methods_supported: ['private_key_jwt'],
			id_token_signing_alg_values_supported: ['RS256', 'ES256'],
		});
		for (const absent of ['registration_endpoint', 'introspection_endpoint', 'revocation_endpoint']) {
			expect(metadata).to.not.have.property(absent);
		}
	});

	it('knows a new branch as soon as the register does, and no branch that has no key yet', async () => {
		const fresh = testBranch('alberta', 'salem', bed.port);
		bed.salem.publish(() =>
			bed.salem.branches.set('alberta', { ...fresh, record: { ...fresh.record, branch_key: null } }),
		);
		await bed.bridge().settle();
		const client = await branchClient(bed, bed.salem, 'alberta');
		expect((await visitorOf(bed).open((await client.begin()).url)).status).to.equal(400);
		bed.salem.publish(() => bed.salem.branches.set('alberta', fresh));
		await bed.bridge().settle();
		expect((await client.signIn(visitorOf(bed), bed.person('Okafor'))).asked).to.equal(true);
	});

	it('goes on when the provisioner is dead, also after a restart', async () => {
		await bed.provisioner.die();
		await bed.restart();
		expect((await kenton.signIn(visitorOf(bed), bed.person('Okafor'))).claims.age_band).to.equal('adult');
		const nowhere = await visitorOf(bed).open(`http://card.nowhere.localhost:${bed.port}/`);
		expect(nowhere.status).to.equal(421);
	});
});
