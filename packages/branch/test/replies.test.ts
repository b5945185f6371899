import { expect } from 'chai';
import { type Bed, createBed } from './bed.ts';
import type { Browser } from './browser.ts';
import { rows } from './look.ts';

describe('a reply', () => {
	let bed: Bed;
	let ana: Browser;
	let ben: Browser;
	let carla: Browser;
	let dora: Browser;

	before(async () => {
		bed = await createBed(['north', 'south', 'east']);
		bed.befriend('north', 'south', 'east');
		await bed.settle();
		ana = await bed.branch('north').join('ana');
		ben = await bed.branch('north').join('ben');
		carla = await bed.branch('south').join('carla');
		dora = await bed.branch('east').join('dora');
	});
	after(() => bed.close());
	afterEach(() => expect(bed.errors).to.deep.equal([]));

	const copyAt = async (browser: Browser, word: string) => {
		const { body } = await browser.get('/home');
		const at = body.lastIndexOf('href="/@', body.indexOf(word));
		return body.slice(at + 6, body.indexOf('"', at + 6));
	};

	for (const [parent, wider] of [
		['branch', 'neighborhood'],
		['branch', 'public'],
		['neighborhood', 'public'],
	] as const) {
		it(`to a ${parent} post is refused as ${wider}, and what was typed is still there`, async () => {
			const first = await ana.write(`first for ${parent}`, parent);
			const page = await ben.get(first);
			expect(page.body).not.to.include(`name="scope" value="${wider}"`);
			expect(page.body).to.include('An answer cannot go farther');
			const answer = await ben.post('/posts', {
				text: 'my wide words',
				scope: wider,
				reply_to: first.split('/')[2]!,
			});
			expect(answer.status).to.equal(422);
			expect(answer.body).to.include('my wide words').and.include('An answer cannot go farther');
			expect(rows(bed, 'north', "SELECT id FROM post WHERE source = 'my wide words'")).to.deep.equal([]);
		});
	}

	it('begins at the scope of what it answers, whatever one’s own is, and can only become narrower', async () => {
		for (const [parent, offered] of [
			['branch', ['branch']],
			['neighborhood', ['branch', 'neighborhood']],
			['public', ['branch', 'neighborhood', 'public']],
		] as const) {
			const { body } = await ben.get(await ana.write(`to begin with ${parent}`, parent));
			const choices = [...body.matchAll(/name="scope" value="(\w+)"([^>]*)>/g)];
			const places = choices
				.map(([, word]) => word!)
				.filter((word) => !['followers', 'direct'].includes(word));
			expect(places, parent).to.deep.equal(offered);
			const checked = choices.filter(([, , rest]) => /\bchecked\b/.test(rest!)).map(([, word]) => word);
			expect(checked, parent).to.deep.equal([parent]);
		}
	});

	it('a post that answers nothing begins at what one chose for all of them: the branch, until one does', async () => {
		const erin = await bed.branch('north').join('edda');
		const begins = async () =>
			/name="scope" value="(\w+)"[^>]*\bchecked\b/.exec((await erin.get('/home')).body)?.[1];
		expect(await begins()).to.equal('branch');
		await erin.get('/you');
		await erin.post('/you', { name: 'Edda', summary: '', scope: 'neighborhood' });
		expect(await begins()).to.equal('neighborhood');
		await erin.get('/you');
		await erin.post('/you', { name: 'Edda', summary: '', scope: 'galaxy' });
		expect(await begins()).to.be.oneOf(['branch', 'neighborhood']);
	});

	it('stands in the conversation for those who may read it, and its author is told', async () => {
		const first = await ana.write('shall we plant beans', 'branch');
		await ben.write('yes, scarlet runners', 'branch', first);
		expect((await ana.get(first)).body).to.include('scarlet runners');
		expect((await ana.get('/notices')).body).to.include('ben Person answered you.');
		expect((await ana.get('/notices')).body).not.to.include('New:');
	});

	it('across branches reaches everybody both branches trust, and comes back to the first author', async () => {
		const first = await ana.write('xq-poles fall over', 'neighborhood');
		await bed.settle();
		const copy = await copyAt(carla, 'xq-poles');
		await carla.write('xq-tripod holds', 'neighborhood', copy);
		await bed.settle();
		expect((await ana.get(first)).body).to.include('xq-tripod');
		expect((await ana.get('/notices')).body).to.include('carla Person answered you.');
		expect((await dora.get('/home')).body).to.include('xq-tripod');
	});

	it("narrowed to a branch inside a neighbor's conversation is for that branch and leaves it not", async () => {
		await ana.write('xq-jam on Sunday', 'neighborhood');
		await bed.settle();
		const copy = await copyAt(carla, 'xq-jam');
		const before = bed.sent.length;
		const narrowed = await carla.write('xq-secret-house', 'branch', copy);
		await bed.settle();
		expect(bed.sent.slice(before).some(({ body }) => body.includes('xq-secret-house'))).to.equal(false);
		const erin = await bed.branch('south').join('erin');
		const page = await erin.get(narrowed);
		expect(page.body).to.include('xq-secret-house').and.include('answered a smaller circle');
		expect((await ana.get('/home')).body).not.to.include('xq-secret-house');
	});

	it('to a post that was taken back is refused, and nothing is lost', async () => {
		const first = await ana.write('soon gone', 'branch');
		const id = first.split('/')[2]!;
		expect((await ana.post(`/posts/${id}/delete`, {})).status).to.equal(303);
		const answer = await ben.post('/posts', { text: 'too late words', scope: 'branch', reply_to: id });
		expect(answer.status).to.equal(404);
		expect(answer.body).to.include('too late words');
	});
});

describe('naming somebody', () => {
	let bed: Bed;
	let ana: Browser;
	let carla: Browser;

	before(async () => {
		bed = await createBed(['north', 'south', 'east']);
		bed.befriend('north', 'south');
		await bed.settle();
		ana = await bed.branch('north').join('ana');
		carla = await bed.branch('south').join('carla');
		await bed.branch('east').join('dora');
	});
	after(() => bed.close());

	const address = (handle: string, slug: string) => `@${handle}@${new URL(bed.branch(slug).origin).host}`;

	it('of a neighbor tells them, and links to them', async () => {
		const path = await ana.write(`thank you ${address('carla', 'south')}!`, 'neighborhood');
		await bed.settle();
		expect((await carla.get('/notices')).body).to.include('ana Person named you in a post.');
		expect((await ana.get(path)).body).to.include('class="u-url mention">@<span>carla</span>');
	});

	for (const [scope, handle, slug] of [
		['branch', 'carla', 'south'],
		['neighborhood', 'dora', 'east'],
		['branch', 'stranger', 'east'],
	] as const) {
		it(`of another branch in a ${scope} post that does not reach it is refused before anything is asked there`, async () => {
			const before = bed.sent.length;
			const answer = await ana.post('/posts', { text: `hey ${address(handle, slug)}`, scope });
			expect(answer.status).to.equal(422);
			expect(answer.body).to.include('is at a branch that does not get this post');
			expect(answer.body).to.include(`hey ${address(handle, slug)}`);
			expect(bed.sent.length).to.equal(before);
		});
	}

	it('nobody has leaves the words as they are', async () => {
		const path = await ana.write('ask @nobodyhere or me@example.org', 'branch');
		expect((await ana.get(path)).body).to.include('ask @nobodyhere or me@example.org');
	});
});
