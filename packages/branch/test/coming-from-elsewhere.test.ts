import { expect } from 'chai';
import { type Bed, createBed } from './bed.ts';
import type { Browser } from './browser.ts';
import { rows } from './look.ts';
import { actorOf, signed } from './wire.ts';

const GAME = {
	title: 'Dominoes',
	text: 'Bring nothing, we have tiles.',
	scope: 'public',
	day: '2026-10-15',
	from: '17:00',
	to: '19:30',
	place: 'The bench by the window',
	address: '1 Main St',
	access: 'No steps',
	online: '',
	capacity: '',
	joining: 'free',
};

describe('people of other servers who come to an event', () => {
	let bed: Bed;
	let ana: Browser;
	beforeEach(async () => {
		bed = await createBed(['north', 'south', 'east']);
		bed.befriend('north', 'south');
		for (const slug of ['north', 'east']) bed.change(slug, { federation: 'open' });
		await bed.settle();
		ana = await bed.branch('north').join('ana');
		await bed.branch('south').join('carla');
		await bed.branch('east').join('dora');
	});
	afterEach(async () => {
		const { errors } = bed;
		await bed.close();
		expect(errors).to.deep.equal([]);
	});

	async function announce(
		form: Partial<typeof GAME> = {},
	): Promise<{ path: string; uri: string; id: number }> {
		await ana.get('/home');
		const answer = await ana.post('/events', { ...GAME, ...form });
		expect(answer.status, answer.body).to.equal(303);
		const path = String(answer.headers.location);
		const id = Number(path.split('/').at(-1));
		const [post] = rows<{ uri: string }>(bed, 'north', 'SELECT uri FROM post WHERE id = ?', id);
		return { path, uri: post!.uri, id };
	}
	/** What a server says about somebody of it and an event; `n` tells two of them apart. */
	async function say(type: 'Join' | 'Leave' | 'Undo', object: string, from = 'east', n = 1) {
		const handle = from === 'east' ? 'dora' : 'carla';
		const actor = await actorOf(bed, { slug: from, handle });
		const join = { id: `${actor}/joins/${n}`, type: 'Join', actor, object };
		const said =
			type === 'Join'
				? join
				: { id: `${join.id}/${type}`, type, actor, object: type === 'Undo' ? join : object };
		const document = { '@context': 'https://www.w3.org/ns/activitystreams', ...said };
		const url = `${bed.branch('north').origin}/ap/inbox`;
		const answer = await signed(bed, { slug: from, handle }, 'POST', url, document);
		expect(answer.status).to.equal(202);
		await bed.settle();
	}
	const states = () =>
		rows<{ state: string }>(bed, 'north', 'SELECT state FROM attendance ORDER BY id').map(
			({ state }) => state,
		);
	const answers = () =>
		bed.sent
			.filter(({ method, url }) => method === 'POST' && !url.includes('north'))
			.map(
				({ body }) =>
					JSON.parse(body.slice(body.indexOf('\n') + 1)) as { type: string; object: { type: string } },
			)
			.filter(({ object }) => object?.type === 'Join')
			.map(({ type }) => type);

	it('are on the list, are told so, and can stay away after all in either of two ways', async () => {
		const { uri, path } = await announce();
		await say('Join', uri);
		await say('Join', uri);
		expect(states()).to.deep.equal(['coming']);
		expect(answers()).to.deep.equal(['Accept']);
		expect((await ana.get(path)).body).to.contain('dora Person');
		await say('Leave', uri);
		expect(states()).to.deep.equal([]);
		await say('Join', uri, 'east', 2);
		await say('Undo', uri, 'east', 2);
		expect(states()).to.deep.equal([]);
	});

	it('wait for the organizer where the organizer is asked, and hear what they say', async () => {
		const { uri, path, id } = await announce({ joining: 'asked' });
		await say('Join', uri);
		expect(states()).to.deep.equal(['asked']);
		expect(answers()).to.deep.equal([]);
		await ana.get(path);
		const actor = await actorOf(bed, { slug: 'east', handle: 'dora' });
		await ana.post(`/events/${id}/answer`, { actor, yes: 'no' });
		await bed.settle();
		await ana.post(`/events/${id}/answer`, { actor, yes: 'yes' });
		await bed.settle();
		expect(answers()).to.deep.equal(['Reject', 'Accept']);
		expect(states()).to.deep.equal(['coming']);
	});

	it('do not take a chair that is not there, nor one of an event that is over or called off', async () => {
		const small = await announce({ capacity: '1' });
		await say('Join', small.uri);
		await say('Join', small.uri, 'south');
		expect(answers()).to.deep.equal(['Accept', 'Reject']);
		await ana.get(small.path);
		await ana.post(`/events/${small.id}/call-off`, {});
		await bed.settle();
		await say('Leave', small.uri);
		await say('Join', small.uri, 'east', 3);
		expect(answers()).to.deep.equal(['Accept', 'Reject', 'Reject']);
		expect(states()).to.deep.equal([]);
	});

	it('whom the organizer blocked hear no', async () => {
		const { uri } = await announce();
		await ana.get(`/find?address=@dora@${new URL(bed.branch('east').origin).host}`);
		await ana.get('/home');
		const actor = await actorOf(bed, { slug: 'east', handle: 'dora' });
		expect((await ana.post('/away', { actor, do: 'block' })).status).to.equal(303);
		await bed.settle();
		await say('Join', uri);
		expect(answers()).to.deep.equal(['Reject']);
		expect(states()).to.deep.equal([]);
	});

	it('a guess at an event of the branch or the neighborhood leaves no trace', async () => {
		const near = await announce({ scope: 'neighborhood' });
		const here = await announce({ scope: 'branch' });
		await say('Join', near.uri, 'east', 1);
		await say('Join', here.uri, 'south', 2);
		expect(answers()).to.deep.equal([]);
		expect(rows(bed, 'north', 'SELECT * FROM remote_actor')).to.deep.equal([]);
		await say('Join', near.uri, 'south', 3);
		expect(states()).to.deep.equal(['coming']);
	});
});
