import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ACTIONS, strengthOf } from '@understory/core/rule.ts';
import { starterPolicy } from '@understory/core/starter-policy.ts';
import type { Entry, EntrySubmission } from '@understory/core/statement.ts';
import { expect } from 'chai';
import { ACTS } from '../src/services/hosting/acts.ts';
import { actsUnder } from '../src/services/hosting/deciding.ts';
import { type Bed, createBed } from './bed.ts';
import type { Browser } from './browser.ts';
import { rows } from './look.ts';
import { writePicture } from './picture-post.ts';

const DAY = 24 * 60 * 60_000;
const FACTS = 'The post does what the rule names, and the test was answered with yes.';
const REASON = 'The test of the rule was answered with no, after everything was read again.';

describe('what hosts can do, as data', () => {
	it('is in the words of the log, each once, from mild to strong', () => {
		const strengths = ACTS.map(({ action }) => strengthOf(action));
		expect(strengths).to.deep.equal([...new Set(strengths)].sort((a, b) => a - b));
		expect(ACTS.every(({ action }) => ACTIONS.includes(action))).to.equal(true);
	});

	it('is never stronger than its rule allows the first time', () => {
		for (const rule of starterPolicy('The board', '2026-01-01').rules) {
			const most = strengthOf(rule.greatest_first_action);
			expect(actsUnder(rule).every(({ action }) => strengthOf(action) <= most)).to.equal(true);
			expect(actsUnder(rule).length, rule.id).to.be.greaterThan(0);
		}
	});

	it('has no end to a thing about a post, and always one to a thing about an account', () => {
		for (const { action, about, days } of ACTS) {
			if (action === 'warning') continue;
			expect(days !== null, action).to.equal(about === 'person');
		}
	});
});

