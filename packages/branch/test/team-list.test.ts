import { Unavailable } from '@understory/core/errors.ts';
import type { TeamList } from '@understory/core/team-list.ts';
import { expect } from 'chai';
import { openBranch } from '../src/open-branch.ts';
import { type Bed, createBed } from './bed.ts';
import type { Browser } from './browser.ts';
import { rows } from './look.ts';

const HOUR = 60 * 60_000;
const FACTS = 'The post offers a car for money, and nobody had asked for an offer.';
const SOUTH = 'https://south.lib.example';

describe('what waits for the team', () => {
	let bed: Bed;
	let ana: Browser;
	let ben: Browser;
	let posts = 0;
	/** What the platform says of other branches; null while it says nothing. */
	let elsewhere: TeamList | null = { branches: [], items: [] };
	const asked: string[] = [];

	before(async () => {
		bed = await createBed(['north']);
		bed.grant('staff-june', 'north');
		bed.grant('staff-mo', 'north', 'Mo Lind', 'moderation_team');
		bed.takeEntries();
		const north = bed.branch('north');
		await north.open.close();
		const teamList = async (_: string, staffId: string) => {
			asked.push(staffId);
			if (!elsewhere) throw new Unavailable('Nobody answers.', 'no_team_list');
			return elsewhere;
		};
		north.open = await openBranch(north.folder, bed.parts({ teamList }));
		await bed.settle();
		[ana, ben] = [await north.join('ana'), await north.join('ben')];
	});
	beforeEach(() => {
		elsewhere = { branches: [], items: [] };
	});
	afterEach(() => expect(bed.errors).to.deep.equal([]));
	after(() => bed.close());

	const as = (staff_id: string) => bed.branch('north').browser({ staff_id });
	const waiting = () => bed.branch('north').open.waitingForTeam();
	const write = async () => (await ana.write(`xt-post ${++posts}`, 'branch')).split('/').at(-1)!;
	const press = async (who: Browser, page: string, form: Record<string, string>, at = page) => {
		await who.get(page);
		const answer = await who.post(at, form);
		expect(answer.status, answer.body.slice(0, 3000)).to.be.oneOf([200, 303]);
		return answer.headers.location ?? '';
	};
	/** Somebody reports a post, and the host hands it to the team. */
	async function handed(concern: string): Promise<number> {
		const post = await write();
		await press(ben, `/posts/${post}/report`, { words: 'xt-words', concern });
		const { id } = rows<{ id: number }>(
			bed,
			'north',
			'SELECT id FROM matter WHERE post = ?',
			Number(post),
		)[0]!;
		await press(as('staff-june'), `/staff/reports/${id}`, { do: 'hand_over' });
		return id;
	}
	/** Links of the list, in order, with what kind each is. */
	const lines = (body: string) =>
		[...body.matchAll(/<a href="[^"]*(\/staff\/team\/[\w-]+)">(?:<svg.*?<\/svg> )?([^<]+)</g)].map(
			([, href, kind]) => ({ href: href!, kind: kind! }),
		);

	it('is told without a word of it: a name that means nothing, what kind, by when, and whether somebody has it', async () => {
		const matter = await handed('rules');
		const { total, items } = waiting();
		expect(total).to.equal(1);
		expect(items[0])
			.to.have.all.keys('id', 'kind', 'due', 'taken')
			.and.include({ kind: 'report', taken: false });
		expect(JSON.stringify(items)).not.to.include(String(matter)).and.not.to.include('xt-');
		await press(as('staff-mo'), `/staff/reports/${matter}`, { do: 'take' });
		expect(waiting().items[0]).to.deep.equal({ ...items[0], taken: true });
		await press(as('staff-june'), `/staff/reports/${matter}`, { do: 'take_back' });
		expect(waiting()).to.deep.include({ total: 0, items: [] });
	});

	it('leads from the list to the page where it is done, and says so when somebody was faster', async () => {
		const matter = await handed('rules');
		const mo = as('staff-mo');
		const [line] = lines((await mo.get('/staff/team')).body);
		expect((await mo.get(line!.href)).headers.location).to.equal(`/staff/reports/${matter}`);
		await press(as('staff-june'), `/staff/reports/${matter}`, { do: 'take_back' });
		expect((await mo.get(line!.href)).headers.location).to.equal('/staff/team?gone=yes');
		expect((await mo.get('/staff/team?gone=yes')).body).to.include('That waits no more');
	});

	it('has what was sealed and needs a second person, and an appeal that the team may decide', async () => {
		const sealed = await write();
		const case_ = await press(as('staff-june'), `/staff/posts/${sealed}/seal`, { kind: 'private_details' });
		expect(waiting().total, 'nobody asks yet').to.equal(0);
		await press(as('staff-june'), case_, {}, `${case_}/ask`);
		expect(waiting().items.map(({ kind }) => kind)).to.deep.equal(['emergency']);
		const post = await write();
		await press(as('staff-june'), `/staff/posts/${post}/decide`, {
			...{ rule: 'conduct/no-threats', facts: FACTS, do: 'decide', post_act: 'content_hidden' },
		});
		const notice = /href="(\/notices\/\d+)"/.exec((await ana.get('/notices')).body)![1]!;
		await press(ana, notice, { words: 'xt-no' }, `${notice}/appeal`);
		expect(waiting().items.map(({ kind }) => kind)).to.deep.equal(['emergency', 'appeal']);
		const mo = as('staff-mo');
		const found = lines((await mo.get('/staff/team')).body);
		const to = await Promise.all(found.map(async ({ href }) => (await mo.get(href)).headers.location));
		expect(to[0]).to.equal(case_);
		expect(to[1]).to.match(/^\/staff\/appeals\/[0-9a-f-]{36}$/);
		await press(as('staff-mo'), case_, {}, `${case_}/agree`);
		expect(waiting().items.map(({ kind }) => kind)).to.deep.equal(['appeal']);
	});

	it('has an emergency of any branch first, then what is due first, and a silent branch with the hour it was heard', async () => {
		const matter = await handed('rules');
		const now = bed.clock.now();
		const south = { id: 'b-south', name: 'South', library: 'River Library', origin: SOUTH };
		const item = { branch: 'b-south', taken: false };
		elsewhere = {
			branches: [{ ...south, total: 3, as_of: now - 2 * HOUR, silent: true }],
			items: [
				{ ...item, id: 'a'.repeat(22), kind: 'emergency', due: now + 900 * HOUR },
				{ ...item, id: 'b'.repeat(22), kind: 'official', due: now - HOUR },
			],
		};
		const { body } = await as('staff-mo').get('/staff/team');
		const found = lines(body).map(({ kind }) => kind);
		expect(found.slice(0, 2)).to.deep.equal(['An emergency', 'An authority asks']);
		expect(found).to.include('Something was reported');
		expect(body)
			.to.include(`href="${SOUTH}/staff/team/${'a'.repeat(22)}"`)
			.and.include('South, River Library')
			.and.include('there may be more')
			.and.include('One more is not on this page');
		const spanish = (await as('staff-mo').get('/staff/team?lang=es')).body;
		expect(spanish).to.include('Una emergencia').and.include('puede haber más');
		const staff = (await as('staff-mo').get('/staff?lang=en')).body;
		expect(staff).to.include(`${waiting().total + 3} in all, over all your branches.`);
		await press(as('staff-june'), `/staff/reports/${matter}`, { do: 'take_back' });
	});

	it('still has what waits here while nobody can say what waits elsewhere', async () => {
		const matter = await handed('danger');
		elsewhere = null;
		const { status, body } = await as('staff-mo').get('/staff/team');
		expect(status).to.equal(200);
		expect(body).to.include('Only this branch is here').and.include('An emergency');
		const staff = await as('staff-mo').get('/staff');
		expect(staff.body).to.include('wait for the team').and.not.include('over all your branches');
		await press(as('staff-june'), `/staff/reports/${matter}`, { do: 'take_back' });
	});

	it('is for whoever is on the team, and nobody is asked about anybody else', async () => {
		asked.length = 0;
		expect((await as('staff-june').get('/staff/team')).status).to.equal(403);
		expect((await ana.get('/staff/team')).status).to.equal(403);
		expect((await as('staff-june').get('/staff')).body).not.to.include('/staff/team');
		expect(asked).to.deep.equal([]);
		expect((await as('staff-mo').get('/who-can-see')).body).to.include(
			'by when, and whether somebody has it',
		);
	});
});
