import { expect } from 'chai';
import { type Bed, createBed } from './bed.ts';
import type { Browser } from './browser.ts';
import { rows } from './look.ts';

const FACTS = 'The post does what the rule names, and the test was answered with yes.';
const REASON = 'The test of the rule was answered with no, after everything was read again.';

describe('a decision that an auditor reads again', () => {
	let bed: Bed;
	let decision: string;
	let rudy: Browser;
	const as = (staff_id: string) => bed.branch('north').browser({ staff_id });
	const at = () => `/staff/decisions/${decision}/audit`;
	const found = () =>
		rows<{ body: string; disclosures: string }>(
			bed,
			'north',
			"SELECT body, disclosures FROM entry WHERE json_extract(body, '$.kind') = 'audit'",
		);
	const answer = async (who: Browser, form: Record<string, string>) => {
		await who.get('/about');
		return who.post(at(), form);
	};

	before(async () => {
		bed = await createBed(['north']);
		bed.grant('staff-june', 'north');
		bed.grant('staff-june', 'north', 'June Okafor', 'auditor');
		bed.grant('staff-otto', 'north', 'Otto Lind', 'auditor');
		bed.grant('staff-lead', 'north', 'Lea Lead', 'branch_lead');
		bed.takeEntries();
		rudy = await bed.branch('north').join('rudy');
		const post = (await rudy.write('xu-removed', 'branch')).split('/')[2]!;
		const june = as('staff-june');
		await june.get(`/staff/posts/${post}/decide`);
		const form = { rule: 'conduct/no-threats', facts: FACTS, do: 'decide', post_act: 'content_removed' };
		const decided = await june.post(`/staff/posts/${post}/decide`, form);
		decision = /done=(.+)$/.exec(decided.headers.location ?? '')![1]!;
	});
	after(async () => {
		expect(bed.errors.filter((one) => !/card sign-in/.test(String(one)))).to.deep.equal([]);
		await bed.close();
	});

	it('shows the auditor what its file keeps sealed, in both languages, and that is written down', async () => {
		const otto = as('staff-otto');
		for (const language of ['en', 'es']) {
			const { status, body } = await otto.get(`${at()}?lang=${language}`);
			expect(status).to.equal(200);
			expect(body).to.include('xu-removed').and.to.include(FACTS);
		}
		const looks = rows<{ staff_id: string; why: string }>(
			bed,
			'north',
			"SELECT * FROM access WHERE what = 'removed'",
		);
		expect(looks.map(({ staff_id, why }) => [staff_id, why])).to.deep.equal([['staff-otto', 'audit']]);
	});

	it('is for auditors who had no part in it', async () => {
		expect((await as('staff-lead').get(at())).status).to.equal(403);
		expect((await answer(as('staff-lead'), { agrees: 'yes', reason: REASON })).status).to.equal(403);
		const june = as('staff-june');
		expect((await june.get(at())).body).to.include('You had a part in this case');
		expect((await answer(june, { agrees: 'yes', reason: REASON })).status).to.equal(403);
		expect(found()).to.deep.equal([]);
	});

	it('wants an answer and a reason that names nobody, and loses nothing of what was typed', async () => {
		const { status, body } = await answer(as('staff-otto'), {
			agrees: '',
			reason: 'rudy wrote what the rule names, twice.',
		});
		expect(status).to.equal(422);
		expect(body).to.include('Choose whether you agree.').and.to.include('rudy wrote what');
		expect((await answer(as('staff-otto'), { agrees: 'no', reason: 'Short.' })).status).to.equal(422);
		expect(found()).to.deep.equal([]);
	});

	it('has one entry in the log with what was found', async () => {
		const otto = as('staff-otto');
		expect((await answer(otto, { agrees: 'no', reason: REASON })).status).to.equal(303);
		expect((await answer(otto, { agrees: 'yes', reason: REASON })).status).to.equal(409);
		const [entry, ...others] = found().map(({ body }) => JSON.parse(body) as Record<string, unknown>);
		expect(others).to.deep.equal([]);
		expect(entry).to.deep.include({ agrees: false, refs: [decision], decided_by: 'auditor@north#2' });
		expect(JSON.stringify(entry)).not.to.include('Otto').and.not.to.include('rudy');
		expect((await otto.get(at())).body)
			.to.include(REASON)
			.and.not.to.include('name="agrees"');
	});

	it('tells the person it was about, once and in their language, with what was found and where it stands for everybody', async () => {
		const { body: list } = await rudy.get('/notices?lang=es');
		const heading = 'Un auditor leyó otra vez una decisión sobre usted';
		expect(list.split(heading)).to.have.length(2);
		const [, href] = new RegExp(`<a href="(/notices/\\d+)">${heading}`).exec(list)!;
		const { body } = await rudy.get(`${href}?lang=en`);
		expect(body).to.include('An auditor read a decision about you again').and.to.include(REASON);
		const { id } = JSON.parse(found()[0]!.body) as { id: string };
		expect(body).to.include(`/statements/${id}"`).and.to.include('/audits"');
		expect(body).not.to.include('Otto');
	});

	it('tells the host who decided, until they have opened the case where they read it, and no other host', async () => {
		const says = 'An auditor disagrees with a decision of yours';
		bed.grant('staff-nia', 'north', 'Nia Host');
		const june = as('staff-june');
		expect((await as('staff-nia').get('/staff')).body).not.to.include(says);
		await as('staff-nia').get(`/staff/decisions/${decision}`);
		const { body } = await june.get('/staff');
		expect(body).to.include(says).and.to.include(`href="/staff/decisions/${decision}"`);
		const page = (await june.get(`/staff/decisions/${decision}`)).body;
		expect(page).to.include('An auditor disagrees with this decision').and.to.include(REASON);
		expect((await june.get('/staff')).body).not.to.include(says);
	});
});
