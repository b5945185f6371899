import { expect } from 'chai';
import { createOutgoing, type Outgoing } from '../src/outgoing.ts';
import { failsWith } from './failures.ts';
import { type FarServer, farServer } from './far-server.ts';

describe('the fetch that libraries are given', () => {
	let far: FarServer;
	let client: Outgoing;
	before(async () => {
		far = await farServer('far', (request, response) => {
			const status = Number(request.url?.slice(1)) || 200;
			const location: Record<string, string> = status === 302 ? { location: '/200' } : {};
			response.writeHead(status, {
				...location,
				'set-cookie': ['a=1', 'b=2; Expires=Wed, 1 Jan 2031 00:00:00 GMT'],
			});
			response.end(status === 204 || status === 304 ? undefined : '{"fine":true}');
		});
		client = createOutgoing({ town: true, userAgent: 'Understory/0.1 (test)' });
	});
	beforeEach(() => {
		far.asked.length = 0;
	});
	after(async () => {
		await client.close();
		await far.close();
	});

	it('sends what was asked: method, headers, body, and who asks', async () => {
		const form = new URLSearchParams({ grant_type: 'authorization_code' });
		await client.fetch(new URL(`${far.origin}/`), { method: 'POST', body: form, headers: { 'X-One': '1' } });
		const [asked] = far.asked;
		expect(asked).to.include({ method: 'POST', body: 'grant_type=authorization_code' });
		expect(asked!.headers['content-type']).to.match(/^application\/x-www-form-urlencoded/);
		expect(asked!.headers).to.include({ 'x-one': '1', 'user-agent': 'Understory/0.1 (test)' });
		await client.fetch(new Request(`${far.origin}/`, { headers: { 'User-Agent': 'A library' } }));
		expect(far.asked[1]!.headers['user-agent']).to.equal('A library');
	});

	it('answers as the standard does: status, url, several cookies, json', async () => {
		const answer = await client.fetch(`${far.origin}/201`);
		expect(answer.status).to.equal(201);
		expect(answer.ok).to.equal(true);
		expect(answer.url).to.equal(`${far.origin}/201`);
		expect(answer.headers.getSetCookie()).to.deep.equal(['a=1', 'b=2; Expires=Wed, 1 Jan 2031 00:00:00 GMT']);
		expect(await answer.json()).to.deep.equal({ fine: true });
	});

	it('a status that has no body has none', async () => {
		for (const status of [204, 304]) {
			const answer = await client.fetch(`${far.origin}/${status}`);
			expect(answer.status).to.equal(status);
			expect(answer.body).to.equal(null);
		}
	});

	it('follows, returns or refuses a redirect, as it is told', async () => {
		expect((await client.fetch(`${far.origin}/302`)).url).to.equal(`${far.origin}/200`);
		expect((await client.fetch(`${far.origin}/302`, { redirect: 'manual' })).status).to.equal(302);
		const refused = await client
			.fetch(`${far.origin}/302`, { redirect: 'error' })
			.catch((error: unknown) => error);
		expect(refused).to.be.instanceOf(TypeError);
	});

	it('a status that is none cannot be read', async () => {
		await failsWith('unreadable', client.fetch(`${far.origin}/799`));
	});
});
