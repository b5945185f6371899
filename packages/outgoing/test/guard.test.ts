import { expect } from 'chai';
import type { FailureCode } from '../src/failure.ts';
import { createInternalClient, createOutgoing, type Outgoing } from '../src/outgoing.ts';
import { failsWith } from './failures.ts';
import { type FarServer, farServer } from './far-server.ts';

describe('where the client connects to', () => {
	let far: FarServer;
	let client: Outgoing;
	const inside = async () => [{ address: '127.0.0.1', family: 4 }];
	before(async () => {
		far = await farServer('far', (request, response) => {
			const to = new URL(request.url ?? '/', 'http://far').searchParams.get('to');
			if (to) response.writeHead(302, { location: to }).end();
			else response.end('here');
		});
		client = createOutgoing({ town: true, resolve: inside });
	});
	beforeEach(() => {
		far.asked.length = 0;
	});
	after(async () => {
		await client.close();
		await far.close();
	});

	const literals = [
		'127.0.0.1',
		'127.1',
		'2130706433',
		'0x7f000001',
		'0177.0.0.1',
		'[::1]',
		'[::ffff:7f00:1]',
	];
	for (const literal of [...literals, '0.0.0.0', 'localhost', 'LOCALHOST', 'localhost.']) {
		it(`${literal} is refused, written as an address`, async () => {
			await failsWith('refused_address', client.request({ url: `http://${literal}:${far.port}/` }));
			expect(far.asked).to.have.length(0);
		});

		it(`${literal} is refused as the end of a redirect`, async () => {
			const to = encodeURIComponent(`http://${literal}:${far.port}/`);
			await failsWith('refused_address', client.request({ url: `${far.origin}/?to=${to}`, redirects: 3 }));
			expect(far.asked).to.have.length(1);
		});
	}

	it('a name that resolves inside is refused, and as the end of a redirect', async () => {
		const url = `http://looks-fine.example:${far.port}/`;
		await failsWith('refused_address', client.request({ url }));
		const failure = await failsWith(
			'refused_address',
			client.request({ url: `${far.origin}/?to=${encodeURIComponent(url)}`, redirects: 1 }),
		);
		expect(failure.detail).to.equal('looks-fine.example');
		expect(far.asked).to.have.length(1);
	});

	const kinds: Record<string, string> = {
		private: '10.1.2.3',
		'link-local, where clouds keep their credentials': '169.254.169.254',
		'carrier NAT': '100.64.0.1',
		'unique-local': 'fd00:ec2::254',
		'IPv4 mapped into IPv6': '::ffff:10.0.0.1',
		NAT64: '64:ff9b::a9fe:a9fe',
	};
	for (const [kind, address] of Object.entries(kinds)) {
		it(`${kind} is refused, written as an address and as what a name resolves to, alone or beside a public one`, async () => {
			const family = address.includes(':') ? 6 : 4;
			const literal = family === 6 ? `[${address}]` : address;
			const asked: string[] = [];
			const public4 = { address: '93.184.216.34', family: 4 };
			for (const addresses of [[{ address, family }], [public4, { address, family }]]) {
				const guarded = createOutgoing({
					town: true,
					resolve: async (hostname) => {
						asked.push(hostname);
						return addresses;
					},
				});
				await failsWith('refused_address', guarded.request({ url: 'http://looks-fine.example/' }));
				await failsWith('refused_address', guarded.request({ url: `http://${literal}/` }));
				await guarded.close();
			}
			expect(asked, 'an address is never resolved').to.deep.equal([
				'looks-fine.example',
				'looks-fine.example',
			]);
		});
	}

	it('names of the town are refused outside a town', async () => {
		const production = createOutgoing({ town: false, resolve: inside });
		await failsWith('refused_address', production.request({ url: `${far.origin}/` }));
		await failsWith('refused_address', production.request({ url: `http://localhost:${far.port}/` }));
		expect(far.asked).to.have.length(0);
		await production.close();
	});

	it('names of the town are not even looked up outside a town, whatever a name server would say of them', async () => {
		const asked: string[] = [];
		const resolve = async (hostname: string) => {
			asked.push(hostname);
			return [{ address: '93.184.216.34', family: 4 }];
		};
		const production = createOutgoing({ town: false, resolve });
		await failsWith('refused_address', production.request({ url: `${far.origin}/`, timeoutMs: 200 }));
		expect(asked).to.deep.equal([]);
		await production.close();
	});

	const refused: [string, FailureCode][] = [
		['ftp://far.example/', 'refused_url'],
		['file:///etc/passwd', 'refused_url'],
		['data:text/plain,x', 'refused_url'],
		['http://someone:secret@far.example/', 'refused_url'],
		['not an address', 'refused_url'],
		['http://', 'refused_url'],
	];
	for (const [url, code] of refused) {
		it(`${url} is refused before anything is resolved`, async () => {
			await failsWith(code, client.request({ url }));
			const to = encodeURIComponent(url);
			if (url.includes(':/'))
				await failsWith(code, client.request({ url: `${far.origin}/?to=${to}`, redirects: 1 }));
		});
	}

	it('the same holds for the fetch that libraries are given', async () => {
		await failsWith('refused_address', client.fetch(`http://127.0.0.1:${far.port}/`));
		const to = encodeURIComponent(`http://[::1]:${far.port}/`);
		await failsWith('refused_address', client.fetch(`${far.origin}/?to=${to}`));
		expect(await (await client.fetch(`${far.origin}/`)).text()).to.equal('here');
	});

	it("the internal client reaches the platform's own ports by address and by name", async () => {
		const internal = createInternalClient({ town: false, resolve: inside });
		for (const host of ['127.0.0.1', 'localhost', 'home-7.internal']) {
			const answer = await internal.request({ url: `http://${host}:${far.port}/` });
			expect(answer.body.toString()).to.equal('here');
		}
		expect(far.asked.map(({ headers }) => headers.host)).to.deep.equal([
			`127.0.0.1:${far.port}`,
			`localhost:${far.port}`,
			`home-7.internal:${far.port}`,
		]);
		await internal.close();
	});
});
