import { expect } from 'chai';
import { type Bed, createBed } from './bed.ts';
import type { Browser } from './browser.ts';
import { personId, rows, uriOf } from './look.ts';
import { takeEverything } from './take-everything.ts';
import { actorOf, createNote, PUBLIC, type Signer, signed } from './wire.ts';

const CARLA: Signer = { slug: 'south', handle: 'carla' };
const ANA: Signer = { slug: 'north', handle: 'ana' };
const QUOTES = [
	'https://www.w3.org/ns/activitystreams',
	{
		quote: { '@id': 'https://w3id.org/fep/044f#quote', '@type': '@id' },
		QuoteRequest: 'https://w3id.org/fep/044f#QuoteRequest',
	},
];

for (const way of ['http', 'short'] as const) {
	describe(`quotes of who leaves (${way})`, () => {
		let bed: Bed;
		let ana: Browser;
		let ben: Browser;
		let carla: Browser;
		beforeEach(async () => {
			bed = await createBed(['north', 'south', 'west'], way);
			bed.befriend('north', 'south', 'west');
			await bed.settle();
			ana = await bed.branch('north').join('ana');
			ben = await bed.branch('north').join('ben');
			carla = await bed.branch('south').join('carla');
		});
		afterEach(async () => {
			const { errors } = bed;
			await bed.close();
			expect(errors).to.deep.equal([]);
		});

		const settle = async () => {
			await bed.settle();
			await bed.settle();
			await bed.settle();
		};
		const choose = async (who: Browser, quotes: string) => {
			await who.get('/you');
			await who.post('/you', { name: 'Somebody', summary: '', scope: 'branch', quotes });
		};
		const quoted = async (who: Browser, id: string, scope: string, text = 'xl-look'): Promise<string> => {
			await who.get('/home');
			const answer = await who.post('/posts', { text, scope, quote: id });
			expect(answer.status, answer.body).to.equal(303);
			return answer.headers.location!;
		};
		const copyOf = (uri: string, at: string) =>
			String(rows<{ id: number }>(bed, at, 'SELECT id FROM post WHERE uri = ?', uri)[0]?.id);
		const states = (slug: string) =>
			rows<{ state: string }>(bed, slug, 'SELECT state FROM quote ORDER BY post').map(({ state }) => state);
		const copyPage = (at: string, uri: string, address: string, who: Browser) =>
			who.get(`/@${address}/${copyOf(uri, at)}`).then(({ body }) => body);
		const host = (slug: string) => new URL(bed.branch(slug).origin).host;
		const deleteAccount = async (who: Browser, handle: string) => {
			await who.get('/home');
			expect((await who.post('/you/delete', { handle })).status).to.equal(200);
			await settle();
		};
		/** Carla quotes a post of ana's for the neighborhood, and may. */
		const carlasQuote = async () => {
			await choose(ana, 'everyone');
			const post = uriOf(bed, 'north', await ana.write('xl-plums', 'neighborhood'));
			await settle();
			const path = await quoted(carla, copyOf(post, 'south'), 'neighborhood');
			await settle();
			expect(['north', 'south', 'west'].map(states)).to.deep.equal([['agreed'], ['agreed'], ['agreed']]);
			const [row] = rows<{ stamp: string }>(bed, 'south', 'SELECT stamp FROM quote');
			return { post, path, quote: uriOf(bed, 'south', path), stamp: row!.stamp };
		};

		it('an archive holds one’s quotes with the address of the yes, and no word of whoever is quoted', async () => {
			const { post, stamp } = await carlasQuote();
			await choose(ana, 'ask');
			await quoted(carla, copyOf(post, 'south'), 'neighborhood', 'xl-waits');
			await settle();
			const files = await takeEverything(bed, 'south', carla);
			const { orderedItems } = JSON.parse(files.get('outbox.json')!) as {
				orderedItems: { object: Record<string, unknown> }[];
			};
			const [agreed, waits] = orderedItems.map(({ object }) => object);
			expect(agreed).to.include({ quote: post, quoteAuthorization: stamp });
			expect(waits).to.include({ quote: post }).and.to.not.have.property('quoteAuthorization');
			expect([...files.values()].join('')).not.to.contain('xl-plums');
			expect([...(await takeEverything(bed, 'north', ana)).values()].join('')).not.to.contain('xl-look');
		});

		it('a quote is read by nobody whose branch is no neighbor any more of what it quotes', async () => {
			const { quote } = await carlasQuote();
			const wim = await bed.branch('west').join('wim');
			const read = async (slug: string, who: Browser) =>
				(await who.get(`/@carla@${host('south')}/${copyOf(quote, slug)}`)).body.includes('xl-look');
			expect([await read('west', wim), await read('north', ben)]).to.deep.equal([true, true]);
			bed.befriend('south', 'west');
			await settle();
			expect([await read('west', wim), await read('north', ben)]).to.deep.equal([false, false]);
		});

		it('a post that is deleted takes its yes with it, and says no to whoever waits for one', async () => {
			const { post, quote, stamp } = await carlasQuote();
			await choose(ana, 'ask');
			const waits = await quoted(carla, copyOf(post, 'south'), 'neighborhood', 'xl-waits');
			await settle();
			await ana.get('/home');
			await ana.post(`/posts/${copyOf(post, 'north')}/delete`, {});
			await settle();
			expect(states('north')).to.deep.equal(['taken_back', 'refused']);
			expect(states('south')).to.deep.equal(['taken_back', 'refused']);
			for (const [at, who] of [
				['north', ben],
				['west', await bed.branch('west').join('wim')],
			] as const) {
				const body = await copyPage(at, quote, `carla@${host('south')}`, who);
				expect(body, at).to.contain('xl-look').and.to.contain('This quoted a post that was taken back.');
				expect(body, at).not.to.contain('xl-plums');
			}
			expect((await carla.get(waits)).body).to.contain('This quoted a post that was taken back.');
			expect((await signed(bed, CARLA, 'GET', stamp)).status).to.equal(404);
			const read = await signed(bed, { slug: 'west', handle: null }, 'GET', quote);
			expect(read.body).not.to.contain(post);
		});

		it('a post that a host hides is named by no quote any more, at whatever server that stands', async () => {
			await choose(ana, 'everyone');
			const post = uriOf(bed, 'north', await ana.write('xl-plums', 'neighborhood'));
			await settle();
			const bens = uriOf(bed, 'north', await quoted(ben, copyOf(post, 'north'), 'neighborhood'));
			await settle();
			expect(['north', 'south'].map(states)).to.deep.equal([['agreed'], ['agreed']]);
			bed.grant('staff-june', 'north');
			const june = bed.branch('north').browser({ staff_id: 'staff-june' });
			const at = `/staff/posts/${copyOf(post, 'north')}/decide`;
			await june.get(at);
			const rule = 'conduct/no-advertising';
			const facts = 'The post offered a thing for sale, which the rule does not allow.';
			const hidden = await june.post(at, { rule, facts, do: 'decide' });
			expect(hidden.status, hidden.body).to.equal(303);
			bed.outside(new URL(bed.library.accountability_origin).host, () => ({ status: 202, body: '{}' }));
			await settle();
			expect(states('south')).to.deep.equal(['taken_back']);
			const body = await copyPage('south', bens, `ben@${host('north')}`, carla);
			expect(body).to.contain('xl-look').and.not.to.contain('xl-plums');
			const read = await signed(bed, { slug: 'west', handle: null }, 'GET', bens);
			expect(read.body).not.to.contain(post);
		});

		it('an account that is deleted takes back what it agreed to, everywhere', async () => {
			const { post, quote, stamp, path } = await carlasQuote();
			const bens = await quoted(ben, copyOf(post, 'north'), 'neighborhood', 'xl-bens');
			await settle();
			await deleteAccount(ana, 'ana');
			for (const slug of ['north', 'south', 'west']) {
				expect(
					states(slug).filter((state) => state === 'agreed'),
					slug,
				).to.deep.equal([]);
				const left = "SELECT id FROM post WHERE content_html LIKE '%xl-plums%'";
				expect(rows(bed, slug, left), slug).to.deep.equal([]);
			}
			for (const [page, who] of [
				[path, carla],
				[bens, ben],
			] as const) {
				expect((await who.get(page)).body).to.contain('This quoted a post that was taken back.');
			}
			expect((await signed(bed, CARLA, 'GET', stamp)).status).to.be.oneOf([404, 410]);
			const read = await signed(bed, { slug: 'west', handle: null }, 'GET', quote);
			expect(read.body).not.to.contain(post);
		});

		it('an account that is deleted takes its quotes with it, everywhere, also such as wait', async () => {
			const { post, quote } = await carlasQuote();
			await choose(ana, 'ask');
			await quoted(carla, copyOf(post, 'south'), 'neighborhood', 'xl-waits');
			await settle();
			expect((await ana.get('/you/quotes')).body)
				.to.contain('xl-waits')
				.and.to.contain('xl-look');
			await deleteAccount(carla, 'carla');
			for (const slug of ['north', 'south', 'west']) {
				expect(rows(bed, slug, 'SELECT post FROM quote'), slug).to.deep.equal([]);
				expect(
					rows(bed, slug, "SELECT id FROM post WHERE content_html LIKE '%xl-%' AND uri <> ?", post),
					slug,
				).to.deep.equal([]);
			}
			const asks = (await ana.get('/you/quotes')).body;
			expect(asks).not.to.contain('xl-waits').and.not.to.contain('xl-look');
			const page = await ana.get(`/@ana/${copyOf(post, 'north')}`);
			expect(page.body).to.contain('xl-plums').and.not.to.contain('quoted it');
			expect((await signed(bed, { slug: 'west', handle: null }, 'GET', quote)).status).to.be.oneOf([
				404, 410,
			]);
		});

		it('after a move quotes still name the old post, and the yes is still where it was', async () => {
			const { post, quote, stamp, path } = await carlasQuote();
			const anna = await bed.branch('west').join('anna');
			await anna.get('/you/move');
			await anna.post('/you/aliases', { address: `@ana@${host('north')}` });
			await settle();
			await ana.get('/you/move');
			const moved = await ana.post('/you/move', { address: `@anna@${host('west')}` });
			expect(moved.status, moved.body).to.equal(303);
			await settle();
			// Looked up again, as after a long time.
			bed.clock.advance(8 * 24 * 60 * 60_000);
			const later = bed.branch('south').browser({ sub: 'sub-south-carla' });
			const west = bed.branch('west').browser({ sub: 'sub-west-anna' });
			for (const [who, page] of [
				[later, path],
				[west, `/@carla@${host('south')}/${copyOf(quote, 'west')}`],
			] as const) {
				await who.get(page);
				await settle();
				const { body } = await who.get(page);
				expect(body).to.match(/<blockquote class="quoted"[\s\S]*xl-plums/);
			}
			expect(['north', 'south', 'west'].map(states)).to.deep.equal([['agreed'], ['agreed'], ['agreed']]);
			expect((await signed(bed, CARLA, 'GET', stamp)).status).to.equal(200);
			const wire = await signed(bed, { slug: 'west', handle: null }, 'GET', quote);
			expect(JSON.parse(wire.body)).to.include({ quote: post, quoteAuthorization: stamp });
			// Whoever quotes may move as well.
			const files = await takeEverything(bed, 'south', later);
			expect(files.get('outbox.json')).to.contain(post);
		});
	});
}

