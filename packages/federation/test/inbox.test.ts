import { signRequest } from '@fedify/fedify/sig';
import { expect } from 'chai';
import { instant } from '../src/fedify/instant.ts';
import { createKeyPairs } from '../src/fedify/keys.ts';
import { ask, type HandSigned, sign } from './hand-signed.ts';
import { rsaKeys } from './keys.ts';
import { type MemoryBranch, NOW, startBranch } from './memory-branch.ts';
import { type Peer, person, startPeer } from './peer.ts';

const PUBLIC = 'https://www.w3.org/ns/activitystreams#Public';
const AS = 'https://www.w3.org/ns/activitystreams#';
const HOUR = 3_600_000;

describe('the inbox', () => {
	let branch: MemoryBranch;
	let peer: Peer;
	let inbox: string;
	beforeEach(async () => {
		[branch, peer] = await Promise.all([startBranch('albina'), startPeer('mastodon')]);
		branch.person('1', 'ada');
		inbox = `${branch.origin}/ap/inbox`;
	});
	afterEach(() => Promise.all([branch.close(), peer.close()]));

	function create(more: Record<string, unknown> = {}, object: Record<string, unknown> = {}) {
		const note = {
			id: `${peer.origin}/users/mara/statuses/5`,
			type: 'Note',
			attributedTo: peer.actor,
			to: PUBLIC,
			cc: [`${peer.actor}/followers`],
			content: '<p>Hello</p>',
			published: '2026-03-02T11:00:00Z',
			...object,
		};
		return {
			'@context': 'https://www.w3.org/ns/activitystreams',
			id: `${note.id}/activity`,
			type: 'Create',
			actor: peer.actor,
			to: [PUBLIC],
			object: note,
			...more,
		};
	}

	async function statusOf(activity: unknown, wrong?: Partial<HandSigned>): Promise<number> {
		return (await peer.post(inbox, activity, wrong)).status;
	}

	it('takes in a post of somebody whose signature holds', async () => {
		expect(await statusOf(create())).to.equal(202);
		expect(branch.received[0]!.incoming).to.deep.include({
			type: 'create',
			actor: {
				id: peer.actor,
				handle: 'mara',
				host: new URL(peer.origin).host,
				displayName: 'Mara  Reverse',
				inbox: `${peer.actor}/inbox`,
				sharedInbox: `${peer.origin}/inbox`,
				url: `${peer.origin}/@mara`,
				followers: `${peer.actor}/followers`,
				featured: null,
			},
		});
		expect(branch.received[0]!.incoming).to.have.nested.property('post.published', NOW - HOUR);
	});

	it('fetches the key once, signed by the branch itself, and no context from anywhere', async () => {
		await statusOf(
			create({ '@context': ['https://www.w3.org/ns/activitystreams', `${peer.origin}/context`] }),
		);
		expect(await statusOf(create({ id: `${peer.origin}/2` }, { id: `${peer.origin}/6` }))).to.equal(202);
		expect(peer.asked.filter((each) => each.startsWith('GET'))).to.deep.equal(['GET /users/mara']);
		expect(branch.sendings[0]!.headers.signature).to.include(`keyId="${branch.origin}/ap/actor#main-key"`);
	});

	it('an activity that comes again is taken in once', async () => {
		for (let time = 0; time < 3; time++) expect(await statusOf(create())).to.equal(202);
		expect(branch.received).to.have.length(1);
	});

	it('believes neither a key that is not the one listed nor a body that was changed', async () => {
		expect(await statusOf(create(), { privateKey: rsaKeys('thief').privateKey })).to.equal(401);
		const body = JSON.stringify(create());
		const other = JSON.stringify(create({}, { content: '<p>Bye</p>' }));
		const headers = sign({
			method: 'POST',
			url: inbox,
			body,
			keyId: `${peer.actor}#main-key`,
			privateKey: rsaKeys('peer').privateKey,
			date: NOW,
		});
		expect((await ask(inbox, { method: 'POST', headers, body: other })).status).to.equal(401);
		expect(branch.received).to.deep.equal([]);
	});

	it('believes no signature that leaves out target, host, date or digest', async () => {
		const all = ['(request-target)', 'host', 'date', 'digest'];
		expect(await statusOf(create(), { cover: all })).to.equal(202);
		for (const left of all) {
			const cover = all.filter((name) => name !== left);
			expect(await statusOf(create(), { cover }), left).to.equal(401);
		}
		expect(peer.asked.filter((each) => each.startsWith('GET'))).to.have.length(1);
	});

	it('believes no request that was signed for another server', async () => {
		const body = JSON.stringify(create());
		const headers = sign({
			method: 'POST',
			url: 'http://elsewhere.test.localhost/ap/inbox',
			body,
			keyId: `${peer.actor}#main-key`,
			privateKey: rsaKeys('peer').privateKey,
			date: NOW,
		});
		// With the other name in its Host header too: the name that counts is the branch's own.
		expect((await ask(inbox, { method: 'POST', headers, body })).status).to.equal(401);
	});

	it('believes a date within an hour, not beyond', async () => {
		for (const [age, status] of [
			[HOUR - 1000, 202],
			[1000 - HOUR, 202],
			[HOUR + 1000, 401],
			[-HOUR - 1000, 401],
		] as const) {
			expect(await statusOf(create(), { date: NOW - age }), String(age)).to.equal(status);
		}
	});

	it('refuses garbage where a signature should be, without breaking', async () => {
		for (const signature of ['', 'x', 'keyId="', `keyId="${peer.actor}#main-key"`, '"'.repeat(5000)]) {
			expect(await statusOf(create(), { replace: { signature } }), signature.slice(0, 9)).to.equal(401);
		}
		expect(await statusOf(create(), { replace: { date: 'tomorrow' } })).to.equal(401);
		expect(await statusOf(create(), { replace: { digest: 'SHA-256=%%%' } })).to.equal(401);
		const body = JSON.stringify(create());
		const headers = { 'content-type': 'application/activity+json' };
		expect((await ask(inbox, { method: 'POST', headers, body })).status).to.equal(401);
	});

	it('a server we refuse is told so before its key is fetched', async () => {
		branch.settings.refused.add(peer.origin);
		const answer = await peer.post(inbox, create());
		expect(answer.status).to.equal(403);
		expect(JSON.parse(answer.body)).to.include({ code: 'server_refused' });
		expect(peer.asked).to.deep.equal([]);
	});

	it('a server speaks for itself alone: nothing is forwarded', async () => {
		const other = 'https://other.example';
		expect(await statusOf(create({ actor: `${other}/users/zoe` }))).to.equal(401);
		expect(await statusOf(create({ id: `${other}/1` }))).to.equal(401);
		const id = `${peer.origin}/a`;
		expect(await statusOf(create({ id }, { id: `${other}/users/zoe/1` }))).to.equal(403);
		expect(await statusOf(create({}, { attributedTo: `${other}/users/zoe` }))).to.equal(403);
		expect(await statusOf(create({ type: 'Delete', object: `${other}/users/zoe/1` }))).to.equal(403);
		const theirs = { type: 'Follow', id: `${peer.origin}/f`, actor: `${other}/users/zoe`, object: inbox };
		expect(await statusOf(create({ type: 'Undo', object: theirs }))).to.equal(403);
		expect(branch.received).to.deep.equal([]);
	});

	it('somebody of the same server may not sign for somebody else of it', async () => {
		const { publicKey, privateKey } = rsaKeys('zoe');
		peer.documents.set('/users/zoe', person(peer.origin, 'zoe', publicKey));
		expect(await statusOf(create(), { keyId: `${peer.origin}/users/zoe#main-key`, privateKey })).to.equal(
			401,
		);
	});

	it('a key is believed only when its owner lists it', async () => {
		const { publicKey, privateKey } = rsaKeys('thief');
		const keyId = `${peer.origin}/uploads/key`;
		peer.documents.set('/uploads/key', {
			'@context': 'https://w3id.org/security/v1',
			id: keyId,
			type: 'CryptographicKey',
			owner: peer.actor,
			publicKeyPem: publicKey,
		});
		expect(await statusOf(create(), { keyId, privateKey })).to.equal(401);
	});

	it('a key’s document that nobody could read proves nothing, and breaks nothing', async () => {
		const { publicKey } = rsaKeys('peer');
		const mara = person(peer.origin, 'mara', publicKey);
		const wrong = [
			7,
			[],
			{},
			{ ...mara, '@context': { id: 7 } },
			{ ...mara, '@context': { '@id': {} } },
			{ ...mara, publicKey: { ...mara.publicKey, publicKeyPem: 'no key' } },
			{ ...mara, publicKey: 7 },
			{ ...mara, id: { '@value': 3 } },
			{ ...mara, inbox: null },
			{ ...mara, inbox: 'https://other.example/inbox' },
			{ ...mara, preferredUsername: 'mara@other.example' },
			JSON.parse(`${'{"object":'.repeat(50)}7${'}'.repeat(50)}`),
		];
		for (const document of wrong) {
			peer.documents.set('/users/mara', document);
			expect(await statusOf(create()), JSON.stringify(document)).to.equal(401);
		}
	});

	it('a key that changed is asked for again, once', async () => {
		expect(await statusOf(create())).to.equal(202);
		const { publicKey, privateKey } = rsaKeys('zoe');
		peer.documents.set('/users/mara', person(peer.origin, 'mara', publicKey));
		expect(await statusOf(create({ id: `${peer.origin}/2` }), { privateKey })).to.equal(202);
		expect(await statusOf(create({ id: `${peer.origin}/3` }))).to.equal(401);
	});

	it('asks the sender to come back when its key cannot be fetched now, and not when it never will', async () => {
		for (const [status, answer] of [
			[500, 503],
			[404, 401],
			[403, 401],
			[301, 401],
		] as const) {
			peer.broken.set('/users/mara', status);
			expect(await statusOf(create()), String(status)).to.equal(answer);
		}
		peer.broken.clear();
		expect(await statusOf(create())).to.equal(202);
		const dead = await startPeer('dead');
		await dead.close();
		const id = `${dead.origin}/1`;
		const answer = await dead.post(inbox, { id, type: 'Like', actor: dead.actor, object: inbox });
		expect(answer.status).to.equal(503);
		expect(answer.headers['retry-after']).to.equal('300');
	});

	it('the goodbye of somebody whose server says they are gone is acknowledged', async () => {
		peer.broken.set('/users/mara', 410);
		expect(await statusOf(create({ type: 'Delete', object: peer.actor }))).to.equal(202);
		expect(await statusOf(create())).to.equal(401);
		expect(branch.received).to.deep.equal([]);
	});

	it('says what it cannot read: 400, 413, 415, each in a sentence', async () => {
		const cases: [unknown, number][] = [
			['{', 400],
			['[]', 400],
			['null', 400],
			[create({ id: null }), 400],
			[create({ id: 'tag:1' }), 400],
			[create({ actor: [peer.actor, peer.actor] }), 400],
			[create({ '@context': { id: 7 } }), 400],
			['['.repeat(100_000), 400],
			[`{"id":"${peer.origin}/1","actor":"${peer.actor}","x":${'['.repeat(60)}${']'.repeat(60)}}`, 400],
			[create({}, { content: 'x'.repeat(1_000_001) }), 413],
		];
		for (const [activity, status] of cases) {
			const answer = await peer.post(inbox, activity);
			expect(answer.status, JSON.stringify(activity).slice(0, 90)).to.equal(status);
			expect(JSON.parse(answer.body)).to.have.property('detail').that.is.a('string');
		}
		const wrongType = await peer.post(inbox, create(), { replace: { 'content-type': 'text/plain' } });
		expect(wrongType.status).to.equal(415);
		expect(branch.received).to.deep.equal([]);
	});

	it('a context that gives words another meaning gives the activity no other sender', async () => {
		const twisted = {
			'@context': ['https://www.w3.org/ns/activitystreams', { agent: { '@id': 'as:actor', '@type': '@id' } }],
		};
		expect(await statusOf(create({ ...twisted, agent: 'https://other.example/users/zoe' }))).to.equal(400);
		const renamed = {
			'@context': {
				actor: 'https://example.com/ns#actor',
				agent: { '@id': 'as:actor', '@type': '@id' },
				as: AS,
			},
		};
		expect(await statusOf(create({ ...renamed, agent: 'https://other.example/users/zoe' }))).to.equal(400);
		expect(branch.received).to.deep.equal([]);
	});

	it('reads RFC 9421 signatures too, when they cover what they must', async () => {
		const key = await createKeyPairs({ actorKeys: async () => rsaKeys('peer') })('mara');
		const body = JSON.stringify(create());
		const unsigned = new Request(inbox, {
			method: 'POST',
			body,
			headers: { 'content-type': 'application/activity+json', host: new URL(inbox).host },
		});
		const options = { spec: 'rfc9421' as const, currentTime: instant(NOW) };
		const signed = await signRequest(unsigned, key.privateKey, new URL(`${peer.actor}#main-key`), options);
		const headers = Object.fromEntries(signed.headers);
		expect(headers).to.have.property('signature-input');
		expect((await ask(inbox, { method: 'POST', headers, body })).status).to.equal(202);
		const changed = body.replace('Hello', 'Jello');
		expect((await ask(inbox, { method: 'POST', headers, body: changed })).status).to.equal(401);
		const open = headers['signature-input']!.replace('"content-digest"', '');
		const loose = { ...headers, 'signature-input': open };
		expect((await ask(inbox, { method: 'POST', headers: loose, body })).status).to.equal(401);
	});

	it('an oversized body without a length is refused as soon as it is too long', async () => {
		const body = 'x'.repeat(1_200_000);
		const small = sign({
			method: 'POST',
			url: inbox,
			body,
			keyId: `${peer.actor}#main-key`,
			privateKey: rsaKeys('peer').privateKey,
			date: NOW,
		});
		const headers = { ...small, 'transfer-encoding': 'chunked' };
		expect((await ask(inbox, { method: 'POST', headers, body })).status).to.equal(413);
	});

	it('a Like of a post of ours and an Announce are handed on with the address of the post, and their Undo with theirs', async () => {
		const object = `${branch.origin}/ap/users/1/statuses/9`;
		const id = `${peer.origin}/likes/1`;
		expect(await statusOf(create({ id, type: 'Like', object }))).to.equal(202);
		const boost = `${peer.origin}/boosts/1`;
		expect(
			await statusOf(create({ id: boost, type: 'Announce', object: { id: object, content: 'x' } })),
		).to.equal(202);
		const undone = { id, type: 'Like', actor: peer.actor, object };
		expect(await statusOf(create({ id: `${id}/undo`, type: 'Undo', object: undone }))).to.equal(202);
		const told = branch.received.map(({ incoming }) => incoming);
		expect(told.map(({ type }) => type)).to.deep.equal(['like', 'announce', 'unact']);
		expect(told.map((one) => 'object' in one && one.object)).to.deep.equal([object, object, id]);
	});

	it('what it does not act on is acknowledged and dropped', async () => {
		const like = { type: 'Like', object: `${branch.origin}/ap/users/1/statuses/9` };
		const dropped = [
			create({ ...like, object: 'https://other.example/1' }),
			create({ ...like, type: 'EmojiReact', content: ':)' }),
			create({ type: 'https://example.com/Wave' }),
			create({ type: 'Announce', object: undefined }),
			create({ type: 'Follow', object: 'https://other.example/users/zoe' }),
			create({ type: 'Accept', object: 'https://other.example/follows/1' }),
			create({}, { type: 'Place', name: 'Where?' }),
			create({}, { name: 'yes', content: undefined }),
			create({ object: `${peer.origin}/users/mara/statuses/5` }),
			create({ type: 'Undo', object: `${peer.origin}/likes/1` }),
		];
		for (const activity of dropped) {
			expect(await statusOf(activity), JSON.stringify(activity).slice(0, 200)).to.equal(202);
		}
		expect(branch.received).to.deep.equal([]);
	});

	it('a changed profile is fetched again', async () => {
		expect(await statusOf(create())).to.equal(202);
		const changed = { ...person(peer.origin, 'mara', rsaKeys('peer').publicKey), name: 'Mara B.' };
		peer.documents.set('/users/mara', changed);
		expect(await statusOf(create({ id: `${peer.origin}/2`, type: 'Update', object: changed }))).to.equal(202);
		expect(await statusOf(create({ id: `${peer.origin}/3` }))).to.equal(202);
		expect(branch.received.at(-1)!.incoming).to.have.nested.property('actor.displayName', 'Mara B.');
	});

	it('reads the object’s own addressing and hands it on as it came', async () => {
		const to = [`${peer.origin}/ap/neighbors`];
		await statusOf(create({ to: [PUBLIC] }, { to, cc: [] }));
		expect(branch.received).to.deep.equal([]);
		branch.settings.neighbors.add(peer.origin);
		expect(await statusOf(create({ to: [PUBLIC] }, { to, cc: [] }))).to.equal(202);
		expect(branch.received[0]!.incoming).to.have.nested.property('post.to').that.deep.equals(to);
		const mixed = create({ id: `${peer.origin}/9` }, { to: [...to, 'as:Public'], cc: [] });
		expect(await statusOf(mixed)).to.equal(403);
	});

	it('nothing was published in the future', async () => {
		await statusOf(create({}, { published: '2036-01-01T00:00:00Z' }));
		expect(branch.received[0]!.incoming).to.have.nested.property('post.published', NOW);
	});

	it('while the branch is closed, senders are asked to come back', async () => {
		branch.settings.open = false;
		const answer = await peer.post(inbox, create());
		expect(answer.status).to.equal(503);
		expect(answer.headers).to.have.property('retry-after');
	});
});
