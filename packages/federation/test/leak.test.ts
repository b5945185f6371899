import { SCOPES } from '@understory/core/scope.ts';
import { expect } from 'chai';
import { ask } from './hand-signed.ts';
import { type MemoryBranch, NOW, startBranch } from './memory-branch.ts';
import { type Peer, startPeer } from './peer.ts';

const SECRET = 'sentinel-7f3a';

describe('a branch post leaves in no form whatever', () => {
	let branch: MemoryBranch;
	let neighbor: Peer;
	let stranger: Peer;
	before(async () => {
		[branch, neighbor, stranger] = await Promise.all([
			startBranch('albina'),
			startPeer('belmont'),
			startPeer('mastodon'),
		]);
		branch.settings.neighbors.add(neighbor.origin);
		branch.settings.followers.set('1', new Set([neighbor.actor, stranger.actor]));
	});
	after(() => Promise.all([branch, neighbor, stranger].map((each) => each.close())));

	function secret(id: string) {
		const mentions = [neighbor, stranger].map(({ actor }) => ({ actor, handle: 'mara' }));
		const more = { contentHtml: `<p>${SECRET}</p>`, summary: SECRET, edited: NOW + 1, mentions };
		return branch.write(branch.person('1', 'ada'), id, 'branch', more);
	}

	it('through no function', async () => {
		const post = secret('9');
		for (const origin of [branch.origin, neighbor.origin, stranger.origin]) {
			expect(await branch.federation.createFor(post, branch.server(origin))).to.equal(null);
			expect(await branch.federation.updateFor(post, branch.server(origin))).to.equal(null);
		}
		expect(await branch.federation.deleteOf(post)).to.not.include(SECRET);
	});

	it('through no path, whoever asks and however', async () => {
		secret('9');
		const paths = [
			'/ap/users/1',
			'/ap/users/1/outbox',
			'/ap/users/1/followers',
			'/ap/users/1/inbox',
			'/ap/users/1/statuses/9',
			'/ap/users/1/statuses/9/activity',
			'/ap/users/1/statuses/9?page=true',
			'/ap/actor',
			'/ap/actor/outbox',
			'/ap/actor/followers',
			'/ap/inbox',
			'/ap/neighbors',
			'/nodeinfo/2.1',
			'/.well-known/nodeinfo',
			`/.well-known/webfinger?resource=${branch.origin}/ap/users/1/statuses/9`,
		];
		for (const path of paths) {
			const url = branch.origin + path;
			const answers = [
				await neighbor.get(url),
				await stranger.get(url),
				await neighbor.post(url, { id: neighbor.actor, actor: neighbor.actor, type: 'Like', object: url }),
				await ask(url, { headers: { accept: 'application/activity+json' } }),
				await ask(url, { headers: { accept: 'text/html' } }),
				await ask(url, { method: 'HEAD', headers: { accept: 'application/ld+json' } }),
				await ask(url, { method: 'OPTIONS' }),
			];
			for (const answer of answers) {
				expect(answer.status, path).to.be.lessThan(500);
				expect(JSON.stringify(answer), path).to.not.include(SECRET);
			}
		}
	});

	it('in no request that goes out, whatever else is sent', async () => {
		const ada = branch.person('1', 'ada');
		for (const [index, scope] of SCOPES.entries()) {
			const hidden = secret(String(20 + index));
			const open = branch.write(ada, String(40 + index), scope);
			for (const { origin } of [neighbor, stranger]) {
				const inbox = `${origin}/inbox`;
				const server = branch.server(origin);
				await branch.deliver(await branch.federation.createFor(hidden, server), '1', inbox);
				await branch.deliver(await branch.federation.createFor(open, server), '1', inbox);
				await branch.deliver(await branch.federation.deleteOf(hidden), '1', inbox);
			}
		}
		const sent = JSON.stringify([branch.sendings, neighbor.got, stranger.got]);
		expect(branch.sendings.filter(({ method }) => method === 'POST')).to.have.length.greaterThan(10);
		expect(sent).to.not.include(SECRET);
	});
});
