import { expect } from 'chai';
import { type Bed, createBed } from './bed.ts';
import type { Browser } from './browser.ts';

const GAME = {
	title: 'Dominoes',
	text: 'Bring nothing, we have tiles.',
	scope: 'branch',
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

describe('events', () => {
	let bed: Bed;
	let ana: Browser;
	let ben: Browser;
	let carla: Browser;
	beforeEach(async () => {
		bed = await createBed(['north', 'south']);
		bed.befriend('north', 'south');
		bed.grant('staff-june', 'north');
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

	const announce = async (by: Browser, form: Partial<typeof GAME> = {}, path = '/events') => {
		const answer = await by.post(path, { ...GAME, ...form });
		expect(answer.status, answer.body).to.equal(303);
		return answer.headers.location!;
	};
	const act = (path: string, what: string) => `/events/${path.split('/').at(-1)}/${what}`;

	it('one that is announced is a post with a day, hours and a place, in the library’s own time', async () => {
		const path = await announce(ana);
		const { body } = await ben.get('/events');
		expect(body)
			.to.contain('Dominoes')
			.and.to.contain('Thursday, October 15, 5:00 pm')
			.and.to.contain('No steps');
		expect(body).to.contain('datetime="2026-10-16T00:00:00Z"');
		expect((await ben.get(path)).body).to.contain('Bring nothing');
		expect((await ben.get('/home')).body).to.contain('Dominoes');
	});

	describe('that is changed', () => {
		const moved = { ...GAME, day: '2026-10-16', place: 'The hall upstairs', text: 'Bring cushions.' };
		const change = async (by: Browser, path: string, form: Partial<typeof GAME> = moved) => {
			bed.clock.advance(1000);
			await by.get(path);
			return by.post(act(path, 'edit'), { ...GAME, ...form });
		};

		it('shows what it is in its form, and afterwards what it became, here and at the neighbors', async () => {
			const path = await announce(ana, { scope: 'neighborhood' });
			await bed.settle();
			const form = (await ana.get(act(path, 'edit'))).body;
			for (const value of [
				'Dominoes',
				'2026-10-15',
				'17:00',
				'19:30',
				'The bench by the window',
				'No steps',
			]) {
				expect(form).to.contain(`value="${value}"`);
			}
			expect(form).not.to.contain('name="scope"');
			expect((await change(ana, path)).headers.location).to.equal(path);
			await bed.settle();
			for (const who of [ben, carla]) {
				const { body } = await who.get('/events');
				expect(body)
					.to.contain('Friday, October 16')
					.and.to.contain('The hall upstairs')
					.and.to.contain('cushions');
			}
			expect((await ben.get(`${path}/history`)).body).to.contain('Bring nothing, we have tiles.');
		});

		it('tells those who come, here and elsewhere, of another time or place, and of nothing else', async () => {
			const path = await announce(ana, { scope: 'neighborhood' });
			await bed.settle();
			await ben.get('/events');
			await ben.post(act(path, 'attend'), {});
			const { body } = await carla.get('/events');
			await carla.post(/action="(\/events\/\d+\/attend)"/.exec(body)![1]!, {});
			await bed.settle();
			await change(ana, path, { access: 'A ramp on the left' });
			await bed.settle();
			for (const who of [ben, carla]) expect((await who.get('/notices')).body).not.to.contain('changed when');
			await change(ana, path);
			await bed.settle();
			for (const who of [ben, carla]) {
				expect((await who.get('/notices')).body).to.contain('ana Person changed when or where an event is');
			}
			bed.clock.advance(1000);
			await ana.post(act(path, 'call-off'), {});
			await bed.settle();
			for (const who of [ben, carla])
				expect((await who.get('/notices')).body).to.contain('ana Person called off');
			expect((await ana.get('/notices')).body).not.to.contain('called off');
		});

		it('is given back with a sentence when something is wrong, and stays as it was', async () => {
			const path = await announce(ana);
			const { status, body } = await change(ana, path, { place: ' ', title: 'Checkers' });
			expect(status).to.equal(422);
			expect(body).to.contain('Write where it is.').and.to.contain('value="Checkers"');
			expect((await ben.get('/events')).body)
				.to.contain('Dominoes')
				.and.to.contain('The bench by the window');
		});

		it('may have begun, and is not changed when it is over or called off', async () => {
			const path = await announce(ana);
			bed.clock.advance(Date.parse('2026-10-16T00:30:00Z') - bed.clock.now());
			expect((await change(ana, path, { to: '20:00' })).status).to.equal(303);
			bed.clock.advance(24 * 3_600_000);
			expect((await change(ana, path)).status).to.equal(409);
			const other = await announce(ana, { day: '2026-10-25' });
			await ana.post(act(other, 'call-off'), {});
			expect((await change(ana, other)).status).to.equal(409);
		});

		it('is changed by whoever announced it, and for the branch by its hosts', async () => {
			const path = await announce(ana);
			expect((await change(ben, path)).status).to.equal(403);
			expect((await ben.get(act(path, 'edit'))).body).not.to.contain('value="Dominoes"');
			const june = bed.branch('north').browser({ staff_id: 'staff-june' });
			await june.get('/staff/events/new');
			const official = await announce(june, {}, '/staff/events');
			expect((await change(june, official)).status).to.equal(303);
			expect((await change(ana, official)).status).to.equal(403);
		});
	});

	it('one that ends before it begins ends after midnight', async () => {
		await announce(ana, { from: '22:00', to: '01:00' });
		expect((await ben.get('/events')).body).to.contain('datetime="2026-10-16T08:00:00Z"');
	});

	for (const [what, form, field] of [
		['without a name', { title: ' ' }, 'title'],
		['without a place', { place: '' }, 'place'],
		['on a day that does not exist', { day: '2026-02-30' }, 'from'],
		['on something that is no day', { day: 'Thursday' }, 'day'],
		['at an hour that does not exist', { from: '25:00' }, 'from'],
		['that is over', { day: '2026-10-01' }, 'day'],
		['in the year 9999', { day: '9999-10-01' }, 'day'],
		['for half a person', { capacity: '0.5' }, 'capacity'],
		['for fewer than nobody', { capacity: '-3' }, 'capacity'],
		['at an address that would run a script', { online: 'javascript:alert(1)' }, 'online'],
		['without words', { text: '' }, 'text'],
		['with a name like a novel', { title: 'x'.repeat(201) }, 'title'],
	] as const) {
		it(`one ${what} is given back with what was typed and a sentence beside the field`, async () => {
			await ana.get('/events/new');
			const { status, body } = await ana.post('/events', { ...GAME, ...form });
			expect(status).to.equal(422);
			expect(body).to.contain(`id="${field}-fault"`).and.to.contain('1 Main St');
			expect((await ben.get('/events')).body).not.to.contain('No steps');
		});
	}

	it('is seen by whom its scope reaches, on the page, in the calendar and on the front page', async () => {
		await announce(ana, { title: 'xq-branch' });
		await announce(ana, { title: 'xq-public', scope: 'public' });
		const nobody = bed.branch('north').browser();
		for (const path of ['/', '/events', '/events.ics']) {
			const { body } = await nobody.get(path);
			expect(body, path).to.contain('xq-public').and.not.to.contain('xq-branch');
		}
		expect((await ben.get('/events')).body).to.contain('xq-branch');
	});

	it('the calendar of one is for whoever may read it, and for nobody else', async () => {
		const path = await announce(ana, { title: 'Comma, semicolon; and\\slash' });
		const ics = `/events/${path.split('/').at(-1)}.ics`;
		const { body, headers } = await ben.get(ics);
		expect(headers['content-type']).to.contain('text/calendar');
		expect(body)
			.to.contain('DTSTART:20261016T000000Z')
			.and.to.contain('SUMMARY:Comma\\, semicolon\\; and\\\\slash');
		for (const line of body.split('\r\n')) expect(Buffer.byteLength(line)).to.be.at.most(76);
		expect((await bed.branch('north').browser().get(ics)).status).to.equal(404);
	});

	it('people say that they come, twice is once, and stay away again; only the organizer sees who', async () => {
		const path = await announce(ana);
		for (let twice = 0; twice < 2; twice += 1) {
			await ben.get(path);
			expect((await ben.post(act(path, 'attend'), {})).status).to.equal(303);
		}
		expect((await ben.get(path)).body)
			.to.contain('You said that you come')
			.and.not.to.contain('Who comes');
		expect((await ana.get(path)).body)
			.to.contain('Who comes: one person')
			.and.to.contain('ben Person');
		await ben.post(act(path, 'stay-away'), {});
		expect((await ben.get(path)).body).to.contain('I am coming');
	});

	it('the last chair is given once, however many reach for it', async () => {
		const path = await announce(ana, { capacity: '1' });
		const dan = await bed.branch('north').join('dan');
		await Promise.all([ben.get(path), dan.get(path)]);
		const answers = await Promise.all([ben, dan].map((one) => one.post(act(path, 'attend'), {})));
		expect(answers.map(({ status }) => status).sort()).to.deep.equal([303, 409]);
		expect(answers.find(({ status }) => status === 409)!.body).to.contain('There is no place left');
		expect((await ana.get(path)).body)
			.to.contain('0 are left')
			.and.to.contain('Who comes: one person');
	});

	it('where people ask, the organizer answers, and nobody else does', async () => {
		const path = await announce(ana, { joining: 'asked' });
		await ben.get(path);
		await ben.post(act(path, 'attend'), {});
		expect((await ben.get(path)).body).to.contain('has not answered yet');
		const actor = /name="actor" value="([^"]+)"/.exec((await ana.get(path)).body)![1]!;
		expect((await ben.post(act(path, 'answer'), { actor, yes: 'yes' })).status).to.equal(403);
		expect((await ana.post(act(path, 'answer'), { actor, yes: 'yes' })).status).to.equal(303);
		expect((await ben.get(path)).body).to.contain('You said that you come');
	});

	it('one that is called off says so, takes nobody new, and only its organizer calls it off', async () => {
		const path = await announce(ana, { scope: 'neighborhood' });
		await bed.settle();
		expect((await ben.post(act(path, 'call-off'), {})).status).to.equal(403);
		await ana.get(path);
		expect((await ana.post(act(path, 'call-off'), {})).status).to.equal(303);
		expect((await ben.get(path)).body).to.contain('Called off');
		expect((await ben.post(act(path, 'attend'), {})).status).to.equal(409);
	});

	it('nobody comes to what they may not read, or to what is over', async () => {
		const path = await announce(ana);
		await carla.get('/home');
		expect((await carla.post(act(path, 'attend'), {})).status).to.equal(404);
		bed.clock.advance(30 * 86_400_000);
		const late = await bed.branch('north').join('late');
		expect((await late.post(act(path, 'attend'), {})).status).to.equal(409);
	});

	it('a host announces one for the branch and calls it off without an account', async () => {
		const june = bed.branch('north').browser({ staff_id: 'staff-june', sub: 'sub-june' });
		await june.get('/staff/events/new');
		const path = await announce(june, { title: 'Story hour', scope: 'branch' }, '/staff/events');
		const { body } = await ben.get(path);
		expect(body).to.contain('Story hour').and.to.contain('Official notice');
		expect((await june.post(act(path, 'call-off'), {})).status).to.equal(303);
		expect((await ben.get(path)).body).to.contain('Called off');
	});

	it('a neighbor reads when and where, Mobilizon’s words are in it, and what changes reaches them', async () => {
		const path = await announce(ana, { scope: 'neighborhood', capacity: '8' });
		await bed.settle();
		const { body } = await carla.get('/board/neighborhood');
		expect(body)
			.to.contain('Dominoes')
			.and.to.contain('Thursday, October 15, 2026')
			.and.to.contain('1 Main St');
		const sent = bed.sent.map((one) => one.body).find((text) => text.includes('"Event"'))!;
		const { object } = JSON.parse(sent.slice(sent.indexOf('\n') + 1)) as { object: Record<string, unknown> };
		expect(object).to.include({
			type: 'Event',
			name: 'Dominoes',
			startTime: '2026-10-16T00:00:00.000Z',
			endTime: '2026-10-16T02:30:00.000Z',
			timezone: 'America/Los_Angeles',
			'ical:status': 'CONFIRMED',
			joinMode: 'free',
			maximumAttendeeCapacity: 8,
			remainingAttendeeCapacity: 8,
		});
		expect(object.to).to.deep.equal([`${bed.branch('north').origin}/ap/neighbors`]);
		await ana.get(path);
		await ana.post(act(path, 'call-off'), {});
		await bed.settle();
		const last = bed.sent
			.map((one) => one.body)
			.filter((text) => text.includes('"Update"'))
			.at(-1)!;
		expect(last).to.contain('"ical:status":"CANCELLED"');
	});
});
