import { expect } from 'chai';
import * as openid from 'openid-client';
import { Visitor } from '../../../test/e2e/visitor.ts';
import { freshDatabase } from '../../town/src/test-postgres.ts';
import { type Bed, startBed } from './fixtures/bed.ts';
import { type BranchClient, branchClient, visitorOf } from './fixtures/branch-client.ts';
import {
	beginAt,
	configOf,
	type ForeignServer,
	giveCard,
	registerServer,
} from './fixtures/foreign-client.ts';
import { type SlowDatabase, slowDatabase } from './fixtures/slow-database.ts';

/** Values that stand nowhere by chance. */
const HINT = '27182818284590';
const STATE = 'stateSentinel-8c1f';
const NONCE = 'nonceSentinel-77ab';

describe('what goes wrong at an issuer', () => {
	let bed: Bed;
	let database: SlowDatabase;
	let belmont: BranchClient;
	let server: ForeignServer;
	let config: openid.Configuration;
	const written: string[] = [];
	const stop: (() => void)[] = [];

	before(async () => {
		database = await slowDatabase(await freshDatabase('sso_bridge'));
		bed = await startBed({ databaseUrl: database.url });
		belmont = await branchClient(bed, bed.salem, 'belmont');
		server = await registerServer(bed, bed.salem, { id: 'readers', offline: true });
		config = await configOf(bed, bed.salem, server);
	});
	after(async () => {
		await bed?.close();
		await database?.close();
	});
	// What a library of others writes past our log would be found here.
	beforeEach(() => {
		const { write } = process.stderr;
		process.stderr.write = ((chunk: string | Uint8Array, ...rest: []) => {
			written.push(String(chunk));
			return write.call(process.stderr, chunk, ...rest);
		}) as typeof write;
		stop.push(() => {
			process.stderr.write = write;
		});
		for (const name of ['log', 'info', 'warn', 'error', 'debug'] as const) {
			const was = console[name];
			console[name] = (...given: unknown[]) => {
				written.push(given.map(String).join(' '));
				was(...given);
			};
			stop.push(() => {
				console[name] = was;
			});
		}
	});
	afterEach(() => {
		for (const undo of stop.splice(0).reverse()) undo();
	});

	describe('is a page in the library’s frame, in the language of whoever reads it:', () => {
		const WRONG: [string, () => Promise<string>, number, string, string][] = [
			[
				'an address to come back to that is another’s',
				async () => (await belmont.begin({ redirect_uri: 'http://evil.example/' })).url,
				400,
				'This sign-in cannot go on',
				'Esta entrada no puede seguir',
			],
			[
				'a client that nobody knows',
				async () => (await belmont.begin({ client_id: 'nobody' })).url,
				400,
				'This sign-in cannot go on',
				'Esta entrada no puede seguir',
			],
			[
				'a step of a sign-in that was never begun',
				async () => `${bed.salem.origin}/auth/abcdefghijklmnop`,
				400,
				'This sign-in cannot go on',
				'Esta entrada no puede seguir',
			],
			[
				'the page of a handle without a sign-in',
				async () => `${bed.salem.origin}/agree/abcdefghijklmnop`,
				404,
				'This sign-in cannot go on',
				'Esta entrada no puede seguir',
			],
			[
				'an address that is none',
				async () => `${bed.salem.origin}/auth/a/b/c`,
				404,
				'There is nothing here',
				'Aquí no hay nada',
			],
		];
		for (const [what, address, status, english, spanish] of WRONG) {
			it(what, async () => {
				for (const [language, sentence] of [
					['en', english],
					['es', spanish],
				] as const) {
					const page = await visitorOf(bed, language).open(await address());
					expect(page.status).to.equal(status);
					expect(page.url).to.include('//card.salem');
					expect(page.text).to.include(sentence).and.include('Salem Public Library');
					expect(page.html).to.include(`lang="${language}"`).and.not.include('<script');
					expect(page.text).to.not.match(/invalid_|redirect_uri|client_id|undefined/);
				}
			});
		}
	});

	it('leaves nothing of requests, hints, codes, tokens and secrets in the log, nor anywhere else', async () => {
		const visitor = visitorOf(bed);
		const secrets = new Set<string>([HINT, STATE, NONCE, server.secret, 'login_hint', 'code_challenge=']);
		const person = bed.person('Okafor');
		const lasting = { scope: 'openid profile offline_access', prompt: 'consent' };
		const marked = { login_hint: HINT, state: STATE, nonce: NONCE };
		const begun = await beginAt(config, server.record, { ...lasting, ...marked });
		secrets.add(begun.checks.pkceCodeVerifier!);
		let page = await giveCard(visitor, begun.url, person);
		page = await visitor.send(page, '/agree/', { handle: 'sanderling', rules: 'yes' });
		secrets.add('sanderling').add(new URL(page.url).searchParams.get('code')!);
		const checks = { ...begun.checks, expectedState: STATE, expectedNonce: NONCE };
		const tokens = await openid.authorizationCodeGrant(config, new URL(page.url), checks);
		for (const token of [tokens.access_token, tokens.id_token!, tokens.refresh_token!]) secrets.add(token);
		for (const part of tokens.id_token!.split('.')) secrets.add(part);
		secrets.add(tokens.claims()!.sub).add(String(tokens.claims()!.sid));
		const next = await openid.refreshTokenGrant(config, tokens.refresh_token!);
		for (const token of [next.access_token, next.refresh_token!]) secrets.add(token);

		// Everything once more, and wrong.
		const wrong = [
			openid.authorizationCodeGrant(config, new URL(page.url), checks),
			openid.refreshTokenGrant(config, tokens.refresh_token!),
			openid.refreshTokenGrant(config, next.refresh_token!),
			openid.fetchUserInfo(config, tokens.access_token, tokens.claims()!.sub),
			belmont.redeem(await belmont.begin(), `${page.url}`),
		];
		expect((await Promise.allSettled(wrong)).filter(({ status }) => status === 'fulfilled')).to.deep.equal(
			[],
		);
		await visitor.open(
			(await beginAt(config, server.record, { ...marked, redirect_uri: `http://${HINT}.example/` })).url,
		);
		await visitor.open((await beginAt(config, server.record, { ...marked, scope: `openid ${STATE}` })).url);
		const post = (path: string, body: string) =>
			bed.outgoing.request({
				url: bed.salem.origin + path,
				method: 'POST',
				headers: { 'content-type': 'application/x-www-form-urlencoded' },
				body,
			});
		await post('/token', `grant_type=${STATE}&code=${NONCE}&client_secret=${server.secret}`);
		await post(
			'/token',
			`grant_type=authorization_code&client_id=readers&client_secret=${HINT}&code=${NONCE}`,
		);
		await post(`/auth?login_hint=${HINT}`, `login_hint=${HINT}`);
		bed.branchesAnswer = 503;
		await visitor.open(
			openid.buildEndSessionUrl(config, { id_token_hint: tokens.id_token!, state: STATE }).href,
		);
		bed.branchesAnswer = 200;
		await visitor.open(`${bed.salem.origin}/session/end?id_token_hint=${HINT}&state=${STATE}`);

		expect(bed.log.length).to.be.greaterThan(15);
		const log = bed.log.join('\n');
		for (const event of ['openid_refused', 'openid_error', 'sign_out_not_told', 'card_checked']) {
			expect(log, event).to.include(event);
		}
		expect(bed.told.length, 'logout tokens were sent').to.be.greaterThan(0);
		for (const { body } of bed.told) secrets.add(new URLSearchParams(body).get('logout_token')!);
		for (const secret of secrets) {
			for (const form of [secret, encodeURIComponent(secret)]) {
				expect(log.includes(form), `the log has ${form.slice(0, 12)}`).to.equal(false);
				expect(written.join('\n').includes(form), `something wrote ${form.slice(0, 12)}`).to.equal(false);
			}
		}
	});

	describe('with a database that is gone', () => {
		it('is said plainly, in both languages, and to clients by a code', async () => {
			const { url } = await belmont.begin({ login_hint: HINT });
			const { begun, url: back } = await belmont.code(visitorOf(bed), bed.person('Okafor'));
			const request = await belmont.tokenRequest(begun, back);
			await database.close();
			for (const [language, sentence] of [
				['en', 'Something broke on our side'],
				['es', 'Algo falló de nuestro lado'],
			] as const) {
				const page = await new Visitor(bed.port, language).open(url);
				expect(page.status).to.equal(500);
				expect(page.text).to.include(sentence).and.include('Salem Public Library');
				expect(page.text).to.not.match(/ECONN|select|insert|oidc/i);
			}
			const answer = await bed.outgoing.request(request);
			expect(answer.status).to.equal(500);
			const told = JSON.parse(answer.body.toString()) as Record<string, string>;
			expect(told.error).to.equal('server_error');
			expect(JSON.stringify(told)).to.not.match(/ECONN|select|insert|oidc/i);
			expect(bed.log.join('\n')).to.include('openid_error').and.not.include(HINT);
		});
	});
});
