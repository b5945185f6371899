import { silentLog } from '@understory/core/log.ts';
import { expect } from 'chai';
import type { Express, RequestHandler } from 'express';
import { MemoryStore } from 'express-session';
import { createApp, finish, formBody } from '../src/app.ts';
import { csrfToken, requireSameOrigin } from '../src/csrf.ts';
import { type Listening, listen } from '../src/server.ts';
import { sessions } from '../src/sessions.ts';
import { type Answer, ask } from './ask.ts';

const key = Buffer.alloc(32, 7);
const HOST = 'albina.multcolib.localhost:4000';
const ORIGIN = `http://${HOST}`;
const FORM = { 'content-type': 'application/x-www-form-urlencoded', host: HOST };

function branch(session: RequestHandler | null): Express {
	const app = createApp({ log: silentLog });
	if (session) app.use(session);
	app.use(formBody());
	app.use(
		requireSameOrigin({ key, origin: (host) => (host === HOST ? ORIGIN : null), anybody: ['/anybody'] }),
	);
	app.get('/form', (request, response) => {
		Object.assign(request.session, { since: 1 });
		response.send(csrfToken(key, request.sessionID));
	});
	app.all(['/act', '/anybody'], (_request, response) => {
		response.send('done');
	});
	return finish(app, { log: silentLog });
}

describe('forms', () => {
	let server: Listening;
	before(async () => {
		const session = sessions({
			name: 'session',
			store: new MemoryStore(),
			secrets: ['test secret of some length'],
			secure: false,
			maxAgeMilliseconds: 60_000,
		});
		server = await listen(branch(session), { port: 0 });
	});
	after(() => server.close());

	async function visit(): Promise<{ cookie: string; token: string }> {
		const { headers, text } = await ask(server.port, '/form', { headers: { host: HOST } });
		return { cookie: headers['set-cookie']![0]!.split(';')[0]!, token: text };
	}

	function send(
		body: string,
		headers: Record<string, string>,
		method = 'POST',
		path = '/act',
	): Promise<Answer> {
		return ask(server.port, path, { method, headers: { ...FORM, ...headers }, body });
	}

	it('of this origin with the token of their session go through', async () => {
		const { cookie, token } = await visit();
		expect((await send(`_csrf=${token}`, { cookie, origin: ORIGIN })).text).to.equal('done');
		expect((await send(`_csrf=${token}`, { cookie, referer: `${ORIGIN}/form` })).text).to.equal('done');
		expect((await send(`_csrf=${token}`, { cookie })).text).to.equal('done');
	});

	it('reading needs no token', async () => {
		for (const method of ['GET', 'HEAD', 'OPTIONS']) {
			expect((await ask(server.port, '/act', { method, headers: { host: HOST } })).status).to.equal(200);
		}
	});

	const foreign: [string, Record<string, string>][] = [
		['of a sister branch, which is same-site', { origin: 'http://belmont.multcolib.localhost:4000' }],
		['of another port', { origin: 'http://albina.multcolib.localhost:4001' }],
		['of another scheme', { origin: `https://${HOST}` }],
		['of a page that hides its origin', { origin: 'null' }],
		['of another site by its referer', { referer: 'http://evil.example/albina.multcolib.localhost:4000' }],
		['that the browser says came from another site', { 'sec-fetch-site': 'cross-site' }],
		['that the browser says came from a sister', { origin: ORIGIN, 'sec-fetch-site': 'same-site' }],
		['for a host that is not served here', { host: 'evil.example', origin: 'http://evil.example' }],
	];
	for (const [rule, headers] of foreign) {
		it(`${rule} are refused, even with the right token, and where anybody may send`, async () => {
			const { cookie, token } = await visit();
			for (const path of ['/act', '/anybody']) {
				const refused = await send(`_csrf=${token}`, { cookie, ...headers }, 'POST', path);
				expect(refused.status, path).to.equal(403);
				expect(JSON.parse(refused.text)).to.include({ code: 'csrf' });
			}
		});
	}

	it('with no token, a wrong one, or that of another session are refused', async () => {
		const { cookie } = await visit();
		const other = await visit();
		for (const body of ['', '_csrf=', '_csrf=x', `_csrf=${other.token}`, `_csrf=${other.token}&_csrf=x`]) {
			expect((await send(body, { cookie, origin: ORIGIN })).status, body).to.equal(403);
		}
	});

	it('need no session and no token where anybody may send them, and are held to this origin there', async () => {
		expect((await send('', { origin: ORIGIN }, 'POST', '/anybody')).text).to.equal('done');
		expect((await send('', {}, 'POST', '/ANYBODY')).status, 'another spelling is another path').to.equal(403);
	});

	it('every method that changes something needs the token', async () => {
		const { cookie } = await visit();
		for (const method of ['POST', 'PUT', 'PATCH', 'DELETE']) {
			expect((await send('', { cookie, origin: ORIGIN }, method)).status, method).to.equal(403);
		}
	});

	it('without any session all are refused, with whatever token', async () => {
		const bare = await listen(branch(null), { port: 0 });
		const body = `_csrf=${csrfToken(key, 'undefined')}`;
		const refused = await ask(bare.port, '/act', {
			method: 'POST',
			headers: { ...FORM, origin: ORIGIN },
			body,
		});
		expect(refused.status).to.equal(403);
		await bare.close();
	});
});

describe('session cookies', () => {
	async function cookieOf(options: {
		secure: boolean;
		headers?: Record<string, string>;
	}): Promise<string | undefined> {
		const app = createApp({ log: silentLog, trustProxy: ['127.0.0.1'] });
		app.use(
			sessions({
				name: 'session',
				store: new MemoryStore(),
				secrets: ['test secret of some length'],
				secure: options.secure,
				maxAgeMilliseconds: 60_000,
			}),
		);
		app.get('/in', (request, response) => {
			Object.assign(request.session, { account: '1' });
			response.send('in');
		});
		app.get('/out', (_request, response) => {
			response.send('out');
		});
		const server = await listen(app, { port: 0 });
		const cookie = (await ask(server.port, '/in', { headers: options.headers ?? {} })).headers['set-cookie'];
		const none = (await ask(server.port, '/out', { headers: options.headers ?? {} })).headers['set-cookie'];
		expect(none, 'nothing is kept before there is something to remember').to.equal(undefined);
		await server.close();
		return cookie?.[0];
	}

	it('are host-only, and out of reach of scripts and other sites', async () => {
		const cookie = await cookieOf({ secure: false });
		expect(cookie).to.match(/^session=[^;]+; Path=\/; Expires=[^;]+; HttpOnly; SameSite=Lax$/);
	});

	it('on https have the prefix with which a browser insists on that', async () => {
		const cookie = await cookieOf({ secure: true, headers: { 'x-forwarded-proto': 'https' } });
		expect(cookie).to.match(/^__Host-session=[^;]+; Path=\/; Expires=[^;]+; HttpOnly; Secure; SameSite=Lax$/);
	});

	it('of a site on https are Secure, whatever a proxy says or forgets to say', async () => {
		const told: Record<string, string>[] = [{}, { 'x-forwarded-proto': 'http' }];
		for (const headers of told) {
			expect(await cookieOf({ secure: true, headers })).to.match(/^__Host-session=.*; Secure;/);
		}
	});
});
