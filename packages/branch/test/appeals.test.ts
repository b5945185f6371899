import type { Grant } from '@understory/core/grants.ts';
import { starterPolicy } from '@understory/core/starter-policy.ts';
import type { EntrySubmission, SignedBranchEntry } from '@understory/core/statement.ts';
import { reveal } from '@understory/transparency-log/sd.ts';
import { expect } from 'chai';
import { answerDue, appealUntil } from '../src/services/hosting/appeal-clock.ts';
import { hearersOf } from '../src/services/hosting/hearers.ts';
import { type Bed, createBed } from './bed.ts';
import type { Browser } from './browser.ts';
import { raw, rows } from './look.ts';

const DAY = 24 * 60 * 60_000;
const ZONE = 'America/Los_Angeles';
const FACTS = 'The post offers a car for money, and nobody had asked for an offer.';
const WORDS = 'xd-words: Ines asked for a car two posts above, and I answered her.';
const REASON = 'Somebody had asked for a car two posts above. So the rule does not fit here.';

describe('the time to appeal', () => {
	const told = Date.UTC(2026, 9, 8, 19);
	const rule: [what: string, seen: number | null, until: string][] = [
		['begins when the notice is seen', told + 5 * DAY, '2026-10-20'],
		['has not begun while nobody has seen it', null, '2026-11-07'],
		['ends thirty days after it was told, however late it was seen', told + 28 * DAY, '2026-11-07'],
	];
	for (const [what, seen, until] of rule) {
		it(what, () => expect(appealUntil(ZONE, told, seen)).to.equal(until));
	}

	it('for an answer is counted in working days', () => {
		expect(answerDue(ZONE, told, 1), 'from a Thursday').to.equal('2026-10-15');
		expect(answerDue(ZONE, told, 2)).to.equal('2026-10-29');
	});
});

describe('who decides an appeal', () => {
	const grant = (staff_id: string, branch: string | null, more: Partial<Grant> = {}): Grant => ({
		...{ staff_id, name: staff_id, role: 'host', branch, from: 0, until: null },
		...more,
	});
	const hear = (grants: readonly Grant[], step = 1, before: readonly string[] = ['june']) =>
		Object.fromEntries(hearersOf(grants, { branch: 'north', step, before, now: 10 }));

	it('is never somebody who decided before, by whatever grant', () => {
		expect(hear([grant('june', 'north'), grant('june', null), grant('june', 'south')])).to.deep.equal({});
		expect(hear([grant('ines', 'north')], 1, ['june', 'ines'])).to.deep.equal({});
	});

	it('is another host of the branch, or the library’s moderation team', () => {
		const team = grant('mo', null, { role: 'moderation_team' });
		expect(hear([grant('june', 'north'), grant('ines', 'north'), team, grant('sol', 'south')])).to.deep.equal(
			{
				...{ ines: 'host', mo: 'moderation_team' },
			},
		);
	});

	it('is a host of another branch only where nobody nearer is left', () => {
		expect(hear([grant('june', 'north'), grant('sol', 'south')])).to.deep.equal({ sol: 'appeal_partner' });
		expect(
			hear([grant('june', 'north'), grant('gone', 'north', { until: 5 }), grant('sol', 'south')]),
		).to.have.keys('sol');
	});

	it('is nobody who may not decide about posts', () => {
		const roles = (['greeter', 'library_it', 'auditor'] as const).map((role) => grant(role, null, { role }));
		expect(hear([...roles, grant('june', 'north')])).to.deep.equal({});
	});

	it('at the second step is the moderation team alone', () => {
		const team = grant('mo', null, { role: 'moderation_team' });
		const all = [grant('ines', 'north'), grant('sol', 'south'), team];
		expect(hear(all, 2, ['june', 'ines'])).to.deep.equal({ mo: 'moderation_team' });
		expect(hear(all, 2, ['june', 'mo'])).to.deep.equal({});
	});

	it('counts a team that serves this branch alone as the team, and not at the library’s other branches', () => {
		const team = grant('mo', 'north', { role: 'moderation_team' });
		expect(hear([team, grant('sol', 'south')], 2)).to.deep.equal({ mo: 'moderation_team' });
		expect(hear([grant('mo', 'south', { role: 'moderation_team' })], 2)).to.deep.equal({});
	});

	it('is whoever is there when somebody leaves: another host, the team, or the partner outside', () => {
		const left = grant('ines', 'north', { until: 9 });
		const team = grant('mo', 'north', { role: 'moderation_team' });
		expect(hear([left, grant('noor', 'north')])).to.deep.equal({ noor: 'host' });
		expect(hear([left, team, grant('sol', 'south')])).to.deep.equal({ mo: 'moderation_team' });
		expect(hear([left, grant('sol', 'south')])).to.deep.equal({ sol: 'appeal_partner' });
	});
});

