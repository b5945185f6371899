import { expect } from 'chai';
import { rsaKeys } from './keys.ts';
import { type MemoryBranch, startBranch } from './memory-branch.ts';
import { type Peer, startPeer } from './peer.ts';

/** The shapes in which other software says the same things (reference: each project's own documents). */
describe('other software', () => {
	let branch: MemoryBranch;
	let peer: Peer;
	beforeEach(async () => {
		[branch, peer] = await Promise.all([startBranch('albina'), startPeer('elsewhere')]);
		branch.person('1', 'ada');
	});
	afterEach(() => Promise.all([branch.close(), peer.close()]));

	const send = (activity: unknown) => peer.post(`${branch.origin}/ap/users/1/inbox`, activity);
	const last = () => branch.received.at(-1)?.incoming;

	it('Pleroma: a context of its own, which holds the words for its keys, topics and emoji; emoji without id', async () => {
		const context = [
			'https://www.w3.org/ns/activitystreams',
			`${peer.origin}/schemas/litepub-0.1.jsonld`,
			{ '@language': 'und' },
		];
		const { publicKey } = rsaKeys('peer');
		peer.documents.set('/users/mara', {
			'@context': context,
			id: peer.actor,
			type: 'Person',
			preferredUsername: 'mara',
			name: 'Mara',
			inbox: `${peer.actor}/inbox`,
			endpoints: { oauthTokenEndpoint: `${peer.origin}/oauth/token`, sharedInbox: `${peer.origin}/inbox` },
			publicKey: { id: `${peer.actor}#main-key`, owner: peer.actor, publicKeyPem: publicKey },
			tag: [{ icon: { type: 'Image', url: `${peer.origin}/e.png` }, id: null, name: ':e:', type: 'Emoji' }],
		});
		const answer = await send({
			'@context': context,
			id: `${peer.origin}/activities/1`,
			type: 'Create',
			actor: peer.actor,
			to: ['https://www.w3.org/ns/activitystreams#Public'],
			cc: [],
			directMessage: false,
			object: {
				id: `${peer.origin}/objects/1`,
				type: 'Note',
				actor: peer.actor,
				attributedTo: peer.actor,
				attachment: [],
				to: ['https://www.w3.org/ns/activitystreams#Public'],
				cc: [],
				content: 'hi @ada',
				source: { content: 'hi @ada', mediaType: 'text/plain' },
				published: '2026-03-02T11:00:00.123456Z',
				summary: '',
				tag: [
					{ type: 'Mention', href: `${branch.origin}/ap/users/1`, name: '@ada' },
					{ type: 'Hashtag', href: `${peer.origin}/tag/plums`, name: '#plums' },
					{ type: 'Emoji', id: null, name: ':e:', icon: { type: 'Image', url: `${peer.origin}/e.png` } },
				],
			},
		});
		expect(answer.status, answer.body).to.equal(202);
		expect(last()).to.deep.nested.include({
			type: 'create',
			'post.summary': null,
			'post.mentions': [{ actor: `${branch.origin}/ap/users/1`, name: '@ada' }],
			'post.tags': ['#plums'],
			'post.emoji': [{ name: 'e', url: `${peer.origin}/e.png` }],
			'actor.emoji': [{ name: 'e', url: `${peer.origin}/e.png` }],
		});
	});

	it('Misskey: an id without a path it can be fetched at, extension terms without a context, published in milliseconds', async () => {
		const answer = await send({
			'@context': [
				'https://www.w3.org/ns/activitystreams',
				'https://w3id.org/security/v1',
				{ misskey: 'https://misskey-hub.net/ns#' },
			],
			id: `${peer.origin}/notes/9z/activity`,
			type: 'Create',
			actor: peer.actor,
			published: '2026-03-02T11:00:00.000Z',
			object: {
				id: `${peer.origin}/notes/9z`,
				type: 'Note',
				attributedTo: peer.actor,
				summary: null,
				content: '<p>hi</p>',
				_misskey_content: 'hi',
				sensitive: false,
				inReplyTo: `${branch.origin}/ap/users/1/statuses/9`,
				published: '2026-03-02T11:00:00.000Z',
			},
			to: ['https://www.w3.org/ns/activitystreams#Public'],
			cc: [`${peer.actor}/followers`],
		});
		expect(answer.status, answer.body).to.equal(202);
		expect(last()).to.deep.nested.include({
			'post.to': ['https://www.w3.org/ns/activitystreams#Public'],
			'post.cc': [`${peer.actor}/followers`],
			'post.inReplyTo': `${branch.origin}/ap/users/1/statuses/9`,
		});
	});

	it('Lemmy and WordPress: a Page or an Article keeps its title, as text', async () => {
		const answer = await send({
			'@context': 'https://www.w3.org/ns/activitystreams',
			id: `${peer.origin}/activities/2`,
			type: ['Create'],
			actor: { id: peer.actor, type: 'Person' },
			object: {
				id: `${peer.origin}/post/2`,
				type: 'Page',
				attributedTo: [peer.actor, `${peer.origin}/c/books`],
				name: 'Books & <b>birds</b>',
				content: '<p>A list.</p>',
				contentMap: { en: '<p>A list.</p>' },
				to: 'as:Public',
				url: { type: 'Link', href: `${peer.origin}/post/2` },
			},
		});
		expect(answer.status, answer.body).to.equal(202);
		expect(last()).to.deep.nested.include({
			'post.contentHtml': '<p>A list.</p>',
			'post.kind': 'Page',
			'post.title': 'Books & <b>birds</b>',
			'post.language': 'en',
			'post.to': ['https://www.w3.org/ns/activitystreams#Public'],
			'post.url': `${peer.origin}/post/2`,
		});
	});

	it('Mastodon: a Delete with a tombstone and an old linked-data signature; an Undo in full', async () => {
		const signature = {
			type: 'RsaSignature2017',
			creator: `${peer.actor}#main-key`,
			signatureValue: 'bm90aGluZw==',
		};
		const removed = await send({
			'@context': [
				'https://www.w3.org/ns/activitystreams',
				{ ostatus: 'http://ostatus.org#', atomUri: 'ostatus:atomUri' },
			],
			id: `${peer.actor}/statuses/5#delete`,
			type: 'Delete',
			actor: peer.actor,
			to: ['https://www.w3.org/ns/activitystreams#Public'],
			object: { id: `${peer.actor}/statuses/5`, type: 'Tombstone', atomUri: `${peer.actor}/statuses/5` },
			signature,
		});
		expect(removed.status, removed.body).to.equal(202);
		expect(last()).to.deep.equal({ type: 'delete', actor: peer.actor, object: `${peer.actor}/statuses/5` });
		const object = `${branch.origin}/ap/users/1`;
		await send({
			'@context': 'https://www.w3.org/ns/activitystreams',
			id: `${peer.actor}#follows/1/undo`,
			type: 'Undo',
			actor: peer.actor,
			object: { id: `${peer.actor}#follows/1`, type: 'Follow', actor: peer.actor, object },
		});
		expect(last()).to.deep.equal({ type: 'unfollow', actor: peer.actor, object });
	});

	it('GoToSocial: a Follow to a personal inbox, and an Accept by id alone', async () => {
		const object = `${branch.origin}/ap/users/1`;
		await send({
			'@context': 'https://www.w3.org/ns/activitystreams',
			id: `${peer.actor}/follow/01ABC`,
			type: 'Follow',
			actor: peer.actor,
			object,
			to: object,
		});
		expect(last()).to.deep.nested.include({ type: 'follow', id: `${peer.actor}/follow/01ABC`, object });
		expect(peer.got[0]!.url).to.equal(`${peer.actor}/inbox`);
		expect(JSON.parse(peer.got[0]!.body)).to.deep.include({
			type: 'Accept',
			actor: object,
			object: { id: `${peer.actor}/follow/01ABC`, type: 'Follow', actor: peer.actor, object },
		});
		const ours = `${branch.origin}/ap/users/1#follows/3`;
		await send({
			'@context': 'https://www.w3.org/ns/activitystreams',
			id: `${peer.actor}/accept/1`,
			type: 'Accept',
			actor: peer.actor,
			object: ours,
		});
		expect(last()).to.deep.equal({ type: 'accept', actor: peer.actor, asked: ours, result: null });
	});
});
