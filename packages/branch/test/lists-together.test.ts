import { USUAL_MEMBERS_DECIDE } from '@understory/neighborhood/proposal.ts';
import { expect } from 'chai';
import { type Bed, createBed } from './bed.ts';
import type { Browser } from './browser.ts';
import { rows } from './look.ts';
import { actorOf } from './wire.ts';

const DAY = 24 * 60 * 60_000;
const LIST = 'http://lists.example/kept-away.csv';
const REASON = 'We look at the same servers as the others.';

const HOSTS = { north: 'staff-june', south: 'staff-sam', west: 'staff-wen' } as const;

describe('a list that a neighborhood decides to follow', () => {
	let bed: Bed;
	let ana: Browser;
	let id: string;
	let question: string;
	let list: { status: number; body?: string };

	before(async () => {
		bed = await createBed(['north', 'south', 'west'], 'http', USUAL_MEMBERS_DECIDE);
		bed.befriend('north', 'south', 'west');
		bed.grant('staff-june', 'north');
		bed.grant('staff-sam', 'south', 'Sam Ito');
		bed.grant('staff-wen', 'west', 'Wen Li');
		bed.outside('lists.example', () => list);
		await bed.settle();
		ana = await bed.branch('north').join('ana');
		await bed.branch('south').join('carla');
		const south = new URL(bed.branch('south').origin).host;
		const actor = await actorOf(bed, { slug: 'south', handle: 'carla' });
		await ana.get(`/find?address=${encodeURIComponent(`@carla@${south}`)}`);
		const others = await Promise.all(
			['ben', 'dora', 'emil', 'fay'].map((name) => bed.branch('north').join(name)),
		);
		for (const who of [ana, ...others]) {
			await who.get('/home');
			await who.post('/follows', { actor });
		}
		await bed.settle();
		list = {
			status: 200,
			body: `domain,severity,public_comment\na.example,suspend,spam\nb.example,silence,\n${south},silence,\n`,
		};
		id = bed.propose('follow_list', LIST);
	});
	after(async () => {
		const { errors } = bed;
		await bed.close();
		expect(errors).to.deep.equal([]);
	});

	/** Signed in anew: a session of the staff ends within hours. */
	const host = (slug: keyof typeof HOSTS) => bed.branch(slug).browser({ staff_id: HOSTS[slug] });
	const page = async (who: Browser, path: string) => (await who.get(path)).body;
	const followed = (slug: string) =>
		rows<{ url: string; name: string; staff_id: string }>(
			bed,
			slug,
			'SELECT url, name, staff_id FROM server_list',
		);
	const drafts = (slug: string) =>
		rows<{ host: string; state: string }>(bed, slug, 'SELECT host, state FROM server_draft').map(
			({ host, state }) => `${host} ${state}`,
		);
	async function ask(slug: keyof typeof HOSTS): Promise<string> {
		const who = host(slug);
		await who.get('/staff/neighborhood');
		const sent = await who.post(`/staff/neighborhood/${id}/ask`, { days: '3', discuss: 'yes' });
		bed.clock.advance(3 * DAY);
		return sent.headers.location!.split('/').at(-1)!;
	}
	async function give(slug: keyof typeof HOSTS, asked: string, form: Record<string, string>) {
		const who = host(slug);
		await who.get(`/staff/proposals/${asked}`);
		return who.post(`/staff/proposals/${asked}`, { reason: REASON, ...form });
	}
	async function voice(
		slug: keyof typeof HOSTS,
		level: string,
		form: Record<string, string> = {},
	): Promise<string> {
		const asked = await ask(slug);
		expect((await give(slug, asked, { level, ...form })).status).to.equal(303);
		return asked;
	}

	it('hosts read what it holds and how many it touches, or why it cannot be read; nothing of it is kept', async () => {
		const shown = await page(host('north'), '/staff/neighborhood');
		expect(shown)
			.to.include('Follow the list Kept away by many?')
			.and.include(LIST)
			.and.not.include('a.example');
		const looked = await page(host('north'), `/staff/neighborhood?look=${id}`);
		expect(looked).to.include('servers are on it').and.include('a.example').and.include('spam');
		expect(looked).to.include('It touches 5 people');
		list = { ...list, status: 500 };
		expect(await page(host('north'), `/staff/neighborhood?look=${id}`)).to.include(
			'Its server did not answer',
		);
		list = { ...list, status: 200 };
		expect((await ana.get(`/staff/neighborhood?look=${id}`)).status).to.be.oneOf([403, 404]);
		expect(followed('north')).to.deep.equal([]);
	});

	it('asks nobody by name, and everybody can answer', async () => {
		question = await ask('north');
		expect((await give('north', question, { level: 'yes', people: 'yes' })).status).to.equal(303);
		await bed.settle();
		expect(await page(ana, '/notices')).not.to.include(`/asked/${question}`);
		const asked = await page(ana, `/asked/${question}`);
		expect(asked)
			.to.include(LIST)
			.and.include('makes drafts and nothing else')
			.and.include('This branch said yes.');
		const spanish = await ana.get(`/asked/${question}`, { 'accept-language': 'es' });
		expect(spanish.body).to.include('Una lista hace borradores y nada más');
		await voice('south', 'no', { people: 'yes' });
		await voice('west', 'yes');
		for (const slug of ['north', 'south', 'west']) expect(followed(slug), slug).to.deep.equal([]);
	});

	it('a voice says how many people it touches where hosts tick it, and never a number under five', () => {
		const told = bed.gather().map(({ voices }) => voices[0]!.people);
		expect(told).to.deep.equal([5, 'few', undefined]);
	});

	it('the numbers of the members stand beside their voices, and those that are known are added up', async () => {
		const shown = await page(bed.branch('west').browser(), '/neighborhood');
		expect(shown).to.include('It touches 5 people there.').and.include('have together 5 people');
		expect(shown)
			.to.include('It touches fewer than five people there')
			.and.include('One member has fewer than five.');
	});

	it('when it is decided, whoever said yes follows it at once and has drafts and nothing else; the others are free to', async () => {
		bed.gather();
		bed.clock.advance(14 * DAY);
		bed.conclude(id);
		await bed.settle();
		expect(followed('north')).to.deep.equal([
			{ url: LIST, name: 'Kept away by many', staff_id: 'staff-june' },
		]);
		expect(drafts('north')).to.include('a.example waiting').and.include('b.example waiting');
		expect(rows(bed, 'north', 'SELECT host FROM restriction')).to.deep.equal([]);
		expect(followed('west')).to.have.length(1);
		expect(followed('south')).to.deep.equal([]);
		const offered = await page(host('south'), '/staff/servers/lists');
		expect(offered).to.include('What your neighborhood decided to follow').and.include(LIST);
		expect(await page(host('north'), '/staff/servers/lists')).not.to.include(
			'What your neighborhood decided to follow',
		);
		expect(await page(bed.branch('north').browser(), '/neighborhood'))
			.to.include('It was decided so.')
			.and.include('This branch follows it now.')
			.and.include(REASON);
		expect(await page(bed.branch('south').browser(), '/neighborhood')).to.include(
			'This branch does not follow it now.',
		);
		const sam = host('south');
		await sam.get('/staff/servers/lists');
		const pressed = await sam.post('/staff/servers/lists', { url: LIST, name: 'Kept away by many' });
		expect(pressed.status).to.equal(303);
		expect(await page(bed.branch('south').browser(), '/neighborhood')).to.include(
			'This branch follows it now.',
		);
	});

	it('whoever stops following it is not made to again, by a process that begins anew or by the next roster', async () => {
		const [{ id: number }] = rows<{ id: number }>(bed, 'north', 'SELECT id FROM server_list') as [
			{ id: number },
		];
		const june = host('north');
		await june.get('/staff/servers/lists');
		expect((await june.post(`/staff/servers/lists/${number}/drop`, {})).status).to.equal(303);
		await bed.branch('north').reopen();
		bed.suspend('west', 1);
		await bed.settle();
		expect(followed('north')).to.deep.equal([]);
		expect(await page(bed.branch('north').browser(), '/neighborhood')).to.include(
			'This branch does not follow it now.',
		);
	});

	it('is followed by nobody when too few want it', async () => {
		const other = 'http://lists.example/other.csv';
		id = bed.propose('follow_list', other);
		const asked = await ask('north');
		list = { status: 500 };
		const unread = await give('north', asked, { level: 'yes', people: 'yes' });
		expect(unread.status).to.equal(422);
		expect(unread.body).to.include('so nobody can be counted');
		expect((await give('north', asked, { level: 'yes' })).status).to.equal(303);
		await voice('south', 'no');
		bed.gather();
		bed.clock.advance(14 * DAY);
		bed.conclude(id);
		await bed.settle();
		for (const slug of ['north', 'south', 'west']) {
			expect(
				followed(slug).map(({ url }) => url),
				slug,
			).not.to.include(other);
		}
		expect(await page(bed.branch('north').browser(), '/neighborhood')).to.include(
			'It was not wanted by enough.',
		);
	});
});
