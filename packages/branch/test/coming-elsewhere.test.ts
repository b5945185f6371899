import { expect } from 'chai';
import { type Bed, createBed } from './bed.ts';
import type { Browser } from './browser.ts';
import { rows } from './look.ts';
import { actorOf, PUBLIC, signed } from './wire.ts';

const GAME = {
	title: 'Dominoes',
	text: 'Bring nothing, we have tiles.',
	scope: 'public',
	day: '2026-10-15',
	from: '17:00',
	to: '19:30',
	place: 'The bench by the window',
	address: '',
	access: '',
	online: '',
	capacity: '',
	joining: 'free',
};

describe('coming to an event of another server', () => {
	let bed: Bed;
	let ana: Browser;
	let carla: Browser;
	async function open(way: 'http' | 'short' = 'http') {
		bed = await createBed(['north', 'south', 'east'], way);
		bed.befriend('north', 'south');
		for (const slug of ['south', 'east']) bed.change(slug, { federation: 'open' });
		await bed.settle();
		ana = await bed.branch('north').join('ana');
		carla = await bed.branch('south').join('carla');
		await bed.branch('east').join('dora');
		await bed.branch('east').join('group');
	}
	afterEach(async () => {
		const { errors } = bed;
		await bed.close();
		expect(errors).to.deep.equal([]);
	});

	const settle = async () => {
		await bed.settle();
		bed.clock.advance(61_000);
		await bed.settle();
	};
	/** What carla's branch shows her of the newest event. */
	const event = () => {
		const [found] = rows<{ id: number; handle: string; host: string }>(
			bed,
			'south',
			`SELECT post.id, handle, host FROM post JOIN remote_actor ON remote_actor.id = post.remote
			WHERE kind = 'Event' ORDER BY post.id DESC`,
		);
		return { id: found!.id, path: `/@${found!.handle}@${found!.host}/${found!.id}` };
	};
	const page = async () => (await carla.get(event().path)).body;
	const say = async (what: 'attend' | 'stay-away') => {
		await page();
		return carla.post(`/events/${event().id}/${what}`, {});
	};
	const states = (slug: string) =>
		rows<{ state: string }>(bed, slug, 'SELECT state FROM attendance ORDER BY id').map(({ state }) => state);
	async function announce(form: Partial<typeof GAME> = {}) {
		await ana.get('/home');
		const answer = await ana.post('/events', { ...GAME, ...form });
		expect(answer.status, answer.body).to.equal(303);
		await settle();
		return String(answer.headers.location);
	}

	for (const way of ['http', 'short'] as const) {
		it(`(${way}) is said here, answered there, shown in both places, and taken back`, async () => {
			await open(way);
			const path = await announce();
			expect(await page())
				.to.contain('I am coming')
				.and.to.contain('learns that you come, and may show your name');
			expect((await say('attend')).status).to.equal(303);
			expect(await page()).to.contain('has not answered yet');
			await settle();
			expect([states('north'), states('south')]).to.deep.equal([['coming'], ['coming']]);
			expect(await page()).to.contain('You said that you come');
			expect((await ana.get(path)).body).to.contain('carla Person');
			const mine = await carla.get('/events/mine');
			expect(mine.body).to.contain('Dominoes').and.to.contain('/events/mine.ics');
			const calendar = await carla.get('/events/mine.ics');
			expect(calendar.headers['content-type']).to.contain('text/calendar');
			expect(calendar.body).to.contain('SUMMARY:Dominoes');
			expect((await carla.get('/notices')).body).not.to.contain('Dominoes');
			await say('stay-away');
			await settle();
			expect([states('north'), states('south')]).to.deep.equal([[], []]);
			expect((await carla.get('/events/mine')).body).not.to.contain('Dominoes');
		});
	}

	it('waits for an organizer who answers, and hears what they say', async () => {
		await open();
		const path = await announce({ joining: 'asked' });
		expect(await page()).to.contain('Ask to come');
		await say('attend');
		await settle();
		expect(states('south')).to.deep.equal(['asked']);
		expect(await page()).to.contain('The organizer has not answered yet');
		const actor = await actorOf(bed, { slug: 'south', handle: 'carla' });
		await ana.get(path);
		await ana.post(`/events/${path.split('/').at(-1)}/answer`, { actor, yes: 'yes' });
		await settle();
		expect(states('south')).to.deep.equal(['coming']);
		expect((await carla.get('/notices')).body).to.contain('ana Person expects you at an event.');
		await ana.post(`/events/${path.split('/').at(-1)}/answer`, { actor, yes: 'no' });
		await settle();
		expect(states('south')).to.deep.equal(['refused']);
		expect((await carla.get('/notices')).body).to.contain('coming to an event is not possible');
		expect((await carla.get('/events/mine')).body).not.to.contain('Dominoes');
	});

	it('is refused where no place is left, and of an event that is called off nobody asks', async () => {
		await open();
		const path = await announce({ capacity: '1' });
		await ana.post(`/events/${path.split('/').at(-1)}/attend`, {});
		await say('attend');
		await settle();
		expect(states('south')).to.deep.equal(['refused']);
		await ana.get(path);
		await ana.post(`/events/${path.split('/').at(-1)}/call-off`, {});
		await settle();
		expect(await page())
			.to.contain('Called off')
			.and.not.to.contain('I am coming');
		const joins = () => bed.sent.filter(({ body }) => body.includes('"type":"Join"')).length;
		const sent = joins();
		expect((await say('attend')).status).to.equal(409);
		await settle();
		expect(joins()).to.equal(sent);
	});

	it('said and taken back before it was sent tells the other server nothing it does not know', async () => {
		await open();
		await announce();
		await say('attend');
		await say('stay-away');
		await settle();
		expect([states('north'), states('south')]).to.deep.equal([[], []]);
	});

	it('a deleted account comes to nothing any more', async () => {
		await open();
		await announce();
		await say('attend');
		await settle();
		await carla.get('/you/leave');
		await carla.post('/you/delete', { handle: 'carla' });
		await settle();
		expect(states('north')).to.deep.equal([]);
	});

	describe('of other software', () => {
		beforeEach(async () => {
			await open();
			await carla.get(`/find?address=@dora@${new URL(bed.branch('east').origin).host}`);
			await carla.get('/home');
			await carla.post('/follows', { actor: await actorOf(bed, { slug: 'east', handle: 'dora' }) });
			await settle();
		});
		/** What a server says to south, signed by somebody of it. */
		async function tell(document: Record<string, unknown>, handle = 'dora', slug = 'east') {
			const actor = await actorOf(bed, { slug, handle });
			const said = { '@context': CONTEXT, actor, ...document };
			const url = `${bed.branch('south').origin}/ap/inbox`;
			const answer = await signed(bed, { slug, handle }, 'POST', url, said);
			expect(answer.status, answer.body).to.equal(202);
			await bed.settle();
		}
		async function create(more: Record<string, unknown>, n = 1, type = 'Create') {
			const actor = await actorOf(bed, { slug: 'east', handle: 'dora' });
			const object = {
				id: `${actor}/events/${n}`,
				type: 'Event',
				attributedTo: actor,
				name: 'Picnic',
				content: '<p>By the river</p>',
				startTime: '2026-10-17T10:00:00Z',
				endTime: '2026-10-17T12:00:00Z',
				published: new Date(bed.clock.now()).toISOString(),
				to: [PUBLIC],
				cc: [],
				...more,
			};
			await tell({ id: `${object.id}/${type}-${++count}`, type, object, to: [PUBLIC], cc: [] });
			return object.id;
		}
		let count = 0;
		const sentTo = (slug: string) =>
			bed.sent
				.filter(({ method, url }) => method === 'POST' && url.startsWith(bed.branch(slug).origin))
				.map(({ body }) => JSON.parse(body.slice(body.indexOf('\n') + 1)) as Record<string, unknown>)
				.filter(({ type }) => type !== 'Follow');

		it('gets a Join and a Leave as Mobilizon takes them, and any of its people may answer', async () => {
			const id = await create({
				joinMode: 'restricted',
				attributedTo: await actorOf(bed, { slug: 'east', handle: 'dora' }),
			});
			await say('attend');
			await bed.settle();
			const [join] = sentTo('east');
			const me = await actorOf(bed, { slug: 'south', handle: 'carla' });
			const dora = await actorOf(bed, { slug: 'east', handle: 'dora' });
			expect(join)
				.to.include({ type: 'Join', actor: me, object: id })
				.and.to.deep.include({ to: [dora] });
			const answer = {
				id: `${id}/accept`,
				type: 'Accept',
				object: { id: join!.id, type: 'Join', actor: me, object: id },
			};
			await bed.branch('north').join('eve');
			await tell({ ...answer, id: `${bed.branch('north').origin}/forged` }, 'eve', 'north');
			expect(states('south')).to.deep.equal(['asked']);
			await tell({ ...answer, id: `${id}/accept-2` }, 'group');
			expect(states('south')).to.deep.equal(['coming']);
			await say('stay-away');
			await bed.settle();
			expect(sentTo('east').at(-1)).to.include({ type: 'Leave', actor: me, object: id });
		});

		it('gets an Accept of the event where it says nothing of joining, as gathio and Friendica take it', async () => {
			const id = await create({ location: 'Under the big oak, by the river' });
			expect(await page()).to.contain('Under the big oak');
			await say('attend');
			expect(states('south')).to.deep.equal(['coming']);
			await bed.settle();
			const dora = await actorOf(bed, { slug: 'east', handle: 'dora' });
			const [accept] = sentTo('east');
			expect(accept)
				.to.include({ type: 'Accept', object: id })
				.and.to.deep.include({ to: [dora] });
			await say('stay-away');
			await bed.settle();
			const undo = sentTo('east').at(-1)!;
			expect(undo)
				.to.include({ type: 'Undo' })
				.and.to.deep.include({ to: [dora] });
			expect(undo.object).to.include({ id: accept!.id, type: 'Accept', object: id });
		});

		it('is told in words where people say so on a page, or are invited, and nothing is sent', async () => {
			await create({ joinMode: 'external', externalParticipationUrl: 'https://tickets.example/42' });
			expect(await page())
				.to.contain('event’s own page')
				.and.to.contain('https://tickets.example/42');
			expect(await page()).not.to.contain('I am coming');
			const elsewhere = await say('attend');
			expect([elsewhere.status, elsewhere.body.includes('say on its own page')]).to.deep.equal([409, true]);
			await create({ joinMode: 'invite' }, 2);
			expect(await page())
				.to.contain('people are invited')
				.and.not.to.contain('I am coming');
			expect((await say('attend')).status).to.equal(409);
			await create({ joinMode: 'external', externalParticipationUrl: 'javascript:alert(1)' }, 3);
			expect(await page()).not.to.contain('javascript:');
			await create({ joinMode: 'by carrier pigeon' }, 4);
			expect(await page()).to.contain('event’s own page');
			await bed.settle();
			expect(sentTo('east')).to.deep.equal([]);
		});

		it('follows it when it changes: another time, another way, or called off', async () => {
			await create({ joinMode: 'free' });
			await say('attend');
			await create(
				{ joinMode: 'free', startTime: '2026-10-18T10:00:00Z', 'ical:status': 'CANCELLED' },
				1,
				'Update',
			);
			expect(await page())
				.to.contain('Called off')
				.and.to.contain('October 18');
			await create({ joinMode: 'free', 'ical:status': 'CONFIRMED' }, 1, 'Update');
			expect(await page()).not.to.contain('Called off');
		});

		it('is not said to a server that this branch does not exchange posts with any more', async () => {
			await create({ joinMode: 'free' });
			bed.change('south', { federation: 'neighborhood' });
			await bed.settle();
			expect(await page())
				.to.contain('event’s own page')
				.and.not.to.contain('I am coming');
			expect((await say('attend')).status).to.equal(403);
			expect(states('south')).to.deep.equal([]);
		});

		it('an answer nobody waits for changes nothing', async () => {
			const id = await create({ joinMode: 'free' });
			const me = await actorOf(bed, { slug: 'south', handle: 'carla' });
			await tell({
				id: `${id}/x`,
				type: 'Accept',
				object: { id: `${me}#joins/1`, type: 'Join', actor: me, object: id },
			});
			expect(states('south')).to.deep.equal([]);
		});
	});
});

const CONTEXT = [
	'https://www.w3.org/ns/activitystreams',
	{
		mz: 'https://joinmobilizon.org/ns#',
		joinMode: { '@id': 'mz:joinMode', '@type': 'mz:joinModeType' },
		externalParticipationUrl: { '@id': 'mz:externalParticipationUrl', '@type': 'https://schema.org/URL' },
		ical: 'http://www.w3.org/2002/12/cal/ical#',
	},
];