describe('an appeal', () => {
	let bed: Bed;
	let rudy: Browser;
	let june: Browser;
	let sol: Browser;
	let taken: EntrySubmission[];

	beforeEach(async () => {
		bed = await createBed(['north', 'south']);
		bed.befriend('north', 'south');
		bed.grant('staff-june', 'north');
		bed.grant('staff-sol', 'south', 'Sol Ruiz');
		taken = bed.takeEntries();
		await bed.settle();
		rudy = await bed.branch('north').join('rudy');
		june = bed.branch('north').browser({ staff_id: 'staff-june' });
		sol = bed.branch('north').browser({ staff_id: 'staff-sol' });
	});
	afterEach(async () => {
		expect(bed.errors).to.deep.equal([]);
		await bed.close();
	});

	const hide = async (path: string, rule = 'no-advertising', host = june) => {
		const at = `/staff/posts/${path.split('/')[2]}/decide`;
		await host.get(at);
		const answer = await host.post(at, { rule: `conduct/${rule}`, facts: FACTS, do: 'decide' });
		expect(answer.status, answer.body).to.equal(303);
		return /done=(.+)$/.exec(answer.headers.location ?? '')![1]!;
	};
	/** The page of the newest decision about rudy. */
	const noticeOf = async (person = rudy) =>
		/href="(\/notices\/\d+)"/.exec((await person.get('/notices')).body)![1]!;
	const appeal = async (words = WORDS, person = rudy) => {
		const at = await noticeOf(person);
		await person.get(at);
		return person.post(`${at}/appeal`, { words });
	};
	const openAppeal = () =>
		rows<{ id: string }>(bed, 'north', 'SELECT id FROM appeal WHERE decided IS NULL')[0]!.id;
	const answer = async (outcome: string, who = sol, reason = REASON, id = openAppeal()) => {
		await who.get(`/staff/appeals/${id}`);
		return who.post(`/staff/appeals/${id}`, { outcome, reason });
	};
	const logged = () => taken.map(({ entry }) => JSON.parse(entry) as SignedBranchEntry);
	const team = (id: string) => {
		bed.grant(id, 'north', 'Mo');
		const { grants } = bed.register();
		Object.assign(grants.find(({ staff_id }) => staff_id === id)!, { branch: null, role: 'moderation_team' });
		return bed.branch('north').browser({ staff_id: id });
	};

	it('won: the post is back at once, stays so, both sides read why, and the log has each step without a name', async () => {
		const path = await rudy.write('xd-car', 'branch');
		const decision = await hide(path);
		expect((await appeal()).status).to.equal(303);
		expect((await rudy.get(path)).status, 'up while it runs').to.equal(200);
		const waiting = await rudy.get(await noticeOf());
		expect(waiting.body).to.include(WORDS).and.include('October 15').and.include('your post is where it was');
		const first = await june.get(`/staff/appeals/${openAppeal()}`);
		expect(first.body).to.include('You decided first').and.not.include('Answer, and tell both');
		expect((await sol.get('/staff/appeals')).body).to.include('A post was hidden: No advertising');
		const id = openAppeal();
		const done = await answer('overturned');
		expect(done.status, done.body).to.equal(303);
		expect((await rudy.get(path)).status).to.equal(200);
		const told = (await rudy.get('/notices')).body;
		expect(told).to.include('We took a decision about you back').and.include(REASON);
		expect((await rudy.get(await noticeOf())).body).to.include('You were right');
		expect((await june.get('/staff/appeals')).body)
			.to.include('The decision was reversed')
			.and.include(REASON);
		await bed.settle();
		const [filed, outcome, reversal] = logged().slice(-3);
		expect(filed).to.deep.include({ kind: 'appeal', id, step: 1, meanwhile: 'lifted', refs: [decision] });
		expect(outcome).to.deep.include({
			...{ kind: 'appeal_outcome', outcome: 'overturned', refs: [id, decision] },
			decided_by: 'appeal_partner@north#2',
		});
		expect(reversal).to.deep.include({ kind: 'reversal', refs: [decision, outcome!.id] });
		expect(reveal(filed!._sd, taken.at(-3)!.disclosures)).to.deep.equal([]);
		for (const { entry, disclosures } of taken.slice(-3)) {
			const all = `${entry} ${disclosures.map((one) => Buffer.from(one, 'base64url')).join(' ')}`;
			for (const word of ['rudy', 'xd-', 'staff-', 'Sol']) expect(all).not.to.include(word);
		}
	});

	it('lost: what it had brought back is taken down again, wherever it went, and the author reads why', async () => {
		const carla = await bed.branch('south').join('carla');
		const path = await rudy.write('xd-lost car', 'neighborhood');
		await bed.settle();
		const board = async () => {
			await bed.settle();
			return (await carla.get('/home')).body;
		};
		await hide(path);
		expect(await board()).not.to.include('xd-lost');
		await appeal();
		expect(await board()).to.include('xd-lost');
		expect((await answer('upheld')).status).to.equal(303);
		expect(await board()).not.to.include('xd-lost');
		expect((await rudy.get(path)).status).to.equal(404);
		const told = (await rudy.get('/notices')).body;
		expect(told).to.include('We answered your appeal');
		const page = (await rudy.get(await noticeOf())).body;
		expect(page).to.include('The decision stands').and.include(REASON);
		expect(page, 'nobody is left to ask').to.include('Nothing is left to appeal here');
	});

	it('leaves down what its rule says stays down meanwhile', async () => {
		const path = await rudy.write('xd-threat', 'branch');
		await hide(path, 'no-threats');
		await appeal();
		expect((await rudy.get(path)).status).to.equal(404);
		expect((await rudy.get(await noticeOf())).body).to.include('Until then it stays as it is');
		await answer('overturned');
		expect((await rudy.get(path)).status).to.equal(200);
		await bed.settle();
		expect(logged().find(({ kind }) => kind === 'appeal')).to.include({ meanwhile: 'stands' });
	});

	it('goes on to the moderation team, once a step, and never to somebody who decided before', async () => {
		const mo = team('staff-mo');
		bed.grant('staff-ines', 'north', 'Ines');
		const ines = bed.branch('north').browser({ staff_id: 'staff-ines' });
		const path = await rudy.write('xd-steps', 'branch');
		await hide(path);
		await appeal();
		expect((await answer('upheld', sol)).status, 'there is a nearer one').to.equal(403);
		expect((await answer('upheld', ines)).status).to.equal(303);
		expect((await appeal('xd-again: it was an answer.')).status).to.equal(303);
		expect((await rudy.get(path)).status, 'up again').to.equal(200);
		for (const host of [june, ines]) expect((await answer('upheld', host)).status).to.equal(403);
		expect((await answer('upheld', mo)).status).to.equal(303);
		expect((await rudy.get(path)).status).to.equal(404);
		const late = await appeal('xd-third');
		expect(late.status).to.equal(409);
		await bed.settle();
		const [one, two] = logged().filter(({ kind }) => kind === 'appeal_outcome');
		expect(one).to.include({ step: 1, decided_by: 'host@north#2' });
		expect(two).to.include({ step: 2, decided_by: 'moderation_team@north#3' });
	});

	it('that was for a host who left is for the team now, who see it wait, and the clock goes on', async () => {
		bed.grant('staff-ines', 'north', 'Ines');
		await hide(await rudy.write('xd-left', 'branch'));
		await appeal();
		const due = () => rows<{ due: string }>(bed, 'north', 'SELECT due FROM appeal')[0]!.due;
		const before = due();
		const ines = bed.branch('north').browser({ staff_id: 'staff-ines' });
		expect((await ines.get('/staff')).body).to.include('One waits');
		Object.assign(bed.register().grants.find(({ staff_id }) => staff_id === 'staff-ines')!, {
			until: bed.clock.now(),
		});
		const mo = team('staff-mo');
		expect((await mo.get('/staff')).body).to.include('One waits');
		expect((await answer('upheld', ines)).status).to.equal(403);
		expect(due()).to.equal(before);
		expect((await answer('upheld', mo)).status).to.equal(303);
	});

	it('is answered by a host who gives in, and by nobody else afterwards', async () => {
		const decision = await hide(await rudy.write('xd-gave in', 'branch'));
		await appeal();
		const id = openAppeal();
		await june.get(`/staff/decisions/${decision}`);
		expect((await june.post(`/staff/decisions/${decision}/reverse`, { reason: REASON })).status).to.equal(
			303,
		);
		expect((await rudy.get(await noticeOf())).body).to.include('You were right');
		expect((await answer('upheld', sol, REASON, id)).status).to.equal(409);
		await bed.settle();
		expect(
			logged()
				.slice(-3)
				.map(({ kind }) => kind),
		).to.deep.equal(['appeal', 'appeal_outcome', 'reversal']);
	});

	it('is for the person alone, once a step, and for seven days after they read of it', async () => {
		await hide(await rudy.write('xd-mine', 'branch'));
		const at = await noticeOf();
		const ben = await bed.branch('north').join('ben');
		await ben.get('/home');
		expect((await ben.post(`${at}/appeal`, { words: WORDS })).status).to.equal(404);
		await rudy.get(at);
		expect((await rudy.post(`${at}/appeal`, { words: ' ' })).status).to.equal(422);
		bed.clock.advance(8 * DAY);
		const late = bed.branch('north').browser({ sub: 'sub-north-rudy' });
		const page = await late.get(at);
		expect(page.body).to.include('Nothing is left to appeal here');
		await late.get('/home');
		expect((await late.post(`${at}/appeal`, { words: WORDS })).status).to.equal(409);
		expect(rows(bed, 'north', 'SELECT id FROM appeal')).to.deep.equal([]);
	});

	it('does not run out while nobody has read the notice, for thirty days', async () => {
		await hide(await rudy.write('xd-away', 'branch'));
		bed.clock.advance(20 * DAY);
		const back = bed.branch('north').browser({ sub: 'sub-north-rudy' });
		expect((await appeal(WORDS, back)).status).to.equal(303);
		expect((await appeal(WORDS, back)).status, 'once').to.equal(409);
	});

	it('can be made from the porch, which says until when', async () => {
		await hide(await rudy.write('xd-porch', 'branch'));
		const porch = bed.branch('north').browser({ sub: 'sub-north-rudy', standing: 'porch' });
		const page = await porch.get('/porch');
		expect(page.body).to.include('What was decided about you').and.include('No advertising');
		const at = /href="(\/notices\/\d+)#appeal"/.exec(page.body)![1]!;
		await porch.get(at);
		expect((await porch.post(`${at}/appeal`, { words: WORDS })).status).to.equal(303);
		expect((await porch.get('/porch')).body).to.include('You appealed');
	});

	it('is one transaction with its entry, and so is its answer', async () => {
		const path = await rudy.write('xd-atomic', 'branch');
		await hide(path);
		const { store } = bed.branch('north');
		const full = (on: boolean) =>
			store.transact((writing) =>
				writing.run(
					raw(
						on
							? "CREATE TRIGGER full BEFORE INSERT ON entry BEGIN SELECT RAISE(ABORT, 'no'); END"
							: 'DROP TRIGGER full',
					),
				),
			);
		full(true);
		expect((await appeal()).status).to.equal(500);
		expect(rows(bed, 'north', 'SELECT id FROM appeal')).to.deep.equal([]);
		expect((await rudy.get(path)).status).to.equal(404);
		full(false);
		await appeal();
		full(true);
		expect((await answer('upheld')).status).to.equal(500);
		expect(rows(bed, 'north', 'SELECT id FROM appeal WHERE decided IS NULL')).to.have.length(1);
		expect((await rudy.get(path)).status).to.equal(200);
		bed.errors.length = 0;
	});

	it('is decided once, though two decide at the same moment', async () => {
		bed.grant('staff-ines', 'north', 'Ines');
		bed.grant('staff-noor', 'north', 'Noor');
		const hosts = ['staff-ines', 'staff-noor'].map((staff_id) => bed.branch('north').browser({ staff_id }));
		await hide(await rudy.write('xd-race', 'branch'));
		await appeal();
		const id = openAppeal();
		for (const host of hosts) await host.get(`/staff/appeals/${id}`);
		const answers = await Promise.all(
			hosts.map((host) => host.post(`/staff/appeals/${id}`, { outcome: 'upheld', reason: REASON })),
		);
		expect(answers.map(({ status }) => status).sort()).to.deep.equal([303, 409]);
	});

	it('is kept sealed: their words and the reason', async () => {
		await hide(await rudy.write('xd-sealed', 'branch'));
		await appeal();
		await answer('upheld');
		const [row] = rows<{ words: string; reason: string }>(bed, 'north', 'SELECT words, reason FROM appeal');
		expect(row!.words).not.to.include('xd-words');
		expect(row!.reason).not.to.include('Somebody');
	});

	it('is refused an answer without outcome, or with a name in it', async () => {
		await hide(await rudy.write('xd-bad', 'branch'));
		await appeal();
		expect((await answer('')).body).to.include('Choose whether the decision holds');
		const named = await answer('upheld', sol, 'What rudy says does not change what the post is.');
		expect(named.status).to.equal(422);
		expect(named.body).to.include('No names and no handles').and.include('does not change what the post is');
	});

	it('may be looked at by hosts of the branch and by those who may decide it, and says when nobody may', async () => {
		expect((await sol.get('/staff/appeals')).status, 'there is none').to.equal(403);
		await hide(await rudy.write('xd-looked', 'branch'));
		await appeal();
		const id = openAppeal();
		const stranger = bed.branch('north').browser({ staff_id: 'staff-nobody' });
		for (const other of [rudy, stranger]) {
			expect((await other.get('/staff/appeals')).status).to.equal(403);
			expect((await other.get(`/staff/appeals/${id}`)).status).to.equal(403);
		}
		expect((await bed.branch('north').browser().get('/staff/appeals')).status).to.equal(401);
		expect((await sol.get('/staff')).status, 'and nothing else').to.equal(403);
		expect((await sol.get('/')).body).to.include('href="/staff/appeals"');
		(bed.register().grants as Grant[]).splice(1, 1);
		expect((await june.get(`/staff/appeals/${id}`)).body).to.include('Ask library IT');
	});

	it('of a post its author took back meanwhile does not bring it back or down', async () => {
		const path = await rudy.write('xd-mine to take', 'branch');
		await hide(path);
		await appeal();
		await rudy.get(path);
		await rudy.post(`/posts/${path.split('/')[2]}/delete`, {});
		expect((await answer('upheld')).status).to.equal(303);
		expect(rows(bed, 'north', 'SELECT id FROM post WHERE hidden IS NOT NULL')).to.deep.equal([]);
	});

	it('is read in Spanish, too', async () => {
		await hide(await rudy.write('xd-es', 'branch'));
		await appeal();
		const at = await noticeOf();
		for (const [who, path] of [
			[rudy, at],
			[sol, '/staff/appeals'],
			[sol, `/staff/appeals/${openAppeal()}`],
			[june, '/staff'],
		] as const) {
			const page = await who.get(`${path}?lang=es`);
			expect(page.status, page.body).to.equal(200);
		}
	});

	it('follows the rule as it was worded when it was decided', async () => {
		const path = await rudy.write('xd-version', 'branch');
		await hide(path);
		const rules = starterPolicy('the board', '2026-10-01').rules.map((rule) => ({
			...rule,
			down_during_appeal: true,
		}));
		bed.adopt({ ...starterPolicy('the board', '2026-10-01'), version: 2, rules });
		await appeal();
		expect((await rudy.get(path)).status).to.equal(200);
	});
});
