import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { type Bed, createBed } from './bed.ts';
import type { Browser } from './browser.ts';
import { rows, uriOf } from './look.ts';
import { actorOf, PUBLIC, type Signer, signed } from './wire.ts';

const CAPTURED = fileURLToPath(
	new URL('../../../../shared/data/activitypub/granary-CC0/quote.as2.json', import.meta.url),
);
/** The terms as Mastodon 4.5 writes them out. */
const CONTEXT = [
	'https://www.w3.org/ns/activitystreams',
	{
		quote: { '@id': 'https://w3id.org/fep/044f#quote', '@type': '@id' },
		quoteUri: 'http://fedibird.com/ns#quoteUri',
		quoteUrl: 'as:quoteUrl',
		_misskey_quote: 'https://misskey-hub.net/ns#_misskey_quote',
		quoteAuthorization: { '@id': 'https://w3id.org/fep/044f#quoteAuthorization', '@type': '@id' },
		QuoteRequest: 'https://w3id.org/fep/044f#QuoteRequest',
		QuoteAuthorization: 'https://w3id.org/fep/044f#QuoteAuthorization',
		gts: 'https://gotosocial.org/ns#',
		interactionPolicy: { '@id': 'gts:interactionPolicy', '@type': '@id' },
		canQuote: { '@id': 'gts:canQuote', '@type': '@id' },
		automaticApproval: { '@id': 'gts:automaticApproval', '@type': '@id' },
		manualApproval: { '@id': 'gts:manualApproval', '@type': '@id' },
		interactingObject: { '@id': 'gts:interactingObject', '@type': '@id' },
		interactionTarget: { '@id': 'gts:interactionTarget', '@type': '@id' },
	},
];
const CARLA: Signer = { slug: 'south', handle: 'carla' };
const EVE: Signer = { slug: 'east', handle: 'eve' };

