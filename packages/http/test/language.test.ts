import { silentLog } from '@understory/core/log.ts';
import { expect } from 'chai';
import { createApp } from '../src/app.ts';
import { languageOf } from '../src/language.ts';
import { type Listening, listen } from '../src/server.ts';
import { ask } from './ask.ts';

describe('the language of a page', () => {
	let server: Listening;
	before(async () => {
		const app = createApp({ log: silentLog });
		app.get('/', (request, response) => response.send(languageOf(request, response)));
		server = await listen(app, { port: 0 });
	});
	after(() => server.close());

	const cases: [string, string, Record<string, string>, string][] = [
		['is English when nothing is said', '/', {}, 'en'],
		['is what the browser prefers', '/', { 'accept-language': 'es-MX,es;q=0.9,en;q=0.8' }, 'es'],
		[
			'is the next best when the first is not there',
			'/',
			{ 'accept-language': 'fr,es;q=0.5,en;q=0.4' },
			'es',
		],
		['is English when the browser prefers others', '/', { 'accept-language': 'fr, de' }, 'en'],
		[
			'is the one chosen before, whatever the browser prefers',
			'/',
			{ cookie: 'a=b; lang=es', 'accept-language': 'en' },
			'es',
		],
		['is the one asked for, whatever was chosen before', '/?lang=en', { cookie: 'lang=es' }, 'en'],
		['is not one that was made up', '/?lang=tlh', { cookie: 'lang=xx' }, 'en'],
		['is not taken from a cookie of another name', '/', { cookie: 'slang=es' }, 'en'],
		['is not taken from a question asked twice', '/?lang=es&lang=en', {}, 'en'],
	];
	for (const [rule, path, headers, language] of cases) {
		it(rule, async () => {
			expect((await ask(server.port, path, { headers })).text).to.equal(language);
		});
	}

	it('is remembered for a year, on this host only, when asked for', async () => {
		const [cookie] = (await ask(server.port, '/?lang=es')).headers['set-cookie'] ?? [];
		expect(cookie).to.match(/^lang=es; Max-Age=31536000; Path=\/;.*HttpOnly; SameSite=Lax$/);
		expect(cookie).not.to.match(/domain/i);
		expect((await ask(server.port, '/', { headers: { cookie: 'lang=es' } })).headers).not.to.have.any.keys(
			'set-cookie',
		);
	});
});
