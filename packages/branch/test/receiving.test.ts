import { expect } from 'chai';
import { type Bed, createBed } from './bed.ts';
import type { Browser } from './browser.ts';
import { personId, rows, uriOf } from './look.ts';
import { actorOf, createNote, PUBLIC, signed } from './wire.ts';

describe('what comes from elsewhere', () => {
	let bed: Bed;
	let ana: Browser;
	let inbox: string;
	let serial = 0;
	const carla = { slug: 'south', handle: 'carla' };
	const dora = { slug: 'east', handle: 'dora' };
	const next = () => String(++serial);

	before(async () => {
		bed = await createBed(['north', 'south', 'east']);
		bed.befriend('north', 'south');
		await bed.settle();
		ana = await bed.branch('north').join('ana');
		await bed.branch('south').join('carla');
		await bed.branch('east').join('dora');
		inbox = `${bed.branch('north').origin}/ap/inbox`;
	});
	after(() => bed.close());
	afterEach(() => expect(bed.errors).to.deep.equal([]));

	const neighbors = (slug: string) => `${bed.branch(slug).origin}/ap/neighbors`;
	const kept = (word: string) =>
		rows<{ scope: string; audience: string }>(
			bed,
			'north',
			'SELECT scope, audience FROM post WHERE content_html LIKE ?',
			`%${word}%`,
		);

	it("a neighborhood post of a mutual neighbor is kept inside its author's walls", async () => {
		const note = await createNote(bed, carla, {
			id: next(),
			to: [neighbors('south')],
			content: '<p>xr-one</p>',
		});
		expect((await signed(bed, carla, 'POST', inbox, note)).status).to.equal(202);
		const [post] = kept('xr-one');
		expect(post!.scope).to.equal('neighborhood');
		expect(JSON.parse(post!.audience)).to.deep.include({
			reach: 'neighborhood',
			walls: [bed.branch('south').origin],
		});
	});

	it('coming twice is coming once', async () => {
		const note = await createNote(bed, carla, {
			id: next(),
			to: [neighbors('south')],
			content: '<p>xr-two</p>',
		});
		await signed(bed, carla, 'POST', inbox, note);
		expect((await signed(bed, carla, 'POST', inbox, note)).status).to.equal(202);
		expect(kept('xr-two')).to.have.length(1);
	});

	const refused: [what: string, to: () => string[], cc: () => string[]][] = [
		['mixed with the public in cc', () => [neighbors('south')], () => [PUBLIC]],
		['mixed with the public in to', () => [neighbors('south'), PUBLIC], () => []],
		[
			'with anybody in cc',
			() => [neighbors('south')],
			() => [`${bed.branch('south').origin}/ap/users/1/followers`],
		],
		['to the neighbors of somebody else', () => [neighbors('north')], () => []],
		['to its neighbors and others', () => [neighbors('south'), neighbors('north')], () => []],
		['with its neighbors only in cc', () => [], () => [neighbors('south')]],
	];
	for (const [what, to, cc] of refused) {
		it(`a neighborhood post ${what} is refused`, async () => {
			const parts = { id: next(), to: to(), cc: cc(), content: '<p>xr-bad</p>' };
			const answer = await signed(bed, carla, 'POST', inbox, await createNote(bed, carla, parts));
			expect(answer.status).to.equal(403);
			expect(kept('xr-bad')).to.deep.equal([]);
		});
	}

	it('a neighborhood post of a branch that is no neighbor is refused', async () => {
		const note = await createNote(bed, dora, {
			id: next(),
			to: [neighbors('east')],
			content: '<p>xr-east</p>',
		});
		expect((await signed(bed, dora, 'POST', inbox, note)).status).to.equal(403);
		expect(kept('xr-east')).to.deep.equal([]);
	});

	it('a post signed by another than its author is refused', async () => {
		await bed.branch('south').join('mallory');
		const note = await createNote(bed, carla, { id: next(), to: [PUBLIC], content: '<p>xr-forged</p>' });
		const answer = await signed(bed, { slug: 'south', handle: 'mallory' }, 'POST', inbox, note);
		expect(answer.status).to.be.oneOf([401, 403]);
		expect(kept('xr-forged')).to.deep.equal([]);
	});

	it('a public post of a stranger whom nobody follows is dropped; one of a neighbor is kept', async () => {
		const strange = await createNote(bed, dora, { id: next(), to: [PUBLIC], content: '<p>xr-strange</p>' });
		expect((await signed(bed, dora, 'POST', inbox, strange)).status).to.equal(202);
		expect(kept('xr-strange')).to.deep.equal([]);
		const near = await createNote(bed, carla, { id: next(), to: [PUBLIC], content: '<p>xr-near</p>' });
		expect((await signed(bed, carla, 'POST', inbox, near)).status).to.equal(202);
		expect(kept('xr-near')[0]!.scope).to.equal('public');
	});

	it('a post for followers or for named people is not kept', async () => {
		const to = [`${await actorOf(bed, carla)}/followers`];
		const note = await createNote(bed, carla, { id: next(), to, content: '<p>xr-followers</p>' });
		expect((await signed(bed, carla, 'POST', inbox, note)).status).to.equal(202);
		expect(kept('xr-followers')).to.deep.equal([]);
	});

	it('a reply that claims a wider circle than the conversation stays inside it', async () => {
		const first = await ana.write('inside our circle', 'neighborhood');
		const inReplyTo = uriOf(bed, 'north', first);
		const note = await createNote(bed, carla, {
			id: next(),
			to: [PUBLIC],
			content: '<p>xr-wide</p>',
			inReplyTo,
		});
		expect((await signed(bed, carla, 'POST', inbox, note)).status).to.equal(202);
		expect(kept('xr-wide')[0]!.scope).to.equal('neighborhood');
		expect((await ana.get(first)).body).to.include('xr-wide');
		expect((await bed.branch('north').browser().get(first)).status).to.equal(404);
	});

	it('a reply to a branch post that was guessed is not put into the conversation', async () => {
		const finn = await bed.branch('north').join('finn');
		const first = await finn.write('only for us', 'branch');
		const inReplyTo = uriOf(bed, 'north', first);
		const note = await createNote(bed, carla, {
			id: next(),
			to: [PUBLIC],
			content: '<p>xr-guess</p>',
			inReplyTo,
		});
		await signed(bed, carla, 'POST', inbox, note);
		expect((await finn.get(first)).body).not.to.include('xr-guess');
		expect((await finn.get('/notices')).body).not.to.include('answered you');
	});

	it('hostile markup is taken out when it is written', async () => {
		const content =
			'<p>xr-html <img src=x onerror=alert(1)><script>alert(1)</script><a href="javascript:alert(1)" onclick="x()">a</a><a href="https://ok.example/" style="position:fixed">b</a><style>*{}</style><form action="/x"><input></form></p>';
		const note = await createNote(bed, carla, { id: next(), to: [neighbors('south')], content });
		await signed(bed, carla, 'POST', inbox, note);
		const { body } = await ana.get('/board/neighborhood');
		const said = body.slice(body.indexOf('xr-html'), body.indexOf('</div>', body.indexOf('xr-html')));
		expect(said).to.include('<a href="https://ok.example/" rel="nofollow noopener">b</a>');
		for (const bad of ['<img', '<script', 'javascript:', 'onclick', 'style=', '<style', '<form', '<input']) {
			expect(said).not.to.include(bad);
		}
	});

	it('an Update changes the words and never the circle; a Delete empties the copy; only by its author', async () => {
		const id = next();
		const note = await createNote(bed, carla, { id, to: [neighbors('south')], content: '<p>xr-before</p>' });
		await signed(bed, carla, 'POST', inbox, note);
		const wide = await createNote(bed, carla, { id, to: [PUBLIC], content: '<p>xr-after</p>' });
		const update = { ...wide, type: 'Update', id: `${wide.id}/2` };
		expect((await signed(bed, carla, 'POST', inbox, update)).status).to.equal(202);
		expect(kept('xr-after')[0]!.scope).to.equal('neighborhood');
		const object = (note.object as { id: string }).id;
		const remove = (actor: string) => ({
			'@context': 'https://www.w3.org/ns/activitystreams',
			id: `${actor}/deletes/${next()}`,
			type: 'Delete',
			actor,
			object,
		});
		const mallory = { slug: 'south', handle: 'mallory' };
		await signed(bed, mallory, 'POST', inbox, remove(await actorOf(bed, mallory)));
		expect(kept('xr-after')).to.have.length(1);
		await signed(bed, carla, 'POST', inbox, remove(await actorOf(bed, carla)));
		expect(kept('xr-after')).to.deep.equal([]);
	});

	it("a stranger's Follow is refused with the reason, and answered with a Reject", async () => {
		const actor = await actorOf(bed, dora);
		const object = `${bed.branch('north').origin}/ap/users/${personId(bed, 'ana')}`;
		const follow = {
			'@context': 'https://www.w3.org/ns/activitystreams',
			id: `${actor}/follows/1`,
			type: 'Follow',
			actor,
			object,
		};
		const before = bed.sent.length;
		const answer = await signed(bed, dora, 'POST', inbox, follow);
		expect(answer.status).to.equal(403);
		expect(answer.body).to.include('answers its neighbors only');
		await bed.settle();
		const sent = bed.sent.slice(before).filter(({ url }) => url.startsWith(bed.branch('east').origin));
		expect(sent.some(({ body }) => body.includes('"Reject"'))).to.equal(true);
		expect(rows(bed, 'north', 'SELECT id FROM follow WHERE follower = ?', actor)).to.deep.equal([]);
	});

	it('a post without a signature, or with one that is broken, is refused', async () => {
		const note = await createNote(bed, carla, { id: next(), to: [PUBLIC], content: '<p>xr-unsigned</p>' });
		const { call } = await import('./browser.ts');
		const host = new URL(inbox).host;
		const headers = { host, 'content-type': 'application/activity+json' };
		const answer = await call(bed.port, 'POST', '/ap/inbox', headers, JSON.stringify(note));
		expect(answer.status).to.equal(401);
		expect(kept('xr-unsigned')).to.deep.equal([]);
	});
});