describe('quotes of other servers', () => {
	let bed: Bed;
	let ana: Browser;
	let ben: Browser;
	let carla: string;
	let eve: string;
	let documents: Map<string, object>;
	let numbers: number;
	beforeEach(async () => {
		bed = await createBed(['north', 'south', 'east']);
		bed.befriend('north', 'south');
		bed.change('north', { federation: 'open' });
		bed.change('east', { federation: 'open' });
		await bed.settle();
		ana = await bed.branch('north').join('ana');
		ben = await bed.branch('north').join('ben');
		await bed.branch('south').join('carla');
		await bed.branch('east').join('eve');
		carla = await actorOf(bed, CARLA);
		eve = await actorOf(bed, EVE);
		documents = new Map();
		numbers = 700;
		for (const slug of ['south', 'east']) {
			bed.outside(new URL(bed.branch(slug).origin).host, (path) => {
				const found = documents.get(bed.branch(slug).origin + path);
				if (!found) return null;
				const headers = { 'content-type': 'application/activity+json' };
				return { status: 200, body: JSON.stringify({ '@context': CONTEXT, ...found }), headers };
			});
		}
	});
	afterEach(async () => {
		const { errors } = bed;
		await bed.close();
		expect(errors).to.deep.equal([]);
	});

	const settle = async () => {
		await bed.settle();
		await bed.settle();
	};
	const inbox = () => `${bed.branch('north').origin}/ap/inbox`;
	const send = async (signer: Signer, activity: object, to = 'north') => {
		const url = `${bed.branch(to).origin}/ap/inbox`;
		const answer = await signed(bed, signer, 'POST', url, { '@context': CONTEXT, ...activity });
		return answer.status;
	};

	/** A note of somebody's, as it stands at its own address. */
	function note(author: string, more: object = {}): { id: string } & Record<string, unknown> {
		numbers += 1;
		const id = `${author}/statuses/${numbers}`;
		const document = {
			id,
			type: 'Note',
			attributedTo: author,
			to: [PUBLIC],
			cc: [],
			content: `<p>xe-${numbers}</p>`,
			published: new Date(bed.clock.now()).toISOString(),
			...more,
		};
		documents.set(id, document);
		return document;
	}
	const stamp = (id: string, author: string, quoting: string, quoted: string, type = 'QuoteAuthorization') =>
		void documents.set(id, {
			id,
			type,
			attributedTo: author,
			interactingObject: quoting,
			interactionTarget: quoted,
		});
	/** Sends a note of carla's as a neighbor would. */
	async function create(object: { id: string } & Record<string, unknown>, signer = CARLA) {
		const actor = await actorOf(bed, signer);
		const { to, cc } = object;
		expect(
			await send(signer, { id: `${object.id}/activity`, type: 'Create', actor, to, cc, object }),
		).to.equal(202);
		await settle();
	}
	const quotes = () =>
		rows<{ state: string; uri: string }>(bed, 'north', 'SELECT state, uri FROM quote ORDER BY post');
	async function page(id: string, author = 'carla@'): Promise<string> {
		const [post] = rows<{ id: number }>(bed, 'north', 'SELECT id FROM post WHERE uri = ?', id);
		return (await ana.get(`/@${author}${new URL(id).host}/${post!.id}`)).body;
	}
	const sentTo = (slug: string, type: string) =>
		bed.sent
			.filter(({ method, url }) => method === 'POST' && url.startsWith(bed.branch(slug).origin))
			.map(({ body }) => JSON.parse(body.slice(body.indexOf('\n') + 1)) as Record<string, unknown>)
			.filter((activity) => activity.type === type);

	it('are shown when the author of the quoted post says so at the address of their own server', async () => {
		const quoted = note(eve);
		const yes = `${eve}/quote_authorizations/1`;
		const quoting = note(carla, {
			quote: quoted.id,
			quoteAuthorization: yes,
			content: `<p class="quote-inline">RE: <a href="${quoted.id}">xe-fallback</a></p><p>xe-words</p>`,
		});
		stamp(yes, eve, quoting.id, quoted.id);
		await create(quoting);
		expect(quotes()).to.deep.equal([{ state: 'agreed', uri: quoted.id }]);
		const shown = await page(quoting.id);
		expect(shown).to.match(/<blockquote class="quoted"[\s\S]*xe-701/);
		expect(shown).to.contain('xe-words').and.not.to.contain('xe-fallback');
	});

	it('are not shown when the yes is forged: elsewhere, for another post, by somebody else, or nothing of the kind', async () => {
		const quoted = note(eve);
		const other = note(eve);
		const forged: [string, string, (quoting: string) => void][] = [
			[
				'on the server of who quotes',
				`${carla}/yes/1`,
				(quoting) => stamp(`${carla}/yes/1`, eve, quoting, quoted.id),
			],
			[
				'of another quote',
				`${eve}/yes/2`,
				() => stamp(`${eve}/yes/2`, eve, `${carla}/statuses/9`, quoted.id),
			],
			['of another post', `${eve}/yes/3`, (quoting) => stamp(`${eve}/yes/3`, eve, quoting, other.id)],
			['by somebody else', `${eve}/yes/4`, (quoting) => stamp(`${eve}/yes/4`, `${eve}0`, quoting, quoted.id)],
			[
				'of another kind',
				`${eve}/yes/5`,
				(quoting) => stamp(`${eve}/yes/5`, eve, quoting, quoted.id, 'Note'),
			],
			[
				'that says it lives elsewhere',
				`${eve}/yes/6`,
				(quoting) => {
					stamp(`${eve}/yes/7`, eve, quoting, quoted.id);
					documents.set(`${eve}/yes/6`, documents.get(`${eve}/yes/7`)!);
				},
			],
			['that is not there', `${eve}/yes/8`, () => undefined],
		];
		for (const [what, address, make] of forged) {
			const quoting = note(carla, { quote: quoted.id, quoteAuthorization: address });
			make(quoting.id);
			await create(quoting);
			const shown = await page(quoting.id);
			expect(shown, what).to.contain('has not agreed').and.not.to.contain('xe-701');
		}
		expect(new Set(quotes().map(({ state }) => state))).to.deep.equal(new Set(['asked']));
	});

	it('without a yes wait for one, which an Update brings; what is no more is said', async () => {
		const quoted = note(eve);
		const quoting = note(carla, { quote: quoted.id });
		await create(quoting);
		expect(await page(quoting.id)).to.contain('has not agreed');
		const yes = `${eve}/quote_authorizations/1`;
		stamp(yes, eve, quoting.id, quoted.id);
		const update = (n: number, object: object) =>
			send(CARLA, { id: `${quoting.id}#updates/${n}`, type: 'Update', actor: carla, to: [PUBLIC], object });
		await update(1, { ...quoting, quoteAuthorization: yes });
		await settle();
		expect(await page(quoting.id)).to.match(/<blockquote class="quoted"/);
		expect(rows(bed, 'north', 'SELECT id FROM post_version')).to.deep.equal([]);
		await update(2, { ...quoting, quote: { type: 'Tombstone' } });
		await settle();
		expect(await page(quoting.id)).to.contain('does not agree any more');
	});

	it('by the older names alone are links, and ask nobody; the captured one is', async function () {
		const quoted = note(eve);
		for (const name of ['quoteUrl', 'quoteUri', '_misskey_quote']) {
			const quoting = note(carla, { [name]: quoted.id });
			await create(quoting);
			const shown = await page(quoting.id);
			expect(shown, name).to.contain(`href="${quoted.id}"`).and.not.to.contain('<blockquote class="quoted"');
		}
		expect(new Set(quotes().map(({ state }) => state))).to.deep.equal(new Set(['link']));
		if (!existsSync(CAPTURED)) {
			console.warn('SKIPPED, LOUDLY: shared/data/activitypub is not beside the repository.');
			this.skip();
		}
		const captured = JSON.parse(readFileSync(CAPTURED, 'utf8')) as Record<string, unknown>;
		const quoting = note(carla, {
			...captured,
			attributedTo: carla,
			url: undefined,
			'@context': undefined,
			id: undefined,
		});
		await create({ ...quoting, id: `${carla}/statuses/${numbers}` });
		expect(await page(`${carla}/statuses/${numbers}`)).to.contain('href="https://bsky.app/orig/post"');
	});

	it('of oneself, or by somebody whom the quoted post names, need no yes to look up (FEP-044f)', async () => {
		const own = note(carla);
		const self = note(carla, { quote: own.id });
		await create(self);
		expect(await page(self.id)).to.match(/<blockquote class="quoted"/);
		const naming = note(eve, { tag: [{ type: 'Mention', href: carla, name: '@carla' }] });
		const named = note(carla, { quote: naming.id });
		await create(named);
		expect(await page(named.id)).to.match(/<blockquote class="quoted"/);
	});

	it('that guess at a post of the branch find nothing, and show nothing', async () => {
		const secret = await ana.write('xe-secret', 'branch');
		const quoting = note(carla, { quote: uriOf(bed, 'north', secret) });
		await create(quoting);
		expect(await page(quoting.id))
			.to.contain('a post that you cannot see')
			.and.not.to.contain('xe-secret');
	});

	async function request(
		signer: Signer,
		object: string,
		quoting: ReturnType<typeof note>,
		inline = true,
	): Promise<Record<string, unknown>> {
		const actor = await actorOf(bed, signer);
		numbers += 1;
		const id = `${actor}/quote_requests/${numbers}`;
		return { id, type: 'QuoteRequest', actor, object, instrument: inline ? quoting : quoting.id };
	}

	async function choose(quotes: string): Promise<void> {
		await ana.get('/you');
		await ana.post('/you', { name: 'Ana', summary: '', scope: 'branch', quotes });
	}

	it('are asked for, let, and kept: with the quote inside the question or by its address', async () => {
		await choose('everyone');
		const post = await ana.write('xe-open', 'public');
		const uri = uriOf(bed, 'north', post);
		for (const inline of [true, false]) {
			const quoting = note(eve, { quote: uri });
			const asked = await request(EVE, uri, quoting, inline);
			expect(await send(EVE, asked)).to.equal(202);
			await settle();
			const [accept] = sentTo('east', 'Accept').slice(-1);
			expect(accept).to.deep.include({ actor: await actorOf(bed, { slug: 'north', handle: 'ana' }) });
			expect(accept!.object).to.deep.equal({
				id: asked.id,
				type: 'QuoteRequest',
				actor: eve,
				object: uri,
				instrument: quoting.id,
			});
			const yes = String(accept!.result);
			const looked = await signed(bed, EVE, 'GET', yes);
			expect(JSON.parse(looked.body)).to.deep.include({
				type: 'QuoteAuthorization',
				id: yes,
				attributedTo: accept!.actor,
				interactingObject: quoting.id,
				interactionTarget: uri,
			});
			expect(looked.body).not.to.contain('xe-open');
			expect(await page(quoting.id, 'eve@')).to.match(/<blockquote class="quoted"[\s\S]*xe-open/);
			// The same question once more has the same answer.
			await send(EVE, { ...asked, id: `${asked.id}again` });
			await settle();
			expect(sentTo('east', 'Accept').at(-1)!.result).to.equal(yes);
		}
		const told = (await ana.get('/notices')).body.match(/eve Person quoted you/g);
		// Each notice says it once to see and once to hear.
		expect(told).to.have.length(4);
	});

	it('are refused when nobody may, when they would go farther, and when the two keep apart', async () => {
		await choose('everyone');
		const near = uriOf(bed, 'north', await ana.write('xe-near', 'neighborhood'));
		const wide = note(carla, { quote: near });
		await send(CARLA, await request(CARLA, near, wide));
		await settle();
		expect(sentTo('south', 'Reject')).to.have.length(1);
		expect(sentTo('south', 'Reject')[0]!.object).to.include({ instrument: wide.id, object: near });
		expect(rows(bed, 'north', 'SELECT id FROM post WHERE uri = ?', wide.id)).to.deep.equal([]);
		await choose('nobody');
		const open = uriOf(bed, 'north', await ana.write('xe-open', 'public'));
		await send(EVE, await request(EVE, open, note(eve, { quote: open })));
		await settle();
		expect(sentTo('east', 'Reject')).to.have.length(1);
		await choose('everyone');
		await ana.get('/home');
		await ana.post('/away', { actor: eve, do: 'block' });
		await send(EVE, await request(EVE, open, note(eve, { quote: open })));
		await settle();
		expect(sentTo('east', 'Reject')).to.have.length(2);
		expect(sentTo('east', 'Accept')).to.deep.equal([]);
		expect(quotes()).to.deep.equal([]);
	});

	it('of what their server may not have are neither let nor refused: there is no answer at all', async () => {
		await choose('everyone');
		for (const scope of ['branch', 'neighborhood', 'followers']) {
			const uri = uriOf(bed, 'north', await ana.write(`xe-${scope}`, scope));
			expect(await send(EVE, await request(EVE, uri, note(eve, { quote: uri })))).to.equal(202);
		}
		const nothing = `${bed.branch('north').origin}/ap/users/1/statuses/1`;
		expect(await send(EVE, await request(EVE, nothing, note(eve, { quote: nothing })))).to.equal(202);
		await settle();
		expect([...sentTo('east', 'Reject'), ...sentTo('east', 'Accept')]).to.deep.equal([]);
		expect(quotes()).to.deep.equal([]);
		const uri = uriOf(bed, 'north', await ana.write('xe-open', 'public'));
		const stolen = await request(EVE, uri, note(carla, { quote: uri }));
		expect(await send(EVE, stolen)).to.equal(403);
		const otherwise = await request(EVE, uri, note(eve, { quote: nothing }));
		await send(EVE, otherwise);
		await settle();
		expect(sentTo('east', 'Reject')).to.have.length(1);
	});

	it('a teen hears nothing of a stranger who wants to quote them', async () => {
		const tess = await bed.branch('north').join('tess', { age_band: 'teen' });
		bed.change('north', { teens_public: true });
		await tess.get('/you');
		expect((await tess.get('/you')).body).not.to.contain('value="everyone"');
		const uri = uriOf(bed, 'north', await tess.write('xe-teen', 'public'));
		await send(EVE, await request(EVE, uri, note(eve, { quote: uri })));
		await send(CARLA, await request(CARLA, uri, note(carla, { quote: uri })));
		await settle();
		expect(sentTo('east', 'Reject')).to.have.length(1);
		const notices = (await tess.get('/notices')).body;
		expect(notices).to.contain('carla Person asks to quote you').and.not.to.contain('eve Person');
	});

	/** Ben quotes a post of eve's, which north holds. */
	async function bensQuote(): Promise<{ path: string; quoted: string; asked: Record<string, unknown> }> {
		const address = `@eve@${new URL(eve).host}`;
		await ben.get(`/find?address=${encodeURIComponent(address)}`);
		await ben.post('/follows', { actor: eve });
		await settle();
		const policy = { canQuote: { automaticApproval: [PUBLIC] } };
		const quoted = note(eve, { interactionPolicy: policy });
		await create(quoted, EVE);
		const [copy] = rows<{ id: number; can_quote: string }>(
			bed,
			'north',
			'SELECT id, can_quote FROM post WHERE uri = ?',
			quoted.id,
		);
		expect(copy!.can_quote).to.equal('everyone');
		await ben.get('/home');
		const answer = await ben.post('/posts', { text: 'xe-bens', scope: 'public', quote: String(copy!.id) });
		expect(answer.status, answer.body).to.equal(303);
		await settle();
		const [asked] = sentTo('east', 'QuoteRequest');
		return { path: answer.headers.location!, quoted: quoted.id, asked: asked! };
	}

	it('of ours ask first, as Mastodon does, and name nothing to software that asks nobody before there is a yes', async () => {
		const { path, quoted, asked } = await bensQuote();
		const uri = uriOf(bed, 'north', path);
		expect(asked).to.deep.include({ object: quoted, to: [eve] });
		expect(asked.instrument).to.deep.include({ id: uri, type: 'Note', quote: quoted });
		const read = async () => JSON.parse((await signed(bed, EVE, 'GET', uri)).body) as Record<string, unknown>;
		expect(await read()).to.not.have.any.keys('quoteUri', 'quoteUrl', '_misskey_quote', 'quoteAuthorization');
		expect((await read()).content).not.to.contain('quote-inline');
		const yes = `${eve}/quote_authorizations/1`;
		const accept = { id: `${eve}#accepts/1`, type: 'Accept', actor: eve, object: asked, result: yes };
		// Neither somebody else's yes counts, nor one that lies elsewhere.
		await send(CARLA, { ...accept, id: `${carla}#accepts/1`, actor: carla, result: `${carla}/yes/1` });
		await send(EVE, { ...accept, id: `${eve}#accepts/2`, result: `${carla}/yes/1` });
		await send(EVE, { ...accept, id: `${eve}#accepts/3`, result: undefined });
		expect(quotes().map(({ state }) => state)).to.deep.equal(['asked']);
		expect(await send(EVE, accept)).to.equal(202);
		await settle();
		expect(await read()).to.deep.include({
			quote: quoted,
			quoteUri: quoted,
			quoteUrl: quoted,
			_misskey_quote: quoted,
			quoteAuthorization: yes,
		});
		expect((await read()).content).to.match(/^<p class="quote-inline">RE: <a href="/);
		expect(sentTo('south', 'Update')).to.have.length(1);
		expect((await ana.get(path)).body).to.match(/<blockquote class="quoted"/);
		// And taken back by whoever gave it, and nobody else.
		await send(CARLA, { id: `${carla}#delete/1`, type: 'Delete', actor: carla, object: yes });
		expect(quotes().map(({ state }) => state)).to.deep.equal(['agreed']);
		await send(EVE, { id: `${yes}#delete`, type: 'Delete', actor: eve, object: yes });
		await settle();
		expect((await ana.get(path)).body).to.contain('does not agree any more');
		expect((await read()).quote).to.deep.equal({ type: 'Tombstone' });
		expect(JSON.stringify(await read())).not.to.contain(quoted);
		expect(sentTo('south', 'Update')).to.have.length(2);
	});

	it('of ours are told when they are refused', async () => {
		const { path, asked } = await bensQuote();
		await send(EVE, { id: `${eve}#rejects/1`, type: 'Reject', actor: eve, object: asked });
		await settle();
		expect((await ben.get(path)).body).to.contain('said no to being quoted here.');
		expect((await ana.get(path)).body).not.to.contain('xe-701');
	});

	it('are read in whatever shape they come, and what cannot be read is no quote', async () => {
		const quoted = note(eve);
		const shapes: unknown[] = [
			[quoted.id],
			{ id: quoted.id, type: 'Note', attributedTo: eve, content: 'xe-embedded' },
			'not an address',
			{ type: 'Note' },
			[[quoted.id]],
			42,
			'javascript:alert(1)',
			{ '@id': quoted.id },
		];
		for (const quote of shapes) {
			const quoting = note(carla, { quote });
			const actor = carla;
			const object = quoting;
			const activity = {
				'@context': CONTEXT,
				id: `${quoting.id}/activity`,
				type: 'Create',
				actor,
				to: [PUBLIC],
				object,
			};
			const answer = await signed(bed, CARLA, 'POST', inbox(), activity);
			expect(answer.status).to.be.oneOf([202, 400]);
			await settle();
			const [post] = rows<{ id: number }>(bed, 'north', 'SELECT id FROM post WHERE uri = ?', quoting.id);
			if (post)
				expect(await page(quoting.id))
					.not.to.contain('xe-embedded')
					.and.not.to.contain('javascript:');
		}
		expect(quotes().filter(({ uri }) => uri === quoted.id).length).to.be.greaterThan(1);
		const policies = [
			{ canQuote: 7 },
			{ canQuote: { automaticApproval: 'x y' } },
			'all',
			[{}],
			{ canQuote: [] },
		];
		for (const interactionPolicy of policies) {
			await create(note(carla, { interactionPolicy }));
		}
	});
});
