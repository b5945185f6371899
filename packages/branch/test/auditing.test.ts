import { expect } from 'chai';
import { type Bed, createBed } from './bed.ts';
import type { Browser } from './browser.ts';
import { rows } from './look.ts';

const FACTS = 'The post does what the rule names, and the test was answered with yes.';
const REASON = 'The test of the rule was answered with no, after everything was read again.';

describe('a decision that an auditor reads again', () => {
	let bed: Bed;
	let decision: string;
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
		const rudy = await bed.branch('north').join('rudy');
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

	it('has one entry in the log with what was found, which hosts read with the case', async () => {
		const otto = as('staff-otto');
		expect((await answer(otto, { agrees: 'no', reason: REASON })).status).to.equal(303);
		expect((await answer(otto, { agrees: 'yes', reason: REASON })).status).to.equal(409);
		const [entry, ...others] = found().map(({ body }) => JSON.parse(body) as Record<string, unknown>);
		expect(others).to.deep.equal([]);
		expect(entry).to.deep.include({ agrees: false, refs: [decision], decided_by: 'auditor@north#2' });
		expect(JSON.stringify(entry)).not.to.include('Otto').and.not.to.include('rudy');
		const page = (await as('staff-june').get(`/staff/decisions/${decision}`)).body;
		expect(page).to.include('An auditor disagrees with this decision').and.to.include(REASON);
		expect((await otto.get(at())).body)
			.to.include(REASON)
			.and.not.to.include('name="agrees"');
	});
});