describe('following', () => {
	let bed: Bed;
	before(async () => {
		bed = await createBed(['north', 'south', 'east']);
		bed.befriend('north', 'south');
		await bed.settle();
	});
	after(() => bed.close());

	it('somebody at a neighbor is asked for, accepted, told, and ended', async () => {
		const ana = await bed.branch('north').join('ana');
		const carla = await bed.branch('south').join('carla');
		const found = await ana.get(`/find?address=@carla@${new URL(bed.branch('south').origin).host}`);
		expect(found.status, found.body).to.equal(303);
		const profile = await ana.get(found.headers.location!);
		expect(profile.body).to.include('Follow carla Person');
		const actor = /name="actor" value="([^"]+)"/.exec(profile.body)![1]!;
		expect((await ana.post('/follows', { actor })).status).to.equal(303);
		expect((await ana.get(found.headers.location!)).body).to.include('Asked; waiting');
		await bed.settle();
		expect((await ana.get(found.headers.location!)).body).to.include('You follow them');
		expect((await carla.get('/notices')).body).to.include('ana Person follows you now.');
		await ana.post('/follows/end', { actor });
		await bed.settle();
		expect(rows(bed, 'south', 'SELECT id FROM follow')).to.deep.equal([]);
		expect(bed.errors).to.deep.equal([]);
	});

	it('somebody at a server that is no neighbor is refused without asking it', async () => {
		const dan = await bed.branch('north').join('dan');
		const before = bed.sent.length;
		const answer = await dan.get(`/find?address=@dora@${new URL(bed.branch('east').origin).host}`);
		expect(answer.status).to.equal(422);
		expect(answer.body).to.include('does not exchange posts with that server');
		expect(bed.sent.length).to.equal(before);
	});

	it('somebody at a branch that is open to strangers brings their public posts, and only those', async () => {
		bed.change('north', { federation: 'open' });
		bed.change('east', { federation: 'open' });
		const fay = await bed.branch('north').join('fay');
		const dora = await bed.branch('east').join('dora');
		const found = await dora.get(`/find?address=@fay@${new URL(bed.branch('north').origin).host}`);
		const actor = /name="actor" value="([^"]+)"/.exec((await dora.get(found.headers.location!)).body)![1]!;
		await dora.post('/follows', { actor });
		await bed.settle();
		for (const scope of ['branch', 'neighborhood', 'public']) await fay.write(`xf-${scope}-word`, scope);
		await bed.settle();
		const { body } = await dora.get('/home');
		expect(body).to.include('xf-public-word');
		expect(body).not.to.include('xf-branch-word').and.not.to.include('xf-neighborhood-word');
		expect(bed.errors).to.deep.equal([]);
	});
});

describe('a neighbor that does not answer', () => {
	it('loses nothing: what waits is sent again when it is back, once', async () => {
		const bed = await createBed(['north', 'south']);
		bed.befriend('north', 'south');
		await bed.settle();
		const ana = await bed.branch('north').join('ana');
		const carla = await bed.branch('south').join('carla');
		let dead = true;
		bed.outside(new URL(bed.branch('south').origin).host, (path) => {
			return dead && path === '/ap/inbox' ? { status: 503 } : null;
		});
		const path = await ana.write('xn-patient', 'neighborhood');
		await bed.settle();
		expect((await ana.get(path)).status).to.equal(200);
		expect(rows(bed, 'north', 'SELECT tries, finished FROM delivery')).to.deep.equal([
			{ tries: 1, finished: null },
		]);
		dead = false;
		await bed.branch('north').reopen();
		bed.clock.advance(60_000);
		await bed.settle();
		expect((await carla.get('/home')).body).to.include('xn-patient');
		await bed.settle();
		expect(rows(bed, 'south', 'SELECT id FROM post')).to.have.length(1);
		expect(bed.errors).to.deep.equal([]);
		await bed.close();
	});
});
