import type { Grant } from '@understory/core/grants.ts';
import { expect } from 'chai';
import { secondPersons } from '../src/services/hosting/second-person.ts';
import { type Bed, createBed } from './bed.ts';
import type { Browser } from './browser.ts';
import { rows } from './look.ts';

const HOUR = 60 * 60_000;
const WAY = 'SELECT what, staff_id, to_staff FROM matter_move WHERE matter = ? ORDER BY id';

const granted = (staff_id: string, branch: string | null, more: Partial<Grant> = {}): Grant => ({
	...{ staff_id, name: staff_id, role: 'host', branch, from: 0, until: null },
	...more,
});

describe('a second person for what was sealed', () => {
	const who = (grants: readonly Grant[]) =>
		Object.fromEntries(secondPersons(grants, { branch: 'north', asker: 'june', now: 10 }));
	const team = { role: 'moderation_team' } as const;

	it('is somebody else who may decide here, and somebody outside only where there is nobody here', () => {
		const all = [granted('june', 'north'), granted('ines', 'north'), granted('sol', 'south')];
		expect(who(all)).to.deep.equal({ ines: 'here' });
		expect(who([all[0]!, all[2]!])).to.deep.equal({ sol: 'partner' });
		expect(who([...all.slice(0, 1), granted('mo', null, team), all[2]!])).to.deep.equal({ mo: 'here' });
	});

	it('is never whoever asks, by whatever other role, nor anybody who may not decide about posts, nor whose role is over', () => {
		expect(
			who([granted('june', 'north'), granted('june', 'south'), granted('june', null, team)]),
		).to.deep.equal({});
		const others = (['greeter', 'library_it', 'auditor', 'panel'] as const).map((role) =>
			granted(role, null, { role }),
		);
		expect(who([...others, granted('gone', 'south', { until: 10 })])).to.deep.equal({});
	});
});