describe('what a host does', () => {
	let bed: Bed;
	let rudy: Browser;
	let ben: Browser;
	let june: Browser;
	let taken: EntrySubmission[];

	beforeEach(async () => {
		bed = await createBed(['north', 'south']);
		bed.befriend('north', 'south');
		bed.grant('staff-june', 'north');
		taken = bed.takeEntries();
		await bed.settle();
		rudy = await bed.branch('north').join('rudy');
		ben = await bed.branch('north').join('ben');
		june = bed.branch('north').browser({ staff_id: 'staff-june' });
	});
	afterEach(async () => {
		expect(bed.errors).to.deep.equal([]);
		await bed.close();
	});

	const decide = async (path: string, rule: string, form: Record<string, string>) => {
		const at = path.startsWith('/staff') ? path : `/staff/posts/${path.split('/')[2]}/decide`;
		await june.get(at);
		return june.post(at, { rule: `conduct/${rule}`, facts: FACTS, do: 'decide', ...form });
	};
	const done = async (...args: Parameters<typeof decide>) => {
		const answer = await decide(...args);
		expect(answer.status, answer.body).to.equal(303);
		return /done=(.+)$/.exec(answer.headers.location ?? '')![1]!;
	};
	const takeBack = async (id: string) => {
		await june.get(`/staff/decisions/${id}`);
		const answer = await june.post(`/staff/decisions/${id}/reverse`, { reason: REASON });
		expect(answer.status, answer.body).to.equal(303);
	};
	const notice = async (who: Browser) => {
		const { body } = await who.get('/notices');
		return who.get(/href="(\/notices\/\d+)"/.exec(body)![1]!);
	};
	const lastEntry = async () => {
		await bed.settle();
		return JSON.parse(taken.at(-1)!.entry) as Entry;
	};
	const posts = () => rows(bed, 'north', 'SELECT * FROM post ORDER BY id');
	const again = (claims = {}) => bed.branch('north').browser({ sub: 'sub-north-rudy', ...claims });

	it('warns: nothing changes, the person is told, and the log has it', async () => {
		const path = await rudy.write('xd-warned', 'branch');
		const before = posts();
		await done(path, 'no-advertising', { post_act: 'none', person_act: 'none' });
		expect(posts()).to.deep.equal(before);
		expect((await notice(rudy)).body)
			.to.include('A host has something to say to you')
			.and.include('Your account is not limited');
		expect(await lastEntry()).to.deep.include({ action: ['warning'], until: null, notice_sent: 'yes' });
	});

	it('labels: the post stays, with the rule above it, until that is taken back', async () => {
		const path = await rudy.write('xd-labelled', 'branch');
		const before = posts();
		const id = await done(path, 'no-impersonation', { post_act: 'content_labelled' });
		const page = (await ben.get(path)).body;
		expect(page).to.include('xd-labelled').and.include('A host’s note: Be yourself').and.include(id);
		await takeBack(id);
		expect(posts()).to.deep.equal(before);
	});

	it('closes answers: nobody can answer, here or from elsewhere, what was answered stays, and taking it back opens them', async () => {
		const carla = await bed.branch('south').join('carla');
		const path = await rudy.write('xd-closed', 'neighborhood');
		await ben.write('xd-before', 'neighborhood', path);
		await bed.settle();
		const id = await done(path, 'no-advertising', { post_act: 'post_locked' });
		expect((await ben.get(path)).body)
			.to.include('xd-before')
			.and.include('Answers are closed');
		const answer = await ben.post('/posts', {
			...{ text: 'xd-after', scope: 'neighborhood', reply_to: path.split('/')[2]! },
		});
		expect(answer.status).to.equal(403);
		const [copy] = rows<{ id: number }>(
			...([bed, 'south', "SELECT id FROM post WHERE content_html LIKE '%xd-closed%'"] as const),
		);
		await carla.get('/home');
		await carla.write('xd-from south', 'neighborhood', `/@x/${copy!.id}`);
		await bed.settle();
		expect((await rudy.get(path)).body).not.to.include('xd-from south');
		await takeBack(id);
		await ben.get('/home');
		await ben.write('xd-open', 'neighborhood', path);
	});

	const picture = (who: Browser, scope: string) =>
		writePicture(bed.branch('north').origin, bed.port, who, scope);

	it('marks pictures as sensitive, here and where copies are, and unmarks them', async () => {
		await bed.branch('south').join('carla');
		const path = await picture(rudy, 'neighborhood');
		await bed.settle();
		const copy = () => rows<{ sensitive: number }>(bed, 'south', 'SELECT sensitive FROM post')[0]!.sensitive;
		const before = posts();
		const id = await done(path, 'mark-sensitive-media', { post_act: 'media_marked_sensitive' });
		expect((await ben.get(path)).body).to.include('<details class="said"');
		await bed.settle();
		expect(copy()).to.equal(1);
		await takeBack(id);
		await bed.settle();
		expect(posts()).to.deep.equal(before);
		expect(copy()).to.equal(0);
		const none = await decide(await rudy.write('xd-no picture', 'branch'), 'mark-sensitive-media', {
			post_act: 'media_marked_sensitive',
		});
		expect(none.body).to.include('There are no pictures in this post');
	});

	it('keeps a mark when the author changes the post', async () => {
		const path = await picture(rudy, 'branch');
		await done(path, 'mark-sensitive-media', { post_act: 'media_marked_sensitive' });
		const at = `/posts/${path.split('/')[2]}/edit`;
		await rudy.get(at);
		expect((await rudy.post(at, { text: 'xd-changed', summary: '' })).status).to.equal(303);
		const [post] = rows<{ sensitive: number; source: string }>(bed, 'north', 'SELECT * FROM post');
		expect([post!.sensitive, post!.source]).to.deep.equal([1, 'xd-changed']);
	});

	it('removes: words and pictures are in a sealed file of the case and nowhere else, and come back exactly', async () => {
		const path = await picture(rudy, 'branch');
		const src = /src="(\/media\/[^"]+)"/.exec((await ben.get(path)).body)![1]!;
		const folder = join(bed.branch('north').folder, 'media');
		const files = () => (existsSync(folder) ? readdirSync(folder) : []);
		const bytes = files().map((name) => readFileSync(join(folder, name)));
		const all = () =>
			['post', 'media', 'post_tag', 'post_version'].map((table) =>
				rows(bed, 'north', `SELECT * FROM ${table}`),
			);
		const before = all();
		const id = await done(path, 'no-private-information', { post_act: 'content_removed' });
		expect(JSON.stringify(all())).not.to.include('xd-picture').and.not.include('plums');
		expect(files()).to.deep.equal([]);
		expect((await ben.get(src)).status).to.equal(404);
		const sealed = JSON.stringify(rows(bed, 'north', 'SELECT * FROM case_file'));
		expect(sealed).not.to.include('xd-picture');
		expect((await notice(rudy)).body, 'who wrote it can read it').to.include('xd-picture');
		await takeBack(id);
		expect(all()).to.deep.equal(before);
		expect(files().map((name) => readFileSync(join(folder, name)))).to.deep.equal(bytes);
		expect((await ben.get(src)).status).to.equal(200);
		expect((await ben.get('/search?q=plums')).body).to.include('xd-picture');
		expect(rows(bed, 'north', 'SELECT * FROM case_file')).to.deep.equal([]);
	});

	it('limits: on the boards of followers alone, writes to followers alone, and everything is as before when it ends', async () => {
		const cleo = await bed.branch('north').join('cleo');
		await ben.get('/@rudy');
		const actor = /name="actor" value="([^"]+)"/.exec((await ben.get('/@rudy')).body)![1]!;
		await ben.post('/follows', { actor });
		const path = await rudy.write('xd-limited', 'branch');
		await done(path, 'no-unwanted-contact', { post_act: 'none', person_act: 'account_limited', days: '3' });
		expect((await ben.get('/home')).body).to.include('xd-limited');
		expect((await cleo.get('/home')).body).not.to.include('xd-limited');
		expect((await cleo.get('/@rudy')).body, 'their own page').to.include('xd-limited');
		expect((await rudy.get('/home')).body).to.include('xd-limited');
		const strangers = await cleo.write('xd-hello', 'branch');
		await rudy.get('/home');
		const writing = (form: Record<string, string>) => rudy.post('/posts', { scope: 'branch', ...form });
		expect((await writing({ text: 'hi @cleo' })).body).to.include('Your account is limited for now');
		expect((await writing({ text: 'hi', reply_to: strangers.split('/')[2]! })).status).to.equal(422);
		expect((await writing({ text: 'xd-to-ben @ben' })).status).to.equal(303);
		expect((await writing({ text: 'xd-to nobody' })).status).to.equal(303);
		expect((await notice(rudy)).body).to.include('Your account is limited until October 11, 2026');
		expect(await lastEntry()).to.deep.include({ action: ['account_limited'], until: '2026-10-11' });
		bed.clock.advance(3 * DAY);
		const later = bed.branch('north').browser({ sub: 'sub-north-cleo' });
		expect((await later.get('/home')).body).to.include('xd-limited');
		await bed.settle();
		expect((await notice(again())).body).to.include('Your account is not limited any more');
		await bed.settle();
		const told = rows(bed, 'north', "SELECT id FROM notice WHERE kind = 'limit_over'");
		expect(told, 'once').to.have.length(1);
	});

	it('says that it is over when the last of several is, and not of what was taken back', async () => {
		const at = '/staff/people/rudy/decide';
		const limit = (days: string) => done(at, 'no-unwanted-contact', { person_act: 'account_limited', days });
		await limit('1');
		await takeBack(await limit('7'));
		await limit('3');
		const over = () => rows(bed, 'north', "SELECT id FROM notice WHERE kind = 'limit_over'");
		for (const [days, told] of [
			[1, 0],
			[2, 1],
			[7, 1],
		] as const) {
			bed.clock.advance(days * DAY);
			await bed.settle();
			expect(over(), `${days} days later`).to.have.length(told);
		}
	});

	it('limits what leaves: a neighbor without a follower gets nothing new', async () => {
		await bed.branch('south').join('carla');
		await done(await rudy.write('xd-first', 'branch'), 'no-unwanted-contact', {
			...{ post_act: 'none', person_act: 'account_limited', days: '3' },
		});
		await rudy.get('/home');
		await rudy.write('xd-near', 'neighborhood');
		await bed.settle();
		expect(rows(bed, 'south', "SELECT id FROM post WHERE content_html LIKE '%xd-near%'")).to.deep.equal([]);
	});

	it('suspends for a day: they come as far as the porch, read why, appeal, and are inside again by themselves', async () => {
		const path = await rudy.write('xd-suspended', 'branch');
		await done(path, 'no-threats', { post_act: 'content_hidden', person_act: 'account_suspended' });
		const home = await rudy.get('/home');
		expect([home.status, home.headers.location]).to.deep.equal([303, '/porch']);
		const porch = await rudy.get('/porch');
		expect(porch.body).to.include('a host suspended your account').and.include('October 9');
		expect(porch.body).not.to.include('A card that is good');
		expect((await rudy.post('/posts', { text: 'xd-anyway', scope: 'branch' })).status).to.equal(403);
		expect((await notice(rudy)).body).to.include('Your account is suspended until October 9, 2026');
		expect(await lastEntry()).to.deep.include({
			...{ action: ['content_hidden', 'account_suspended'], until: '2026-10-09' },
		});
		bed.clock.advance(DAY);
		expect((await again().get('/home')).status).to.equal(200);
		expect((await again().get(path)).status, 'the post stays hidden').to.equal(404);
	});

	it('suspends longer only after notice, and the answer or the end of the time for it', async () => {
		const path = await rudy.write('xd-longer', 'branch');
		const id = await done(path, 'no-threats', {
			...{ post_act: 'content_hidden', person_act: 'account_suspended', considers: '14' },
		});
		const suspend = async () => {
			await june.get(`/staff/decisions/${id}`);
			return june.post(`/staff/decisions/${id}/suspend`, { why: REASON });
		};
		expect((await june.get(`/staff/decisions/${id}`)).body).to.include('Nothing is decided before');
		expect((await suspend()).status).to.equal(409);
		const page = await notice(rudy);
		expect(page.body).to.include('A suspension of 14 days is considered');
		const at = /action="(\/notices\/\d+\/answer)"/.exec(page.body)![1]!;
		expect((await rudy.post(at, { answer: ' ' })).status).to.equal(422);
		expect((await rudy.post(at, { answer: 'xd-answer: I was joking.' })).status).to.equal(303);
		expect((await rudy.post(at, { answer: 'xd-again' })).status).to.equal(409);
		expect(JSON.stringify(rows(bed, 'north', 'SELECT words FROM answer'))).not.to.include('xd-answer');
		expect((await june.get(`/staff/decisions/${id}`)).body).to.include('xd-answer: I was joking.');
		const after = await suspend();
		expect(after.status, after.body).to.equal(303);
		expect((await suspend()).status, 'once').to.equal(409);
		expect(await lastEntry()).to.deep.include({
			action: ['account_suspended'],
			until: '2026-10-22',
			refs: [id],
		});
		bed.clock.advance(13 * DAY);
		expect((await again().get('/home')).headers.location).to.equal('/porch');
		bed.clock.advance(DAY);
		expect((await again().get('/home')).status).to.equal(200);
	});

	it('suspends longer without an answer when the time for one is over, seven days at the outside', async () => {
		const id = await done(await rudy.write('xd-silent', 'branch'), 'no-threats', {
			...{ post_act: 'none', person_act: 'none', considers: '30' },
		});
		const host = () => bed.branch('north').browser({ staff_id: 'staff-june' });
		const suspend = async () => {
			const one = host();
			await one.get(`/staff/decisions/${id}`);
			return one.post(`/staff/decisions/${id}/suspend`, { why: REASON });
		};
		bed.clock.advance(6 * DAY);
		expect((await suspend()).status).to.equal(409);
		bed.clock.advance(DAY + 1);
		expect((await suspend()).status).to.equal(303);
	});

	it('ends an account for a year: never the first time, only after notice and answer, by the moderation team and by somebody else', async () => {
		bed.grant('staff-team', 'north', 'Tea Mott', 'moderation_team');
		const at = '/staff/people/rudy/decide';
		const ended = { person_act: 'account_suspended', considers: '365' };
		expect((await decide(at, 'no-threats', ended)).body).to.include('Choose one of the times');
		await done(at, 'no-threats', { person_act: 'account_suspended' });
		bed.clock.advance(2 * DAY);
		june = bed.branch('north').browser({ staff_id: 'staff-june' });
		const id = await done(at, 'no-threats', ended);
		const page = await notice(again());
		expect(page.body).to.include('The end of the account is considered');
		bed.clock.advance(8 * DAY);
		const end = async (staff_id: string) => {
			const who = bed.branch('north').browser({ staff_id });
			for (const language of ['es', 'en']) await who.get(`/staff/decisions/${id}?lang=${language}`);
			return who.post(`/staff/decisions/${id}/suspend`, { why: REASON });
		};
		expect((await end('staff-june')).status, 'a host').to.equal(403);
		const team = bed.register().grants.find(({ staff_id }) => staff_id === 'staff-june')!;
		Object.assign(team, { role: 'moderation_team' });
		expect((await end('staff-june')).status, 'whoever considered it').to.equal(403);
		expect((await end('staff-team')).status).to.equal(303);
		expect(await lastEntry()).to.deep.include({ action: ['account_ended'], until: '2027-10-18', refs: [id] });
		bed.clock.advance(300 * DAY);
		expect((await again().get('/home')).headers.location).to.equal('/porch');
		for (const language of ['en', 'es'])
			expect((await again().get(`/notices?lang=${language}`)).status).to.equal(200);
		bed.clock.advance(66 * DAY);
		expect((await again().get('/home')).status).to.equal(200);
	});

	it('is never for longer at once, never without an end, and never more than the rule allows', async () => {
		const path = await rudy.write('xd-too much', 'branch');
		const no = async (rule: string, form: Record<string, string>, says: string) => {
			const answer = await decide(path, rule, form);
			expect(answer.status, says).to.equal(422);
			expect(answer.body).to.include(says);
		};
		const more = 'That is more than this rule allows';
		await no('no-advertising', { person_act: 'account_suspended' }, more);
		await no('no-advertising', { post_act: 'content_removed' }, more);
		await no('no-advertising', { post_act: 'none', considers: '7' }, more);
		await no('no-impersonation', {}, more);
		await no('no-unwanted-contact', { person_act: 'account_limited', days: '31' }, 'Choose one of the times');
		await no('no-unwanted-contact', { person_act: 'account_limited', days: '0' }, 'Choose one of the times');
		await no('no-threats', { person_act: 'account_suspended', considers: '31' }, 'Choose one of the times');
		await no('no-threats', { person_act: 'account_ended' }, 'Choose what is to happen');
		await no(
			'no-threats',
			{ post_act: 'account_suspended', person_act: 'account_limited' },
			'Choose one thing',
		);
		expect(rows(bed, 'north', 'SELECT id FROM decision')).to.deep.equal([]);
	});

	it('begins with two sentences in the words of the rule, which are refused while what only the host saw is blank', async () => {
		const path = await rudy.write('xd-begun', 'branch');
		const begun = await decide(path, 'no-advertising', { do: 'begin', facts: '' });
		expect(begun.status).to.equal(200);
		const facts = /<textarea id="facts"[^>]*>([^<]+)</.exec(begun.body)![1]!;
		expect(facts).to.include('No advertising').and.include('[…]');
		expect((await decide(path, 'no-advertising', { facts })).body).to.include('only you saw it');
		const kept = await decide(path, 'no-advertising', { do: 'begin', facts: 'My own words.' });
		expect(kept.body, 'what was typed stays').to.include('My own words.');
		expect(rows(bed, 'north', 'SELECT id FROM decision')).to.deep.equal([]);
	});

	it('may be about somebody as such, from their page', async () => {
		expect((await june.get('/@rudy')).body).to.include('/staff/people/rudy/decide');
		expect((await ben.get('/@rudy')).body).not.to.include('/staff/people');
		const at = '/staff/people/rudy/decide';
		for (const language of ['en', 'es'])
			expect((await june.get(`${at}?lang=${language}`)).status).to.equal(200);
		const id = await done(at, 'no-unwanted-contact', { person_act: 'account_limited', days: '1' });
		expect(await lastEntry()).to.deep.include({
			content_type: ['account'],
			scope: 'branch',
			until: '2026-10-09',
		});
		for (const language of ['en', 'es']) {
			expect((await june.get(`/staff/decisions/${id}?lang=${language}`)).status).to.equal(200);
		}
		expect((await notice(rudy)).body).to.include('Your account is limited until');
		expect((await ben.get(at)).status).to.equal(403);
		expect((await june.get('/staff/people/nobody/decide')).status).to.equal(404);
		await takeBack(id);
		expect(rows(bed, 'north', 'SELECT * FROM limitation')).to.deep.equal([]);
	});

	it('shows before what the rule chosen allows and what both will read', async () => {
		const path = await rudy.write('xd-preview', 'branch');
		const form = { do: 'preview', post_act: 'content_labelled', person_act: 'none' };
		const { status, body } = await decide(path, 'no-impersonation', form);
		expect(status).to.equal(200);
		expect(body).to.include('We put a note on one of your posts').and.include('A post was labelled');
		expect(body).to.include('value="post_locked"'.replace('post_locked', 'media_marked_sensitive'));
		expect(body).not.to.include('value="content_hidden"').and.not.include('value="account_suspended"');
		expect(rows(bed, 'north', 'SELECT id FROM decision')).to.deep.equal([]);
	});

	it('to a copy from elsewhere is done to the copy, and nobody here is told', async () => {
		const carla = await bed.branch('south').join('carla');
		await carla.write('xd-theirs', 'neighborhood');
		await bed.settle();
		const [copy] = rows<{ id: number }>(
			...([bed, 'north', "SELECT id FROM post WHERE content_html LIKE '%xd-theirs%'"] as const),
		);
		const path = `/@x/${copy!.id}`;
		const no = await decide(path, 'no-unwanted-contact', { person_act: 'account_limited', days: '3' });
		expect(no.body).to.include('has no account here');
		const id = await done(path, 'no-private-information', { post_act: 'content_removed' });
		expect(rows(bed, 'north', "SELECT id FROM post WHERE content_html LIKE '%xd-theirs%'")).to.deep.equal([]);
		await takeBack(id);
		expect((await rudy.get('/home')).body).to.include('xd-theirs');
	});
});
