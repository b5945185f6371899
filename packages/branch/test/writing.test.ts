import { expect } from 'chai';
import { type Bed, createBed } from './bed.ts';
import type { Browser } from './browser.ts';
import { rows, uriOf } from './look.ts';
import { createNote, PUBLIC, signed } from './wire.ts';

describe('writing', () => {
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
	const change = async (who: Browser, path: string, form: Record<string, string>) => {
		await who.get('/home');
		return who.post(`/posts/${idOf(path)}/edit`, { language: 'en', ...form });
	};
	const copyOf = (path: string) =>
		rows<{ id: number; content_html: string; sensitive: number; summary: string | null }>(
			bed,
			'south',
			'SELECT * FROM post WHERE uri = ?',
			uriOf(bed, 'north', path),
		)[0];

	it('a note before the text folds it, here and at a neighbor', async () => {
		await ana.get('/home');
		const form = { text: 'The end of the book', summary: 'Spoils the mystery club', scope: 'neighborhood' };
		const path = (await ana.post('/posts', form)).headers.location!;
		expect((await ben.get(path)).body).to.match(/<summary>Spoils the mystery club<\/summary>/);
		await bed.settle();
		expect(copyOf(path)).to.include({ summary: 'Spoils the mystery club', sensitive: 1 });
		expect((await carla.get('/home')).body).to.match(/<summary>Spoils the mystery club<\/summary>/);
	});

	it('a note that is too long is said beside its field, and nothing typed is lost', async () => {
		await ana.get('/home');
		const form = { text: 'keep-me', summary: 'x'.repeat(201), scope: 'neighborhood', language: 'so' };
		const answer = await ana.post('/posts', form);
		expect(answer.status).to.equal(422);
		expect(answer.body).to.contain('That note has more than 200 letters.').and.to.contain('keep-me');
		expect(answer.body).to.contain('<option value="so" selected>').and.to.contain('x'.repeat(201));
		expect(answer.body).to.match(/value="neighborhood"[^>]*checked/);
	});

	it('the language that was chosen is that of the post; what is none is left out', async () => {
		await ana.get('/home');
		const write = async (language: string) => {
			const { headers } = await ana.post('/posts', { text: 'Hola', scope: 'branch', language });
			return rows<{ language: string | null }>(
				bed,
				'north',
				'SELECT language FROM post WHERE id = ?',
				Number(idOf(headers.location!)),
			)[0]!.language;
		};
		expect(await write('es')).to.equal('es');
		expect(await write('"><script>')).to.equal(null);
	});

	it('the preview keeps nothing, says who is named and who perhaps was meant, and sends the same form', async () => {
		await ana.get('/home');
		const text = 'Hello @ben and @be, <b>bold</b>';
		const seen = await ana.post('/posts', { text, scope: 'branch', do: 'preview' });
		expect(seen.status).to.equal(200);
		expect(seen.body).to.contain('Whoever it names is told: @ben.');
		expect(seen.body).to.contain('Nobody is called @be here.').and.to.contain('<b>@ben</b> (ben Person)');
		expect(seen.body).to.contain('&lt;b&gt;bold&lt;/b&gt;</p>').and.to.contain('Hello @ben and @be');
		expect(rows(bed, 'north', 'SELECT id FROM post')).to.deep.equal([]);
		expect(rows(bed, 'north', 'SELECT id FROM notice')).to.deep.equal([]);
	});

	it('a post is changed, says so, and how it read before stays to be read', async () => {
		const path = await ana.write('Plums at noon', 'neighborhood');
		await bed.settle();
		bed.clock.advance(60_000);
		expect((await change(ana, path, { text: 'Plums at one' })).status).to.equal(303);
		await bed.settle();
		expect((await ben.get(path)).body)
			.to.contain('Plums at one')
			.and.not.to.contain('Plums at noon');
		const before = await ben.get(`${path}/history`);
		expect(before.body).to.contain('Plums at noon').and.to.contain('Plums at one');
		expect(copyOf(path)!.content_html).to.contain('Plums at one');
		const copy = `/@ana@${new URL(bed.branch('north').origin).host}/${copyOf(path)!.id}/history`;
		expect((await carla.get(copy)).body).to.contain('Plums at noon');
	});

	it('a change never widens, whatever the form says, and history is for whoever may read the post', async () => {
		const path = await ana.write('Only us', 'branch');
		await change(ana, path, { text: 'Only us, still', scope: 'public' });
		expect(rows(bed, 'north', 'SELECT scope FROM post')).to.deep.equal([{ scope: 'branch' }]);
		const nobody = bed.branch('north').browser();
		expect((await nobody.get(`${path}/history`)).status).to.equal(404);
		await bed.settle();
		expect(copyOf(path)).to.equal(undefined);
	});

	it('the same words again change nothing', async () => {
		const path = await ana.write('Plums', 'public');
		await change(ana, path, { text: 'Plums' });
		expect(rows(bed, 'north', 'SELECT edited FROM post')).to.deep.equal([{ edited: null }]);
		expect((await ana.get(`${path}/history`)).status).to.equal(404);
	});

	it('nobody changes another’s post, nor one that was taken back; its text is gone from everywhere', async () => {
		const path = await ana.write('Plums #fruit', 'branch');
		expect((await change(ben, path, { text: 'mine' })).status).to.equal(404);
		expect((await ben.get(`/posts/${idOf(path)}/edit`)).status).to.equal(404);
		await change(ana, path, { text: 'Pears #fruit' });
		await ana.post(`/posts/${idOf(path)}/delete`, {});
		expect((await change(ana, path, { text: 'back' })).status).to.equal(404);
		expect(rows(bed, 'north', 'SELECT * FROM post_version')).to.deep.equal([]);
		expect(rows(bed, 'north', 'SELECT * FROM post_tag')).to.deep.equal([]);
		expect((await ana.get(`${path}/history`)).status).to.equal(404);
	});

	it('a change that cannot be kept comes back with what was typed', async () => {
		const path = await ana.write('Plums', 'branch');
		const answer = await change(ana, path, { text: '', summary: 'kept-note' });
		expect(answer.status).to.equal(422);
		expect(answer.body).to.contain('There is nothing to post yet.').and.to.contain('kept-note');
	});

	it('whoever is named only after a change is told then, once', async () => {
		const path = await ana.write('Hello', 'public');
		await bed.settle();
		const south = new URL(bed.branch('south').origin).host;
		await change(ana, path, { text: `Hello @ben @carla@${south}` });
		await change(ana, path, { text: `Hello again @ben @carla@${south}` });
		await bed.settle();
		const kinds = rows(bed, 'north', "SELECT kind FROM notice WHERE kind = 'mention'");
		expect(kinds).to.have.length(1);
		expect((await ben.get('/notices')).body).to.contain('named you');
		expect(copyOf(path)!.content_html).to.contain('Hello again');
	});

	it('what was written with an old sign-in or an old page comes back to be copied', async () => {
		const old = await ana.post('/posts', { text: 'An hour of work', scope: 'branch', _csrf: 'old' });
		expect(old.status).to.equal(403);
		expect(old.body).to.contain('An hour of work').and.to.contain('Your post was not sent');
		const out = bed.branch('north').browser();
		await out.get('/');
		const form = { text: 'An hour of work', scope: 'branch' };
		const lost = await out.post('/posts', form);
		expect(lost.status).to.be.within(401, 403);
		expect(lost.body).to.contain('An hour of work');
		const foreign = await out.post('/posts', form, { origin: 'https://evil.example' });
		expect(foreign.body).not.to.contain('An hour of work');
	});

	it('sixty posts in ten minutes are enough', async () => {
		for (let n = 0; n < 60; n += 1) await ana.write(`post ${n}`, 'branch');
		const answer = await ana.post('/posts', { text: 'one-more', scope: 'branch' });
		expect(answer.status).to.equal(429);
		expect(answer.body).to.contain('That is a lot of posts').and.to.contain('one-more');
		bed.clock.advance(11 * 60_000);
		await ana.write('after a breath', 'branch');
	});

	describe('topics', () => {
		it('gather what each reader may read under one address, whatever the spelling', async () => {
			await ana.write('Inside #PlumSeason', 'branch');
			await ana.write('Near #plumseason', 'neighborhood');
			await ana.write('For all #PLUMSEASON', 'public');
			await bed.settle();
			const moved = await ben.get('/tags/PlumSeason');
			expect(moved.headers.location).to.equal('/tags/plumseason');
			const mine = (await ben.get('/tags/plumseason')).body;
			expect(mine).to.contain('Inside').and.to.contain('Near').and.to.contain('For all');
			const theirs = (await carla.get('/tags/plumseason')).body;
			expect(theirs).to.contain('Near').and.to.contain('For all').and.not.to.contain('Inside');
			const none = (await bed.branch('north').browser().get('/tags/plumseason')).body;
			expect(none).to.contain('For all').and.not.to.contain('Near').and.not.to.contain('Inside');
			// South shows nobody what is from north.
			const there = await bed.branch('south').browser().get('/tags/plumseason');
			expect(there.body).not.to.contain('For all');
		});

		it('are links in the text and tags on the wire; a number or an address is none', async () => {
			const path = await ana.write('#Libros y #Ñandú, #1, https://x.example/#no and a&#b', 'public');
			await bed.settle();
			const { body } = await ana.get(path);
			expect(body).to.contain('/tags/libros" class="mention hashtag" rel="tag">#<span>Libros');
			expect(rows(bed, 'north', 'SELECT name FROM post_tag ORDER BY name')).to.deep.equal([
				{ name: 'libros' },
				{ name: 'ñandú' },
			]);
			const create = bed.sent.find(({ body: text }) => text.includes('"Hashtag"'));
			expect(create!.body).to.contain('"name":"#Libros"');
		});

		it('from elsewhere are taken as far as they are such', async () => {
			const note = await createNote(
				bed,
				{ slug: 'south', handle: 'carla' },
				{ id: 't1', to: [PUBLIC], content: 'Hi' },
			);
			const object = note.object as Record<string, unknown>;
			note['@context'] = ['https://www.w3.org/ns/activitystreams', { Hashtag: 'as:Hashtag' }];
			object.tag = [
				{ type: 'Hashtag', name: '#Birds', href: 'https://x.example/t' },
				{ type: 'Hashtag', name: '#no good', href: 'javascript:alert(1)' },
				{ type: 'Hashtag', name: 7 },
				{ type: 'Hashtag' },
			];
			const inbox = `${bed.branch('north').origin}/ap/inbox`;
			const answer = await signed(bed, { slug: 'south', handle: 'carla' }, 'POST', inbox, note);
			expect(answer.status).to.equal(202);
			expect(rows(bed, 'north', 'SELECT name, shown FROM post_tag')).to.deep.equal([
				{ name: 'birds', shown: 'Birds' },
			]);
		});

		it('that are none have no page', async () => {
			for (const path of ['/tags/1', '/tags/a%20b', `/tags/${'x'.repeat(61)}`, '/tags/%E0%A4%A']) {
				expect((await ben.get(path)).status, path).to.be.within(400, 404);
			}
		});
	});
});
