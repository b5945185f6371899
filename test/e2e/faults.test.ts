import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { create } from '../../packages/town/src/test-town.ts';
import type { TownLibrary } from '../../packages/town/src/town-file.ts';
import { type ApiAnswer, call } from './api.ts';
import { Visitor } from './visitor.ts';
import { comeIn, signIn, write } from './walk.ts';

type TestTown = Awaited<ReturnType<typeof create>>;

/** What a person may be shown: a sentence; and what nobody may: the inside of the program. */
function expectSentence(answer: ApiAnswer, status: number): void {
	expect(answer.status, JSON.stringify(answer.body)).to.equal(status);
	expect(answer.headers['content-type']).to.contain('application/problem+json');
	expect(answer.body.status).to.equal(status);
	expect(answer.body.title).to.match(/^[A-Z].{10,}[.?…]$/);
	expect(JSON.stringify(answer.body)).to.not.match(/node_modules|at \w+ \(|SQLITE|select |stack/i);
}

describe('bad input gets a clear sentence and the right status, and nothing is lost', function () {
	this.timeout(120_000);
	let data: string;
	let town: TestTown;
	let library: TownLibrary;
	let open: TownLibrary['branches'][number];
	const api = (method: string, path: string, options: Parameters<typeof call>[3] = {}) =>
		call(town.port, method, `/api/v1${path}`, { token: town.file.adminToken, ...options });
	const card = (state: string, role = 'patron', at = 0) =>
		library.demoCards.filter((one) => one.state === state && one.role === role)[at]!;
	const counted = async () => (await api('GET', '/libraries/salem/branches')).body.items.length as number;

	before(async () => {
		data = mkdtempSync(join(tmpdir(), 'understory-faults-'));
		town = await create({ sample: true, libraries: ['OR0069'], data });
		library = town.file.libraries[0]!;
		open = library.branches.find((branch) => branch.stage === 'open')!;
	});
	after(async () => {
		await town?.close();
		rmSync(data, { recursive: true, force: true });
	});

	it('an unknown host is 421, as a page for people and as a problem for programs', async () => {
		const host = `nowhere.salem.localhost:${town.port}`;
		expectSentence(await call(town.port, 'GET', '/', { host }), 421);
		const page = await new Visitor(town.port).open(`http://${host}/`);
		expect(page.status).to.equal(421);
		expect(page.text).to.contain('No library and no branch has this address');
		const spanish = await new Visitor(town.port, 'es').open(`http://${host}/`);
		expect(spanish.html).to.contain('lang="es"');
	});

	it('an unknown library’s card and accountability hosts are 421 as well', async () => {
		for (const name of ['card', 'accountability']) {
			expectSentence(
				await call(town.port, 'GET', '/', { host: `${name}.atlantis.localhost:${town.port}` }),
				421,
			);
		}
	});

	it('a Host that is none is 400', async () => {
		for (const host of ['a b', '-', 'x'.repeat(400)]) {
			const answer = await call(town.port, 'GET', '/', { host });
			expect(answer.status, host).to.equal(400);
		}
	});

	it('an unknown library, branch or operation is 404', async () => {
		for (const path of [
			'/libraries/atlantis',
			'/libraries/atlantis/branches',
			'/libraries/salem/branches/nowhere',
			'/operations/00000000-0000-4000-8000-000000000000',
			'/operations/nothing',
			'/no/such/thing',
		]) {
			expectSentence(await api('GET', path), 404);
		}
	});

	it('malformed JSON is 400, and nothing is made', async () => {
		const before = await counted();
		const raw = '{"slug": "new",';
		const headers = { 'content-type': 'application/json' };
		expectSentence(await api('POST', '/libraries/salem/branches', { raw, headers }), 400);
		expect(await counted()).to.equal(before);
	});

	it('a field that is not acceptable is named, with a sentence, and nothing is made', async () => {
		const before = await counted();
		const address = { street: '1 A St', city: 'Salem', region: 'OR', postcode: '97301' };
		const answer = await api('POST', '/libraries/salem/branches', {
			body: { slug: 'www', name: 'Web', address },
		});
		expectSentence(answer, 422);
		expect(answer.body.errors[0]).to.include({ field: 'slug' });
		expect(await counted()).to.equal(before);
	});

	it('an oversized body is 413, at the API and at a branch', async () => {
		const body = { slug: 'new', name: 'x'.repeat(3_000_000) };
		expectSentence(await api('POST', '/libraries/salem/branches', { body }), 413);
		const form = await call(town.port, 'POST', '/posts', {
			host: new URL(open.url).host,
			raw: `text=${'x'.repeat(3_000_000)}`,
			headers: { 'content-type': 'application/x-www-form-urlencoded' },
		});
		expectSentence(form, 413);
	});

	it('a body of another form names each field, and a file that is not of the survey what it lacks', async () => {
		const before = (await api('GET', '/libraries')).body.items.length;
		const incomplete = await api('POST', '/libraries', { body: { slug: 'x', surprise: 1 } });
		expectSentence(incomplete, 422);
		const fields = incomplete.body.errors.map((fault: { field: string }) => fault.field);
		expect(fields).to.include.members(['name', 'surprise']);
		const headers = { 'content-type': 'text/csv' };
		const sent = await api('POST', '/libraries:import', { raw: 'name,city\nA,B\n', headers });
		await town.settle();
		const { body } = await api('GET', `/operations/${sent.body.id}`);
		expect(body.state).to.equal('failed');
		expect(body.problem.title).to.contain('FSCSKEY');
		expect((await api('GET', '/libraries')).body.items.length).to.equal(before);
	});

	it('a wrong token is 401, no token too, and one without the role is 403', async () => {
		const body = { kind: 'provision' };
		for (const token of ['wrong', `${town.file.adminToken}x`]) {
			const answer = await api('GET', '/libraries', { token });
			expectSentence(answer, 401);
			expect(answer.headers['www-authenticate']).to.contain('Bearer');
		}
		expectSentence(await call(town.port, 'GET', '/api/v1/libraries'), 401);
		const reader = await api('POST', '/tokens', { body: { name: 'press', role: 'reader' } });
		const { token } = reader.body;
		expect((await api('GET', '/libraries', { token })).status).to.equal(200);
		expectSentence(await api('POST', '/libraries/salem/operations', { token, body }), 403);
	});

	it('a wrong PIN costs one of three tries, the fourth is not even asked about, and nobody is signed in', async () => {
		const { card: number } = card('good');
		const { ils } = town.catalogues.get('salem')!;
		const before = ils.asked(number);
		const visitor = new Visitor(town.port);
		let page = await visitor.open(`${open.url}/signin`);
		for (const [pin, words] of [
			['8351', '2 more times'],
			['8352', 'once more'],
			['8353', 'in 15 minutes'],
			['8354', 'in 15 minutes'],
		] as const) {
			page = await visitor.send(page, '/sign-in/', { card: number, pin });
			expect(page.status).to.be.within(400, 499);
			expect(page.text).to.contain(words);
			expect(page.html).to.not.contain(`value="${pin}"`);
		}
		expect(ils.asked(number) - before).to.equal(3);
		expect((await visitor.open(`${open.url}/home`)).status).to.equal(401);
	});

	it('lost and blocked cards are sent to a desk, and a number that is none is refused', async () => {
		for (const [given, words] of [
			[card('lost'), 'Please see a desk'],
			[card('blocked'), 'Staff at any desk can settle it'],
		] as const) {
			const page = await signIn(new Visitor(town.port), open.url, given);
			expect(page.text).to.contain(words);
			expect(page.status).to.be.within(400, 499);
		}
		const nobody = await signIn(new Visitor(town.port), open.url, { card: '123', pin: '1' });
		expect(nobody.status).to.be.within(400, 499);
		expect(nobody.url).to.contain('//card.');
	});

	it('a dead catalogue is 503 in words and costs no try; who is signed in goes on; when it is back, so is sign-in', async () => {
		const marguerite = card('good', 'patron', 1);
		const visitor = new Visitor(town.port);
		await comeIn(visitor, open.url, marguerite, 'Marguerite');
		const { ils } = town.catalogues.get('salem')!;
		ils.misbehave('dead');
		const other = new Visitor(town.port);
		let page = await other.open(`${open.url}/signin`);
		for (let tries = 0; tries < 4; tries += 1) {
			page = await other.send(page, '/sign-in/', { card: marguerite.card, pin: marguerite.pin });
			expect(page.status).to.equal(503);
			expect(page.headers['retry-after']).to.be.a('string');
			expect(page.text).to.contain('The catalog does not answer');
		}
		const text = 'The catalog is down, we are not.';
		expect((await write(visitor, open.url, text)).text).to.contain(text);
		ils.misbehave(null);
		page = await other.send(page, '/sign-in/', { card: marguerite.card, pin: marguerite.pin });
		expect(new URL(page.url).pathname).to.equal('/home');
	});

	it('a catalogue that says yes for another card is not believed', async () => {
		const { ils } = town.catalogues.get('salem')!;
		ils.misbehave('another_patron');
		const page = await signIn(new Visitor(town.port), open.url, card('good', 'patron', 2));
		ils.misbehave(null);
		expect(page.url).to.contain('//card.');
		expect(page.status).to.be.within(400, 599);
	});

	it('a form without its token, or from another site, is 403 and writes nothing', async () => {
		const rudy = new Visitor(town.port);
		await comeIn(rudy, open.url, library.demoCards[3]!, 'Rudy');
		const home = await rudy.open(`${open.url}/home`);
		const text = 'Nobody meant to write this.';
		const bent = {
			...home,
			html: home.html.replaceAll(/name="_csrf" value="[^"]*"/g, 'name="_csrf" value="x"'),
		};
		expect(bent.html).to.not.equal(home.html);
		expect((await rudy.send(bent, '/posts', { text, scope: 'branch' })).status).to.equal(403);
		const foreign = {
			...home,
			url: 'http://evil.example/',
			html: home.html.replaceAll('action="/', `action="${open.url}/`),
		};
		expect((await rudy.send(foreign, '/posts', { text, scope: 'branch' })).status).to.equal(403);
		expect((await rudy.open(`${open.url}/home`)).text).to.not.contain(text);
	});

	it('a damaged branch file is 503 with a sentence; the other branch and the console go on; brought back, all is there', async () => {
		const other = library.branches.find((branch) => branch.slug !== open.slug)!;
		const before = (await new Visitor(town.port).open(`${open.url}/`)).text;
		const { id } = (await api('GET', `/libraries/salem/branches/${open.slug}`)).body;
		const file = join(data, 'homes', 'home-1', 'branches', id, 'branch.sqlite');
		const { port } = town;
		await town.close();
		const good = readFileSync(file);
		writeFileSync(file, Buffer.concat([good.subarray(0, 40), Buffer.alloc(good.length - 40, 0xa5)]));
		try {
			town = await create({ sample: true, libraries: ['OR0069'], data, port });
			expectSentence(await call(port, 'GET', '/', { host: new URL(open.url).host }), 503);
			expect((await new Visitor(port).open(`${open.url}/`)).status).to.equal(503);
			expect((await new Visitor(port).open(`${other.url}/`)).status).to.equal(200);
			await town.settle();
			const told = (await api('GET', `/libraries/salem/branches/${open.slug}`)).body;
			expect(JSON.stringify(told.conditions)).to.match(/damaged/i);
		} finally {
			writeFileSync(file, good);
		}
		const page = await new Visitor(town.port).open(`${open.url}/`);
		expect(page.status).to.equal(200);
		expect(page.text).to.equal(before);
	});
});
