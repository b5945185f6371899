import { expect } from 'chai';
import * as openid from 'openid-client';
import { freshDatabase } from '../../town/src/test-postgres.ts';
import { type Bed, startBed } from './fixtures/bed.ts';
import { branchClient, visitorOf } from './fixtures/branch-client.ts';
import {
	beginAt,
	configOf,
	type ForeignServer,
	giveCard,
	registerServer,
} from './fixtures/foreign-client.ts';
import { type SlowDatabase, slowDatabase } from './fixtures/slow-database.ts';

describe('access that outlasts the session', () => {
	let bed: Bed;
	let database: SlowDatabase;
	let server: ForeignServer;
	let config: openid.Configuration;
	before(async () => {
		database = await slowDatabase(await freshDatabase('sso_bridge'));
		bed = await startBed({ databaseUrl: database.url });
		server = await registerServer(bed, bed.salem, { id: 'readers', offline: true });
		config = await configOf(bed, bed.salem, server);
	});
	after(async () => {
		await bed?.close();
		await database?.close();
	});

	const LASTING = { scope: 'openid profile offline_access', prompt: 'consent' };
	async function tokensOf(name: string, extra: Record<string, string> = LASTING) {
		const visitor = visitorOf(bed);
		const begun = await beginAt(config, server.record, extra);
		let page = await giveCard(visitor, begun.url, bed.person(name));
		const handle = `${name.toLowerCase()}_x`;
		const asked = page.text;
		if (page.html.includes('name="handle"'))
			page = await visitor.send(page, '/agree/', { handle, rules: 'yes' });
		else if (page.url.includes('/agree/')) page = await visitor.send(page, '/agree/', { rules: 'yes' });
		const tokens = await openid.authorizationCodeGrant(config, new URL(page.url), begun.checks);
		return { visitor, tokens, asked, refresh: tokens.refresh_token ?? '' };
	}
	const refused = (work: Promise<unknown>) =>
		work.then(
			() => 'taken',
			({ error }: { error: string }) => error,
		);

	it('is given when a client that may have it asks and the person agrees, who is told', async () => {
		const { asked, refresh } = await tokensOf('Okafor');
		expect(refresh).to.not.equal('');
		expect(asked).to.include('keep you signed in when you are not here');
		expect((await tokensOf('Okafor', { scope: 'openid profile offline_access' })).refresh).to.equal('');
		expect((await tokensOf('Okafor', {})).refresh).to.equal('');
	});

	it('is not given to a client that may not have it, whatever it asks', async () => {
		const other = await registerServer(bed, bed.salem, { id: 'others' });
		const theirs = await configOf(bed, bed.salem, other);
		const visitor = visitorOf(bed);
		const begun = await beginAt(theirs, other.record, LASTING);
		const page = await giveCard(visitor, begun.url, bed.person('Okafor'));
		const back = await visitor.send(page, '/agree/', { handle: 'plover', rules: 'yes' });
		const answer = await openid
			.authorizationCodeGrant(theirs, new URL(back.url), begun.checks)
			.then(({ refresh_token }) => refresh_token ?? null);
		expect(answer).to.equal(null);
	});

	it('goes on with a new token each time, and tells the same of the person', async () => {
		const { tokens, refresh } = await tokensOf('Tanaka');
		const next = await openid.refreshTokenGrant(config, refresh);
		expect(next.refresh_token).to.be.a('string').and.not.equal(refresh);
		expect(next.claims()).to.include({ sub: tokens.claims()!.sub, preferred_username: 'tanaka_x' });
		const info = await openid.fetchUserInfo(config, next.access_token, tokens.claims()!.sub);
		expect(info.preferred_username).to.equal('tanaka_x');
	});

	it('ends for everybody when a token comes a second time', async () => {
		const { refresh } = await tokensOf('Tanaka');
		const next = await openid.refreshTokenGrant(config, refresh);
		expect(await refused(openid.refreshTokenGrant(config, refresh))).to.equal('invalid_grant');
		expect(await refused(openid.refreshTokenGrant(config, next.refresh_token!))).to.equal('invalid_grant');
		const asked = openid.fetchUserInfo(config, next.access_token, next.claims()!.sub);
		expect(await asked.catch(({ status }) => status)).to.equal(401);
	});

	it('ends for everybody when a token comes five times at once, with a database that is 50 ms away', async () => {
		const { refresh } = await tokensOf('Lindqvist');
		database.delay(50);
		const tries = await Promise.allSettled(
			Array.from({ length: 5 }, () => openid.refreshTokenGrant(config, refresh)),
		);
		database.delay(0);
		const won = tries.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
		expect(won.length).to.be.at.most(1);
		for (const tokens of won) {
			expect(await refused(openid.refreshTokenGrant(config, tokens.refresh_token!))).to.equal(
				'invalid_grant',
			);
		}
	});

	it('outlasts signing out, as the person was told', async () => {
		const { visitor, tokens, refresh } = await tokensOf('Okafor');
		const leave = openid.buildEndSessionUrl(config, { id_token_hint: tokens.id_token! });
		await visitor.open(leave.href);
		expect(await refused(openid.refreshTokenGrant(config, refresh))).to.equal('taken');
	});

	describe('is looked at again each time it is used, and', () => {
		const pass = async (days: number) => {
			bed.clock.advance(days * 86_400_000);
			await bed.bridge().settle();
		};
		const tryAgain = (refresh: string) =>
			openid.refreshTokenGrant(config, refresh).then(
				({ refresh_token }) => refresh_token!,
				({ error }: { error: string }) => error,
			);
		/** Somebody else comes in by card: the catalogue is alive. */
		const somebodyComes = async () => {
			const begun = await beginAt(config, server.record);
			const page = await giveCard(visitorOf(bed), begun.url, bed.person('Aguilar'));
			expect(page.status).to.equal(200);
		};

		it('ends when the card has not been seen for a month, while others show theirs', async () => {
			const { refresh } = await tokensOf('Tanaka');
			await pass(29);
			const next = await tryAgain(refresh);
			expect(next).to.not.equal('invalid_grant');
			await pass(9);
			await somebodyComes();
			expect(await tryAgain(next)).to.equal('invalid_grant');
		});

		it('ends after as many days as the library says', async () => {
			bed.settings.set('salem', { rules: { believed_days: 7 } });
			const { refresh } = await tokensOf('Tanaka');
			await pass(6);
			const next = await tryAgain(refresh);
			expect(next).to.not.equal('invalid_grant');
			await pass(9);
			await somebodyComes();
			expect(await tryAgain(next)).to.equal('invalid_grant');
			bed.settings.delete('salem');
		});

		it('goes on when the card was shown again meanwhile, anywhere', async () => {
			const { refresh } = await tokensOf('Tanaka');
			await pass(29);
			await tokensOf('Tanaka', {});
			await pass(20);
			await somebodyComes();
			expect(await tryAgain(refresh)).to.not.equal('invalid_grant');
		});

		it('goes on for two weeks more while the catalogue answers for nobody, and then ends', async () => {
			const { refresh } = await tokensOf('Tanaka');
			await pass(38);
			const next = await tryAgain(refresh);
			expect(next).to.not.equal('invalid_grant');
			await pass(14);
			expect(await tryAgain(next)).to.equal('invalid_grant');
		});

		it('ends with the card, and does not come to life again with the next one', async () => {
			const { card, expires } = bed.person('Lindqvist');
			const { refresh } = await tokensOf('Lindqvist');
			bed.change(card, { expires: '20200113', state: 'expired' });
			await beginAt(config, server.record).then(({ url }) =>
				giveCard(visitorOf(bed), url, bed.person('Lindqvist')),
			);
			expect(await tryAgain(refresh)).to.equal('invalid_grant');
			bed.change(card, { expires, state: 'good' });
			await tokensOf('Lindqvist', {});
			expect(await tryAgain(refresh)).to.equal('invalid_grant');
		});

		it('is not given to somebody who is on the porch', async () => {
			const belmont = await branchClient(bed, bed.salem, 'belmont');
			const { card, pin, expires } = bed.person('Lindqvist');
			bed.change(card, { expires: '20200113', state: 'expired' });
			const visitor = visitorOf(bed);
			const begun = await belmont.begin({ scope: 'openid offline_access', prompt: 'consent' });
			const told = await visitor.send(await visitor.open(begun.url), '/sign-in/', { card, pin });
			const on = /href="([^"]+\/auth\/[^"]+)"/.exec(told.html)?.[1];
			const page = await visitor.open(on!);
			expect(page.text).to.include('keep you signed in when you are not here');
			const back = await visitor.send(page, '/agree/');
			const tokens = await belmont.redeem(begun, back.url);
			expect(tokens.claims()).to.include({ standing: 'porch' });
			expect(tokens.refresh_token).to.equal(undefined);
			bed.change(card, { expires, state: 'good' });
		});

		it('is given to a branch for apps, and tells it how far its person still comes', async () => {
			const belmont = await branchClient(bed, bed.salem, 'belmont');
			const visitor = visitorOf(bed);
			const begun = await belmont.begin({ scope: 'openid offline_access', prompt: 'consent' });
			const page = await giveCard(visitor, begun.url, bed.person('Lindqvist'));
			const back = await visitor.send(page, '/agree/');
			const { refresh_token } = await belmont.redeem(begun, back.url);
			const next = await openid.refreshTokenGrant(belmont.config, refresh_token!);
			expect(next.claims()).to.include({ standing: 'full', age_band: 'adult' });
			await pass(60);
			await somebodyComes();
			const ended = openid.refreshTokenGrant(belmont.config, next.refresh_token!);
			expect(await ended.catch(({ error }) => error)).to.equal('invalid_grant');
		});
	});
});
