import { expect } from 'chai';
import { type Bed, createBed } from './bed.ts';
import type { Answer } from './browser.ts';
import { type CardIssuer, type CardVisitor, cardIssuer, cardVisitor } from './card-issuer.ts';
import { rows } from './look.ts';

describe('signing in by card', () => {
	let bed: Bed;
	let issuer: CardIssuer;
	let visitor: CardVisitor;

	beforeEach(async () => {
		bed = await createBed();
		issuer = cardIssuer(bed);
		bed.serve('card', (req, res) => issuer.handle(req, res));
		visitor = cardVisitor(bed);
	});
	afterEach(() => bed.close());

	const visit = (url: string, form?: Record<string, string>): Promise<Answer> => visitor.visit(url, form);
	const walk = (url: string) => visitor.walk(url);
	const origin = () => bed.branch('north').origin;
	const tokenIn = (body: string) => /name="_csrf" value="([^"]+)"/.exec(body)![1]!;

	it('leads through the issuer to the first visit, and a second time straight to the board', async () => {
		const first = await walk(`${origin()}/signin`);
		expect(first.url, first.answer.body).to.equal(`${origin()}/welcome`);
		const asked = new URL(first.seen.find((url) => url.includes('/auth?'))!);
		for (const name of ['state', 'nonce', 'code_challenge'])
			expect(asked.searchParams.get(name)).to.have.length.above(20);
		expect(asked.searchParams.get('code_challenge_method')).to.equal('S256');
		expect(asked.searchParams.get('scope')).to.equal('openid');
		const form = { _csrf: tokenIn(first.answer.body), name: 'Teo', handle: 'teo', rules: 'yes' };
		expect((await visit(`${origin()}/welcome`, form)).headers.location).to.equal('/home');
		expect((await visit(`${origin()}/home`)).status).to.equal(200);
		visitor.jar.clear();
		const again = await walk(`${origin()}/signin?back=${encodeURIComponent('/board/branch')}`);
		expect(again.url).to.equal(`${origin()}/board/branch`);
		expect(rows(bed, 'north', 'SELECT id FROM person')).to.have.length(1);
	});

	it('proves itself with the branch key and no secret', async () => {
		await walk(`${origin()}/signin`);
		const token = bed.sent.find(({ url }) => url.endsWith('/token'))!;
		const assertion = new URLSearchParams(token.body.slice(token.body.indexOf('\n') + 1)).get(
			'client_assertion',
		)!;
		const header = JSON.parse(Buffer.from(assertion.split('.')[0]!, 'base64url').toString());
		expect(header).to.deep.include({ alg: 'EdDSA', kid: bed.branch('north').open.status().branch_key!.id });
		expect(token.body).not.to.include('client_secret');
	});

	it('gives the browser another session than the one it came with', async () => {
		const before = await visit(`${origin()}/signin`);
		const planted = [...visitor.jar].find(([key]) => key.includes('branch'))![1];
		await walk(new URL(before.headers.location!, origin()).href);
		expect([...visitor.jar].find(([key]) => key.includes('branch'))![1]).not.to.equal(planted);
	});

	it('refuses an answer that this browser did not ask for', async () => {
		const answer = await visit(`${origin()}/session/callback?code=stolen&state=stolen`);
		expect(answer.status).to.equal(400);
		expect(answer.body).to.include('The sign-in was not finished');
		await visit(`${origin()}/signin`);
		const forged = await visit(`${origin()}/session/callback?code=stolen&state=other`);
		expect(forged.status).to.equal(400);
		expect((await visit(`${origin()}/home`)).status).to.equal(401);
	});

	it('leads nobody to another site', async () => {
		await walk(`${origin()}/signin`);
		const form = {
			_csrf: tokenIn((await visit(`${origin()}/welcome`)).body),
			name: 'Teo',
			handle: 'teo',
			rules: 'yes',
		};
		await visit(`${origin()}/welcome`, form);
		for (const back of ['//evil.example/', '/\\evil.example', 'https://evil.example/', '/\t/evil.example']) {
			visitor.jar.clear();
			const end = await walk(`${origin()}/signin?back=${encodeURIComponent(back)}`);
			expect(end.seen.some((url) => url.includes('evil.example/') && !url.includes('?back='))).to.equal(
				false,
			);
			expect(new URL(end.url).origin).to.equal(origin());
		}
	});

	it('lets staff in by their hat, without an account, even before the branch opens', async () => {
		bed.grant('staff-june', 'north');
		bed.change('north', { stage: 'unopened' });
		const front = await visit(`${origin()}/`);
		expect(front.body).to.include('North is not open yet').and.include('Sign in for staff');
		issuer.who = { sub: 'sub-june', age_band: 'adult', standing: 'full', staff_id: 'staff-june' };
		const { url, answer } = await walk(`${origin()}/signin`);
		expect(url).to.equal(`${origin()}/staff`);
		expect(answer.status).to.equal(200);
	});

	it('offers staff an account like anybody, and their room beside it, where people can join', async () => {
		bed.grant('staff-june', 'north');
		issuer.who = { sub: 'sub-june', age_band: 'adult', standing: 'full', staff_id: 'staff-june' };
		const { url, answer } = await walk(`${origin()}/signin`);
		expect(url).to.equal(`${origin()}/welcome`);
		expect(answer.body).to.include('href="/staff"');
		expect((await visit(`${origin()}/staff`)).status).to.equal(200);
	});

	it('turns a patron away where nobody new is taken, in words and without a session', async () => {
		bed.change('north', { stage: 'unopened' });
		const { answer } = await walk(`${origin()}/signin`);
		expect(answer.status).to.equal(403);
		expect(answer.body).to.include('This branch takes nobody new just now');
		expect((await visit(`${origin()}/welcome`)).status).to.equal(401);
	});

	it('takes what the issuer says anew each time', async () => {
		const first = await walk(`${origin()}/signin`);
		const form = { _csrf: tokenIn(first.answer.body), name: 'Teo', handle: 'teo', rules: 'yes' };
		await visit(`${origin()}/welcome`, form);
		issuer.who = { ...issuer.who, standing: 'porch' };
		visitor.jar.clear();
		const end = await walk(`${origin()}/signin`);
		expect(end.url).to.equal(`${origin()}/porch`);
		expect(end.answer.body).to.include('You are on the porch');
	});

	it('signing out ends the session here and leads on to the issuer', async () => {
		const first = await walk(`${origin()}/signin`);
		const form = { _csrf: tokenIn(first.answer.body), name: 'Teo', handle: 'teo', rules: 'yes' };
		await visit(`${origin()}/welcome`, form);
		const home = await visit(`${origin()}/home`);
		expect(home.headers['content-security-policy']).to.include(
			`form-action 'self' ${bed.library.card_origin}`,
		);
		const out = await visit(`${origin()}/signout`, { _csrf: tokenIn(home.body) });
		expect(out.status).to.equal(303);
		expect(out.headers.location)
			.to.include(`${bed.library.card_origin}/session/end`)
			.and.include('id_token_hint=');
		expect((await visit(`${origin()}/home`)).status).to.equal(401);
		expect(rows(bed, 'north', 'SELECT sid FROM session WHERE data LIKE \'%"person"%\'')).to.deep.equal([]);
	});

	it('says in words that the issuer does not answer, and works again when it does', async () => {
		bed.serve('card', (_req, res) => void res.writeHead(503).end());
		const answer = await visit(`${origin()}/signin`);
		expect(answer.status).to.equal(503);
		expect(answer.body).to.include('Cards cannot be checked just now');
		bed.serve('card', (req, res) => issuer.handle(req, res));
		expect((await walk(`${origin()}/signin`)).url).to.equal(`${origin()}/welcome`);
	});
});