describe('what is handed over', () => {
	let bed: Bed;
	let ana: Browser;
	let ben: Browser;
	let posts = 0;

	before(async () => {
		bed = await createBed(['north', 'south']);
		bed.grant('staff-june', 'north');
		bed.grant('staff-ines', 'north', 'Ines Vega');
		bed.grant('staff-sol', 'south', 'Sol Ruiz');
		bed.grant('staff-mo', 'north', 'Mo Lind', 'moderation_team');
		const seat = { id: 'team-1', name: 'The river team', from: 'Harbor City Library' };
		Object.assign(grantOf('staff-mo'), { team: seat });
		bed.takeEntries();
		await bed.settle();
		const north = bed.branch('north');
		[ana, ben] = [await north.join('ana'), await north.join('ben')];
	});
	afterEach(() => expect(bed.errors).to.deep.equal([]));
	after(() => bed.close());

	const as = (staff_id: string) => bed.branch('north').browser({ staff_id });
	const grantOf = (id: string) => bed.register().grants.find(({ staff_id }) => staff_id === id)!;
	const end = (id: string, until: number | null = bed.clock.now()) => Object.assign(grantOf(id), { until });
	/** Somebody reports a post; the number of its matter. */
	async function told(): Promise<number> {
		const post = (await ana.write(`xh-post ${++posts}`, 'branch')).split('/').at(-1)!;
		await ben.get(`/posts/${post}/report`);
		await ben.post(`/posts/${post}/report`, { words: 'xh-words', concern: 'rules' });
		return rows<{ id: number }>(bed, 'north', 'SELECT id FROM matter WHERE post = ?', Number(post))[0]!.id;
	}
	const press = async (who: string, matter: number, form: Record<string, string>) => {
		const browser = as(who);
		const at = `/staff/reports/${matter}`;
		await browser.get(at);
		const answer = await browser.post(at, form);
		expect(answer.status, answer.body).to.equal(303);
	};
	const matterRow = (id: number) =>
		rows<{ assignee: string | null; handed: number | null; due: number }>(
			bed,
			'north',
			'SELECT assignee, handed, due FROM matter WHERE id = ?',
			id,
		)[0]!;
	const staffPage = async (who: string) => (await as(who).get('/staff')).body;

	it('is told to the team, who took it is told to whoever handed it over, and its clock goes on', async () => {
		const matter = await told();
		const { due } = matterRow(matter);
		bed.clock.advance(HOUR);
		await press('staff-june', matter, { do: 'hand_over' });
		const first = await staffPage('staff-mo');
		expect(first).to.include('One is new').and.include('One waits for the team');
		expect(await staffPage('staff-ines'), 'not for the team').not.to.include('One is new');
		expect(await staffPage('staff-june'), 'her own doing').not.to.include('One is new');
		const list = (await as('staff-mo').get('/staff/handed')).body;
		expect(list).to.include('Handed to the moderation team by: June Aldaba').and.not.include('xh-');
		expect(await staffPage('staff-mo'), 'read').not.to.include('is new');
		bed.clock.advance(HOUR);
		await press('staff-mo', matter, { do: 'take' });
		expect(await staffPage('staff-june')).to.include('One is new');
		const back = (await as('staff-june').get('/staff/handed')).body;
		expect(back).to.include('Taken by: Mo Lind (Harbor City Library)');
		const page = (await as('staff-june').get(`/staff/reports/${matter}`)).body;
		expect(page)
			.to.include('Handed to the moderation team by: You')
			.and.include('Taken by: Mo Lind (Harbor City Library)');
		expect(matterRow(matter).due).to.equal(due);
		await press('staff-mo', matter, { do: 'take_back' });
		await press('staff-mo', matter, { do: 'put_back' });
	});

	it('to a person is told to that person and to nobody else', async () => {
		const matter = await told();
		for (const who of ['staff-june', 'staff-ines', 'staff-mo']) await as(who).get('/staff/handed');
		await press('staff-june', matter, { do: 'give', to: 'staff-ines' });
		expect(await staffPage('staff-ines')).to.include('One is new');
		expect(await staffPage('staff-mo')).not.to.include('is new');
		expect((await as('staff-ines').get('/staff/handed?lang=es')).body).to.include('Dado a Ines Vega');
		await as('staff-ines').get('/staff/handed?lang=en');
		await press('staff-ines', matter, { do: 'put_back' });
		for (const who of ['sub-north-ana', 'sub-north-ben']) {
			expect((await bed.branch('north').browser({ sub: who }).get('/staff/handed')).status).to.equal(403);
		}
		expect((await as('staff-sol').get('/staff/handed')).status).to.equal(403);
	});

	it('shows where people of a shared team come from, to hosts and on the page of who can see', async () => {
		const matter = await told();
		const page = (await as('staff-june').get(`/staff/reports/${matter}`)).body;
		expect(page).to.include('Mo Lind (Harbor City Library)');
		const sight = (await bed.branch('north').browser().get('/who-can-see')).body;
		expect(sight)
			.to.include('Mo Lind (of Harbor City Library, in the team The river team)')
			.and.include('People of Harbor City Library can read here');
		const spanish = (await bed.branch('north').browser().get('/who-can-see?lang=es')).body;
		expect(spanish).to.include('Personas de Harbor City Library');
	});

	it('moves by itself when whoever had it leaves: to the other hosts while there are some, else to the team, and both are told', async () => {
		const [one, two] = [await told(), await told()];
		await press('staff-ines', one, { do: 'take' });
		await press('staff-june', two, { do: 'take' });
		for (const who of ['staff-june', 'staff-mo']) await as(who).get('/staff/handed');
		end('staff-ines', bed.clock.now() + HOUR);
		const { nextAt } = await bed.branch('north').open.work();
		expect(nextAt, 'the branch looks again when her role is over').to.be.at.most(bed.clock.now() + HOUR);
		expect(matterRow(one).assignee).to.equal('staff-ines');
		bed.clock.advance(HOUR);
		await bed.settle();
		expect(matterRow(one)).to.include({ assignee: null, handed: null });
		expect(matterRow(two).assignee).to.equal('staff-june');
		for (const who of ['staff-june', 'staff-mo']) {
			expect(await staffPage(who), who).to.include('One is new');
			const { body } = await as(who).get('/staff/handed');
			expect(body).to.include('Ines Vega had it and has no role here any more');
		}
		end('staff-june');
		await bed.settle();
		await bed.settle();
		expect(matterRow(two).assignee).to.equal(null);
		expect(matterRow(two).handed).to.equal(bed.clock.now());
		expect(rows(bed, 'north', WAY, two), 'once').to.deep.equal([
			{ what: 'taken', staff_id: 'staff-june', to_staff: null },
			{ what: 'left', staff_id: 'staff-june', to_staff: null },
		]);
		expect(await staffPage('staff-mo'))
			.to.include('One is new')
			.and.include('One waits for the team');
		end('staff-june', null);
		end('staff-ines', null);
	});

	it('leaves what is not over: whoever is renewed in time keeps what they have', async () => {
		const matter = await told();
		await press('staff-ines', matter, { do: 'take' });
		end('staff-ines', bed.clock.now() + HOUR);
		bed.grant('staff-ines', 'north', 'Ines Vega', 'branch_lead');
		bed.clock.advance(2 * HOUR);
		await bed.settle();
		expect(matterRow(matter).assignee).to.equal('staff-ines');
		end('staff-ines', null);
	});
});

