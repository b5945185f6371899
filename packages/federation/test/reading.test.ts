import type { Scope } from '@understory/core/scope.ts';
import { expect } from 'chai';
import { type Answer, ask } from './hand-signed.ts';
import { rsaKeys } from './keys.ts';
import { type MemoryBranch, startBranch } from './memory-branch.ts';
import { type Peer, person, startPeer } from './peer.ts';

const AP = { accept: 'application/activity+json' };

describe('reading a branch from outside', () => {
	let branch: MemoryBranch;
	let neighbor: Peer;
	let stranger: Peer;
	let post: string;
	beforeEach(async () => {
		[branch, neighbor, stranger] = await Promise.all([
			startBranch('albina'),
			startPeer('belmont'),
			startPeer('mastodon'),
		]);
		branch.settings.neighbors.add(neighbor.origin);
		branch.person('1', 'ada');
		post = `${branch.origin}/ap/users/1/statuses/9`;
	});
	afterEach(() => Promise.all([branch, neighbor, stranger].map((each) => each.close())));

	function write(scope: Scope) {
		return branch.write(branch.person('1', 'ada'), '9', scope);
	}

	function isNothing(answer: Answer) {
		expect(answer.status).to.equal(404);
		expect(answer.headers).to.include({
			'cache-control': 'private, no-store',
			vary: 'Accept, Signature, Signature-Input',
		});
	}

	it('a public post is for everyone who asks for ActivityPub', async () => {
		write('public');
		for (const address of [post, `${post}/activity`]) {
			const answer = await ask(address, { headers: AP });
			expect(answer.status).to.equal(200);
			expect(answer.headers['content-type']).to.match(/^application\/activity\+json/);
			expect(answer.headers.vary).to.equal('Accept, Signature, Signature-Input');
			expect(JSON.parse(answer.body)).to.include({ id: address });
		}
	});

	it('a neighborhood post is for a neighbor with a signature, and nothing to everybody else', async () => {
		write('neighborhood');
		const read = await neighbor.get(post);
		expect(read.status).to.equal(200);
		expect(read.headers['cache-control']).to.equal('private, no-store');
		expect(JSON.parse(read.body)).to.deep.include({ to: [`${branch.origin}/ap/neighbors`], cc: [] });
		isNothing(await ask(post, { headers: AP }));
		isNothing(await stranger.get(post));
		isNothing(await stranger.get(post, { keyId: `${neighbor.actor}#main-key`, date: 0 }));
		isNothing(await neighbor.get(post, { cover: ['(request-target)', 'date'] }));
		branch.settings.neighbors.delete(neighbor.origin);
		isNothing(await neighbor.get(post));
	});

	it('a key that lies on a neighbor’s server and belongs to a stranger opens nothing', async () => {
		write('neighborhood');
		const { publicKey, privateKey } = rsaKeys('thief');
		const keyId = `${neighbor.origin}/uploads/key`;
		const key = { id: keyId, type: 'CryptographicKey', owner: stranger.actor, publicKeyPem: publicKey };
		const context = 'https://w3id.org/security/v1';
		neighbor.documents.set('/uploads/key', { '@context': context, ...key });
		const owner = person(stranger.origin, 'mara', publicKey);
		stranger.documents.set('/users/mara', { ...owner, publicKey: [owner.publicKey, key] });
		isNothing(await stranger.get(post, { keyId, privateKey }));
	});

	it('a neighbor we do not talk to is nobody, and is not asked for its key', async () => {
		write('neighborhood');
		branch.settings.refused.add(neighbor.origin);
		isNothing(await neighbor.get(post));
		expect(neighbor.asked).to.deep.equal([]);
	});

	it('a follower on another server does not make it a neighbor', async () => {
		write('neighborhood');
		branch.settings.followers.set('1', new Set([stranger.actor]));
		isNothing(await stranger.get(post));
	});

	it('what is hidden and what is not there look exactly the same', async () => {
		write('branch');
		const hidden = await neighbor.get(post);
		const absent = await neighbor.get(`${branch.origin}/ap/users/1/statuses/10`);
		isNothing(hidden);
		expect(absent.body).to.equal(hidden.body);
		const named = ({ headers }: Answer) => ({ ...headers, date: '', etag: '' });
		expect(named(absent)).to.deep.equal(named(hidden));
	});

	it('whether a post is there does not show in whom we call either', async () => {
		write('neighborhood');
		await stranger.get(post);
		const called = stranger.asked.splice(0);
		await branch.ports.cache.delete(`key:${stranger.actor}#main-key`);
		await stranger.get(`${branch.origin}/ap/users/1/statuses/10`);
		expect(stranger.asked).to.deep.equal(called);
	});

	it('a post is found under its own author only', async () => {
		write('public');
		branch.person('2', 'bo');
		isNothing(await ask(`${branch.origin}/ap/users/2/statuses/9`, { headers: AP }));
	});

	it('who the neighbors are is told to neighbors only', async () => {
		const address = `${branch.origin}/ap/neighbors`;
		const answer = await neighbor.get(address);
		expect(answer.status).to.equal(200);
		expect(JSON.parse(answer.body)).to.deep.include({
			id: address,
			type: 'Collection',
			totalItems: 2,
			items: [`${branch.origin}/ap/actor`, `${neighbor.origin}/ap/actor`].sort(),
		});
		isNothing(await stranger.get(address));
		isNothing(await ask(address, { headers: AP }));
	});

	it('an outbox holds public posts and nothing else, for whoever asks', async () => {
		const ada = branch.person('1', 'ada');
		branch.write(ada, '9', 'public', { contentHtml: '<p>for all</p>' });
		branch.write(ada, '10', 'neighborhood', { contentHtml: '<p>for neighbors</p>' });
		branch.write(ada, '11', 'branch', { contentHtml: '<p>for us</p>' });
		for (const answer of [
			await neighbor.get(`${branch.origin}/ap/users/1/outbox`),
			await ask(`${branch.origin}/ap/users/1/outbox`, { headers: AP }),
		]) {
			expect(JSON.parse(answer.body).orderedItems).to.have.length(1);
			expect(answer.body).to.include('for all').and.not.include('for neighbors').and.not.include('for us');
		}
	});

	it('followers are counted and never named', async () => {
		branch.settings.followers.set('1', new Set([stranger.actor]));
		const { body } = await neighbor.get(`${branch.origin}/ap/users/1/followers`);
		expect(JSON.parse(body)).to.include({ totalItems: 1 });
		expect(body).to.not.include(stranger.actor);
	});

	it('an actor is the same document until something about it changes', async () => {
		const address = `${branch.origin}/ap/users/1`;
		const first = await ask(address, { headers: AP });
		expect(JSON.parse(first.body)).to.deep.include({
			id: address,
			type: 'Person',
			preferredUsername: 'ada',
			inbox: `${address}/inbox`,
			outbox: `${address}/outbox`,
			followers: `${address}/followers`,
			url: `${branch.origin}/@ada`,
			published: '2026-03-02T00:00:00Z',
			endpoints: { sharedInbox: `${branch.origin}/ap/inbox` },
		});
		expect((await ask(address, { headers: AP })).body).to.equal(first.body);
		branch.person('1', 'ada-lou');
		expect(JSON.parse((await ask(address, { headers: AP })).body)).to.include({
			preferredUsername: 'ada-lou',
		});
		isNothing(await ask(`${branch.origin}/ap/users/404`, { headers: AP }));
	});

	it('an actor has an RSA key and no other, so that nothing can carry a proof of its own', async () => {
		for (const address of ['/ap/users/1', '/ap/actor']) {
			const { body } = await ask(branch.origin + address, { headers: AP });
			const document = JSON.parse(body);
			expect(document.publicKey).to.include({ id: `${branch.origin}${address}#main-key` });
			expect(document).to.not.have.property('assertionMethod');
			expect(body).to.not.include('PRIVATE');
		}
	});

	it('the branch itself is an Application with the shared inbox', async () => {
		const { body } = await ask(`${branch.origin}/ap/actor`, { headers: AP });
		expect(JSON.parse(body)).to.include({ type: 'Application', inbox: `${branch.origin}/ap/inbox` });
	});

	it('browsers get pages, and so does everybody who has no ActivityPub in mind', async () => {
		write('public');
		const accepts = [
			'text/html',
			'*/*',
			'application/json',
			'text/html, application/activity+json;q=0.5',
			'',
		];
		for (const path of [
			'/ap/users/1',
			'/ap/users/1/statuses/9',
			'/ap/neighbors',
			'/@ada/9',
			'/',
			'/ap/unknown',
		]) {
			for (const accept of accepts) {
				const { body } = await ask(branch.origin + path, { headers: { accept } });
				expect(body, `${path} as ${accept}`).to.equal(`<p>a page at ${path}</p>`);
			}
		}
	});

	it('no header changes an address', async () => {
		const spoofed = {
			...AP,
			host: 'evil.example',
			'x-forwarded-host': 'evil.example',
			forwarded: 'host=evil.example',
		};
		write('public');
		for (const path of ['/ap/users/1', '/ap/users/1/statuses/9', '/.well-known/nodeinfo']) {
			const answer = await ask(branch.origin + path, { headers: spoofed });
			expect(answer.status).to.equal(200);
			expect(answer.body).to.not.include('evil');
		}
	});

	it('while the branch is closed there is nothing, not even its own actor', async () => {
		write('public');
		branch.settings.open = false;
		for (const path of ['/ap/users/1', '/ap/actor', '/ap/users/1/statuses/9', '/nodeinfo/2.1']) {
			isNothing(await ask(branch.origin + path, { headers: AP }));
		}
	});
});
