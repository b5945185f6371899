import { expect } from 'chai';
import { type Bed, createBed } from './bed.ts';
import type { Browser } from './browser.ts';
import { rows } from './look.ts';

const DAY = 24 * 60 * 60_000;
const FACTS = 'The post offers a car for money, and nobody had asked for an offer.';
const WORDS = 'xp-paper: somebody asked me for it two posts above.';

describe('a decision on paper', () => {
	let bed: Bed;
	let rudy: Browser;
	let june: Browser;

	before(async () => {
		bed = await createBed(['north']);
		bed.grant('staff-june', 'north');
		bed.grant('staff-ines', 'north', 'Ines Vega');
		await bed.branch('north').join('rudy');
	});
	after(async () => {
		const { errors } = bed;
		await bed.close();
		expect(errors).to.deep.equal([]);
	});
	// Sessions end within a day, and these go on for weeks.
	beforeEach(async () => {
		rudy = bed.branch('north').browser({ sub: 'sub-north-rudy' });
		june = bed.branch('north').browser({ staff_id: 'staff-june' });
		await rudy.get('/home');
	});

	async function hide(): Promise<string> {
		const id = (await rudy.write('xp-my blue car', 'branch')).split('/').at(-1);
		await june.get(`/staff/posts/${id}/decide`);
		const form = { rule: 'conduct/no-advertising', facts: FACTS, do: 'decide' };
		const answer = await june.post(`/staff/posts/${id}/decide`, form);
		return `/staff/decisions/${/done=(.+)$/.exec(answer.headers.location!)![1]}`;
	}
	const late = async (days: number) => {
		bed.clock.advance(days * DAY);
		june = bed.branch('north').browser({ staff_id: 'staff-june' });
		await june.get('/staff');
	};
	const take = async (at: string, on: string, words = WORDS) => {
		await june.get(`${at}/paper`);
		return june.post(`${at}/appeal`, { on, words });
	};
	const appeals = (at: string) =>
		rows<{ taken_by: string | null; words: string }>(
			...([bed, 'north', 'SELECT taken_by, words FROM appeal WHERE decision = ?'] as const),
			at.split('/').at(-1),
		);

	it('says everything the notice says but the words of the post, and until when and how to appeal', async () => {
		const at = await hide();
		expect((await june.get(at)).body).to.include(`${at}/paper`);
		const page = (await june.get(`${at}/paper`)).body;
		expect(page).to.include('We hid one of your posts').and.include(FACTS).and.include('No advertising');
		expect(page).to.include('at the latest until').and.include('November 7').and.include('For rudy Person');
		expect(page).not.to.include('xp-my blue car');
		expect((await rudy.get(`${at}/paper`)).status).to.equal(403);
		expect((await rudy.post(`${at}/handed`, {})).status).to.equal(403);
	});

	it('starts the time to appeal when it is handed over, as reading it does', async () => {
		const at = await hide();
		await late(2);
		await june.get(`${at}/paper`);
		expect((await june.post(`${at}/handed`, {})).status).to.equal(303);
		expect((await june.get(`${at}/paper?handed=yes`)).body)
			.to.include('October 17')
			.and.include('It was handed over');
		await late(3);
		await june.get(`${at}/paper`);
		await june.post(`${at}/handed`, {});
		expect((await june.get(`${at}/paper`)).body, 'the first time counts').to.include('October 17');
	});

	it('is appealed on paper like on the page; the day it was given in counts', async () => {
		const at = await hide();
		await june.get(`${at}/paper`);
		await june.post(`${at}/handed`, {});
		await late(9);
		const day = (days: number) => new Date(bed.clock.now() + days * DAY).toISOString().slice(0, 10);
		for (const on of ['', '2026-02-31', day(1), '2026-01-01']) {
			const refused = await take(at, on);
			expect(refused.status, on).to.equal(422);
			expect(refused.body).to.include('the day it was given in').and.include('xp-paper');
		}
		expect((await take(at, day(0))).status, 'too late').to.equal(409);
		expect((await take(at, day(-3), ' ')).status).to.equal(422);
		expect(appeals(at)).to.deep.equal([]);
		expect((await take(at, day(-3))).status).to.equal(303);
		const [kept] = appeals(at);
		expect(kept!.taken_by).to.equal('staff-june');
		expect(kept!.words).not.to.include('xp-paper');
		expect((await take(at, day(-3))).status, 'once').to.equal(409);
		rudy = bed.branch('north').browser({ sub: 'sub-north-rudy' });
		const notice = /href="(\/notices\/\d+)"/.exec((await rudy.get('/notices')).body)![1]!;
		expect((await rudy.get(notice)).body, 'its author reads it on their page too').to.include('xp-paper');
		const ines = bed.branch('north').browser({ staff_id: 'staff-ines' });
		const open = /href="(\/staff\/appeals\/[^"]+)"/.exec((await ines.get('/staff/appeals')).body)![1]!;
		expect((await ines.get(open)).body)
			.to.include('It was given in on paper')
			.and.include('xp-paper');
	});
});
