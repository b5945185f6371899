import { expect } from 'chai';
import { type Bed, createBed } from './bed.ts';
import { type Browser, call } from './browser.ts';
import { personId, uriOf } from './look.ts';
import { signed } from './wire.ts';

const SECRET = { branch: 'xq-branch-word', neighborhood: 'xq-neighborhood-word', public: 'xq-public-word' };
type Scope = keyof typeof SECRET;

describe('who reads a post', () => {
	let bed: Bed;
	let ana: Browser;
	let ben: Browser;
	let carla: Browser;
	let dora: Browser;
	const paths = {} as Record<Scope, string>;

	before(async () => {
		bed = await createBed(['north', 'south', 'east']);
		bed.befriend('north', 'south');
		await bed.settle();
		ana = await bed.branch('north').join('ana');
		ben = await bed.branch('north').join('ben');
		carla = await bed.branch('south').join('carla');
		dora = await bed.branch('east').join('dora');
		for (const scope of ['branch', 'neighborhood', 'public'] as const) {
			paths[scope] = await ana.write(`I say ${SECRET[scope]}`, scope);
		}
		await bed.settle();
	});
	after(() => bed.close());
	afterEach(() => expect(bed.errors).to.deep.equal([]));

	const boards = [
		'/',
		'/home',
		'/board/branch',
		'/board/neighborhood',
		'/board/everyone',
		'/@ana',
		'/notices',
	];
	const reads = async (browser: Browser, at: readonly string[], word: string) => {
		const pages = await Promise.all(at.map((path) => browser.get(path)));
		return pages.some(({ body }) => body.includes(word));
	};

	const table: [who: string, browser: () => Browser, expected: Record<Scope, boolean>][] = [
		['its author', () => ana, { branch: true, neighborhood: true, public: true }],
		['somebody of the branch', () => ben, { branch: true, neighborhood: true, public: true }],
		['somebody of a neighbor', () => carla, { branch: false, neighborhood: true, public: true }],
		['somebody of another branch', () => dora, { branch: false, neighborhood: false, public: false }],
		['nobody', () => bed.branch('north').browser(), { branch: false, neighborhood: false, public: true }],
	];
	for (const [who, browser, expected] of table) {
		for (const scope of ['branch', 'neighborhood', 'public'] as const) {
			const may = expected[scope];
			it(`${who} ${may ? 'finds' : 'never finds'} a ${scope} post on the boards of their own branch`, async () => {
				expect(await reads(browser(), boards, SECRET[scope])).to.equal(may);
			});
		}
	}

	it('the address of a post is 404 to whoever may not read it, and never says that it exists', async () => {
		const nobody = bed.branch('north').browser();
		for (const scope of ['branch', 'neighborhood'] as const) {
			const answer = await nobody.get(paths[scope]);
			const missing = await nobody.get('/@ana/123456789');
			expect(answer.status).to.equal(404);
			const strip = (text: string) => text.replace(/[0-9a-f-]{36}/g, '');
			expect(strip(answer.body)).to.equal(strip(missing.body));
		}
		expect((await nobody.get(paths.public)).status).to.equal(200);
		for (const scope of ['branch', 'neighborhood', 'public'] as const) {
			expect((await ben.get(paths[scope])).status).to.equal(200);
		}
	});

	it('every page says whom a post is for, in words', async () => {
		const { body } = await ben.get(paths.neighborhood);
		expect(body).to.include('For: </span>Neighborhood, 2 branches');
		expect((await ben.get(paths.branch)).body).to.include('For: </span>North only');
	});

	it('a branch post leaves in no form whatever', async () => {
		const id = paths.branch.split('/').at(-1)!;
		for (const { url, body } of bed.sent) {
			expect(url + body).not.to.include(SECRET.branch);
			expect(url + body).not.to.include(id);
		}
		const host = new URL(bed.branch('north').origin).host;
		const person = personId(bed, 'ana');
		const wire = [
			`/ap/users/${person}`,
			`/ap/users/${person}/outbox`,
			`/ap/users/${person}/followers`,
			`/ap/users/${person}/statuses/${id}`,
			`/ap/users/${person}/statuses/${id}/activity`,
			'/ap/actor',
			'/ap/actor/outbox',
			'/ap/neighbors',
			'/.well-known/nodeinfo',
			'/nodeinfo/2.1',
			`/.well-known/webfinger?resource=acct:ana@${host}`,
		];
		for (const path of wire) {
			const answer = await call(bed.port, 'GET', path, { host, accept: 'application/activity+json' });
			expect(answer.body, path).not.to.include(SECRET.branch);
			expect(answer.body, path).not.to.include(SECRET.neighborhood);
			if (path.includes('statuses') || path === '/ap/neighbors') expect(answer.status, path).to.equal(404);
		}
	});

	it('a signed neighbor is given the neighborhood post and never the branch post; a signed stranger neither', async () => {
		const ask = async (slug: string, scope: Scope) =>
			(await signed(bed, { slug, handle: null }, 'GET', uriOf(bed, 'north', paths[scope]))).status;
		expect(await ask('south', 'public')).to.equal(200);
		expect(await ask('south', 'neighborhood')).to.equal(200);
		expect(await ask('south', 'branch')).to.equal(404);
		expect(await ask('east', 'neighborhood')).to.equal(404);
		expect(await ask('east', 'branch')).to.equal(404);
	});

	it('a crawl from every page nobody is shown meets public words only', async () => {
		const nobody = bed.branch('north').browser();
		const seen = new Set<string>();
		const queue = [
			'/',
			'/about',
			'/rules',
			'/neighborhood',
			'/who-can-see',
			'/@ana',
			'/@ben',
			'/home',
			'/staff',
		];
		while (queue.length > 0) {
			const path = queue.pop()!;
			if (seen.has(path)) continue;
			seen.add(path);
			const { body } = await nobody.get(path);
			expect(body, path).not.to.include(SECRET.branch);
			expect(body, path).not.to.include(SECRET.neighborhood);
			for (const [, href] of body.matchAll(/href="(\/[^"#]*)"/g)) {
				if (!href!.startsWith('/design') && !href!.startsWith('/signin'))
					queue.push(href!.replaceAll('&amp;', '&'));
			}
		}
		expect([...seen]).to.include(paths.public);
	});

	it('a neighborhood post is addressed to the neighbors alone, with no signature that could be carried on', () => {
		const posts = bed.sent.filter(({ body }) => body.includes(SECRET.neighborhood));
		expect(posts.map(({ url }) => url)).to.deep.equal([`${bed.branch('south').origin}/ap/inbox`]);
		const activity = JSON.parse(posts[0]!.body.slice(posts[0]!.body.indexOf('\n') + 1));
		const to = [`${bed.branch('north').origin}/ap/neighbors`];
		expect(activity.to).to.deep.equal(to);
		expect(activity.cc).to.deep.equal([]);
		expect(activity.object.to).to.deep.equal(to);
		expect(activity.object.cc).to.deep.equal([]);
		expect(activity).not.to.have.any.keys('signature', 'proof', 'directMessage');
	});

	it('nothing is delivered to a branch that is no neighbor and follows nobody', () => {
		const there = bed.sent.filter(({ url }) => url.startsWith(bed.branch('east').origin));
		expect(there.filter(({ method }) => method !== 'GET')).to.deep.equal([]);
	});

	it('an unknown scope is the narrowest one', async () => {
		const path = await ana.write('who knows how far', 'galaxy');
		expect((await bed.branch('north').browser().get(path)).status).to.equal(404);
		expect((await ben.get(path)).body).to.include('North only');
	});

	it('a branch that leaves the neighborhood gets nothing more, and is shown nothing more', async () => {
		bed.clock.advance(1000);
		bed.befriend('north');
		await bed.settle();
		const before = bed.sent.length;
		await ana.write('after they left xq-later', 'neighborhood');
		await bed.settle();
		expect(bed.sent.slice(before).some(({ body }) => body.includes('xq-later'))).to.equal(false);
		expect((await carla.get('/home')).body).not.to.include(SECRET.neighborhood);
	});
});
