import { expect } from 'chai';
import { type Bed, createBed } from './bed.ts';
import type { Browser } from './browser.ts';
import { rows } from './look.ts';

describe('hostile input', () => {
	let bed: Bed;
	let ana: Browser;
	before(async () => {
		bed = await createBed();
		bed.grant('staff-june', 'north');
		ana = await bed.branch('north').join('ana');
	});
	after(() => bed.close());
	afterEach(() => expect(bed.errors).to.deep.equal([]));

	it("a form without the token, with another's, or from another site changes nothing", async () => {
		const mallory = await bed.branch('north').join('mallory');
		const theirs = /name="_csrf" value="([^"]+)"/.exec((await mallory.get('/home')).body)![1]!;
		const form = { text: 'xh-forged', scope: 'public' };
		await ana.get('/home');
		expect((await ana.post('/posts', { ...form, _csrf: '' })).status).to.equal(403);
		expect((await ana.post('/posts', { ...form, _csrf: theirs })).status).to.equal(403);
		const elsewhere = { origin: 'http://south.lib.localhost:1' };
		expect((await ana.post('/posts', form, elsewhere)).status).to.equal(403);
		expect((await ana.post('/signout', {}, elsewhere)).status).to.equal(403);
		expect(rows(bed, 'north', "SELECT id FROM post WHERE source LIKE '%xh-forged%'")).to.deep.equal([]);
	});

	it('markup in a post, a name or a bio is words', async () => {
		const evil = '<script>alert(1)</script><img src=x onerror=alert(1)>"\'{{t "x"}}';
		await ana.post('/you', { name: '<b>Ana</b>', summary: evil, scope: 'branch' });
		const path = await ana.write(evil, 'public');
		for (const at of [path, '/', '/@ana', '/home', '/you']) {
			const { body } = await ana.get(at);
			expect(body, at).not.to.include('<script');
			expect(body, at).not.to.include('<img src=x');
			expect(body, at).not.to.include('<b>Ana</b>');
		}
	});

	it('a link in a post cannot break out of its attribute or name another scheme', async () => {
		const path = await ana.write(
			'https://a.example/"onmouseover="x javascript:alert(1) https://b.example/?a=1&b=<i>',
			'branch',
		);
		const { body } = await ana.get(path);
		const said = body.slice(body.indexOf('class="said"'), body.indexOf('class="acts"'));
		expect(said).to.include('href="https://a.example/"').and.include('href="https://b.example/?a=1&amp;b="');
		expect(said).not.to.match(/<[^>]*onmouseover/);
		expect(said).not.to.include('href="javascript:');
	});

	it('controls and overrides of direction are taken out of words and names', async () => {
		const path = await ana.write('safe\u0000\u0007\u202egnp.exe\u2066 words', 'branch');
		expect((await ana.get(path)).body).to.include('safegnp.exe words');
		await ana.post('/you', { name: 'A\u202ena\u0000\n\nPerson', summary: '', scope: 'branch' });
		expect(
			rows<{ name: string }>(bed, 'north', "SELECT name FROM person WHERE handle = 'ana'")[0]!.name,
		).to.equal('Ana Person');
	});

	it('a post that is too long comes back whole, and says by how much', async () => {
		const text = 'x'.repeat(5003);
		const { status, body } = await ana.post('/posts', { text, scope: 'branch' });
		expect(status).to.equal(422);
		expect(body).to.include(text).and.include('3 letters too many');
	});

	it('an empty post is refused', async () => {
		const { status, body } = await ana.post('/posts', { text: ' \n\u0000 ', scope: 'branch' });
		expect(status).to.equal(422);
		expect(body).to.include('There is nothing to post yet');
	});

	it('a body of a megabyte is refused with a sentence', async () => {
		const { status, body } = await ana.post('/posts', { text: 'y'.repeat(1_000_000), scope: 'branch' });
		expect(status).to.equal(413);
		expect(body).to.include('Try it in smaller pieces');
	});

	it('malformed addresses are not found, and never a fault of ours', async () => {
		for (const path of [
			'/@ana/0',
			'/@ana/99999999999999999999',
			'/@ana/1e3',
			'/@%00/1',
			'/@ana@/x',
			'/notices/x',
			'/posts/x',
			'/@..%2f',
			'/board/x',
			'/home?before=x',
			'/staff/posts/0/decide',
		]) {
			expect((await ana.get(path)).status, path).to.be.lessThan(500);
		}
		expect((await ana.get('/@%E0%A4%A')).status).to.equal(400);
	});

	it('pages forbid scripts, frames and sniffing, and private ones are kept by nobody', async () => {
		const { headers } = await ana.get('/home');
		expect(headers['content-security-policy'])
			.to.include("default-src 'none'")
			.and.include("frame-ancestors 'none'");
		expect(headers['x-content-type-options']).to.equal('nosniff');
		expect(headers['cache-control']).to.equal('private, no-store');
	});
});

describe('joining', () => {
	let bed: Bed;
	before(async () => {
		bed = await createBed();
	});
	after(() => bed.close());

	const bad: [handle: string, says: string][] = [
		['21168045551234', 'could be a card number'],
		['ana21168045551234', 'could be a card number'],
		['1234', 'begin with a letter'],
		['a', 'has 2 to 30 letters'],
		['an a', 'letters, digits and _ only'],
		['ána', 'letters, digits and _ only'],
		['admin', 'sounds like the library itself'],
		['Host', 'sounds like the library itself'],
		['north', 'sounds like the library itself'],
		['server', 'sounds like the library itself'],
	];
	for (const [handle, says] of bad) {
		it(`with the handle ${handle} is refused in words, and keeps the form`, async () => {
			const somebody = bed.branch('north').browser({});
			await somebody.get('/welcome');
			const answer = await somebody.post('/welcome', { name: 'My Name', handle, rules: 'yes' });
			expect(answer.status).to.equal(422);
			expect(answer.body).to.include(says).and.include('value="My Name"');
			expect((await somebody.get('/home')).headers.location).to.equal('/welcome');
		});
	}

	it('needs the rules to be agreed to, and a handle that is free in any case of letters', async () => {
		await bed.branch('north').join('Teo');
		const somebody = bed.branch('north').browser({});
		await somebody.get('/welcome');
		const answer = await somebody.post('/welcome', { name: 'Teo', handle: 'tEO' });
		expect(answer.body)
			.to.include('Somebody here has that one already')
			.and.include('Tick that you have read');
	});

	it('is not offered to a card that does not open everything, nor where nobody new is taken', async () => {
		const porch = bed.branch('north').browser({ standing: 'porch' });
		expect((await porch.get('/welcome')).status).to.equal(403);
		bed.change('north', { stage: 'quiet' });
		const late = bed.branch('north').browser({});
		expect((await late.get('/welcome')).status).to.equal(403);
		bed.change('north', { stage: 'open' });
	});
});
