import { expect } from 'chai';
import { type Bed, createBed } from './bed.ts';
import type { Browser } from './browser.ts';
import { personId } from './look.ts';
import { signed } from './wire.ts';

describe('what other sites and search engines are told', () => {
	let bed: Bed;
	let nobody: Browser;
	let ana: Browser;
	/** Paths of posts. */
	let open: string;
	let noted: string;
	let unlisted: string;
	let teens: string;

	before(async () => {
		bed = await createBed();
		const north = bed.branch('north');
		bed.change('north', { teens_public: true });
		nobody = north.browser();
		ana = await north.join('ana');
		const uma = await north.join('uma');
		const tess = await north.join('tess', { age_band: 'teen' });
		for (const who of [ana, tess]) {
			await who.get('/you');
			const form = { name: 'xo <b>Name</b>', summary: '', scope: 'branch', listed: 'yes' };
			expect((await who.post('/you', form)).status).to.equal(303);
		}
		open = await ana.write('xo-words "quoted" <script>alert(1)</script> & more', 'public');
		const behind = await ana.post('/posts', { text: 'xo-behind', scope: 'public', summary: 'xo-note' });
		noted = behind.headers.location!;
		unlisted = await uma.write('xo-unlisted', 'public');
		teens = await tess.write('xo-teens', 'public');
	});
	after(() => bed.close());
	afterEach(() => expect(bed.errors).to.deep.equal([]));

	const at = (path: string) => `${bed.branch('north').origin}${path}`;
	const oembed = (path: string, more = '') =>
		nobody.get(`/api/oembed?url=${encodeURIComponent(at(path))}${more}`);
	const page = async (path: string, who = nobody) => (await who.get(path)).body;

	it('a public post: its author, words and address, whatever stands in them', async () => {
		const body = await page(open);
		expect(body).to.contain(`<meta property="og:url" content="${at(open)}">`);
		expect(body).to.match(/og:description" content="xo-words &quot;quoted&quot; &lt;script&gt;/);
		const link = /<link rel="alternate" type="application\/json\+oembed"[^>]* href="([^"]+)"/.exec(body)![1]!;
		const answer = await nobody.get(
			new URL(link.replaceAll('&amp;', '&').replaceAll('&#x3D;', '=')).href.slice(at('').length),
		);
		expect(answer.status).to.equal(200);
		expect(answer.headers['access-control-allow-origin']).to.equal('*');
		const told = JSON.parse(answer.body) as Record<string, string>;
		expect(told).to.include({ type: 'rich', version: '1.0', author_url: at('/@ana'), height: null });
		expect(told.html)
			.to.contain('xo-words')
			.and.to.contain(`cite="${at(open)}"`);
		expect(told.html).not.to.match(/<script|<b>|<iframe|<img/);
	});

	it('of what stands behind a content note only the note', async () => {
		const told = (await page(noted)).match(/og:description" content="[^"]*/)![0] + (await oembed(noted)).body;
		expect(told).to.contain('xo-note').and.not.to.contain('xo-behind');
	});

	it('nothing where somebody is signed in, and nothing at another address, width or form', async () => {
		expect(await page(open, ana)).not.to.match(/og:|oembed|name="robots"/);
		expect(JSON.parse((await oembed(open, '&maxwidth=10')).body).width).to.equal(220);
		expect((await oembed(open, '&format=xml')).status).to.equal(501);
		for (const wrong of ['', 'x', '/@ana', '/@ana/1', `${open}/history`, '/@ana/99999999999999999999'])
			expect((await oembed(wrong)).status, wrong).to.equal(404);
		const elsewhere = `https://far.example${open}`;
		expect((await nobody.get(`/api/oembed?url=${encodeURIComponent(elsewhere)}`)).status).to.equal(404);
		expect((await nobody.get('/api/oembed')).status).to.equal(404);
	});

	it('of a teen nothing, though everyone may read the post, and whatever their form said', async () => {
		const body = await page(teens);
		expect(body).to.contain('xo-teens').and.to.contain('content="noindex"').and.not.to.contain('og:');
		expect((await oembed(teens)).status).to.equal(404);
	});

	it('the sitemap has whoever said so, and what they wrote for everyone; others’ pages ask to be left out', async () => {
		const map = await page('/sitemap.xml');
		expect(await page('/robots.txt')).to.contain(`Sitemap: ${at('/sitemap.xml')}`);
		for (const path of ['/', '/about', '/@ana', open, noted]) {
			expect(map, path).to.contain(`<loc>${at(path)}</loc>`);
			expect(await page(path), path).not.to.contain('content="noindex"');
		}
		expect(map).not.to.match(/uma|tess/);
		const words = { text: 'xo-words again', language: 'en' };
		expect((await ana.post(`/posts/${open.split('/').at(-1)}/edit`, words)).status).to.equal(303);
		for (const path of ['/@uma', unlisted, `${open}/history`])
			expect(await page(path), path).to.contain('content="noindex"');
		const actor = async (handle: string) =>
			JSON.parse(
				(await signed(bed, { slug: 'north', handle: null }, 'GET', at(`/ap/users/${personId(bed, handle)}`)))
					.body,
			);
		expect(await actor('ana')).to.include({ discoverable: true, indexable: true });
		expect(await actor('uma')).to.include({ discoverable: false, indexable: false });
		expect(await actor('tess')).to.include({ discoverable: false, indexable: false });
	});

	it('a page with an answer of somebody who did not say so asks to be left out too', async () => {
		const uma = bed.branch('north').browser({ sub: 'sub-north-uma' });
		const asked = await ana.write('xo-question', 'public');
		expect(await page(asked)).not.to.contain('content="noindex"');
		await uma.get(asked);
		await uma.write('xo-answer', 'public', asked);
		expect(await page(asked))
			.to.contain('content="noindex"')
			.and.to.contain('og:description');
	});

	it('what is taken back is gone from all of them with the same breath', async () => {
		const path = await ana.write('xo-gone', 'public');
		expect((await oembed(path)).status).to.equal(200);
		expect(await page('/sitemap.xml')).to.contain(path);
		await ana.post(`/posts/${path.split('/').at(-1)}/delete`, {});
		expect((await oembed(path)).status).to.equal(404);
		expect(await page('/sitemap.xml')).not.to.contain(path);
	});
});
