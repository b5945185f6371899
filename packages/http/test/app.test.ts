import { BadInput, NotFound, NotSignedIn, PublicError, TooMany } from '@understory/core/errors.ts';
import { expect } from 'chai';
import { createApp, type ErrorPage, finish, formBody, jsonBody } from '../src/app.ts';
import { type Listening, listen } from '../src/server.ts';
import { type Answer, ask } from './ask.ts';
import { type LogLines, logLines } from './log-lines.ts';

const BROWSER = { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' };
const JSON_BODY = { 'content-type': 'application/json' };

function problem(answer: Answer): Record<string, unknown> {
	expect(answer.headers['content-type']).to.match(/^application\/problem\+json/);
	const read = JSON.parse(answer.text) as Record<string, unknown>;
	expect(read.status).to.equal(answer.status);
	expect(read.request_id).to.equal(answer.headers['x-request-id']);
	return read;
}

describe('an app', () => {
	let server: Listening;
	let kept: LogLines;
	let page: ErrorPage;
	before(async () => {
		kept = logLines();
		page = (error, _request, response) => `<h1>${error.message}</h1><p>${response.locals.requestId}</p>`;
		const app = createApp({
			log: kept.log,
			files: [
				{ path: '/design/0a1b/understory.css', type: 'text/css; charset=utf-8', body: Buffer.from('a{}') },
			],
			formAction: ['http://albina.multcolib.localhost:4000'],
		});
		app.get('/posts/:id', (_request, response) => response.json({ ok: true }));
		app.post('/json', jsonBody(100), (request, response) => response.json(request.body));
		app.post('/form', formBody(100), (request, response) => response.json(request.body));
		app.get('/ip', (request, response) => response.json({ ip: request.ip, secure: request.secure }));
		app.get('/api/v1/late', () => Promise.reject(new TypeError('21234000012345 is not a patron')));
		app.get('/broken', () => {
			throw new TypeError('21234000012345 is not a patron');
		});
		app.get('/faults', () => {
			throw new BadInput('Two fields are wrong.', [{ field: 'name', text: 'Give a name.' }], {
				detail: 'inside',
			});
		});
		app.get('/slow', () => {
			throw new TooMany('Too fast.', 1.2);
		});
		app.get('/who', () => {
			throw new NotSignedIn();
		});
		app.get('/gone', () => {
			throw new PublicError(503, 'busy', 'Come back later.', { detail: 'pool empty' });
		});
		app.get('/half', (_request, response) => {
			response.write('half');
			throw new Error('in the middle');
		});
		finish(app, { log: kept.log, page: (...parts) => page(...parts) });
		server = await listen(app, { port: 0 });
	});
	after(() => server.close());

	it('answers with security headers and a request id, on success and on failure', async () => {
		for (const path of ['/posts/1', '/nothing', '/api/v1/late', '/design/0a1b/understory.css']) {
			const { headers } = await ask(server.port, path);
			expect(headers['content-security-policy']).to.equal(
				"default-src 'none'; style-src 'self'; img-src 'self' data:; media-src 'self'; font-src 'self'; " +
					"form-action 'self' http://albina.multcolib.localhost:4000; base-uri 'none'; frame-ancestors 'none'",
			);
			expect(headers['x-content-type-options']).to.equal('nosniff');
			expect(headers['referrer-policy']).to.equal('same-origin');
			expect(headers['x-request-id']).to.match(/^[0-9a-f-]{36}$/);
			expect(headers).not.to.have.any.keys('x-powered-by');
		}
	});

	it('ids of requests are its own, never those a caller sends', async () => {
		const { headers } = await ask(server.port, '/posts/1', { headers: { 'x-request-id': 'mine' } });
		expect(headers['x-request-id']).not.to.equal('mine');
	});

	it('what is not there is a problem for machines and a page for people', async () => {
		const machine = problem(await ask(server.port, '/nothing'));
		expect(machine).to.include({ type: 'about:blank', code: 'not_found', title: new NotFound().message });
		const person = await ask(server.port, '/nothing', { headers: BROWSER });
		expect(person.status).to.equal(404);
		expect(person.headers['content-type']).to.match(/^text\/html/);
		expect(person.text).to.include(new NotFound().message).and.to.include(person.headers['x-request-id']);
		expect(person.headers.vary).to.match(/accept/i);
		expect(person.headers['cache-control']).to.equal('no-store');
	});

	it('paths of the API, of roles and of ActivityPub never answer with a page', async () => {
		for (const path of ['/api/v1/x', '/internal/v1/x', '/ap/users/1']) {
			problem(await ask(server.port, path, { headers: BROWSER }));
		}
	});

	it('names the faults of each field, and never the private detail', async () => {
		const answer = await ask(server.port, '/faults');
		expect(answer.status).to.equal(422);
		expect(problem(answer).errors).to.deep.equal([{ field: 'name', text: 'Give a name.' }]);
		expect(answer.text).not.to.include('inside');
	});

	it('says when to come back, and how to sign in', async () => {
		expect((await ask(server.port, '/slow')).headers['retry-after']).to.equal('2');
		expect((await ask(server.port, '/who')).headers['www-authenticate']).to.equal('Bearer');
		expect((await ask(server.port, '/who', { headers: BROWSER })).headers).not.to.have.any.keys(
			'www-authenticate',
		);
	});

	it('an error nobody foresaw says only that it was written down, and is written down without its message', async () => {
		const answer = await ask(server.port, '/api/v1/late');
		expect(answer.status).to.equal(500);
		expect(problem(answer)).to.include({
			code: 'internal',
			title: 'Something broke on our side and was written down.',
		});
		expect(answer.text).not.to.match(/2123|patron|TypeError/);
		const line = kept
			.lines()
			.findLast(({ event, error_class }) => event === 'request_failed' && error_class === 'TypeError');
		expect(line).to.include({ request_id: answer.headers['x-request-id'], status: 500 });
		expect(kept.text()).not.to.match(/2123|is not a patron/);
	});

	it('shows a failure of our own to a person as a page, with its number and without its cause', async () => {
		const answer = await ask(server.port, '/broken', { headers: BROWSER });
		expect(answer.status).to.equal(500);
		expect(answer.headers['content-type']).to.match(/^text\/html/);
		expect(answer.text).to.equal(
			`<h1>Something broke on our side and was written down.</h1><p>${answer.headers['x-request-id']}</p>`,
		);
	});

	it('the detail of a failure of our own is written down and not answered', async () => {
		const answer = await ask(server.port, '/gone');
		expect(problem(answer)).to.include({ code: 'busy', title: 'Come back later.' });
		expect(answer.text).not.to.include('pool');
		expect(kept.lines().find(({ detail }) => detail === 'pool empty')).to.include({ error_code: 'busy' });
	});

	it('a page of an error that fails itself becomes a problem, and both are written down', async () => {
		const before = page;
		page = () => {
			throw new RangeError('no such template');
		};
		const answer = await ask(server.port, '/nothing', { headers: BROWSER });
		page = before;
		expect(problem(answer).code).to.equal('not_found');
		expect(kept.lines().find(({ event }) => event === 'error_page_failed')).to.include({
			error_class: 'RangeError',
		});
	});

	it('an answer that breaks in the middle is broken off, not ended as if it were whole', async () => {
		const broken = await ask(server.port, '/half').catch((error: unknown) => error);
		expect(broken).to.be.instanceOf(Error);
	});

	it('malformed JSON is refused in a sentence', async () => {
		for (const body of ['{"half":', '"a string"', '{"a":1}}', '{a:1}']) {
			const answer = await ask(server.port, '/json', { method: 'POST', headers: JSON_BODY, body });
			expect(answer.status).to.equal(400);
			expect(problem(answer).title).to.equal('The body is not valid JSON.');
		}
	});

	it('a body over the limit is refused with 413, and one of the limit taken', async () => {
		const body = (size: number) => JSON.stringify({ a: 'x'.repeat(size - 8) });
		const taken = await ask(server.port, '/json', { method: 'POST', headers: JSON_BODY, body: body(100) });
		expect(taken.status).to.equal(200);
		for (const large of [body(101), body(1_000_000)]) {
			const answer = await ask(server.port, '/json', { method: 'POST', headers: JSON_BODY, body: large });
			expect(answer.status).to.equal(413);
			expect(problem(answer)).to.include({ code: 'too_large' });
		}
	});

	it('a form over the limit, or with too many fields, is refused with 413', async () => {
		const headers = { 'content-type': 'application/x-www-form-urlencoded' };
		const large = await ask(server.port, '/form', { method: 'POST', headers, body: `a=${'x'.repeat(200)}` });
		expect(problem(large)).to.include({ status: 413 });
		const many = createApp({ log: kept.log });
		many.post('/form', formBody(), (request, response) => response.json(request.body));
		const other = await listen(finish(many, { log: kept.log }), { port: 0 });
		const answer = await ask(other.port, '/form', { method: 'POST', headers, body: 'a=1&'.repeat(300) });
		expect(problem(answer)).to.include({ status: 413, title: 'This form has too many fields.' });
		await other.close();
	});

	it('encodings, charsets and addresses that cannot be read are refused in a sentence', async () => {
		const post = (headers: Record<string, string>) =>
			ask(server.port, '/json', { method: 'POST', headers: { ...JSON_BODY, ...headers }, body: '{}' });
		expect((await post({ 'content-encoding': 'lzma' })).status).to.equal(400);
		expect((await post({ 'content-type': 'application/json; charset=klingon' })).status).to.equal(400);
		expect((await post({ 'content-encoding': 'gzip' })).status).to.equal(400);
		const answer = await ask(server.port, '/posts/%E0%A4%A');
		expect(problem(answer)).to.include({ status: 400, title: 'This address is not written correctly.' });
	});

	it('a field of a form named like a part of every object stays a field', async () => {
		const headers = { 'content-type': 'application/x-www-form-urlencoded' };
		const body = '__proto__=x&constructor=y&a[b]=z';
		const answer = await ask(server.port, '/form', { method: 'POST', headers, body });
		expect(JSON.parse(answer.text)).to.include({ 'a[b]': 'z' });
		expect(({} as Record<string, unknown>).x).to.equal(undefined);
	});

	it('files of the design are served for good, by their exact name', async () => {
		const file = await ask(server.port, '/design/0a1b/understory.css');
		expect(file.text).to.equal('a{}');
		expect(file.headers).to.include({ 'content-type': 'text/css; charset=utf-8' });
		expect(file.headers['cache-control']).to.equal('public, max-age=31536000, immutable');
		const head = await ask(server.port, '/design/0a1b/understory.css', { method: 'HEAD' });
		expect([head.status, head.text]).to.deep.equal([200, '']);
		for (const path of [
			'/design/0a1c/understory.css',
			'/design/',
			'/design/../design/0a1b/x',
			'/design/0a1b/%2e%2e',
		]) {
			expect((await ask(server.port, path)).status).to.equal(404);
		}
		expect((await ask(server.port, '/design/0a1b/understory.css', { method: 'POST' })).status).to.equal(404);
	});

	it('writes down a request by its route, never by its address', async () => {
		await ask(server.port, '/posts/rosa-quintana?q=21234000012345', {
			headers: { 'user-agent': 'sentinel' },
		});
		const line = kept
			.lines()
			.findLast(({ event, route }) => event === 'request' && route === 'route:/posts/{id}');
		expect(line).to.include({ method: 'GET', status: 200 });
		expect(kept.text()).not.to.match(/rosa|2123|sentinel|127\.0\.0\.1/);
	});

	it('believes forwarded headers only from the proxies it was told of', async () => {
		const headers = { 'x-forwarded-for': '93.184.216.34', 'x-forwarded-proto': 'https' };
		expect(JSON.parse((await ask(server.port, '/ip', { headers })).text)).to.include({ secure: false });
		for (const [trustProxy, believed] of [
			[['127.0.0.1'], true],
			[['10.0.0.0/8'], false],
			[[], false],
		] as const) {
			const app = createApp({ log: kept.log, trustProxy });
			app.get('/ip', (request, response) => response.json({ ip: request.ip, secure: request.secure }));
			const proxied = await listen(app, { port: 0 });
			const answer = JSON.parse((await ask(proxied.port, '/ip', { headers })).text) as {
				ip: string;
				secure: boolean;
			};
			expect(answer.secure).to.equal(believed);
			expect(answer.ip === '93.184.216.34').to.equal(believed);
			await proxied.close();
		}
	});
});
