import { expect } from 'chai';
import { type Bed, createBed } from './bed.ts';
import { type Browser, call } from './browser.ts';
import { personId, rows, uriOf } from './look.ts';
import { actorOf, signed } from './wire.ts';

/** Where words that were to stay at home got out of other software (reference/fediverse.md 1.3), one test each. */
describe('what leaked elsewhere does not leak here', () => {
	let bed: Bed;
	let ana: Browser;
	let ben: Browser;
	let path: string;
	let person: string;
	const WORDS = 'xl-only-here';
	beforeEach(async () => {
		bed = await createBed(['north', 'south', 'east']);
		bed.befriend('north', 'south');
		await bed.settle();
		ana = await bed.branch('north').join('ana');
		ben = await bed.branch('north').join('ben');
		await bed.branch('south').join('carla');
		await bed.branch('east').join('dora');
		path = await ana.write(`${WORDS} #plums`, 'branch');
		person = `${bed.branch('north').origin}/ap/users/${personId(bed, 'ana')}`;
		await ben.get('/home');
	});
	afterEach(async () => {
		const { errors } = bed;
		await bed.close();
		expect(errors).to.deep.equal([]);
	});

	const idOf = (at: string) => at.split('/').at(-1)!;
	const askers = ['south', 'east', null] as const;
	async function wire(url: string, slug: (typeof askers)[number]): Promise<string> {
		const { host, pathname } = new URL(url);
		const headers = { host, accept: 'application/activity+json' };
		const answer = slug
			? await signed(bed, { slug, handle: null }, 'GET', url)
			: await call(bed.port, 'GET', pathname, headers);
		return answer.body;
	}

	it('Hometown #72: a branch post that is passed along is in nobody’s outbox', async () => {
		expect((await ben.post(`/posts/${idOf(path)}/share`, {})).status).to.equal(403);
		const outbox = `${bed.branch('north').origin}/ap/users/${personId(bed, 'ben')}/outbox`;
		for (const slug of askers) {
			const body = await wire(outbox, slug);
			expect(body).to.contain('OrderedCollection').and.not.to.contain(idOf(path));
		}
	});

	it('Hometown’s outbox: a signed server is not taken for somebody of the branch', async () => {
		for (const slug of askers) expect(await wire(`${person}/outbox`, slug)).not.to.contain(WORDS);
	});

	it('Hometown #1180: the page of a topic shows nobody what is for the branch', async () => {
		const nobody = bed.branch('north').browser();
		expect((await nobody.get('/tags/plums')).body).not.to.contain(WORDS);
		expect((await ben.get('/tags/plums')).body).to.contain(WORDS);
	});

	it('Hometown #1178: a pinned answer between two people is not on the profile of whoever pinned it', async () => {
		const asked = await ana.write('xl-private @ben', 'direct');
		const answer = await ben.write('xl-private-answer', 'direct', asked);
		await ben.get('/home');
		await ben.post(`/posts/${idOf(answer)}/pin`, {});
		const cyd = await bed.branch('north').join('cyd');
		for (const reader of [cyd, bed.branch('north').browser()]) {
			expect((await reader.get('/@ben')).body).not.to.contain('xl-private');
		}
	});

	it('skymoth #243: what software may read for a person says how far it goes, so that no bot repeats it', async () => {
		expect((await ben.get(path)).body).to.contain('data-scope="branch"');
		const feeds = ['/feed.atom', '/@ana/feed.atom', '/events.ics'];
		for (const feed of feeds) expect((await ben.get(feed)).body, feed).not.to.contain(WORDS);
	});

	it('Hometown’s polls: a question of the branch alone ends like any other, and tells people so', async () => {
		const asked = await ana.post('/posts', {
			text: 'Which?',
			scope: 'branch',
			choice_1: 'This',
			choice_2: 'That',
			poll_hours: '1',
		});
		const id = idOf(asked.headers.location!);
		await ben.get('/home');
		await ben.post(`/posts/${id}/choose`, { choice: '0' });
		bed.clock.advance(2 * 60 * 60_000);
		await bed.settle();
		for (const who of [ana, ben]) expect((await who.get('/notices')).body).to.contain('is over');
		expect(bed.sent.filter(({ body }) => body.includes(id))).to.deep.equal([]);
	});

	it('glitch-soc #105: naming somebody, searching for an address, and opening a thread pull nothing out', async () => {
		const host = new URL(bed.branch('south').origin).host;
		await ana.get('/home');
		const named = await ana.post('/posts', { text: `${WORDS} @carla@${host}`, scope: 'branch' });
		expect(named.status).to.equal(422);
		const dora = { slug: 'east', handle: 'dora' };
		const inbox = `${bed.branch('north').origin}/ap/inbox`;
		const actor = await actorOf(bed, dora);
		const answer = {
			'@context': 'https://www.w3.org/ns/activitystreams',
			id: `${actor}/statuses/1/activity`,
			type: 'Create',
			actor,
			to: ['https://www.w3.org/ns/activitystreams#Public', person],
			object: {
				id: `${actor}/statuses/1`,
				type: 'Note',
				attributedTo: actor,
				to: ['https://www.w3.org/ns/activitystreams#Public', person],
				content: '<p>xl-guess</p>',
				inReplyTo: uriOf(bed, 'north', path),
			},
		};
		expect((await signed(bed, dora, 'POST', inbox, answer)).status).to.equal(202);
		expect((await ana.get(path)).body).not.to.contain('xl-guess');
		expect(rows(bed, 'north', "SELECT id FROM post WHERE content_html LIKE '%xl-guess%'")).to.deep.equal([]);
		for (const slug of askers) {
			expect(await wire(uriOf(bed, 'north', path), slug)).not.to.contain(WORDS);
			expect(await wire(`${uriOf(bed, 'north', path)}/replies`, slug)).not.to.contain(WORDS);
		}
		expect(JSON.stringify(bed.sent)).not.to.contain(WORDS);
	});

	it('Lemmy #3785: the feeds of a branch that is closed to the outside hold public words alone, for everybody', async () => {
		bed.change('north', { federation: 'closed' });
		await bed.settle();
		await ana.write('xl-for-everyone', 'public');
		for (const reader of [bed.branch('north').browser(), ben]) {
			const { body } = await reader.get('/feed.atom');
			expect(body).to.contain('xl-for-everyone').and.not.to.contain(WORDS);
		}
	});
});
