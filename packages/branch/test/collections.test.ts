import { expect } from 'chai';
import { type Bed, createBed } from './bed.ts';
import { type Browser, call } from './browser.ts';
import { personId, rows, uriOf } from './look.ts';
import { signed } from './wire.ts';

describe('what a branch lists on the wire', () => {
	let bed: Bed;
	let ana: Browser;
	let ben: Browser;
	let carla: Browser;
	let person: string;
	beforeEach(async () => {
		bed = await createBed(['north', 'south', 'east']);
		bed.befriend('north', 'south');
		await bed.settle();
		ana = await bed.branch('north').join('ana');
		ben = await bed.branch('north').join('ben');
		carla = await bed.branch('south').join('carla');
		await bed.branch('east').join('dora');
		person = `${bed.branch('north').origin}/ap/users/${personId(bed, 'ana')}`;
	});
	afterEach(async () => {
		const { errors } = bed;
		await bed.close();
		expect(errors).to.deep.equal([]);
	});

	const idOf = (path: string) => path.split('/').at(-1)!;
	async function read(url: string, slug: string | null = null): Promise<Record<string, unknown> | null> {
		const { host, pathname } = new URL(url);
		const headers = { host, accept: 'application/activity+json' };
		const answer = slug
			? await signed(bed, { slug, handle: null }, 'GET', url)
			: await call(bed.port, 'GET', pathname, headers);
		return answer.status === 200 ? (JSON.parse(answer.body) as Record<string, unknown>) : null;
	}
	async function pin(who: Browser, path: string, what = 'pin'): Promise<void> {
		await who.get('/home');
		expect((await who.post(`/posts/${idOf(path)}/${what}`, {})).status).to.equal(303);
	}

	it('what somebody pinned, whole, and only what is for everyone', async () => {
		const open = await ana.write('Plums are ripe', 'public');
		const near = await ana.write('Only near', 'neighborhood');
		const own = await ana.write('Only here', 'branch');
		for (const path of [open, near, own]) await pin(ana, path);
		const actor = await read(person);
		expect(actor).to.include({
			featured: `${person}/collections/featured`,
			following: `${person}/following`,
		});
		for (const slug of [null, 'south', 'east']) {
			const featured = await read(`${person}/collections/featured`, slug);
			expect(featured).to.include({ type: 'OrderedCollection', totalItems: 1 });
			const [note] = featured!.orderedItems as Record<string, unknown>[];
			expect(note).to.include({ id: uriOf(bed, 'north', open), type: 'Note' });
		}
	});

	it('a pin is told to neighbors and taken down again; what is not public is told to nobody', async () => {
		const open = await ana.write('Plums are ripe', 'public');
		const near = await ana.write('Only near', 'neighborhood');
		await bed.settle();
		await pin(ana, open);
		await pin(ana, near);
		await bed.settle();
		const pinned = () =>
			rows<{ uri: string }>(
				bed,
				'south',
				"SELECT uri FROM act JOIN post ON post.id = act.post WHERE act.kind = 'pin'",
			);
		expect(pinned()).to.deep.equal([{ uri: uriOf(bed, 'north', open) }]);
		const host = new URL(bed.branch('north').origin).host;
		expect((await carla.get(`/@ana@${host}`)).body).to.match(/Pinned|pinned/);
		await pin(ana, open, 'unpin');
		await bed.settle();
		expect(pinned()).to.deep.equal([]);
	});

	it('nobody pins a post of somebody else, nor into a collection that is not of pins', async () => {
		const path = await ana.write('Plums are ripe', 'public');
		await bed.settle();
		const carlaId = `${bed.branch('south').origin}/ap/users/${personId(bed, 'carla', 'south')}`;
		const add = (object: string, target: string, n: number) =>
			signed(bed, { slug: 'south', handle: 'carla' }, 'POST', `${bed.branch('north').origin}/ap/inbox`, {
				'@context': 'https://www.w3.org/ns/activitystreams',
				id: `${carlaId}#pins/${n}`,
				type: 'Add',
				actor: carlaId,
				object,
				target,
			});
		expect((await add(uriOf(bed, 'north', path), `${carlaId}/collections/featured`, 1)).status).to.equal(403);
		const hers = await carla.write('Hers', 'public');
		await bed.settle();
		expect((await add(uriOf(bed, 'south', hers), `${carlaId}/outbox`, 2)).status).to.equal(202);
		expect(rows(bed, 'north', "SELECT id FROM act WHERE kind = 'pin'")).to.deep.equal([]);
	});

	it('answers and conversations name to each asker what they may read', async () => {
		const first = await ana.write('Shall we?', 'public');
		const open = await ben.write('Yes', 'public', first);
		const near = await ben.write('Near', 'neighborhood', first);
		await ben.write('Here', 'branch', first);
		await bed.settle();
		const uri = uriOf(bed, 'north', first);
		const [copy] = rows<{ id: number }>(bed, 'south', 'SELECT id FROM post WHERE uri = ?', uri);
		await carla.write('From afar', 'public', `/x/${copy!.id}`);
		await bed.settle();
		const afar = rows<{ uri: string }>(bed, 'north', 'SELECT uri FROM post WHERE remote IS NOT NULL')[0]!.uri;
		const note = await read(uri);
		expect(note).to.include({ replies: `${uri}/replies` });
		const context = String(note!.context);
		const items = async (slug: string | null, url: string, name: string) => (await read(url, slug))?.[name];
		const public_ = [uriOf(bed, 'north', open), afar];
		const neighbor = [uriOf(bed, 'north', open), uriOf(bed, 'north', near), afar];
		expect(await items(null, `${uri}/replies`, 'items')).to.deep.equal(public_);
		expect(await items('east', `${uri}/replies`, 'items')).to.deep.equal(public_);
		expect(await items('south', `${uri}/replies`, 'items')).to.deep.equal(neighbor);
		expect(await items(null, context, 'orderedItems')).to.deep.equal([uri, ...public_]);
		expect(await items('south', context, 'orderedItems')).to.deep.equal([uri, ...neighbor]);
	});

	it('of a post one may not read there are no answers and no conversation', async () => {
		const path = await ana.write('Only near', 'neighborhood');
		await ben.write('Open answer?', 'neighborhood', path);
		const uri = uriOf(bed, 'north', path);
		for (const slug of [null, 'east']) {
			expect(await read(`${uri}/replies`, slug)).to.equal(null);
			expect(await read(`${bed.branch('north').origin}/ap/contexts/${idOf(path)}`, slug)).to.equal(null);
		}
		expect((await read(`${uri}/replies`, 'south'))!.totalItems).to.equal(1);
	});

	it('who follows and whom is counted and not named', async () => {
		await ben.get('/@ana');
		await ben.post('/follows', { actor: person });
		expect(await read(`${person}/followers`))
			.to.include({ totalItems: 1 })
			.and.not.have.any.keys('items', 'orderedItems');
		expect(await read(`${person}/following`))
			.to.include({ totalItems: 0 })
			.and.not.have.any.keys('items', 'orderedItems');
	});
});
