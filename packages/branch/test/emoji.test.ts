import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import sharp from 'sharp';
import { type Bed, createBed } from './bed.ts';
import type { Browser } from './browser.ts';
import { rows } from './look.ts';
import { actorOf, createNote, PUBLIC, type Signer, signed } from './wire.ts';

const CONTEXT = [
	'https://www.w3.org/ns/activitystreams',
	{ toot: 'http://joinmastodon.org/ns#', Emoji: 'toot:Emoji' },
];
const CARLA: Signer = { slug: 'south', handle: 'carla' };

describe('emoji of other servers', () => {
	let bed: Bed;
	let ana: Browser;
	let ben: Browser;
	let host: string;
	let png: Buffer;
	let sent = 0;
	/** What the server of the files is asked for, and what it answers besides the picture. */
	let asked: string[];
	before(async () => {
		const side = { width: 200, height: 100, channels: 4, background: '#f80c' } as const;
		png = await sharp({ create: side }).png().toBuffer();
	});
	beforeEach(async () => {
		bed = await createBed(['north', 'south', 'east']);
		bed.befriend('north', 'south');
		await bed.settle();
		ana = await bed.branch('north').join('ana');
		ben = await bed.branch('north').join('ben');
		await bed.branch('south').join('carla');
		host = new URL(bed.branch('south').origin).host;
		asked = [];
		bed.serve('files', (request, response) => {
			asked.push(request.url!);
			if (request.url!.startsWith('/slow')) return void response.writeHead(503).end();
			const page = /page|svg/.exec(request.url!)?.[0];
			const svg = '<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>';
			response.writeHead(200, { 'content-type': 'image/png' });
			response.end(page ? (page === 'svg' ? svg : '<html><script>') : png);
		});
	});
	afterEach(async () => {
		const { errors } = bed;
		await bed.close();
		expect(errors).to.deep.equal([]);
	});

	const at = (path: string) => `http://files.test.localhost:${bed.port}${path}`;
	const emoji = (name: unknown, url: unknown = at('/blobcat.png')) => ({
		type: 'Emoji',
		name,
		icon: { type: 'Image', mediaType: 'image/png', url },
	});
	const folder = () => join(bed.branch('north').folder, 'media');

	/** Sends what carla writes; the number of its copy. */
	const receive = async (
		object: Record<string, unknown>,
		{ to = [PUBLIC], type = 'Create', id = `e${++sent}` }: { to?: string[]; type?: string; id?: string } = {},
	): Promise<number> => {
		const note = await createNote(bed, CARLA, { id, to, content: 'x' });
		const whole = { ...(note.object as object), ...object };
		const activity = { ...note, '@context': CONTEXT, type, id: `${note.id}-${++sent}`, object: whole };
		const inbox = `${bed.branch('north').origin}/ap/inbox`;
		const answer = await signed(bed, CARLA, 'POST', inbox, activity);
		expect(answer.status, answer.body).to.equal(202);
		const uri = (note.object as { id: string }).id;
		return rows<{ id: number }>(bed, 'north', 'SELECT id FROM post WHERE uri = ?', uri)[0]!.id;
	};
	const page = async (id: number, who = ana) => (await who.get(`/@carla@${host}/${id}`)).body;
	const pictures = (html: string) =>
		[...html.matchAll(/<img class="emoji" [^>]*src="([^"]+)"/g)].map(([, src]) => src!);
	const stored = () =>
		rows<{ emoji: string | null }>(bed, 'north', 'SELECT emoji FROM post ORDER BY id DESC')[0]!.emoji;

	it('one whose picture is no picture is left out, and what it came with is kept with the others', async () => {
		const wrong: unknown[] = [
			...[5, 'x', {}, [], { type: 5, url: at('/a.png') }, { type: 'Note', url: at('/a.png') }],
			...[{ type: 'Image', url: { type: 'Link', href: 5 } }, [{ type: 'Person' }], { type: 'Image' }],
		];
		const tag = wrong.map((icon, n) => ({ type: n % 2 ? 'Emoji' : ['toot:Emoji'], name: `:w${n}:`, icon }));
		const more = { ...emoji(':late:'), updated: 'never', id: 5 };
		const id = await receive({
			content: 'xj-words :w0: :blobcat: :late:',
			tag: [...tag, emoji(':blobcat:'), more],
		});
		expect(await page(id)).to.contain('xj-words :w0:');
		expect(JSON.parse(stored()!).map(([name]: string[]) => name)).to.deep.equal(['blobcat', 'late']);
	});

	it('stand as small pictures in a text, each with its name as its words; the branch fetches them once, and nobody’s browser asks elsewhere', async () => {
		const tag = [emoji(':blobcat:'), emoji(':other:', at('/other.png'))];
		const id = await receive({ content: '<p>Plums :blobcat: :blobcat: and :nobody:</p>', tag });
		const html = await page(id);
		const src = `/posts/${id}/emoji/blobcat.webp`;
		expect(html).to.contain(`<img class="emoji" src="${src}" alt=":blobcat:" title=":blobcat:"`);
		expect(pictures(html)).to.deep.equal([src, src]);
		expect(html).to.contain('and :nobody:</p>').and.not.to.contain('files.test');
		const got = await ana.get(src);
		expect(got.status).to.equal(200);
		expect(got.headers).to.include({ 'content-type': 'image/webp', 'cache-control': 'private, no-store' });
		expect(got.headers['content-security-policy']).to.contain('sandbox');
		await ben.get(src);
		expect(asked).to.deep.equal(['/blobcat.png']);
		const [file] = readdirSync(folder());
		const { width, height, format } = await sharp(readFileSync(join(folder(), file!))).metadata();
		expect([width, height, format]).to.deep.equal([192, 96, 'webp']);
	});

	it('stand in titles, notes before a text, choices and how a long text begins', async () => {
		const tag = [emoji(':a+b-c_1:')];
		const asks = {
			type: 'Question',
			content: '<p>Which?</p>',
			oneOf: [
				{ type: 'Note', name: 'Tea :a+b-c_1:' },
				{ type: 'Note', name: 'Coffee' },
			],
			tag,
		};
		expect(await page(await receive(asks))).to.match(/Tea <img class="emoji" [^>]*><\/label>/);
		const long = `<p>:a+b-c_1: ${'A sentence about plums. '.repeat(90)}</p>`;
		const article = { type: 'Article', name: 'On :a+b-c_1: <i>', content: long, tag };
		const html = await page(await receive(article));
		expect(html).to.match(/<h2 class="h3" dir="auto">On <img class="emoji" [^>]*> &lt;i&gt;<\/h2>/);
		expect(html).to.match(/<summary><img class="emoji" [^>]*> A sentence/);
		const noted = await page(await receive({ summary: 'Of :a+b-c_1:', content: '<p>x</p>', tag }));
		expect(noted).to.match(/<summary>Of <img class="emoji" /);
	});

	it('stand in the name of somebody elsewhere; who says anew who they are has those of the new name only', async () => {
		const id = await receive({ content: '<p>Hello</p>' });
		const actor = await actorOf(bed, CARLA);
		const say = async (name: string, tag: unknown) => {
			const person = {
				id: actor,
				type: 'Person',
				preferredUsername: 'carla',
				name,
				inbox: `${actor}/inbox`,
				tag,
			};
			const update = {
				'@context': CONTEXT,
				id: `${actor}#${++sent}`,
				type: 'Update',
				actor,
				to: [PUBLIC],
				object: person,
			};
			const answer = await signed(bed, CARLA, 'POST', `${bed.branch('north').origin}/ap/inbox`, update);
			expect(answer.status, answer.body).to.equal(202);
		};
		await say('Carla :blobcat: <b>', [emoji(':blobcat:'), emoji(':unused:')]);
		const html = await page(id);
		const [src] = pictures(html);
		expect(src).to.match(/^\/people\/\d+\/emoji\/blobcat\.webp$/);
		expect(html).to.match(/<b><a href="[^"]+">Carla <img class="emoji" [^>]*> &lt;b&gt;<\/a><\/b>/);
		expect((await ana.get(src!)).status).to.equal(200);
		expect((await ana.get(`/@carla@${host}`)).body).to.match(/<h1>Carla <img class="emoji" /);
		expect((await ana.get(src!.replace('blobcat', 'unused'))).status).to.equal(404);
		await say('Carla :blobcat: Reyes', []);
		expect(pictures(await page(id))).to.deep.equal([]);
		expect((await ana.get(src!)).status).to.equal(404);
	});

	it('are those of the last version of a post, and gone when it is taken back', async () => {
		const tag = [emoji(':blobcat:')];
		const id = await receive({ content: '<p>:blobcat: :newer:</p>', tag }, { id: 'changed' });
		const src = `/posts/${id}/emoji/blobcat.webp`;
		expect((await ana.get(src)).status).to.equal(200);
		const changed = { content: '<p>:blobcat: :newer:</p>', tag: [emoji(':newer:', at('/newer.png'))] };
		await receive(changed, { id: 'changed', type: 'Update' });
		expect(pictures(await page(id))).to.deep.equal([`/posts/${id}/emoji/newer.webp`]);
		expect((await ana.get(src)).status).to.equal(404);
		const actor = await actorOf(bed, CARLA);
		const gone = {
			'@context': CONTEXT,
			id: `${actor}#gone`,
			type: 'Delete',
			actor,
			to: [PUBLIC],
			object: `${actor}/statuses/changed`,
		};
		await signed(bed, CARLA, 'POST', `${bed.branch('north').origin}/ap/inbox`, gone);
		expect((await ana.get(`/posts/${id}/emoji/newer.webp`)).status).to.equal(404);
		expect(stored()).to.equal(null);
	});

	it('are for whoever may read the post, and people of the branch alone make it fetch', async () => {
		const actor = await actorOf(bed, CARLA);
		await ana.get(`/find?address=carla@${host}`);
		await ana.post('/follows', { actor });
		await bed.settle();
		const tag = [emoji(':blobcat:')];
		const id = await receive({ content: '<p>:blobcat:</p>', tag }, { to: [`${actor}/followers`] });
		const src = `/posts/${id}/emoji/blobcat.webp`;
		const everyone = await receive({ content: '<p>:blobcat:</p>', tag });
		const north = bed.branch('north');
		expect((await ben.get(src)).status).to.equal(404);
		for (const one of [src, `/posts/${everyone}/emoji/blobcat.webp`]) {
			expect((await north.browser().get(one)).status).to.equal(401);
			const url = `${north.origin}${one}`;
			const answer = await signed(bed, { slug: 'south', handle: null }, 'GET', url);
			expect(answer.headers['content-type']).not.to.contain('image/');
		}
		expect(asked).to.deep.equal([]);
		expect((await ana.get(src)).status).to.equal(200);
		expect(pictures(await page(everyone, north.browser()))).to.deep.equal([]);
	});

	it('whose picture cannot be had are their names; it is asked for again after an hour', async () => {
		const tag = [
			emoji(':page:', at('/page.png')),
			emoji(':svg:', at('/drawing.svg')),
			emoji(':slow:', at('/slow.png')),
			emoji(':inside:', 'https://127.0.0.1:1/a.png'),
			emoji(':metadata:', 'http://169.254.169.254/latest/meta-data'),
			emoji(':ours:', `${bed.branch('north').origin}/plate.svg`),
		];
		const names = tag.map(({ name }) => String(name));
		const id = await receive({ content: `<p>${names.join(' ')}</p>`, tag });
		const srcs = pictures(await page(id));
		expect(srcs).to.have.length(tag.length);
		for (const src of srcs) expect((await ana.get(src)).status, src).to.equal(404);
		expect(asked).to.have.length(3);
		const html = await page(id);
		expect(pictures(html)).to.deep.equal([]);
		expect(html).to.contain(names.join(' '));
		for (const src of srcs) await ana.get(src);
		expect(asked, 'not asked again at once').to.have.length(3);
		bed.clock.advance(3_600_001);
		expect(pictures(await page(id))).to.have.length(tag.length);
		for (const src of srcs) await ana.get(src);
		expect(asked).to.have.length(6);
		expect(readdirSync(folder())).to.deep.equal([]);
	});

	it('of no name, with markup for a name, of no picture, or of another kind are no emoji', async () => {
		const wild = [
			emoji(':"><img src=x onerror=alert(1)>:'),
			emoji('<script>'),
			emoji(`:${'x'.repeat(65)}:`),
			emoji(':a b:'),
			emoji(''),
			emoji(7),
			emoji(null),
			emoji({ en: ':lang:' }),
			emoji(':script:', 'javascript:alert(1)'),
			emoji(':data:', 'data:image/png;base64,AAAA'),
			emoji(':file:', 'file:///etc/passwd'),
			emoji(':long:', `https://x.example/${'x'.repeat(3000)}`),
			{ type: 'Emoji', name: ':bare:' },
			{ type: 'Emoji', name: ':far:', icon: 'https://x.example/icon.json' },
			{ type: 'Emoji', name: ':wrong:', icon: 7 },
			{ type: 'Image', name: ':image:', icon: { type: 'Image', url: 'https://x.example/a.png' } },
			'nothing',
			7,
			null,
			[],
		];
		const text = ':bare: :far: :wrong: :image: :script: :data: :file: :long: :lang: :a b:';
		const id = await receive({ content: `<p>${text}</p>`, tag: wild });
		const html = await page(id);
		expect(pictures(html)).to.deep.equal([]);
		expect(html).to.contain(':bare: :far: :wrong:').and.not.to.contain('onerror');
		expect(bed.sent.filter(({ url }) => url.includes('x.example'))).to.deep.equal([]);
	});

	it('are drawn in what people read, and in no tag, no address, no code and no word of markup', async () => {
		const tag = ['a', 'p', 'href', 'quot', '30'].map((name) => emoji(`:${name}:`));
		const content =
			'<p title=":a:">:a::p:x:a:p: 12:30:a: <a href="https://x.example/:a:" class=":a:">:href:</a> <code>:a:</code><pre><code>:p:</code>:p:</pre> &quot;:a:&lt;b&gt;';
		const html = await page(await receive({ content, tag }));
		const body = /<div class="said"[^>]*>([\s\S]*?)<\/div>/.exec(html)![1]!;
		const names = body.replace(/<img class="emoji" [^>]*? alt="([^"]*)"[^>]*>/g, '[$1]');
		expect(names).to.equal(
			'<p>[:a:][:p:]x[:a:]p: 12[:30:]a: <a href="https://x.example/:a:" rel="nofollow noopener">[:href:]</a> <code>:a:</code></p><pre><code>:p:</code>:p:</pre> "[:a:]&lt;b&gt;',
		);
	});

	it('are fifty of a post at most, drawn a hundred times; ten thousand are no more work than that', async () => {
		const many = Array.from({ length: 10_000 }, (_, n) => ({
			type: 'Emoji',
			name: `:e${n}:`,
			icon: { type: 'Image', url: `https://x.ex/${n}` },
		}));
		const words = Array.from({ length: 60 }, (_, n) => `:e${n}:`).join(' ');
		const began = performance.now();
		const id = await receive({ content: `<p>${words} ${':e1: '.repeat(5000)}</p>`, tag: many });
		expect(performance.now() - began).to.be.below(3000);
		expect(JSON.parse(stored()!)).to.have.length(50);
		const html = await page(id);
		// Folded: how it begins is a text of its own.
		expect(pictures(html)).to.have.length(50 + 100);
		expect(html).to.contain(':e50: :e51:');
	});

	it('what was fetched is forgotten after a month, and its file with it', async () => {
		// Files have the machine's own dates.
		bed.clock.advance(Math.max(0, Date.now() - bed.clock.now()));
		const id = await receive({ content: '<p>:blobcat:</p>', tag: [emoji(':blobcat:')] });
		const src = `/posts/${id}/emoji/blobcat.webp`;
		ana = bed.branch('north').browser({ sub: 'sub-north-ana' });
		expect((await ana.get(src)).status).to.equal(200);
		bed.clock.advance(5 * 86_400_000);
		await bed.settle();
		expect(readdirSync(folder()), 'a known file is not swept away').to.have.length(1);
		bed.clock.advance(31 * 86_400_000);
		await bed.settle();
		expect(readdirSync(folder())).to.deep.equal([]);
		expect(rows(bed, 'north', 'SELECT url FROM emoji_picture')).to.deep.equal([]);
	});
});
