import { existsSync, globSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { type Bed, createBed } from './bed.ts';
import type { Browser } from './browser.ts';
import { rows } from './look.ts';
import { actorOf, PUBLIC, signed } from './wire.ts';

const CONTEXT = 'https://www.w3.org/ns/activitystreams';
/** Documents captured from other software, beside the repository; licences and origins are in the SOURCES.md there. */
const FOLDER = fileURLToPath(new URL('../../../../shared/data/activitypub', import.meta.url));
const SHOWN = ['Note', 'Article', 'Page', 'Event', 'Video', 'Audio', 'Image', 'Question'];

describe('what other software writes', () => {
	let bed: Bed;
	let ana: Browser;
	let carla: string;
	let sent = 0;
	before(async () => {
		bed = await createBed(['north', 'south']);
		bed.befriend('north', 'south');
		await bed.settle();
		ana = await bed.branch('north').join('ana');
		await bed.branch('south').join('carla');
		carla = await actorOf(bed, { slug: 'south', handle: 'carla' });
	});
	after(() => bed.close());
	afterEach(() => expect(bed.errors).to.deep.equal([]));

	/** Brings an object as carla would, and gives its page to ana; null when it was not taken. */
	async function page(
		object: Record<string, unknown>,
		context: unknown = CONTEXT,
		more: Record<string, unknown> = {},
	): Promise<string | null> {
		sent += 1;
		const id = `${carla}/statuses/foreign-${sent}`;
		const own = {
			...object,
			id,
			url: `${bed.branch('south').origin}/watch/${sent}`,
			attributedTo: carla,
			...more,
		};
		const activity = {
			'@context': context,
			id: `${id}/activity`,
			type: 'Create',
			actor: carla,
			to: [PUBLIC],
			object: { ...own, to: [PUBLIC], cc: [] },
		};
		const inbox = `${bed.branch('north').origin}/ap/inbox`;
		const answer = await signed(bed, { slug: 'south', handle: 'carla' }, 'POST', inbox, activity);
		expect(answer.status, answer.body).to.be.oneOf([202, 400]);
		const [post] = rows<{ id: number }>(bed, 'north', 'SELECT id FROM post WHERE uri = ?', id);
		if (!post) return null;
		const shown = await ana.get(`/@carla@${new URL(carla).host}/${post.id}`);
		expect(shown.status).to.equal(200);
		return shown.body;
	}

	it('an article has its title, its text and a link to where it was published', async () => {
		const html = await page({
			type: 'Article',
			name: 'On <b>Plums</b>',
			content: '<h2>Why</h2><p>They ripen.</p>',
		});
		expect(html).to.match(/<h2 class="h3" dir="auto">On &lt;b&gt;Plums&lt;\/b&gt;<\/h2>/);
		expect(html).to.contain('They ripen.').and.to.contain('The original at');
	});

	it('a long article is folded on boards and open on its own page', async () => {
		const long = `<p>${'A sentence about the orchard. '.repeat(80)}</p><p>xf-the-end</p>`;
		const html = await page({ type: 'Article', name: 'Long', content: long });
		expect(html).to.match(/<details class="said"[^>]* open><summary>A sentence/);
		expect((await ana.get('/home')).body).to.match(/<details class="said" dir="auto"><summary>A sentence/);
	});

	it('an event has its day and place, stands among ours for people of the branch, and is joined from here', async () => {
		const html = await page({
			type: 'Event',
			name: 'Repair café',
			content: '<p>Bring a lamp.</p>',
			startTime: '2026-10-20T18:00:00-07:00',
			endTime: '2026-10-20T20:00:00-07:00',
			location: { type: 'Place', name: 'The hall <i>' },
		});
		expect(html).to.contain('Repair café').and.to.contain('October 20').and.to.contain('The hall &lt;i&gt;');
		expect(html).to.contain('/attend"').and.to.contain('learns that you come');
		expect((await ana.get('/events')).body).to.contain('Repair café');
		expect((await bed.branch('north').browser().get('/events')).body).not.to.contain('Repair café');
	});

	it('an event without an end, a place or a time, or with a wrong one, is shown as far as it goes', async () => {
		for (const spoiled of [
			{},
			{ startTime: 'soon' },
			{ startTime: '2026-10-20T18:00:00Z', endTime: '2020-01-01T00:00:00Z' },
		]) {
			const html = await page({ type: 'Event', name: 'xf-bare-event', ...spoiled });
			if (html !== null) expect(html).to.contain('xf-bare-event');
		}
	});

	it('a film with nothing but a name is a name and a link', async () => {
		const html = await page({ type: 'Video', name: 'A film of bees', duration: 'PT2M', content: null });
		expect(html).to.contain('A film of bees').and.to.contain('The original at').and.not.to.contain('<video');
	});

	it('a page and a question say what they say', async () => {
		expect(await page({ type: 'Page', name: 'A link', content: '<p>Look</p>' })).to.contain('A link');
		const question = {
			type: 'Question',
			content: '<p>Tea or coffee?</p>',
			oneOf: [
				{ type: 'Note', name: 'Tea' },
				{ type: 'Note', name: 'Coffee' },
			],
		};
		expect(await page(question))
			.to.contain('Tea or coffee?')
			.and.to.contain('Coffee</label>');
	});

	describe('in the shape of', () => {
		const said = (html: string | null) => html!.slice(html!.indexOf('<article'), html!.indexOf('</article>'));

		it('PeerTube: a film whose words are Markdown, at several addresses, of a person and a channel', async () => {
			const { origin } = bed.branch('south');
			const film = {
				type: 'Video',
				name: 'Bees of the valley',
				duration: 'PT12M',
				uuid: '9c9de5e8-0a1e-484a-b099-e80766180a6d',
				category: { identifier: '15', name: 'Science & Technology' },
				language: { identifier: 'en', name: 'English' },
				sensitive: false,
				mediaType: 'text/markdown',
				content: 'Bees & <b>flowers</b>\nby the river\n\nA second paragraph',
				icon: [{ type: 'Image', url: 'https://tube.example/t.jpg', mediaType: 'image/jpeg' }],
			};
			const channel = { type: 'Group', id: `${origin}/video-channels/bees` };
			const body = said(
				await page(film, ['https://www.w3.org/ns/activitystreams', { pt: 'https://joinpeertube.org/ns#' }], {
					attributedTo: [{ type: 'Person', id: carla }, channel],
					url: [
						{ type: 'Link', mediaType: 'text/html', href: `${origin}/w/bees` },
						{ type: 'Link', mediaType: 'video/mp4', href: 'https://tube.example/720.mp4', height: 720 },
						{ type: 'Link', mediaType: 'application/x-mpegURL', href: 'https://tube.example/m.m3u8' },
					],
				}),
			);
			expect(body).to.contain('Bees of the valley</h2>').and.to.contain(`href="${origin}/w/bees"`);
			expect(body).to.contain(
				'<p>Bees &amp; &lt;b&gt;flowers&lt;/b&gt;<br />by the river</p><p>A second paragraph</p>',
			);
			expect(body).not.to.contain('<video').and.not.to.contain('tube.example');
		});

		it('Mobilizon: an event whose place is a term of its own context', async () => {
			const context = [
				'https://www.w3.org/ns/activitystreams',
				'https://litepub.social/context.jsonld',
				{
					sc: 'http://schema.org#',
					mz: 'https://joinmobilizon.org/ns#',
					ical: 'http://www.w3.org/2002/12/cal/ical#',
					Hashtag: 'as:Hashtag',
					PostalAddress: 'sc:PostalAddress',
					address: { '@id': 'sc:address', '@type': 'sc:PostalAddress' },
					location: { '@id': 'sc:location', '@type': 'sc:Place' },
					joinMode: { '@id': 'mz:joinMode', '@type': 'mz:joinModeType' },
					maximumAttendeeCapacity: 'sc:maximumAttendeeCapacity',
				},
			];
			const event = {
				type: 'Event',
				name: 'Seed swap',
				content: '<p>Bring seeds.</p>',
				mediaType: 'text/html',
				startTime: '2026-10-22T18:00:00+02:00',
				endTime: '2026-10-22T20:00:00+02:00',
				timezone: 'Europe/Paris',
				joinMode: 'free',
				maximumAttendeeCapacity: 0,
				'ical:status': 'CONFIRMED',
				location: {
					type: 'Place',
					id: 'https://mobilizon.example/address/1',
					name: 'The old mill',
					address: { type: 'PostalAddress', streetAddress: '1 Mill Lane', addressLocality: 'Lyon' },
				},
				tag: [{ type: 'Hashtag', name: '#seeds', href: 'https://mobilizon.example/tag/seeds' }],
			};
			const body = said(await page(event, context));
			expect(body).to.contain('Seed swap').and.to.contain('The old mill').and.to.contain('October 22');
			expect(body).to.contain('Bring seeds.').and.to.contain('/attend"');
		});

		it('gathio: an event whose place is words', async () => {
			const event = {
				type: 'Event',
				name: 'Picnic',
				content: '<p>On the lawn.</p>',
				startTime: '2026-10-23T18:00:00.000Z',
				endTime: '2026-10-23T20:00:00.000Z',
				location: 'Peninsula Park, by the fountain',
			};
			const body = said(await page(event));
			expect(body).to.contain('Picnic').and.to.contain('Peninsula Park, by the fountain');
		});

		it('WordPress: an article whose summary is how it begins, and no warning', async () => {
			const article = {
				type: 'Article',
				name: 'A year of the seed library',
				nameMap: { en: 'A year of the seed library' },
				summary: '<p>It began with beans.</p>',
				content: '<p>It began with beans. It went on with kale.</p>',
				contentMap: { en: '<p>It began with beans. It went on with kale.</p>' },
				mediaType: 'text/html',
				sensitive: false,
				attachment: [
					{ type: 'Image', url: 'https://blog.example/b.jpg', mediaType: 'image/jpeg', name: 'Beans' },
				],
			};
			const body = said(await page(article));
			expect(body).to.contain('A year of the seed library</h2>').and.to.contain('went on with kale');
			expect(body)
				.not.to.contain('<summary>')
				.and.not.to.contain('&lt;p&gt;')
				.and.not.to.contain('blog.example');
			const short = said(await page({ ...article, content: undefined, contentMap: undefined }));
			expect(short).to.contain('<p>It began with beans.</p>');
			const terms = [CONTEXT, { sensitive: 'as:sensitive' }];
			const hidden = said(await page({ ...article, sensitive: true, summary: 'Spiders' }, terms));
			expect(hidden).to.contain('<summary>Spiders</summary>');
		});

		it('Lemmy: a page that is a link to something', async () => {
			const link = {
				type: 'Page',
				name: 'A map of free fruit',
				mediaType: 'text/html',
				attachment: [
					{ type: 'Link', href: 'https://fruit.example/map?a=1&b="2"' },
					{ type: 'Link', href: 'javascript:alert(1)' },
				],
				image: { type: 'Image', url: 'https://fruit.example/p.png' },
				sensitive: false,
				language: { identifier: 'en', name: 'English' },
				audience: `${bed.branch('south').origin}/c/fruit`,
			};
			const body = said(await page(link, ['https://join-lemmy.org/context.json', CONTEXT]));
			expect(body).to.contain('A map of free fruit</h2>');
			expect(body).to.contain(
				'<a href="https://fruit.example/map?a=1&amp;b=%222%22" rel="nofollow noopener">',
			);
			expect(body).not.to.contain('javascript:').and.not.to.contain('p.png');
		});

		it('Pleroma: a note with its words in a context of its own', async () => {
			const note = {
				type: 'Note',
				actor: carla,
				attachment: [],
				content:
					'plums :e:<br/>and <a class="hashtag" data-tag="pears" href="https://p.example/tag/pears">#pears</a>',
				source: { content: 'plums :e:', mediaType: 'text/plain' },
				summary: '',
				sensitive: null,
				conversation: 'https://p.example/contexts/1',
				repliesCount: 0,
				tag: [
					{ type: 'Hashtag', href: 'https://p.example/tag/pears', name: '#pears' },
					{ type: 'Emoji', id: null, name: ':e:', icon: { type: 'Image', url: 'https://p.example/e.png' } },
				],
			};
			const context = [CONTEXT, 'https://p.example/schemas/litepub-0.1.jsonld', { '@language': 'und' }];
			const body = said(await page(note, context));
			expect(body).to.match(/plums <img class="emoji" [^>]*alt=":e:"/);
			expect((await ana.get('/tags/pears')).body).to.contain('plums');
		});
	});

	it('a vote is no post', async () => {
		expect(await page({ type: 'Note', name: 'Tea', inReplyTo: `${carla}/statuses/1` })).to.equal(null);
	});

	it('loses its scripts, styles, handlers, forms and pictures on the way in', async () => {
		const wild = [
			'<script>xf()</script><style>p{}</style><p onclick="xf()" style="x" id="home">a</p>',
			'<img src="https://x.example/t.png"><svg onload=xf()><iframe src="https://x.example"></iframe>',
			'<a href="javascript:xf()">b</a><a href="data:text/html,xf">c</a><a href="//x.example">d</a>',
			'<form action="/signout"><input name="_csrf"></form><p>\u202Exf\u202C</p><p>unclosed <b>e',
		].join('');
		const html = (await page({ type: 'Note', content: wild }))!;
		const said = html.slice(html.indexOf('<article'), html.indexOf('</article>'));
		const body = /<div class="said"[^>]*>([\s\S]*?)<\/div>/.exec(said)![1]!;
		expect(body).not.to.match(
			/<(script|style|img|svg|iframe|form|input)|on\w+=|javascript:|data:|style=|id="home"/i,
		);
		expect(body).to.contain('unclosed');
	});

	it('from every captured document that is a post is taken or dropped, and what is taken is shown', async function () {
		this.timeout(120_000);
		if (!existsSync(FOLDER)) {
			console.warn('SKIPPED, LOUDLY: shared/data/activitypub is not beside the repository.');
			this.skip();
		}
		let shown = 0;
		for (const name of globSync('**/*.json', { cwd: FOLDER }).sort()) {
			if (name.includes('jsonld-contexts')) continue;
			const document = JSON.parse(readFileSync(`${FOLDER}/${name}`, 'utf8')) as Record<
				string,
				unknown
			> | null;
			const object = (document?.object ?? document) as Record<string, unknown> | null;
			if (typeof object !== 'object' || object === null || !SHOWN.includes(String(object.type))) continue;
			// Only what was public there is brought here; addressing is held to elsewhere.
			const { to: _to, cc: _cc, audience: _audience, ...rest } = object;
			const html = await page(rest, document?.['@context'] ?? CONTEXT);
			if (html !== null) shown += 1;
		}
		expect(shown).to.be.greaterThan(15);
	});
});
