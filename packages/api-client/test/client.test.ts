import { randomUUID } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createApiClient } from '@understory/api-client/client.ts';
import { type Send, sendByFetch } from '@understory/api-client/send.ts';
import { PublicError } from '@understory/core/errors.ts';
import { create } from '@understory/town/test-town.ts';
import { expect } from 'chai';

type TestTown = Awaited<ReturnType<typeof create>>;

describe('a client of the provisioning API', () => {
	let town: TestTown;
	before(async () => {
		town = await create({ libraries: ['OR0063'], sample: true });
	});
	after(() => town?.close());

	const client = (send: Send = sendByFetch, token = town.file.adminToken, url = town.file.console) =>
		createApiClient({ url, token, send, randomId: randomUUID, wait: () => town.settle() });

	it('walks a list to its end, page after page', async () => {
		const { slug } = town.file.libraries[0]!;
		let asked = 0;
		const counting: Send = (sent) => {
			asked += 1;
			return sendByFetch(sent);
		};
		const said = { params: { library: slug }, query: { limit: '5' } };
		const found = await Array.fromAsync(client(counting).all('listBranches', said));
		expect(found.map((branch) => branch.slug)).to.have.members(
			town.file.libraries[0]!.branches.map((branch) => branch.slug),
		);
		expect(asked).to.equal(Math.ceil((found.length + 1) / 5));
	});

	it("a refusal is an error with the platform's own sentence and every fault", async () => {
		const { slug } = town.file.libraries[0]!;
		const said = { params: { library: slug }, body: { zone: 'Nowhere/At_All' } };
		const error = await refused(client().call('changeLibrary', said));
		expect(error.status).to.equal(422);
		expect(error.faults).to.deep.equal([
			{ field: 'zone', text: 'Write a time zone such as America/Los_Angeles.' },
		]);
	});

	it('follows an operation until it has ended', async () => {
		const { slug } = town.file.libraries[0]!;
		const address = { street: '1 Test St', city: 'Portland', region: 'OR', postcode: '97201' };
		const said = { params: { library: slug }, body: { slug: 'reading-room', name: 'Reading Room', address } };
		const begun = await client().call('createBranch', said);
		const states: string[] = [];
		const ended = await client().ended(begun.id, ({ state }) => states.push(state));
		expect(ended.state).to.equal('done');
		expect(states.at(-1)).to.equal('done');
		const made = await client().call('getBranch', { params: { library: slug, branch: 'reading-room' } });
		expect(made.name).to.equal('Reading Room');
	});

	it('an answer that got lost is asked for again, and nothing happens twice', async () => {
		const { slug } = town.file.libraries[0]!;
		const keys: (string | undefined)[] = [];
		const losing: Send = async (sent) => {
			keys.push(sent.headers['idempotency-key']);
			const answered = await sendByFetch(sent);
			if (keys.length === 1) throw new Error('the line broke');
			return answered;
		};
		const address = { street: '2 Test St', city: 'Portland', region: 'OR', postcode: '97201' };
		const body = { slug: 'story-room', name: 'Story Room', address };
		const begun = await client(losing).call('createBranch', { params: { library: slug }, body });
		expect(keys).to.have.length(2);
		expect(keys[0]).to.equal(keys[1]).and.to.be.a('string');
		expect((await client().ended(begun.id)).state).to.equal('done');
	});

	it('a wrong token is told as such', async () => {
		const error = await refused(client(sendByFetch, 'x'.repeat(43)).call('listLibraries'));
		expect(error.status).to.equal(401);
	});

	it('nobody at the address is told with the address', async () => {
		const error = await refused(client(sendByFetch, 'x', 'http://127.0.0.1:9').call('listLibraries'));
		expect(error.code).to.equal('no_answer');
		expect(error.message).to.include('http://127.0.0.1:9');
	});

	describe('before something that is not a platform', () => {
		let server: Server;
		let url: string;
		const seen: string[] = [];
		before((done) => {
			server = createServer((request, response) => {
				seen.push(`${request.headers.host} ${request.url}`);
				if (request.url === '/api/v1/tokens') {
					response.writeHead(302, { location: 'http://127.0.0.1:9/steal' }).end();
				} else if (request.url === '/api/v1/libraries') {
					response.setHeader('link', '<http://127.0.0.1:9/api/v1/libraries>; rel="next"');
					response.end('{"items":[]}');
				} else response.writeHead(500, { 'content-type': 'text/html' }).end('<h1>Oh</h1>');
			}).listen(0, '127.0.0.1', () => {
				url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
				done();
			});
		});
		after((done) => {
			server.close(done);
		});

		it('says that it is none', async () => {
			const error = await refused(client(sendByFetch, 'x', url).call('listNeighborhoods'));
			expect(error.code).to.equal('not_understory');
		});

		it('carries its token to no other address, by no redirect and no next page', async () => {
			const other = client(sendByFetch, 'x', url);
			expect((await refused(other.call('listTokens'))).code).to.equal('not_understory');
			expect(await Array.fromAsync(other.all('listLibraries'))).to.deep.equal([]);
			expect(seen.filter((line) => !line.startsWith(new URL(url).host))).to.deep.equal([]);
		});
	});
});

async function refused(promise: Promise<unknown>): Promise<PublicError> {
	const error = await promise.then(
		() => null,
		(reason: unknown) => reason,
	);
	expect(error).to.be.instanceOf(PublicError);
	return error as PublicError;
}
