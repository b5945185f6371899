import { readFileSync } from 'node:fs';
import { BRANCH_ROLES } from '@understory/core/grants.ts';
import { PERMISSIONS, type Permission } from '@understory/core/permissions.ts';
import { expect } from 'chai';
import { ACTS, type Act } from '../src/services/hosting/acts.ts';
import { ROUTES } from '../src/web/route-table.ts';
import { permissionFor } from '../src/web/visit.ts';
import { type Bed, createBed } from './bed.ts';
import type { Browser } from './browser.ts';
import { personId, rows } from './look.ts';
import { writePicture } from './picture-post.ts';
import { EVERYBODY, may, rolesDocument, type Somebody } from './roles.ts';

const FACTS = 'The post does what the rule names, and the test was answered with yes.';
const REASON = 'The test of the rule was answered with no, after everything was read again.';

describe('the table of roles', () => {
	let bed: Bed;
	let rudy: Browser;
	const browsers = new Map<Somebody, Browser>();
	const as = (who: Somebody) => browsers.get(who)!;

	before(async () => {
		bed = await createBed(['north']);
		const north = bed.branch('north');
		rudy = await north.join('rudy');
		browsers.set('the public and the council', north.browser());
		browsers.set('patron', await north.join('pat'));
		for (const role of BRANCH_ROLES) {
			bed.grant(`staff-${role}`, 'north', `Somebody, ${role}`, role);
			browsers.set(role, north.browser({ staff_id: `staff-${role}` }));
		}
		for (const browser of browsers.values()) await browser.get('/about');
	});
	after(() => bed.close());
	// There is no card sign-in in this bed; that it is missed is all that may be logged.
	afterEach(() => expect(bed.errors.filter((one) => !/card sign-in/.test(String(one)))).to.deep.equal([]));

	const decisions = () => rows<{ id: string }>(bed, 'north', 'SELECT id FROM decision ORDER BY created, id');
	const decide = async (who: Browser, post: string, form: Record<string, string> = {}) => {
		const at = `/staff/posts/${post}/decide`;
		await who.get(at);
		return who.post(at, { rule: 'conduct/no-threats', facts: FACTS, do: 'decide', ...form });
	};
	const remove = async () => {
		const post = (await rudy.write('xr-secret', 'branch')).split('/')[2]!;
		const answer = await decide(as('host'), post, { post_act: 'content_removed' });
		return /done=(.+)$/.exec(answer.headers.location ?? '')![1]!;
	};

	it('is asked by every page for staff, for everybody of it', async () => {
		const pages = ROUTES.flatMap(({ method, path, need }) => {
			const permission = permissionFor(need);
			// Programs ask with a key, which stands for the same roles (admin-reports.test.ts).
			const page = permission !== null && !path.startsWith('/api/');
			return page ? [{ method, path, permission }] : [];
		});
		expect(pages.length).to.be.greaterThan(20);
		for (const who of EVERYBODY) {
			for (const { method, path, permission } of pages) {
				const at = path.replaceAll(/:\w+/g, '1');
				const { status } = await (method === 'get' ? as(who).get(at) : as(who).post(at, {}));
				const name = `${who}: ${method} ${path}`;
				if (may(who, permission)) expect(status, name).not.to.be.oneOf([401, 403, 500]);
				else expect(status, name).to.be.oneOf(who === 'the public and the council' ? [401, 403] : [403]);
			}
		}
		expect(decisions()).to.deep.equal([]);
	});

	for (const who of EVERYBODY) {
		const does = may(who, 'moderate');
		it(`${does ? 'lets' : 'keeps'} ${who} ${does ? 'decide' : 'from deciding'}, and take back`, async () => {
			const post = (await rudy.write('xr-matrix', 'branch')).split('/')[2]!;
			const first = await decide(as('host'), post, { post_act: 'post_locked' });
			const id = /done=(.+)$/.exec(first.headers.location ?? '')![1]!;
			const before = decisions();
			const refused = who === 'the public and the council' ? [401, 403] : [403];
			const answers = [
				await decide(as(who), post, { post_act: 'content_labelled' }),
				await as(who).post(`/staff/decisions/${id}/reverse`, { reason: REASON }),
			];
			for (const { status, body } of answers) expect(status, body).to.be.oneOf(does ? [303] : refused);
			expect(decisions()).to.have.length(before.length + (does ? 1 : 0));
			const reversed = rows(bed, 'north', `SELECT id FROM reversal WHERE decision = '${id}'`);
			expect(reversed).to.have.length(does ? 1 : 0);
		});
	}

	const refusedTo = (who: Somebody) => (who === 'the public and the council' ? [401, 403] : [403]);
	const send = async (who: Somebody, from: string, at: string, form: Record<string, string> = {}) => {
		await as(who).get(from);
		return (await as(who).post(at, form)).status;
	};
	const first = <Row>(query: string, ...values: unknown[]) => rows<Row>(bed, 'north', query, ...values)[0]!;

	describe('act by act', () => {
		let pat: Browser;
		const report = async () => {
			const post = (await rudy.write('xr-reported', 'branch')).split('/')[2]!;
			pat ??= await bed.branch('north').join('pia');
			await pat.get(`/posts/${post}/report`);
			await pat.post(`/posts/${post}/report`, { words: 'xr-words', concern: 'rules' });
			return first<{ id: number }>('SELECT id FROM matter WHERE post = ?', Number(post)).id;
		};

		for (const who of EVERYBODY) {
			const does = may(who, 'moderate');
			it(`${does ? 'lets' : 'keeps'} ${who} ${does ? 'take, hand over, note and close' : 'from taking, handing over, noting and closing'} what was reported`, async () => {
				const id = await report();
				const at = `/staff/reports/${id}`;
				for (const [path, form] of [
					[at, { do: 'take' }],
					[`${at}/note`, { note: 'xr-note' }],
					[at, { do: 'hand_over' }],
					[`${at}/close`, { outcome: 'within_rules', reason: REASON }],
				] as const) {
					expect(await send(who, at, path, form), path).to.be.oneOf(does ? [303] : refusedTo(who));
				}
				const ways = rows(bed, 'north', 'SELECT what FROM matter_move WHERE matter = ? ORDER BY id', id);
				expect(ways).to.deep.equal(does ? [{ what: 'taken' }, { what: 'handed' }] : []);
				const { closed } = first<{ closed: number | null }>('SELECT closed FROM matter WHERE id = ?', id);
				expect(closed !== null).to.equal(does);
			});
		}

		const spaceOfBoard = async () => {
			const words = { name_en: 'Lost and found', name_es: 'Objetos perdidos' };
			const form = { ...words, purpose_en: 'What was lost here.', purpose_es: 'Lo que se perdió aquí.' };
			for (const who of EVERYBODY) {
				const opens = may(who, 'set_spaces');
				const answer = await send(who, opens ? '/staff/spaces' : '/about', '/staff/spaces', form);
				expect(answer, who).to.be.oneOf(opens ? [303] : refusedTo(who));
			}
			const spaces = rows<{ id: number }>(bed, 'north', 'SELECT id FROM space');
			expect(spaces).to.have.length(EVERYBODY.filter((who) => may(who, 'set_spaces')).length);
			return spaces[0]!.id;
		};

		for (const { action, about } of ACTS.filter(({ afterNotice }) => !afterNotice)) {
			it(`does ${action} by whoever decides here, and by nobody else`, async () => {
				const vic = await bed.branch('north').join(`vic_${action}`);
				const form = { post_act: 'none', person_act: 'none' };
				if (action !== 'warning') form[`${about}_act`] = action;
				if (action === 'content_moved') Object.assign(form, { space: String(await spaceOfBoard()) });
				// Written first: whoever is suspended writes nothing more.
				const posts = new Map<Somebody, string>();
				const { origin } = bed.branch('north');
				for (const who of EVERYBODY) {
					const marks = action === 'media_marked_sensitive';
					const path = marks
						? writePicture(origin, bed.port, vic, 'branch')
						: vic.write(`xr-${action}`, 'branch');
					posts.set(who, await path);
				}
				for (const who of EVERYBODY) {
					const before = decisions().length;
					const { status, body } = await decide(as(who), posts.get(who)!.split('/')[2]!, form);
					const does = may(who, 'moderate');
					expect(status, `${who}\n${body}`).to.be.oneOf(does ? [303] : refusedTo(who));
					expect(decisions().length - before, who).to.equal(does ? 1 : 0);
				}
			});
		}

		it('ends an account, considered by one of them before, by whoever may end one, and by nobody else', async () => {
			const [{ action }, ...more] = ACTS.filter(({ afterNotice }) => afterNotice) as [Act, ...Act[]];
			expect(more).to.deep.equal([]);
			for (const [at, who] of EVERYBODY.entries()) {
				const handle = `ended_${at}`;
				const person = await bed.branch('north').join(handle);
				const about = `/staff/people/${handle}/decide`;
				const rule = {
					rule: 'conduct/no-threats',
					facts: FACTS,
					person_act: 'account_suspended',
					do: 'decide',
				};
				// Nobody's account is ended the first time.
				expect(await send('branch_lead', about, about, rule), who).to.equal(303);
				expect(await send('branch_lead', about, about, { ...rule, considers: '365' }), who).to.equal(303);
				const { id } = first<{ id: string }>(
					'SELECT id FROM decision WHERE considers = 365 AND person = ?',
					personId(bed, handle),
				);
				const notice = first<{ id: number }>('SELECT id FROM notice WHERE decision = ?', id).id;
				await person.get(`/notices/${notice}`);
				expect((await person.post(`/notices/${notice}/answer`, { answer: 'xr-sorry' })).status).to.equal(303);
				const does = may(who, 'end_accounts') && who !== 'branch_lead';
				const case_ = `/staff/decisions/${id}`;
				const answer = await send(who, may(who, 'read_cases') ? case_ : '/about', `${case_}/suspend`, {
					why: REASON,
				});
				expect(answer, who).to.be.oneOf(does ? [303] : refusedTo(who));
				const ended = rows(bed, 'north', 'SELECT actions FROM decision WHERE follows = ?', id);
				expect(ended, who).to.deep.equal(does ? [{ actions: JSON.stringify([action]) }] : []);
			}
		});

		it('holds a case, releases it, makes its record and sets its years by these roles and no other', async () => {
			const id = await remove();
			const at = `/staff/decisions/${id}`;
			const hold = () =>
				first<{ id: number } | undefined>(
					'SELECT id FROM legal_hold WHERE decision = ? AND released IS NULL',
					id,
				);
			for (const who of EVERYBODY) {
				const holds = may(who, 'hold_cases');
				expect(await send(who, at, `${at}/hold`, { hold: 'A court' }), who).to.be.oneOf(
					holds ? [303] : refusedTo(who),
				);
				expect(hold() !== undefined, who).to.equal(holds);
				if (!holds) await send('host', at, `${at}/hold`, { hold: 'A court' });
				const releases = may(who, 'release_cases');
				const answer = await send(who, at, `${at}/release`);
				expect(answer, who).to.be.oneOf(releases ? [303] : refusedTo(who));
				expect(hold() === undefined, who).to.equal(releases);
				if (!releases) await send('branch_lead', at, `${at}/release`);
				const record = await send(who, at, `${at}/record`, { number: '1', asker: 'anybody' });
				expect(record, who).to.be.oneOf(may(who, 'export_cases') ? [200] : refusedTo(who));
			}
		});

		it('answers an appeal by whoever decides about posts here and did not decide first, and by nobody else', async () => {
			for (const who of EVERYBODY) {
				const post = (await rudy.write('xr-appealed', 'branch')).split('/')[2]!;
				await decide(as('host'), post, { post_act: 'content_hidden' });
				const notice = /href="(\/notices\/\d+)"/.exec((await rudy.get('/notices')).body)![1]!;
				await rudy.get(notice);
				expect((await rudy.post(`${notice}/appeal`, { words: 'xr-no' })).status).to.equal(303);
				const { id } = first<{ id: string }>('SELECT id FROM appeal WHERE decided IS NULL');
				const hears = may(who, 'moderate') && who !== 'host';
				const answered = await send(who, '/about', `/staff/appeals/${id}`, {
					outcome: 'upheld',
					reason: REASON,
				});
				expect(answered, who).to.be.oneOf(hears ? [303] : refusedTo(who));
				if (!hears)
					await send('branch_lead', '/about', `/staff/appeals/${id}`, { outcome: 'upheld', reason: REASON });
			}
			expect(rows(bed, 'north', 'SELECT id FROM appeal WHERE decided IS NULL')).to.deep.equal([]);
		});

		it('agrees as a second person by whoever decides about posts here and did not ask, and by nobody else', async () => {
			const post = (await rudy.write('xr-sealed', 'branch')).split('/')[2]!;
			const sealAt = `/staff/posts/${post}/seal`;
			await send('host', sealAt, sealAt, { kind: 'private_details' });
			const { decision } = first<{ decision: string }>('SELECT decision FROM quarantine');
			for (const who of EVERYBODY) {
				await send('host', '/about', `/staff/quarantine/${decision}/ask`);
				const agrees = may(who, 'moderate') && who !== 'host';
				const answer = await send(who, '/about', `/staff/second/${decision}`);
				expect(answer, who).to.be.oneOf(agrees ? [303] : refusedTo(who));
				bed.clock.advance(61 * 60_000);
			}
		});
	});

	it('lets an auditor read a case and offers nothing to change there', async () => {
		const id = await remove();
		const auditor = as('auditor');
		const { status, body } = await auditor.get(`/staff/decisions/${id}`);
		expect(status).to.equal(200);
		expect(body).to.include(FACTS).and.not.include('/reverse');
		expect((await auditor.get('/about')).body).to.include('href="/staff/decisions"');
	});

	it('writes down who looked at a case, once for a look, and shows what was removed to nobody who does not say why', async () => {
		const id = await remove();
		const case_ = `/staff/decisions/${id}`;
		const host = as('host');
		await host.get(case_);
		expect((await host.get(case_)).body)
			.to.include('What was removed is sealed')
			.and.not.include('xr-secret');
		const without = await host.post(`${case_}/open`, { why_open: 'curious' });
		expect(without.status).to.equal(422);
		expect(without.body).to.include('Choose why you open it').and.not.include('xr-secret');
		const opened = await as('auditor').post(`${case_}/open`, { why_open: 'audit' });
		expect(opened.status).to.equal(200);
		expect(opened.body).to.include('xr-secret');
		const found = rows(
			bed,
			'north',
			`SELECT staff_id, what, why FROM access WHERE decision = '${id}' ORDER BY id`,
		);
		expect(found).to.deep.equal([
			{ staff_id: 'staff-host', what: 'case', why: 'work' },
			{ staff_id: 'staff-auditor', what: 'removed', why: 'audit' },
		]);
		bed.clock.advance(16 * 60_000);
		await host.get(case_);
		expect(rows(bed, 'north', `SELECT id FROM access WHERE decision = '${id}'`)).to.have.length(3);
	});

	it('shows to those who answer for the staff who looked, with names and reasons, in both languages', async () => {
		for (const language of ['en', 'es']) {
			const { status, body } = await as('branch_lead').get(`/staff/accesses?lang=${language}`);
			expect(status).to.equal(200);
			expect(body).to.include('Somebody, host').and.include('Somebody, auditor').and.not.include('xr-secret');
		}
		await as('branch_lead').get('/staff/accesses?lang=en');
		const { body } = await as('the public and the council').get('/who-can-see');
		expect(body).to.include('something that was removed was opened 1 time');
	});

	it('counts what a role may from the grants of this moment', async () => {
		bed.grant('staff-late', 'north', 'Late', 'auditor');
		const late = bed.branch('north').browser({ staff_id: 'staff-late' });
		expect((await late.get('/staff/decisions')).status).to.equal(200);
		const grant = bed.register().grants.find(({ staff_id }) => staff_id === 'staff-late')!;
		Object.assign(grant, { until: bed.clock.now() });
		expect((await late.get('/staff/decisions')).status).to.equal(403);
	});

	it('lets library IT into nothing of a branch', () => {
		const held = (Object.keys(PERMISSIONS) as Permission[]).filter((one) => may('library_it', one));
		expect(held).to.deep.equal(['oversee']);
	});

	it('is the one in the docs', () => {
		const page = readFileSync(new URL('../../../docs/hosts/roles.md', import.meta.url), 'utf8');
		expect(page, 'npm run roles writes it anew').to.equal(rolesDocument());
	});
});