describe('quotes of a server that nothing was sent to', () => {
	let bed: Bed;
	let ana: Browser;
	beforeEach(async () => {
		bed = await createBed(['north', 'south', 'east']);
		bed.change('east', { federation: 'open' });
		bed.change('north', { federation: 'open' });
		bed.change('south', { federation: 'open' });
		await bed.settle();
		ana = await bed.branch('north').join('ana');
		await bed.branch('south').join('carla');
	});
	afterEach(async () => {
		const { errors } = bed;
		await bed.close();
		expect(errors).to.deep.equal([]);
	});

	/** Carla's server came upon a public post of ana's and asks to quote it. */
	async function asked(): Promise<{ id: string; uri: string }> {
		await ana.get('/you');
		await ana.post('/you', { name: 'Ana', summary: '', scope: 'branch', quotes: 'everyone' });
		const path = await ana.write('xl-public', 'public');
		const uri = uriOf(bed, 'north', path);
		const note = await createNote(bed, CARLA, { id: '9001', to: [PUBLIC], content: '<p>xl-look</p>' });
		const actor = await actorOf(bed, CARLA);
		const request = {
			'@context': QUOTES,
			id: `${actor}#asks/1`,
			type: 'QuoteRequest',
			actor,
			object: uri,
			instrument: { ...(note.object as object), quote: uri },
		};
		const answer = await signed(bed, CARLA, 'POST', `${bed.branch('north').origin}/ap/inbox`, request);
		expect(answer.status, answer.body).to.equal(202);
		await bed.settle();
		return { id: path.split('/').at(-1)!, uri };
	}
	const sent = (slug = 'south') =>
		bed.sent
			.filter(({ method, url }) => method === 'POST' && url.startsWith(bed.branch(slug).origin))
			.map(({ body }) => JSON.parse(body.slice(body.indexOf('\n') + 1)) as { type: string; object: unknown });
	const deleted = () =>
		sent().flatMap(({ type, object }) =>
			type === 'Delete' ? [typeof object === 'string' ? object : (object as { id: string }).id] : [],
		);

	it('hear of its edit, and of its end: that the post is gone and that the yes is', async () => {
		const { id, uri } = await asked();
		const yes = sent().find(({ type }) => type === 'Accept') as unknown as { result: string };
		await ana.get(`/posts/${id}/edit`);
		await ana.post(`/posts/${id}/edit`, { text: 'xl-edited', language: 'en' });
		await bed.settle();
		expect(sent().at(-1)!.type).to.equal('Update');
		await ana.get('/home');
		await ana.post(`/posts/${id}/delete`, {});
		await bed.settle();
		expect(deleted()).to.have.members([uri, yes.result]);
	});

	it('hear that a host hid it, and have it again when that is taken back', async () => {
		const { id, uri } = await asked();
		bed.outside(new URL(bed.library.accountability_origin).host, () => ({ status: 202, body: '{}' }));
		bed.grant('staff-june', 'north');
		const june = bed.branch('north').browser({ staff_id: 'staff-june' });
		const at = `/staff/posts/${id}/decide`;
		await june.get(at);
		const facts = 'The post offered a thing for sale, which the rule does not allow.';
		const hidden = await june.post(at, { rule: 'conduct/no-advertising', facts, do: 'decide' });
		expect(hidden.status, hidden.body).to.equal(303);
		await bed.settle();
		expect(deleted()).to.deep.equal([uri]);
		const [row] = rows<{ id: string }>(bed, 'north', 'SELECT id FROM decision');
		await june.get(`/staff/decisions/${row!.id}`);
		const reason = 'Nobody was offered anything: it told of a gift.';
		const back = await june.post(`/staff/decisions/${row!.id}/reverse`, { reason });
		expect(back.status, back.body).to.equal(303);
		await bed.settle();
		expect(sent().at(-1)!.type).to.equal('Create');
		expect(JSON.stringify(sent().at(-1))).to.contain(uri);
	});

	it('hear that the account of whom they quote is gone', async () => {
		const { uri } = await asked();
		const yes = sent().find(({ type }) => type === 'Accept') as unknown as { result: string };
		const actor = await actorOf(bed, ANA);
		await ana.get('/home');
		expect((await ana.post('/you/delete', { handle: 'ana' })).status).to.equal(200);
		await bed.settle();
		expect(deleted()).to.have.members([uri, yes.result, actor]);
		expect(personId(bed, 'ana')).to.be.greaterThan(0);
	});

	it('and servers that hold a quote of ours hear that what it quotes is gone, though its server says no more than that', async () => {
		bed.befriend('north', 'south');
		await bed.settle();
		const ben = await bed.branch('north').join('ben');
		const carla = bed.branch('south').browser({ sub: 'sub-south-carla' });
		await carla.get('/you');
		await carla.post('/you', { name: 'Carla', summary: '', scope: 'branch', quotes: 'everyone' });
		const post = uriOf(bed, 'south', await carla.write('xl-plums', 'public'));
		await bed.settle();
		const eve = await bed.branch('east').join('eve');
		await eve.get(`/find?address=@ben@${new URL(bed.branch('north').origin).host}`);
		await eve.get('/home');
		await eve.post('/follows', { actor: await actorOf(bed, { slug: 'north', handle: 'ben' }) });
		await bed.settle();
		const [copy] = rows<{ id: number }>(bed, 'north', 'SELECT id FROM post WHERE uri = ?', post);
		await ben.get('/home');
		await ben.post('/posts', { text: 'xl-look', scope: 'public', quote: String(copy!.id) });
		for (let n = 0; n < 3; n += 1) await bed.settle();
		const told = () => sent('east').filter(({ type }) => type === 'Update').length;
		expect(rows<{ state: string }>(bed, 'north', 'SELECT state FROM quote')[0]!.state).to.equal('agreed');
		expect(JSON.stringify(sent('east').at(-1))).to.contain(post);
		const before = told();
		const actor = await actorOf(bed, CARLA);
		const gone = {
			'@context': QUOTES[0],
			id: `${post}#gone`,
			type: 'Delete',
			actor,
			to: [PUBLIC],
			object: post,
		};
		const answer = await signed(bed, CARLA, 'POST', `${bed.branch('north').origin}/ap/inbox`, gone);
		expect(answer.status, answer.body).to.equal(202);
		await bed.settle();
		expect(told()).to.equal(before + 1);
		expect(JSON.stringify(sent('east').at(-1)))
			.to.contain('xl-look')
			.and.not.to.contain(post);
	});
});
