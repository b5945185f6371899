import { expect } from 'chai';
import { type Bed, createBed } from './bed.ts';
import type { Browser } from './browser.ts';
import { personId, rows, uriOf } from './look.ts';
import { actorOf, signed } from './wire.ts';

describe('what people do with posts', () => {
	let bed: Bed;
	let ana: Browser;
	let ben: Browser;
	let carla: Browser;
	beforeEach(async () => {
		bed = await createBed(['north', 'south', 'east']);
		bed.befriend('north', 'south');
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

	const idOf = (path: string) => path.split('/').at(-1)!;
	const press = async (who: Browser, path: string, what: string) => {
		await who.get('/home');
		return who.post(`/posts/${idOf(path)}/${what}`, {});
	};
	/** The path at south of a post of north, after it came. */
	const copyOf = async (path: string) => {
		await bed.settle();
		const uri = uriOf(bed, 'north', path);
		const [copy] = rows<{ id: number }>(bed, 'south', 'SELECT id FROM post WHERE uri = ?', uri);
		return `/x/${copy!.id}`;
	};

	it('a star names who gave it, twice is once, and it can be taken back', async () => {
		const path = await ana.write('Plums are ripe', 'branch');
		await press(ben, path, 'star');
		await press(ben, path, 'star');
		expect((await ana.get(path)).body).to.contain('ben Person starred it');
		expect(rows(bed, 'north', 'SELECT id FROM act')).to.have.length(1);
		expect((await ana.get('/notices')).body).to.contain('ben Person starred your post.');
		await press(ben, path, 'unstar');
		await press(ben, path, 'unstar');
		expect((await ana.get(path)).body).not.to.contain('starred it');
	});

	it('one’s own star brings no notice, and nobody outside sees names', async () => {
		const path = await ana.write('Plums are ripe', 'public');
		await press(ana, path, 'star');
		expect((await ana.get('/notices')).body).not.to.contain('starred');
		expect((await bed.branch('north').browser().get(path)).body).not.to.contain('starred');
	});

	it('afterwards the page one came from is shown, and never another server', async () => {
		const path = await ana.write('Plums are ripe', 'branch');
		await ben.get('/home');
		const { origin } = bed.branch('north');
		const star = (referer: string) => ben.post(`/posts/${idOf(path)}/star`, {}, { referer });
		const places = [`${origin}/board/branch?before=9`, 'https://evil.example/', `${origin}//evil.example/`];
		const back = [];
		for (const place of places) back.push((await star(place)).headers.location);
		expect(back).to.deep.equal([
			`/board/branch?before=9#p${idOf(path)}`,
			`/home#p${idOf(path)}`,
			`/home#p${idOf(path)}`,
		]);
	});

	it('what is kept is on one’s own list alone, and leaves it when it may not be read any more', async () => {
		const path = await ana.write('A recipe for plum cake', 'branch');
		await press(ben, path, 'keep');
		expect((await ben.get('/kept')).body).to.contain('plum cake');
		expect((await ana.get('/kept')).body).not.to.contain('plum cake');
		expect((await ana.get('/notices')).body).not.to.contain('ben Person');
		await ana.post(`/posts/${idOf(path)}/delete`, {});
		expect((await ben.get('/kept')).body).not.to.contain('plum cake');
	});

	it('five posts of one’s own stand first on one’s page, a sixth and another’s do not', async () => {
		const paths = [];
		for (const word of ['one', 'two', 'three', 'four', 'five', 'six'])
			paths.push(await ana.write(`pin ${word}`, 'branch'));
		for (const path of paths.slice(0, 5)) expect((await press(ana, path, 'pin')).status).to.equal(303);
		expect((await press(ana, paths[5]!, 'pin')).status).to.equal(409);
		expect((await press(ben, paths[0]!, 'pin')).status).to.equal(403);
		const { body } = await ben.get('/@ana');
		expect(body.indexOf('Pinned')).to.be.greaterThan(0).and.lessThan(body.indexOf('pin one'));
		// What is pinned keeps its scope (Hometown #1178).
		expect((await bed.branch('north').browser().get('/@ana')).body).not.to.contain('pin one');
	});

	for (const kind of ['star', 'share', 'keep']) {
		it(`nobody can ${kind} what they may not read`, async () => {
			const path = await ana.write('For our people', 'branch');
			expect((await press(carla, path, kind)).status).to.equal(404);
			expect(rows(bed, 'north', 'SELECT id FROM act')).to.deep.equal([]);
		});
	}

	it('a branch post is not passed along: the button is not there, and a form by hand is refused', async () => {
		const path = await ana.write('For our people', 'branch');
		expect((await ben.get(path)).body)
			.to.contain('Stays here')
			.and.not.to.contain('Pass along');
		const { status, body } = await press(ben, path, 'share');
		expect(status).to.equal(403);
		expect(body).to.contain('This post stays here');
	});

	it('a neighborhood post is passed along here, and nothing of it leaves (Hometown #72)', async () => {
		const path = await ana.write('For the neighbors', 'neighborhood');
		const copy = await copyOf(path);
		const before = bed.sent.length;
		expect((await press(carla, copy, 'share')).status).to.equal(303);
		await bed.settle();
		expect(bed.sent.slice(before)).to.deep.equal([]);
		expect((await carla.get('/home')).body).to.contain('carla Person passed this along here');
		const outbox = await signed(
			bed,
			{ slug: 'north', handle: 'ana' },
			'GET',
			`${await actorOf(bed, { slug: 'south', handle: 'carla' })}/outbox`,
		);
		expect(outbox.body).not.to.contain('Announce').and.not.to.contain('For the neighbors');
	});

	it('a star reaches the author’s own server, and taking it back does too', async () => {
		const path = await ana.write('For the neighbors', 'neighborhood');
		const copy = await copyOf(path);
		await press(carla, copy, 'star');
		await bed.settle();
		expect((await ana.get('/notices')).body).to.contain('carla Person starred your post.');
		expect((await ana.get(path)).body).to.contain('carla Person starred it');
		await press(carla, copy, 'unstar');
		await bed.settle();
		expect((await ana.get(path)).body).not.to.contain('starred it');
	});

	it('a public post that is passed along is told to its author and to neighbors, and taken back there', async () => {
		const path = await ana.write('For everyone', 'public');
		const copy = await copyOf(path);
		await press(carla, copy, 'share');
		await bed.settle();
		expect((await ben.get(path)).body).to.contain('carla Person passed this along');
		await press(carla, copy, 'unshare');
		await bed.settle();
		expect((await ben.get(path)).body).not.to.contain('passed this along');
	});

	it('a star of a branch post is told to no server', async () => {
		const path = await ana.write('For our people', 'branch');
		const before = bed.sent.length;
		await press(ben, path, 'star');
		await bed.settle();
		expect(bed.sent.slice(before)).to.deep.equal([]);
	});

	describe('from other servers', () => {
		const send = async (slug: string, document: (actor: string) => object) => {
			const signer = { slug, handle: slug === 'south' ? 'carla' : 'dora' };
			return signed(bed, signer, 'POST', `${bed.branch('north').origin}/ap/inbox`, {
				'@context': 'https://www.w3.org/ns/activitystreams',
				...document(await actorOf(bed, signer)),
			});
		};
		const acts = () => rows<{ kind: string }>(bed, 'north', 'SELECT kind FROM act').map(({ kind }) => kind);

		it('a Like or an Announce of a branch post leaves no trace, whoever guessed its address', async () => {
			const object = uriOf(bed, 'north', await ana.write('For our people', 'branch'));
			for (const type of ['Like', 'Announce']) {
				const answer = await send('south', (actor) => ({ id: `${actor}#${type}/1`, type, actor, object }));
				expect(answer.status).to.equal(202);
			}
			expect(acts()).to.deep.equal([]);
			expect((await ana.get('/notices')).body).not.to.contain('carla');
		});

		it('an Announce of a neighborhood post counts for nothing, even by a neighbor', async () => {
			const object = uriOf(bed, 'north', await ana.write('For the neighbors', 'neighborhood'));
			await send('south', (actor) => ({ id: `${actor}#a/1`, type: 'Announce', actor, object }));
			expect(acts()).to.deep.equal([]);
		});

		it('the same Like twice, under one id or two, is one star', async () => {
			const object = uriOf(bed, 'north', await ana.write('For everyone', 'public'));
			for (const id of ['1', '1', '2']) {
				await send('south', (actor) => ({ id: `${actor}#l/${id}`, type: 'Like', actor, object }));
			}
			expect(acts()).to.deep.equal(['star']);
		});

		it('a post is not taken from inside an Announce, and one we do not have is dropped', async () => {
			const answer = await send('south', (actor) => ({
				id: `${actor}#a/1`,
				type: 'Announce',
				actor,
				object: { id: 'https://elsewhere.example/notes/1', type: 'Note', content: 'xq-forged', to: [] },
			}));
			expect(answer.status).to.equal(202);
			expect(rows(bed, 'north', "SELECT id FROM post WHERE content_html LIKE '%xq-forged%'")).to.deep.equal(
				[],
			);
		});

		it('nobody takes back another’s star', async () => {
			const path = await ana.write('For everyone', 'public');
			const object = uriOf(bed, 'north', path);
			await press(ben, path, 'star');
			const benActor = `${bed.branch('north').origin}/ap/users/${personId(bed, 'ben')}`;
			const [{ activity } = { activity: '' }] = rows<{ activity: string }>(
				bed,
				'north',
				'SELECT activity FROM act',
			);
			const forged = await send('south', (actor) => ({
				id: `${actor}#u/1`,
				type: 'Undo',
				actor,
				object: { id: activity, type: 'Like', actor: benActor, object },
			}));
			expect(forged.status).to.equal(202);
			const sly = await send('south', (actor) => ({
				id: `${actor}#u/2`,
				type: 'Undo',
				actor,
				object: { id: activity, type: 'Like', actor, object },
			}));
			expect(sly.status).to.equal(202);
			expect(acts()).to.deep.equal(['star']);
		});
	});
});
