import { audienceOf, meet, type Scope } from '@understory/core/scope.ts';
import { expect } from 'chai';
import type { Incoming, WirePost } from '../src/ports.ts';
import type { WireQuote } from '../src/quotes.ts';
import { ask } from './hand-signed.ts';
import { type MemoryBranch, NOW, startBranch } from './memory-branch.ts';
import { type Peer, startPeer } from './peer.ts';

const AP = { accept: 'application/activity+json' };
const PUBLIC = 'https://www.w3.org/ns/activitystreams#Public';
/** As Mastodon 4.5 writes them out (app/helpers/context_helper.rb). */
const MASTODON = [
	'https://www.w3.org/ns/activitystreams',
	{
		gts: 'https://gotosocial.org/ns#',
		interactionPolicy: { '@id': 'gts:interactionPolicy', '@type': '@id' },
		canQuote: { '@id': 'gts:canQuote', '@type': '@id' },
		automaticApproval: { '@id': 'gts:automaticApproval', '@type': '@id' },
		manualApproval: { '@id': 'gts:manualApproval', '@type': '@id' },
		quote: { '@id': 'https://w3id.org/fep/044f#quote', '@type': '@id' },
		quoteUri: 'http://fedibird.com/ns#quoteUri',
		_misskey_quote: 'https://misskey-hub.net/ns#_misskey_quote',
		quoteAuthorization: { '@id': 'https://w3id.org/fep/044f#quoteAuthorization', '@type': '@id' },
		QuoteRequest: 'https://w3id.org/fep/044f#QuoteRequest',
	},
];

