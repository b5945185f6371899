import { expect } from 'chai';
import { type Bed, createBed } from './bed.ts';
import { rows } from './look.ts';

const HOUR = 60 * 60_000;

/** The bed begins at noon of its library's clocks. */
describe('quiet hours', () => {
	let bed: Bed;

	beforeEach(async () => {
		bed = await createBed(['north', 'south']);
		bed.befriend('north', 'south');
		bed.grant('staff-lead', 'north', 'Lea Lead', 'branch_lead');
		bed.grant('staff-june', 'north');
		await bed.settle();
		await bed.branch('north').join('ana');
		await bed.branch('south').join('carla');
	});
	afterEach(async () => {
		expect(bed.errors).to.deep.equal([]);
		await bed.close();
	});

	const set = async (from: string, to: string) => {
		const lead = bed.branch('north').browser({ staff_id: 'staff-lead' });
		await lead.get('/staff/nights');
		return lead.post('/staff/nights/quiet', { from, to });
	};
	const ana = () => bed.branch('north').browser({ sub: 'sub-north-ana' });
	const write = async (text: string, scope: string, more: Record<string, string> = {}) => {
		const who = ana();
		await who.get('/home');
		return who.post('/posts', { text, scope, ...more });
	};
	const has = (slug: string, text: string) =>
		JSON.stringify(rows(bed, slug, 'SELECT content_html FROM post')).includes(text);
	const night = () => bed.clock.advance(10 * HOUR);

	it('keep what is for the neighborhood or everyone for the morning, in words, and let everything else go', async () => {
		expect((await set('21:00', '07:00')).status).to.equal(303);
		expect((await write('xn-noon', 'public')).headers.location).to.include('/@ana/');
		night();
		for (const language of ['en', 'es']) {
			const { body } = await ana().get(`/home?lang=${language}`);
			expect(body).to.include(language === 'en' ? 'It is quiet here' : 'Aquí hay silencio');
		}
		for (const scope of ['neighborhood', 'public']) {
			const answer = await write(`xn-${scope}`, scope);
			expect(answer.headers.location).to.equal('/you/waiting');
			expect(has('north', `xn-${scope}`), 'a draft is no post').to.equal(false);
		}
		for (const scope of ['branch', 'followers']) {
			expect((await write(`xn-${scope}`, scope)).headers.location).to.include('/@ana/');
		}
		for (const language of ['en', 'es']) {
			expect((await ana().get(`/you/waiting?lang=${language}`)).body).to.include('xn-neighborhood');
		}
		await bed.settle();
		expect(has('south', 'xn-neighborhood')).to.equal(false);
		bed.clock.advance(9 * HOUR - 1000);
		await bed.settle();
		expect(has('north', 'xn-public')).to.equal(false);
		bed.clock.advance(1000);
		await bed.settle();
		expect(has('south', 'xn-neighborhood')).to.equal(true);
		expect(has('north', 'xn-public')).to.equal(true);
		expect((await ana().get('/you/waiting')).body).to.include('Nothing waits');
		expect((await ana().get('/home?lang=en')).body).not.to.include('It is quiet here');
	});

	it('hold for everyone alike: answers, events, what the branch says, and new words for what was posted by day', async () => {
		const day = (await write('xn-by day', 'public')).headers.location!;
		await set('21:00', '07:00');
		night();
		const answer = await write('xn-answer', 'public', { reply_to: day.split('/')[2]! });
		expect(answer.headers.location).to.equal('/you/waiting');
		const who = ana();
		await who.get(`/posts/${day.split('/')[2]}/edit`);
		const changed = await who.post(`/posts/${day.split('/')[2]}/edit`, {
			text: 'xn-changed',
			language: 'en',
		});
		expect(changed.status).to.equal(422);
		expect(changed.body).to.include('It is quiet here until the morning').and.include('xn-changed');
		await who.get('/events/new');
		const times = { day: '2026-10-20', from: '18:00', to: '19:00', place: 'The hall', joining: 'free' };
		const event = { title: 'xn-event', text: 'xn-event', scope: 'public', ...times };
		const quiet = 'It is quiet here until the morning';
		expect((await who.post('/events', event)).body).to.include(quiet);
		const june = bed.branch('north').browser({ staff_id: 'staff-june' });
		await june.get('/staff/voice');
		const said = await june.post('/staff/voice', { text: 'xn-official', scope: 'public', language: 'en' });
		expect(said.body).to.include(quiet);
		expect(said.status).to.equal(422);
		for (const word of ['xn-answer', 'xn-changed', 'xn-event', 'xn-official'])
			expect(has('north', word), word).to.equal(false);
	});

	it('let somebody take back what waits, or post it for the branch alone, and let nobody touch another’s', async () => {
		await set('21:00', '07:00');
		night();
		await write('xn-first', 'public');
		await write('xn-second', 'public');
		const [first, second] = rows<{ id: number }>(bed, 'north', 'SELECT id FROM waiting_post ORDER BY id');
		const ben = await bed.branch('north').join('ben');
		await ben.get('/you/waiting');
		for (const what of ['drop', 'here']) {
			expect((await ben.post(`/you/waiting/${first!.id}/${what}`, {})).status).to.equal(404);
		}
		const who = ana();
		await who.get('/you/waiting');
		expect((await who.post(`/you/waiting/${first!.id}/drop`, {})).status).to.equal(303);
		const here = await who.post(`/you/waiting/${second!.id}/here`, {});
		expect(here.headers.location).to.include('/@ana/');
		expect((await who.post(`/you/waiting/${second!.id}/here`, {})).status, 'once').to.equal(404);
		bed.clock.advance(9 * HOUR);
		await bed.settle();
		expect(rows(bed, 'north', 'SELECT scope FROM post')).to.deep.equal([{ scope: 'branch' }]);
	});

	it('do not post what cannot be posted in the morning, and say why', async () => {
		const parent = (await write('xn-parent', 'public')).headers.location!;
		await set('21:00', '07:00');
		night();
		await write('xn-too late', 'public', { reply_to: parent.split('/')[2]! });
		const who = ana();
		await who.get('/home');
		await who.post(`/posts/${parent.split('/')[2]}/delete`, {});
		bed.clock.advance(9 * HOUR);
		await bed.settle();
		const { body } = await ana().get('/you/waiting');
		expect(body).to.include('xn-too late').and.include('Could not be posted');
		expect((await ana().get('/you/waiting?lang=es')).status).to.equal(200);
	});

	it('wait on when they are made longer meanwhile, and survive that the branch is closed and opened', async () => {
		await set('21:00', '07:00');
		night();
		await write('xn-longer', 'public');
		await set('21:00', '09:00');
		await bed.branch('north').reopen();
		bed.clock.advance(9 * HOUR);
		await bed.settle();
		expect(has('north', 'xn-longer')).to.equal(false);
		bed.clock.advance(2 * HOUR);
		await bed.settle();
		expect(rows(bed, 'north', "SELECT id FROM post WHERE content_html LIKE '%xn-longer%'")).to.have.length(1);
	});

	it('may lie within a day, are off at first, and are no time of the clock’s or a whole day', async () => {
		expect((await write('xn-off', 'public')).headers.location).to.include('/@ana/');
		for (const [from, to] of [
			['25:00', '07:00'],
			['21:00', ''],
			['9', '10'],
			['08:00', '08:00'],
		] as const) {
			expect((await set(from, to)).status, `${from} ${to}`).to.equal(422);
		}
		await set('11:00', '13:00');
		expect((await write('xn-noon', 'public')).headers.location).to.equal('/you/waiting');
		await set('', '');
		expect((await write('xn-again', 'public')).headers.location).to.include('/@ana/');
	});
});
