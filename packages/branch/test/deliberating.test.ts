import type { FederationEntry } from '@understory/core/statement.ts';
import { USUAL_MEMBERS_DECIDE } from '@understory/neighborhood/proposal.ts';
import { parseDisclosure } from '@understory/transparency-log/sd.ts';
import { expect } from 'chai';
import { type Bed, createBed } from './bed.ts';
import type { Browser } from './browser.ts';
import { rows } from './look.ts';
import { actorOf } from './wire.ts';

const DAY = 24 * 60 * 60_000;
const REASON = 'They are good neighbors, and answered every letter.';

describe('the voice of a branch in its neighborhood', () => {
	let bed: Bed;
	let ana: Browser;
	let ben: Browser;
	let carla: Browser;
	let june: Browser;
	let sam: Browser;

	before(async () => {
		bed = await createBed(['north', 'south', 'west'], 'http', USUAL_MEMBERS_DECIDE);
		bed.befriend('north', 'south');
		bed.grant('staff-june', 'north');
		bed.grant('staff-sam', 'south', 'Sam Ito');
		await bed.settle();
		ana = await bed.branch('north').join('ana');
		ben = await bed.branch('north').join('ben');
		carla = await bed.branch('south').join('carla');
		june = bed.branch('north').browser({ staff_id: 'staff-june' });
		sam = bed.branch('south').browser({ staff_id: 'staff-sam' });
		const south = new URL(bed.branch('south').origin).host;
		const actor = await actorOf(bed, { slug: 'south', handle: 'carla' });
		await ana.get(`/find?address=${encodeURIComponent(`@carla@${south}`)}`);
		await ana.get('/home');
		await ana.post('/follows', { actor });
		await bed.settle();
	});
	after(async () => {
		const { errors } = bed;
		await bed.close();
		expect(errors).to.deep.equal([]);
	});

	const page = async (who: Browser, path: string) => (await who.get(path)).body;
	async function ask(id: string, form: Record<string, string> = {}) {
		await june.get('/staff/neighborhood');
		const sent = await june.post(`/staff/neighborhood/${id}/ask`, { days: '3', ...form });
		await bed.settle();
		return { sent, question: sent.headers.location?.split('/').at(-1) ?? '' };
	}
	async function decide(question: string, level: string, reason = REASON) {
		await june.get(`/staff/proposals/${question}`);
		const sent = await june.post(`/staff/proposals/${question}`, { level, reason });
		await bed.settle();
		return sent;
	}

	it('to put a member out, asks those by name who have to do with somebody there, and nobody else', async () => {
		const id = bed.propose('expel', 'south');
		expect(await page(june, '/staff/neighborhood')).to.include('Put south out?');
		const { question } = await ask(id, { discuss: 'yes' });
		const asked = await page(ana, `/asked/${question}`);
		expect(asked).to.include('be put out of our neighborhood?');
		expect(asked).to.include('carla').and.not.include('What could be done instead');
		expect(await page(ana, '/notices')).to.include(`/asked/${question}`);
		expect(await page(ben, '/notices')).not.to.include(`/asked/${question}`);

		const early = await decide(question, 'yes');
		expect(early.status).to.equal(409);
		await ana.get(`/asked/${question}`);
		expect((await ana.post(`/asked/${question}`, { answer: 'time', words: '' })).status).to.equal(422);
		await ana.post(`/asked/${question}`, { answer: 'worry', words: 'Carla is a friend.' });
		expect(await page(june, `/staff/proposals/${question}`)).to.include('Carla is a friend.');

		expect((await decide(question, 'limit')).status).to.equal(422);
		expect((await decide(question, 'no', 'Write @carla@south first.')).status).to.equal(422);
		expect((await decide(question, 'no')).status).to.equal(303);
		expect((await decide(question, 'yes')).status).to.equal(409);
		const [words] = bed.gather();
		expect(words!.voices.map(({ voice, reason }) => [voice, reason])).to.deep.equal([['no', REASON]]);
		expect(await page(ana, `/asked/${question}`)).to.include('This branch said no.');
		const shown = await page(bed.branch('south').browser(), '/neighborhood');
		expect(shown).to.include(REASON).and.not.include('Carla is a friend.').and.not.include('Ana');
	});

	it('a voice is a decision of the branch in the log: about whom, what and why, with counts and nobody’s name', () => {
		const [said, ...more] = rows<{ body: string; disclosures: string }>(
			bed,
			'north',
			"SELECT body, disclosures FROM entry WHERE body ->> '$.kind' = 'federation'",
		);
		expect(more).to.deep.equal([]);
		const entry = JSON.parse(said!.body) as FederationEntry;
		const [voice] = bed.branch('north').open.status().roster_words!.voices;
		expect(entry).to.deep.include({
			...{ action: 'voice_no', server: new URL(bed.branch('south').origin).host, refs: [] },
			people: { asked: 'under_five', answered: 'under_five' },
			voice: { about: 'expel', proposal: voice!.proposal },
			decided_by: 'host@north#1',
		});
		const texts = (JSON.parse(said!.disclosures) as string[]).map((one) => parseDisclosure(one)!.value);
		expect(texts).to.deep.equal([REASON]);
		expect(said!.body).not.to.match(/ana|carla|june/i);
	});

	it('what was said is not lost when the process ends before it was told', async () => {
		const before = bed.branch('north').open.status().roster_words;
		await bed.branch('north').reopen();
		expect(bed.branch('north').open.status().roster_words).to.deep.equal(before);
		expect(before!.voices).to.have.length(1);
	});

	it('whom it is about answers, has no voice, and is the first to read of it', async () => {
		expect(await page(sam, '/staff/neighborhood')).to.include('It is about this branch');
		const own = bed.register().deliberations![0]!.proposal.id;
		expect((await sam.post(`/staff/neighborhood/${own}/ask`, { days: '3' })).status).to.equal(409);
		const say = (words: string) => sam.post(`/staff/neighborhood/${own}/reply`, { words });
		expect((await say('')).status).to.equal(422);
		expect((await say('It was @ana@north.')).status).to.equal(422);
		expect((await say('We have a new host.')).status).to.equal(303);
		bed.gather();
		expect(await page(june, '/staff/neighborhood')).to.include('We have a new host.');
		const quiet = bed.propose('expel', 'north', bed.clock.now() + DAY);
		expect(await page(june, '/staff/neighborhood')).to.include('Put north out?');
		expect(await page(sam, '/staff/neighborhood')).not.to.include('Put north out?');
		expect((await sam.post(`/staff/neighborhood/${quiet}/ask`, { days: '3' })).status).to.equal(404);
	});

	it('to let a branch in, asks nobody by name, and everybody can answer', async () => {
		const id = bed.propose('admit', 'west');
		const { question } = await ask(id, { discuss: 'yes' });
		expect((await ask(id)).sent.status).to.equal(409);
		expect(await page(ana, '/notices')).not.to.include(`/asked/${question}`);
		expect(await page(ben, '/servers')).to.include(`/asked/${question}`);
		await ben.get(`/asked/${question}`);
		expect((await ben.post(`/asked/${question}`, { answer: 'fine', words: '' })).status).to.equal(303);
		expect((await decide(question, 'yes')).status).to.equal(303);
		bed.gather();
		expect(await page(sam, '/neighborhood'))
			.to.include('Let west in?')
			.and.include('1 yes, 0 no');
	});

	it('about what has no name that the log takes, no voice is given, so that nothing waits behind its entry', async () => {
		const said = () => rows(bed, 'north', "SELECT about FROM roster_word WHERE kind = 'voice'").length;
		const before = [said(), rows(bed, 'north', 'SELECT id FROM entry').length];
		const { question } = await ask(bed.propose('follow_list', 'http://no_name.example/list.csv'));
		await ben.get(`/asked/${question}`);
		await ben.post(`/asked/${question}`, { answer: 'fine', words: '' });
		const sent = await decide(question, 'yes');
		expect(sent.status).to.equal(409);
		expect(sent.body).to.include('Its name cannot stand in the log');
		expect([said(), rows(bed, 'north', 'SELECT id FROM entry').length]).to.deep.equal(before);
	});

	it('hosts alone ask and answer, and nothing is asked about what nobody proposed', async () => {
		const id = bed.propose('expel', 'west');
		for (const path of ['/staff/neighborhood', `/staff/neighborhood/${id}/ask`]) {
			expect((await ana.post(path, { days: '3' })).status).to.be.oneOf([403, 404]);
		}
		expect((await ask('nothing')).sent.status).to.equal(404);
	});

	it('no voice is given when the time of the neighborhood is over', async () => {
		const id = bed.propose('expel', 'south', bed.clock.now() - 14 * DAY);
		expect((await ask(id)).sent.status).to.equal(409);
	});

	it('a member is suspended: whoever has to do with somebody there is told, and so are whom it is about and the hosts', async () => {
		bed.suspend('south', 3);
		await bed.settle();
		const told = 'is suspended in our neighborhood for some days';
		expect(await page(ana, '/notices')).to.include(told);
		expect(await page(ben, '/notices')).not.to.include(told);
		expect(await page(carla, '/notices')).to.include('This branch is suspended in its neighborhood');
		expect(await page(june, '/staff')).to.include('One branch is suspended in the neighborhood.');
		expect(await page(ben, '/neighborhood')).to.include('Its server sends spam.');
		bed.befriend('north', 'south');
		await bed.settle();
		expect(rows(bed, 'north', "SELECT id FROM notice WHERE kind = 'member_suspended'")).to.have.length(1);
	});

	it('its hosts leave a neighborhood at once, by its own signature, and can come back', async () => {
		const neighbors = () => page(sam, '/neighborhood');
		expect(await neighbors()).to.include('The hood');
		await sam.get('/staff/neighborhood');
		const form = { neighborhood: 'hood', leave: 'yes' };
		expect((await sam.post('/staff/neighborhood/standing', form)).status).to.equal(303);
		expect(await neighbors()).not.to.include('The hood');
		const status = bed.branch('south').open.status();
		expect(status.consents).to.deep.equal([]);
		expect(status.roster_words!.withdrawals).to.have.length(1);
		await bed.branch('south').reopen();
		await bed.settle();
		expect(await neighbors()).not.to.include('The hood');
		await sam.get('/staff/neighborhood');
		await sam.post('/staff/neighborhood/standing', { ...form, leave: 'no' });
		expect(bed.branch('south').open.status().consents).to.have.length(1);
		const other = await sam.post('/staff/neighborhood/standing', { ...form, neighborhood: 'x' });
		expect(other.status).to.equal(404);
	});

	it('reads the same in Spanish', async () => {
		const spanish = await june.get('/staff/neighborhood', { 'accept-language': 'es' });
		expect(spanish.body).to.include('Lo que se decide en común');
	});

	it('a suspension ends by itself', async () => {
		bed.clock.advance(4 * DAY);
		const staff = bed.branch('north').browser({ staff_id: 'staff-june' });
		expect(await page(staff, '/staff')).not.to.include('is suspended in the neighborhood');
		expect(await page(ben, '/neighborhood')).not.to.include('Its server sends spam.');
	});
});