describe('quotes on the wire (FEP-044f)', () => {
	let branch: MemoryBranch;
	let neighbor: Peer;
	let stranger: Peer;
	beforeEach(async () => {
		[branch, neighbor, stranger] = await Promise.all([
			startBranch('albina'),
			startPeer('belmont'),
			startPeer('mastodon'),
		]);
		branch.settings.neighbors.add(neighbor.origin);
		branch.person('1', 'ada');
	});
	afterEach(() => Promise.all([branch, neighbor, stranger].map((each) => each.close())));

	const audience = (scope: Scope, origin = branch.origin) =>
		audienceOf(scope, { origin, author: `${origin}/ap/users/1` });
	const quoteOf = (more: Partial<WireQuote> = {}): WireQuote => ({
		uri: `${stranger.origin}/posts/1`,
		audience: audience('public', stranger.origin),
		url: `${stranger.origin}/@mara/1?a="b"`,
		agreed: false,
		stamp: null,
		changed: NOW,
		...more,
	});
	const write = (scope: Scope, quote: WireQuote, more: Partial<WirePost> = {}) =>
		branch.write(branch.person('1', 'ada'), '9', scope, { quote, ...more });
	const note = async (post: WirePost, origin = stranger.origin) => {
		const text = await branch.federation.createFor(post, branch.server(origin));
		return text === null ? null : (JSON.parse(text) as { object: Record<string, unknown> }).object;
	};

	it('nothing but `quote` is said before there is a yes; then what all others read comes with it', async () => {
		const quote = quoteOf();
		const before = await note(write('public', quote));
		expect(before).to.include({ quote: quote.uri, content: '<p>The tool library opens on Saturday.</p>' });
		expect(before).to.not.have.any.keys('quoteUrl', 'quoteUri', '_misskey_quote', 'quoteAuthorization');
		const stamp = `${stranger.origin}/yes/1`;
		const after = await note(write('public', quoteOf({ agreed: true, stamp }), { language: 'en' }));
		expect(after).to.include({
			quote: quote.uri,
			quoteAuthorization: stamp,
			quoteUrl: quote.uri,
			quoteUri: quote.uri,
			_misskey_quote: quote.uri,
		});
		const line = `<p class="quote-inline">RE: <a href="${stranger.origin}/@mara/1?a=&#34;b&#34;">`;
		expect(after!.content).to.satisfy((content: string) => content.startsWith(line));
		expect(after!.contentMap).to.deep.equal({ en: after!.content });
	});

	it('what is not to be quoted any more is a Tombstone without a name, and a new Update says so', async () => {
		const over = write('public', quoteOf({ uri: null, changed: NOW + 1 }));
		const said = await branch.federation.updateFor(over, branch.server(stranger.origin));
		const update = JSON.parse(said!) as { id: string; object: Record<string, unknown> };
		expect(update.object.quote).to.deep.equal({ type: 'Tombstone' });
		expect(said).to.not.include(`${stranger.origin}/posts/1`);
		const earlier = await branch.federation.updateFor(
			write('public', quoteOf()),
			branch.server(stranger.origin),
		);
		expect(update.id).to.not.equal((JSON.parse(earlier!) as { id: string }).id);
	});

	it('a post that says it is for more people than what it quotes has no wire form for them', async () => {
		const walled = quoteOf({ audience: audience('neighborhood') });
		const post = write('public', walled);
		expect(await note(post, stranger.origin)).to.equal(null);
		expect(await note(post, neighbor.origin)).to.include({ quote: walled.uri });
		expect((await ask(`${branch.origin}/ap/users/1/statuses/9`, { headers: AP })).status).to.equal(404);
		for (const quoted of [audience('branch'), { ...audience('branch'), walls: [] }]) {
			const wide = write('public', quoteOf({ audience: quoted }));
			for (const { origin } of [neighbor, stranger]) {
				const server = branch.server(origin);
				expect(await branch.federation.createFor(wide, server)).to.equal(null);
				expect(await branch.federation.updateFor(wide, server)).to.equal(null);
				const asked = { id: `${branch.origin}/ap/users/1#quotes/9`, author: stranger.actor };
				expect(await branch.federation.quoteRequestFor(wide, asked, server)).to.equal(null);
			}
		}
	});

	it('whoever is quoted is asked with the whole quote, if their server may have it, at the moment of sending', async () => {
		const asked = { id: `${branch.origin}/ap/users/1#quotes/9`, author: neighbor.actor };
		const quoted = audience('neighborhood', neighbor.origin);
		const near = branch.write(branch.person('1', 'ada'), '9', meet(quoted, audience('neighborhood')), {
			quote: quoteOf({ uri: `${neighbor.origin}/posts/1`, audience: quoted }),
		});
		branch.ports.trust().neighborsOf(neighbor.origin);
		const request = await branch.federation.quoteRequestFor(near, asked, branch.server(neighbor.origin));
		expect(JSON.parse(request!)).to.deep.include({
			id: asked.id,
			type: 'QuoteRequest',
			to: [neighbor.actor],
			object: `${neighbor.origin}/posts/1`,
		});
		expect(JSON.parse(request!)).to.nested.include({
			'instrument.type': 'Note',
			'instrument.to[0]': `${branch.origin}/ap/neighbors`,
		});
		expect(await branch.federation.quoteRequestFor(near, asked, branch.server(stranger.origin))).to.equal(
			null,
		);
		const inbox = `${neighbor.origin}/inbox`;
		expect((await branch.deliver(request, '1', inbox))?.outcome).to.equal('accepted');
		branch.settings.neighbors.delete(neighbor.origin);
		expect((await branch.deliver(request, '1', inbox))?.outcome).to.equal('refused');
	});

	it('a yes can be looked up by whoever may read what is quoted, and says two addresses and no more', async () => {
		const token = 'c0ffee00-0000-4000-8000-000000000000';
		const address = `${branch.origin}/ap/users/1/quote_authorizations/${token}`;
		branch.settings.stamps.set(token, { quoted: '9', quoting: `${stranger.origin}/posts/2` });
		const look = async () =>
			(await Promise.all([stranger.get(address), neighbor.get(address), ask(address, { headers: AP })])).map(
				({ status }) => status,
			);
		branch.write(branch.person('1', 'ada'), '9', 'public');
		expect(await look()).to.deep.equal([200, 200, 200]);
		const { body } = await ask(address, { headers: AP });
		expect(JSON.parse(body)).to.deep.include({
			id: address,
			type: 'QuoteAuthorization',
			attributedTo: `${branch.origin}/ap/users/1`,
			interactingObject: `${stranger.origin}/posts/2`,
			interactionTarget: `${branch.origin}/ap/users/1/statuses/9`,
		});
		expect(body).to.not.include('tool library');
		branch.write(branch.person('1', 'ada'), '9', 'neighborhood');
		expect(await look()).to.deep.equal([404, 200, 404]);
		branch.write(branch.person('1', 'ada'), '9', 'branch');
		expect(await look()).to.deep.equal([404, 404, 404]);
		branch.write(branch.person('1', 'ada'), '9', 'public');
		expect((await ask(address.replace('users/1', 'users/2'), { headers: AP })).status).to.equal(404);
		expect((await ask(`${address.slice(0, -1)}1`, { headers: AP })).status).to.equal(404);
	});

	it('who may quote is said with every post that has a wire form', async () => {
		const post = (scope: Scope, quotable?: WirePost['quotable']) =>
			branch.write(branch.person('1', 'ada'), '9', scope, quotable ? { quotable } : {});
		const canQuote = async (scope: Scope, quotable?: WirePost['quotable']) => {
			const object = await note(post(scope, quotable), neighbor.origin);
			return (object!.interactionPolicy as { canQuote: unknown }).canQuote;
		};
		const ada = `${branch.origin}/ap/users/1`;
		const near = `${branch.origin}/ap/neighbors`;
		expect(await canQuote('public', 'everyone')).to.deep.equal({ automaticApproval: [PUBLIC] });
		expect(await canQuote('public', 'followers')).to.deep.equal({
			automaticApproval: [`${ada}/followers`],
			manualApproval: [PUBLIC],
		});
		expect(await canQuote('public', 'ask')).to.deep.equal({
			automaticApproval: [ada],
			manualApproval: [PUBLIC],
		});
		expect(await canQuote('public', 'nobody')).to.deep.equal({ automaticApproval: [ada] });
		expect(await canQuote('public')).to.deep.equal({ automaticApproval: [ada] });
		expect(await canQuote('neighborhood', 'everyone')).to.deep.equal({ automaticApproval: [near] });
		expect(await canQuote('neighborhood', 'followers')).to.deep.equal({
			automaticApproval: [ada],
			manualApproval: [near],
		});
	});

	const send = (activity: object) =>
		stranger.post(`${branch.origin}/ap/users/1/inbox`, { '@context': MASTODON, ...activity });
	const last = () => branch.received.at(-1)?.incoming;
	const theirs = (more: object) => ({
		id: `${stranger.origin}/posts/2`,
		type: 'Note',
		attributedTo: stranger.actor,
		to: [PUBLIC],
		cc: [],
		content: '<p>look</p>',
		...more,
	});

	it('Mastodon: a request with the quote inside, its policy, and its answers are understood', async () => {
		const object = `${branch.origin}/ap/users/1/statuses/9`;
		const policy = {
			canQuote: { automaticApproval: [PUBLIC], manualApproval: [`${stranger.actor}/followers`] },
		};
		const instrument = theirs({
			quote: object,
			_misskey_quote: object,
			quoteUri: object,
			interactionPolicy: policy,
		});
		const request = {
			id: `${stranger.actor}/quote_requests/1`,
			type: 'QuoteRequest',
			actor: stranger.actor,
			object,
			instrument,
		};
		expect((await send(request)).status).to.equal(202);
		const asked = last() as Extract<Incoming, { type: 'quote_request' }>;
		expect(asked).to.include({ type: 'quote_request', object, quoting: instrument.id, id: request.id });
		expect(asked.post).to.deep.include({
			quote: { uri: object, byConsent: true, stamp: null },
			canQuote: { automatic: [PUBLIC], manual: [`${stranger.actor}/followers`] },
		});
		await send({ ...request, id: `${request.id}b`, instrument: instrument.id });
		expect(last()).to.deep.include({ quoting: instrument.id, post: null });
		const ours = {
			id: `${branch.origin}/ap/users/1#quotes/9`,
			type: 'QuoteRequest',
			actor: `${branch.origin}/ap/users/1`,
			object: instrument.id,
			instrument: object,
		};
		const result = `${stranger.actor}/quote_authorizations/1`;
		await send({
			id: `${stranger.actor}#accepts/1`,
			type: 'Accept',
			actor: stranger.actor,
			object: ours,
			result,
		});
		expect(last()).to.deep.equal({ type: 'accept', actor: stranger.actor, asked: ours.id, result });
		await send({ id: `${stranger.actor}#rejects/1`, type: 'Reject', actor: stranger.actor, object: ours });
		expect(last()).to.deep.equal({ type: 'reject', actor: stranger.actor, asked: ours.id, result: null });
		await send({
			id: `${result}#delete`,
			type: 'Delete',
			actor: stranger.actor,
			to: [PUBLIC],
			object: result,
		});
		expect(last()).to.deep.equal({ type: 'delete', actor: stranger.actor, object: result });
	});

	it('nobody asks for a post that is not theirs to quote with', async () => {
		const object = `${branch.origin}/ap/users/1/statuses/9`;
		const request = {
			id: `${stranger.actor}/quote_requests/1`,
			type: 'QuoteRequest',
			actor: stranger.actor,
			object,
		};
		expect((await send({ ...request, instrument: `${neighbor.origin}/posts/1` })).status).to.equal(403);
		const others = theirs({ attributedTo: `${stranger.origin}/users/other`, quote: object });
		expect((await send({ ...request, instrument: others })).status).to.equal(403);
		const count = branch.received.length;
		expect(
			(await send({ ...request, object: `${neighbor.origin}/posts/1`, instrument: theirs({}) })).status,
		).to.equal(202);
		expect((await send({ ...request, id: `${request.id}c` })).status).to.equal(202);
		expect(branch.received).to.have.length(count);
	});

	const READ: [string, object, object | null][] = [
		[
			'with a yes',
			{ quote: 'https://x.example/1', quoteAuthorization: 'https://x.example/yes' },
			{ uri: 'https://x.example/1', byConsent: true, stamp: 'https://x.example/yes' },
		],
		[
			'with a copy inside, of which the id alone counts',
			{ quote: { id: 'https://x.example/1', type: 'Note', content: 'forged' } },
			{ uri: 'https://x.example/1', byConsent: true, stamp: null },
		],
		['that is no more', { quote: { type: 'Tombstone' } }, { uri: null, byConsent: true, stamp: null }],
		[
			'Misskey',
			{ _misskey_quote: 'https://x.example/1' },
			{ uri: 'https://x.example/1', byConsent: false, stamp: null },
		],
		[
			'Fedibird',
			{ quoteUri: 'https://x.example/1' },
			{ uri: 'https://x.example/1', byConsent: false, stamp: null },
		],
		['of no address', { quote: 'javascript:alert(1)' }, null],
		['none', {}, null],
	];
	for (const [what, more, expected] of READ) {
		it(`a quote is read: ${what}`, async () => {
			const object = theirs(more);
			const { actor } = stranger;
			expect(
				(await send({ id: `${object.id}#create`, type: 'Create', actor, to: [PUBLIC], object })).status,
			).to.equal(202);
			expect((last() as Extract<Incoming, { type: 'create' | 'update' }>).post.quote).to.deep.equal(expected);
		});
	}

	it('what stands at the address of a yes is believed when it says that it lives there', async () => {
		const yes = `${stranger.origin}/yes/1`;
		const document = {
			'@context': [
				...MASTODON,
				{
					QuoteAuthorization: 'https://w3id.org/fep/044f#QuoteAuthorization',
					interactingObject: { '@id': 'gts:interactingObject' },
					interactionTarget: { '@id': 'gts:interactionTarget' },
				},
			],
			id: yes,
			type: 'QuoteAuthorization',
			attributedTo: stranger.actor,
			interactingObject: { '@id': 'https://a.example/1' },
			interactionTarget: { '@id': 'https://b.example/2' },
		};
		const read = async (change: object) => {
			stranger.documents.set('/yes/1', { ...document, ...change });
			return branch.federation.fetchStamp(yes);
		};
		expect(await read({})).to.deep.equal({
			author: stranger.actor,
			quoting: 'https://a.example/1',
			quoted: 'https://b.example/2',
		});
		expect(await read({ id: `${stranger.origin}/yes/2` })).to.equal(null);
		expect(await read({ type: 'Note' })).to.equal(null);
		expect(await read({ interactingObject: undefined })).to.equal(null);
		expect(await read({ attributedTo: [stranger.actor, neighbor.actor] })).to.equal(null);
		stranger.documents.delete('/yes/1');
		expect(await branch.federation.fetchStamp(yes)).to.equal(null);
	});
});
