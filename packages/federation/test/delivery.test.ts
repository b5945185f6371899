import { expect } from 'chai';
import { rsaKeys } from './keys.ts';
import { type MemoryBranch, NOW, startBranch } from './memory-branch.ts';
import { type Peer, signedBy, startPeer } from './peer.ts';

describe('delivery between servers', () => {
	let a: MemoryBranch;
	let b: MemoryBranch;
	let stranger: MemoryBranch;
	let peer: Peer;
	beforeEach(async () => {
		[a, b, stranger] = await Promise.all([
			startBranch('albina'),
			startBranch('belmont'),
			startBranch('capitol'),
		]);
		peer = await startPeer('mastodon');
		for (const branch of [a, b]) branch.settings.neighbors = new Set([a.origin, b.origin]);
	});
	afterEach(() => Promise.all([a, b, stranger, peer].map((each) => each.close())));

	async function follow(from: MemoryBranch, to: MemoryBranch, id = '7') {
		const follower = from.person('2', 'bo');
		const followed = to.person('1', 'ada');
		const remote = await from.federation.lookup(`@ada@${new URL(to.origin).host}`);
		const body = await from.federation.followOf(id, follower, remote!.id);
		const sent = await from.deliver(body, '2', remote!.inbox);
		return { follower, followed, sent };
	}

	it('a public post reaches a follower on another branch, with a verified signature', async () => {
		const { followed } = await follow(b, a);
		const post = a.write(followed, '9', 'public');
		const body = await a.federation.createFor(post, a.server(b.origin));
		expect(await a.deliver(body, '1', `${b.origin}/ap/inbox`)).to.deep.equal({ outcome: 'accepted' });
		const { incoming, proof } = b.received.at(-1)!;
		expect(incoming).to.nested.include({
			type: 'create',
			id: `${a.origin}/ap/users/1/statuses/9/activity`,
			'actor.handle': 'ada',
			'actor.host': new URL(a.origin).host,
			'actor.sharedInbox': `${a.origin}/ap/inbox`,
			'post.id': `${a.origin}/ap/users/1/statuses/9`,
			'post.contentHtml': '<p>The tool library opens on Saturday.</p>',
			'post.language': 'en',
			'post.published': NOW,
			'post.url': `${a.origin}/@ada/9`,
		});
		expect(proof).to.deep.equal({
			kind: 'signature',
			keyId: `${a.origin}/ap/users/1#main-key`,
			actor: `${a.origin}/ap/users/1`,
			origin: a.origin,
		});
	});

	it('what we sign verifies with node:crypto alone', async () => {
		const ada = a.person('1', 'ada');
		const body = await a.federation.createFor(a.write(ada, '9', 'public'), a.server(peer.origin));
		expect(await a.deliver(body, '1', `${peer.origin}/users/mara/inbox`)).to.include({ outcome: 'accepted' });
		expect(signedBy(peer.got[0]!, rsaKeys('albina people').publicKey)).to.equal(true);
		expect(signedBy({ ...peer.got[0]!, body: '{}' }, rsaKeys('albina people').publicKey)).to.equal(false);
		expect(JSON.parse(peer.got[0]!.body)).to.not.have.any.keys('signature', 'proof');
	});

	it('a follow is answered, and its answer comes back to the follower', async () => {
		await follow(b, a);
		expect(b.received.map(({ incoming }) => incoming)).to.deep.equal([
			{
				type: 'accept',
				actor: `${a.origin}/ap/users/1`,
				asked: `${b.origin}/ap/users/2#follows/7`,
				result: null,
			},
		]);
		expect([...a.settings.followers.get('1')!]).to.deep.equal([`${b.origin}/ap/users/2`]);
	});

	it('a branch in neighborhood mode refuses a stranger, and the refusal comes back', async () => {
		a.settings.mode = 'neighborhood';
		expect((await follow(stranger, a)).sent).to.deep.equal({ outcome: 'accepted' });
		expect(stranger.received[0]!.incoming).to.deep.equal({
			type: 'reject',
			actor: `${a.origin}/ap/users/1`,
			asked: `${stranger.origin}/ap/users/2#follows/7`,
			result: null,
		});
		await follow(b, a);
		expect(b.received[0]!.incoming).to.include({ type: 'accept' });
	});

	it('an unfollow, an update and a delete arrive as what they are', async () => {
		const { follower, followed } = await follow(b, a);
		const ada = `${a.origin}/ap/users/1`;
		await b.deliver(await b.federation.unfollowOf('7', follower, ada), '2', `${ada}/inbox`);
		expect(a.received.at(-1)!.incoming).to.deep.equal({
			type: 'unfollow',
			actor: `${b.origin}/ap/users/2`,
			object: ada,
		});
		const post = a.write(followed, '9', 'public', { edited: NOW + 5, contentHtml: '<p>On Sunday.</p>' });
		await a.deliver(await a.federation.updateFor(post, a.server(b.origin)), '1', `${b.origin}/ap/inbox`);
		expect(b.received.at(-1)!.incoming).to.nested.include({
			type: 'update',
			id: `${ada}/statuses/9#updates/${NOW + 5}`,
			'post.contentHtml': '<p>On Sunday.</p>',
		});
		await a.deliver(await a.federation.deleteOf(post), '1', `${b.origin}/ap/inbox`);
		expect(b.received.at(-1)!.incoming).to.deep.equal({
			type: 'delete',
			actor: ada,
			object: `${ada}/statuses/9`,
		});
	});

	it('a neighborhood post reaches a neighbor, addressed to the collection alone', async () => {
		const post = a.write(a.person('1', 'ada'), '9', 'neighborhood');
		const body = await a.federation.createFor(post, a.server(b.origin));
		expect(await a.deliver(body, '1', `${b.origin}/ap/inbox`)).to.deep.equal({ outcome: 'accepted' });
		expect(b.received[0]!.incoming)
			.to.have.nested.property('post.to')
			.that.deep.equals([`${a.origin}/ap/neighbors`]);
		expect(b.received[0]!.incoming).to.have.nested.property('post.cc').that.deep.equals([]);
	});

	it('a neighborhood post is not even made for a stranger, follower or not', async () => {
		const ada = a.person('1', 'ada');
		a.settings.followers.set('1', new Set([peer.actor]));
		const post = a.write(ada, '9', 'neighborhood');
		for (const origin of [stranger.origin, peer.origin, '']) {
			expect(await a.federation.createFor(post, a.server(origin))).to.equal(null);
			expect(await a.federation.updateFor(post, a.server(origin))).to.equal(null);
		}
	});

	it('a neighborhood post that waited is not sent to who stopped being a neighbor, but its delete is', async () => {
		const post = a.write(a.person('1', 'ada'), '9', 'neighborhood');
		const body = await a.federation.createFor(post, a.server(b.origin));
		a.settings.neighbors = new Set([a.origin]);
		expect(await a.deliver(body, '1', `${b.origin}/ap/inbox`)).to.include({ outcome: 'refused' });
		expect(b.received).to.deep.equal([]);
		expect(await a.deliver(await a.federation.deleteOf(post), '1', `${b.origin}/ap/inbox`)).to.deep.equal({
			outcome: 'accepted',
		});
	});

	it('a branch that does not count the sender as a neighbor refuses its neighborhood post', async () => {
		a.settings.neighbors = new Set([a.origin, stranger.origin]);
		const post = a.write(a.person('1', 'ada'), '9', 'neighborhood');
		const body = await a.federation.createFor(post, a.server(stranger.origin));
		const sent = await a.deliver(body, '1', `${stranger.origin}/ap/inbox`);
		expect(sent).to.include({ outcome: 'refused', status: 403 });
		expect(stranger.received).to.deep.equal([]);
	});

	it('tells what passes from what does not', async () => {
		const ada = a.person('1', 'ada');
		const body = await a.federation.createFor(a.write(ada, '9', 'public'), a.server(peer.origin));
		const answers: Record<number, string> = {
			200: 'accepted',
			202: 'accepted',
			301: 'refused',
			400: 'refused',
			401: 'later',
			403: 'refused',
			404: 'refused',
			410: 'gone',
			429: 'later',
			500: 'later',
			503: 'later',
		};
		for (const [status, outcome] of Object.entries(answers)) {
			peer.broken.set('/inbox', Number(status));
			expect(await a.deliver(body, '1', `${peer.origin}/inbox`), status).to.include({ outcome });
		}
		await peer.close();
		expect(await a.deliver(body, '1', `${peer.origin}/inbox`)).to.include({ outcome: 'later', status: null });
	});

	it('never sends to itself, to whom it refuses, to an address inside, or while it is closed', async () => {
		const ada = a.person('1', 'ada');
		const body = await a.federation.createFor(a.write(ada, '9', 'public'), a.server(peer.origin));
		a.settings.refused.add(peer.origin);
		const inboxes = [
			`${a.origin}/ap/inbox`,
			`${peer.origin}/inbox`,
			'http://127.0.0.1:1/inbox',
			'file:///etc/passwd',
			'',
		];
		for (const inbox of inboxes) {
			expect(await a.deliver(body, '1', inbox), inbox).to.include({ outcome: 'refused' });
		}
		expect(await a.deliver(body, '404', `${b.origin}/ap/inbox`)).to.include({ outcome: 'refused' });
		a.settings.open = false;
		expect(await a.deliver(body, '1', `${b.origin}/ap/inbox`)).to.include({ outcome: 'later' });
		expect(peer.asked).to.deep.equal([]);
		expect(b.received).to.deep.equal([]);
	});
});
