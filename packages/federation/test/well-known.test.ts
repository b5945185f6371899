import { expect } from 'chai';
import { ask } from './hand-signed.ts';
import { rsaKeys } from './keys.ts';
import { type MemoryBranch, startBranch } from './memory-branch.ts';
import { type Peer, person, startPeer } from './peer.ts';

describe('finding and being found', () => {
	let a: MemoryBranch;
	let b: MemoryBranch;
	let peer: Peer;
	before(async () => {
		[a, b, peer] = await Promise.all([startBranch('albina'), startBranch('belmont'), startPeer('mastodon')]);
		a.person('1', 'ada');
	});
	after(() => Promise.all([a, b, peer].map((each) => each.close())));

	function webFinger(resource: string) {
		return ask(`${a.origin}/.well-known/webfinger?resource=${encodeURIComponent(resource)}`);
	}

	it('WebFinger leads from a handle to the actor and back', async () => {
		const host = new URL(a.origin).host;
		const answer = await webFinger(`acct:ada@${host}`);
		expect(answer.status).to.equal(200);
		expect(answer.headers['content-type']).to.equal('application/jrd+json');
		expect(answer.headers['access-control-allow-origin']).to.equal('*');
		expect(JSON.parse(answer.body)).to.deep.include({ subject: `acct:ada@${host}` });
		expect(JSON.parse(answer.body).links[0]).to.deep.equal({
			rel: 'self',
			type: 'application/activity+json',
			href: `${a.origin}/ap/users/1`,
		});
		expect(JSON.parse((await webFinger(`${a.origin}/ap/users/1`)).body).aliases).to.include(
			`acct:ada@${host}`,
		);
	});

	it('WebFinger knows the branch itself', async () => {
		const { body } = await webFinger(`acct:albina@${new URL(a.origin).host}`);
		expect(JSON.parse(body).links[0].href).to.equal(`${a.origin}/ap/actor`);
	});

	it('WebFinger knows nobody else, and says what it cannot read', async () => {
		expect((await webFinger(`acct:nobody@${new URL(a.origin).host}`)).status).to.equal(404);
		expect((await webFinger('acct:ada@elsewhere.example')).status).to.equal(404);
		expect((await webFinger('https://elsewhere.example/ap/users/1')).status).to.equal(404);
		expect((await webFinger('not a resource')).status).to.equal(400);
		expect((await ask(`${a.origin}/.well-known/webfinger`)).status).to.equal(400);
	});

	it('NodeInfo names the software, the branch actor and the neighborhood, and no member', async () => {
		const { links } = JSON.parse((await ask(`${a.origin}/.well-known/nodeinfo`)).body);
		expect(links).to.deep.include({
			rel: 'https://www.w3.org/ns/activitystreams#Application',
			href: `${a.origin}/ap/actor`,
		});
		const info = await ask(links[0].href);
		expect(JSON.parse(info.body)).to.deep.include({
			version: '2.1',
			software: { name: 'understory', version: '0.1.0' },
			protocols: ['activitypub'],
			openRegistrations: false,
		});
		expect(JSON.parse(info.body).metadata.neighborhood).to.deep.equal({
			audience: `${a.origin}/ap/neighbors`,
			branches: 1,
		});
		expect(JSON.parse(info.body).metadata.accountability).to.deep.equal({
			site: 'http://accountability.test.localhost/',
			page: `http://accountability.test.localhost/branches/${new URL(a.origin).host}`,
			policies: ['http://accountability.test.localhost/policies/conduct/1'],
			contacts: 'http://accountability.test.localhost/branches.json',
			log: 'http://accountability.test.localhost/verify',
		});
	});

	it('NodeInfo 2.0 says the same under its older name', async () => {
		const { links } = JSON.parse((await ask(`${a.origin}/.well-known/nodeinfo`)).body) as {
			links: { rel: string; href: string }[];
		};
		const older = links.find(({ rel }) => rel === 'http://nodeinfo.diaspora.software/ns/schema/2.0');
		const [newest, said] = await Promise.all([ask(links[0]!.href), ask(older!.href)]);
		expect(JSON.parse(said.body)).to.deep.equal({ ...JSON.parse(newest.body), version: '2.0' });
		expect(said.headers['content-type']).to.contain('schema/2.0').and.not.to.contain('2.1');
	});

	it('somebody is looked up by handle or by id, on a branch or elsewhere', async () => {
		const ada = await b.federation.lookup(`@ada@${new URL(a.origin).host}`);
		expect(ada).to.include({ id: `${a.origin}/ap/users/1`, handle: 'ada', host: new URL(a.origin).host });
		expect(await b.federation.lookup(`${a.origin}/ap/users/1`)).to.deep.equal(ada);
		expect(await b.federation.lookup(`mara@${new URL(peer.origin).host}`)).to.include({ id: peer.actor });
		expect(await a.federation.lookup(`@ada@${new URL(a.origin).host}`)).to.deep.equal({
			...ada,
			url: ada!.url,
		});
	});

	it('who is not there is null; who does not answer is an error that says so', async () => {
		const host = new URL(a.origin).host;
		for (const address of [
			`@nobody@${host}`,
			`${a.origin}/ap/users/404`,
			`${a.origin}/`,
			'ada',
			'',
			'@a@b@c',
			'@x@',
		]) {
			expect(await b.federation.lookup(address), address).to.equal(null);
		}
		peer.broken.set('/users/mara', 500);
		await rejects(b.federation.lookup(peer.actor), 'server_unreachable');
		await rejects(b.federation.lookup('http://nobody.test.localhost:9/ap/users/1'), 'server_unreachable');
		peer.broken.delete('/users/mara');
	});

	it('a document is followed on its own server and to no other, and is ActivityPub or nothing', async () => {
		peer.moved.set('/old', '/users/mara').set('/out', `${a.origin}/ap/users/1`).set('/round', '/round');
		expect(await b.federation.lookup(`${peer.origin}/old`)).to.include({ id: peer.actor });
		expect(await b.federation.lookup(`${peer.origin}/out`)).to.equal(null);
		expect(await b.federation.lookup(`${peer.origin}/round`)).to.equal(null);
		for (const type of ['application/json', 'text/html', 'application/octet-stream']) {
			peer.types.set('/users/mara', type);
			expect(await b.federation.lookup(peer.actor), type).to.equal(null);
		}
		peer.types.clear();
	});

	it('a server we refuse is not asked', async () => {
		b.settings.refused.add(peer.origin);
		const asked = peer.asked.length;
		await rejects(b.federation.lookup(peer.actor), 'server_refused');
		await rejects(b.federation.lookup(`@mara@${new URL(peer.origin).host}`), 'server_refused');
		expect(peer.asked).to.have.length(asked);
		b.settings.refused.delete(peer.origin);
	});

	it('a document that claims to be somebody of another server is not believed', async () => {
		peer.documents.set('/users/fake', person(a.origin, 'ada', rsaKeys('peer').publicKey));
		expect(await b.federation.lookup(`${peer.origin}/users/fake`)).to.equal(null);
		expect(await b.ports.cache.get(`actor:${a.origin}/users/ada`)).to.equal(undefined);
	});
});

async function rejects(promise: Promise<unknown>, code: string): Promise<void> {
	const error: unknown = await promise.then(
		() => null,
		(reason: unknown) => reason,
	);
	expect(error).to.include({ code });
}