describe('a branch with one host', () => {
	let bed: Bed;
	let id: string;

	before(async () => {
		bed = await createBed(['north', 'south']);
		bed.grant('staff-june', 'north');
		bed.takeEntries();
		await bed.settle();
		const rudy = await bed.branch('north').join('rudy');
		const post = (await rudy.write('xo-secret', 'branch')).split('/').at(-1)!;
		const june = as('staff-june');
		await june.get(`/staff/posts/${post}/seal`);
		const sealed = await june.post(`/staff/posts/${post}/seal`, { kind: 'threat_to_life' });
		id = sealed.headers.location!.split('/').at(-1)!;
	});
	afterEach(() => expect(bed.errors).to.deep.equal([]));
	after(() => bed.close());

	const as = (staff_id: string) => bed.branch('north').browser({ staff_id });
	const press = async (who: Browser, from: string, at: string) => {
		await who.get(from);
		return who.post(at, {});
	};
	const page = async (language = 'en') =>
		(await as('staff-june').get(`/staff/quarantine/${id}?lang=${language}`)).body;

	it('reads that nobody can agree, whom the branch named, and whom to ask, when there is nobody anywhere', async () => {
		expect(await page())
			.to.include('Nobody can agree now')
			.and.include('The host of another branch');
		expect(await page('es')).to.include('Ahora nadie puede dar su acuerdo');
		expect(
			(await press(as('staff-june'), `/staff/quarantine/${id}`, `/staff/quarantine/${id}/ask`)).status,
		).to.equal(303);
		expect(
			(await press(as('staff-june'), '/staff/second', `/staff/second/${id}`)).status,
			'not herself',
		).to.equal(403);
	});

	it('asks the partner outside, who sees that somebody asks and nothing of it, agrees, and can open nothing', async () => {
		bed.grant('staff-sol', 'south', 'Sol Ruiz');
		bed.grant('staff-gus', 'south', 'Gus', 'greeter');
		expect(await page()).to.include('The hosts of the other branches of Test County Library can');
		const sol = as('staff-sol');
		expect((await sol.get('/')).body).to.include('href="/staff/second"');
		const list = await sol.get('/staff/second');
		expect(list.body).to.include('June Aldaba asks you').and.not.include('xo-').and.not.include('rudy');
		for (const other of [
			as('staff-gus'),
			as('staff-nobody'),
			bed.branch('north').browser({ sub: 'sub-north-rudy' }),
		]) {
			expect((await other.get('/staff/second')).status).to.equal(403);
			expect((await press(other, '/', `/staff/second/${id}`)).status).to.equal(403);
		}
		expect((await press(sol, '/staff/second', `/staff/second/${id}`)).status).to.equal(303);
		expect((await press(sol, '/staff/second?done=1', `/staff/second/${id}`)).status, 'once').to.equal(403);
		for (const what of ['words', 'evidence', 'ask', 'step']) {
			expect((await press(sol, '/', `/staff/quarantine/${id}/${what}`)).status, what).to.equal(403);
		}
		expect((await sol.get(`/staff/quarantine/${id}`)).status).to.equal(403);
		const words = await press(as('staff-june'), `/staff/quarantine/${id}`, `/staff/quarantine/${id}/words`);
		expect(words.body).to.include('xo-secret').and.include('Sol Ruiz');
		const chain = rows<{ what: string; staff_id: string }>(
			bed,
			'north',
			'SELECT what, staff_id FROM custody WHERE decision = ? ORDER BY id',
			id,
		);
		expect(chain.slice(1)).to.deep.equal([
			{ what: 'asked', staff_id: 'staff-june' },
			{ what: 'agreed', staff_id: 'staff-sol' },
			{ what: 'opened', staff_id: 'staff-june' },
		]);
	});

	it('asks its moderation team before anybody outside', async () => {
		bed.clock.advance(2 * HOUR);
		await press(as('staff-june'), `/staff/quarantine/${id}`, `/staff/quarantine/${id}/ask`);
		bed.grant('staff-mo', 'north', 'Mo Lind', 'moderation_team');
		expect((await press(as('staff-sol'), '/', `/staff/second/${id}`)).status).to.equal(403);
		expect((await as('staff-mo').get('/staff')).body).to.include('One asks for a second person');
		expect(await page()).not.to.include('Nobody');
		expect((await press(as('staff-mo'), '/staff/second', `/staff/second/${id}`)).status).to.equal(303);
	});
});
