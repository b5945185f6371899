import type { Entry, EntrySubmission } from '@understory/core/statement.ts';
import { expect } from 'chai';
import { type Bed, createBed } from './bed.ts';
import { type Browser, call } from './browser.ts';
import { rows } from './look.ts';

const FACTS = 'The post is in a space whose purpose is another, and the test was answered with yes.';
const REASON = 'The test of the rule was answered with no, after everything was read again.';

describe('spaces of the board', () => {
	let bed: Bed;
	let ana: Browser;
	let ben: Browser;
	let lea: Browser;
	let june: Browser;
	let taken: EntrySubmission[];
	/** Numbers of two spaces that are open. */
	let lost: string;
	let rides: string;

	const named = (en: string, es: string) => ({
		...{ name_en: en, name_es: es },
		...{ purpose_en: `What ${en} is for.`, purpose_es: `Para qué es ${es}.` },
	});
	const open = async (form: Record<string, string>, who = lea) => {
		await who.get('/about');
		return who.post('/staff/spaces', form);
	};
	const newest = () => String(rows<{ id: number }>(bed, 'north', 'SELECT max(id) AS id FROM space')[0]!.id);
	const opened = async (en: string, es: string) => {
		const { status, body } = await open(named(en, es));
		expect(status, body).to.equal(303);
		return newest();
	};
	const close = async (id: string) => {
		await lea.get('/staff/spaces');
		return lea.post('/staff/spaces/end', { id });
	};

	before(async () => {
		bed = await createBed(['north']);
		bed.grant('staff-june', 'north');
		bed.grant('staff-sol', 'north', 'Sol');
		bed.grant('staff-lea', 'north', 'Lea Lead', 'branch_lead');
		taken = bed.takeEntries();
		await bed.settle();
		ana = await bed.branch('north').join('ana');
		ben = await bed.branch('north').join('ben');
		june = bed.branch('north').browser({ staff_id: 'staff-june' });
		lea = bed.branch('north').browser({ staff_id: 'staff-lea' });
	});
	afterEach(() => expect(bed.errors).to.deep.equal([]));
	after(() => bed.close());

	const write = async (text: string, form: Record<string, string> = {}, who = ana) => {
		await who.get('/home');
		return who.post('/posts', { text, scope: 'branch', language: 'en', ...form });
	};
	const written = async (text: string, space = '', who = ana) => {
		const { status, headers, body } = await write(text, { space }, who);
		expect(status, body).to.equal(303);
		return headers.location!;
	};
	const idIn = (path: string) => path.split('/')[2]!;
	const move = async (who: Browser, path: string, space: string) => {
		await who.get('/home');
		return who.post(`/posts/${idIn(path)}/space`, { space });
	};
	const decide = async (path: string, form: Record<string, string>, query = '') => {
		const at = `/staff/posts/${idIn(path)}/decide`;
		await june.get(at);
		const ruling = { rule: 'conduct/no-advertising', facts: FACTS, post_act: 'content_moved' };
		return june.post(`${at}${query}`, { ...ruling, do: 'decide', ...form });
	};
	const moved = async (path: string, space: string) => {
		const answer = await decide(path, { space });
		expect(answer.status, answer.body).to.equal(303);
		return /done=(.+)$/.exec(answer.headers.location ?? '')![1]!;
	};
	const takeBack = async (id: string) => {
		await june.get(`/staff/decisions/${id}`);
		expect((await june.post(`/staff/decisions/${id}/reverse`, { reason: REASON })).status).to.equal(303);
	};
	const spaceOf = (path: string) => {
		const [row] = rows<{ space: number | null }>(
			...([bed, 'north', 'SELECT space FROM post WHERE id = ?', Number(idIn(path))] as const),
		);
		return row!.space === null ? 'main' : String(row!.space);
	};
	const page = async (at: string, who = ben) => (await who.get(at)).body;

	it('are opened by the branch lead alone, with a name and a purpose in each language', async () => {
		expect(await page('/home')).not.to.include('Spaces:');
		for (const who of [ana, june]) {
			expect((await open(named('Mine', 'Lo mío'), who)).status).to.equal(403);
		}
		const bad = { ...named('x', 'y'), name_es: '  ', purpose_en: 'p'.repeat(201) };
		const refused = await open(bad);
		expect(refused.status).to.equal(422);
		expect(refused.body).to.include('Give a name in each language').and.include('Say in each language');
		expect(rows(bed, 'north', 'SELECT id FROM space')).to.deep.equal([]);
		lost = await opened('Lost & <b>found</b>', 'Objetos perdidos');
		rides = await opened('Rides', 'Viajes');
		expect(await page('/home'))
			.to.include(`href="/spaces/${lost}"`)
			.and.include('Lost &amp; &lt;b&gt;found');
		expect(await page(`/spaces/${lost}?lang=es`))
			.to.include('Objetos perdidos')
			.and.include('Para qué es');
		await page('/home?lang=en');
		const rules = (await bed.branch('north').browser().get('/rules')).body;
		expect(rules).to.include('What Rides is for.').and.include('Lost &amp; &lt;b&gt;found');
		expect((await bed.branch('north').browser().get(`/spaces/${lost}`)).status).to.be.oneOf([303, 401]);
		expect((await ben.get('/spaces/1')).status).to.equal(404);
	});

	it('have their conversations to themselves: these are in no other place of the board, with their answers', async () => {
		const path = await written('xs-glove', lost);
		await ben.get(path);
		await ben.write('xs-answer', 'branch', path);
		for (const text of ['xs-glove', 'xs-answer']) {
			expect(await page(`/spaces/${lost}`)).to.include(text);
			expect(await page('/home')).not.to.include(text);
			expect(await page('/board/branch')).not.to.include(text);
			expect(await page(`/spaces/${rides}`)).not.to.include(text);
		}
		// Whom somebody follows, they follow in spaces too, and its address is what it was.
		expect(await page('/board/followed', ana)).to.include('xs-glove');
		expect(await page(path))
			.to.include('xs-answer')
			.and.include('In the space');
		// What is between named people is on no board, and in no space.
		await ana.write('xs-whisper @ben', 'direct', path);
		expect(await page(`/spaces/${lost}`)).not.to.include('xs-whisper');
		await written('xs-main');
		expect(await page('/home')).to.include('xs-main');
		expect(await page(`/spaces/${lost}`)).not.to.include('xs-main');
	});

	it('are for posts for this branch alone that begin something; what was typed comes back', async () => {
		for (const scope of ['neighborhood', 'public', 'followers']) {
			const answer = await write('xs-wide', { scope, space: lost });
			expect(answer.status, scope).to.equal(422);
			expect(answer.body).to.include('for this branch alone').and.include('xs-wide');
		}
		const parent = idIn(await written('xs-parent'));
		expect((await write('xs-reply', { space: lost, reply_to: parent })).status).to.equal(422);
		for (const space of ['1', 'no space', '-1']) {
			expect((await write('xs-none', { space })).body).to.include('This space is not open');
		}
		const shown = await write('xs-look', { space: lost, do: 'preview' });
		expect(shown.body).to.include(`value="${lost}" selected`);
		const found = rows(bed, 'north', "SELECT id FROM post WHERE source IN ('xs-wide', 'xs-none', 'xs-look')");
		expect(found).to.deep.equal([]);
	});

	it('are left and entered by whoever wrote a post, at any time, and by nobody else', async () => {
		const path = await written('xs-own');
		const [before] = rows(bed, 'north', 'SELECT * FROM post WHERE id = ?', Number(idIn(path)));
		expect((await move(ben, path, lost)).status).to.equal(404);
		expect(await page(`/posts/${idIn(path)}/edit`, ana)).to.include(`value="${lost}"`);
		for (const space of [lost, rides, 'main']) {
			expect((await move(ana, path, space)).status).to.equal(303);
			expect(spaceOf(path)).to.equal(space);
		}
		const no = await move(ana, path, '1');
		expect([no.status, spaceOf(path)]).to.deep.equal([422, 'main']);
		expect(no.body).to.include('This space is not open');
		expect(rows(bed, 'north', 'SELECT * FROM post WHERE id = ?', Number(idIn(path)))).to.deep.equal([before]);
		const wide = await ana.write('xs-wide own', 'neighborhood');
		expect((await move(ana, wide, lost)).status).to.equal(422);
		expect((await decide(wide, { space: lost })).body).to.include('Choose where the post goes');
	});

	it('a host moves by a rule, after both sides were shown, and by no place that is not offered', async () => {
		const path = await written('xs-ride', lost);
		for (const space of ['', '1', lost, 'nowhere']) {
			const { status, body } = await decide(path, { space });
			expect([status, spaceOf(path)], space).to.deep.equal([422, lost]);
			expect(body).to.include('Choose where the post goes');
		}
		for (const [language, words] of [
			['en', 'to “Rides”'],
			['es', 'a «Viajes»'],
		] as const) {
			const { body } = await decide(path, { space: rides, do: 'preview' }, `?lang=${language}`);
			expect(body).to.include(words).and.include('no-advertising');
		}
		const readers = await Promise.all([ben.get(path), bed.branch('north').browser().get(path)]);
		const id = await moved(path, rides);
		const after = await Promise.all([ben.get(path), bed.branch('north').browser().get(path)]);
		expect(after.map(({ status }) => status)).to.deep.equal(readers.map(({ status }) => status));
		expect(await page(`/spaces/${rides}`)).to.include('xs-ride');
		await bed.settle();
		const entry = JSON.parse(taken.at(-1)!.entry) as Entry;
		expect(entry).to.deep.include({ id, action: ['content_moved'], until: null, notice_sent: 'yes' });
		const list = await page('/notices', ana);
		const notice = await page(/href="(\/notices\/\d+)"/.exec(list)![1]!, ana);
		expect(notice).to.include('We moved one of your posts').and.include('to “Rides”').and.include('/appeal');

		// Where a host moved it out of is closed to its author while that stands; everywhere else is open.
		const back = await move(ana, path, lost);
		expect([back.status, spaceOf(path)]).to.deep.equal([422, rides]);
		expect(back.body).to.include('A host moved this post out of there');
		await takeBack(id);
		expect(spaceOf(path)).to.equal(lost);
		expect((await move(ana, path, rides)).status).to.equal(303);
	});

	it('a move that is taken back puts a post exactly where it was, and leaves alone what came after', async () => {
		const [chain, own] = [await written('xs-chain'), await written('xs-own later')];
		const first = await moved(chain, lost);
		const second = await moved(chain, rides);
		await takeBack(first);
		expect(spaceOf(chain), 'the other decision stands').to.equal(rides);
		await takeBack(second);
		expect(spaceOf(chain), 'where it was before both').to.equal('main');
		const third = await moved(own, lost);
		expect((await move(ana, own, rides)).status).to.equal(303);
		await takeBack(third);
		expect(spaceOf(own), 'its author moved it since').to.equal(rides);
	});

	it('a post stays where it was moved while its author appeals, and goes back when they are right', async () => {
		const path = await written('xs-appealed', lost);
		await moved(path, 'main');
		const notice = /href="(\/notices\/\d+)"/.exec(await page('/notices', ana))![1]!;
		await ana.get(notice);
		expect((await ana.post(`${notice}/appeal`, { words: 'It was in the right space.' })).status).to.equal(
			303,
		);
		expect(spaceOf(path)).to.equal('main');
		const sol = bed.branch('north').browser({ staff_id: 'staff-sol' });
		await sol.get('/about');
		const [appeal] = rows<{ id: string }>(bed, 'north', 'SELECT id FROM appeal WHERE decided IS NULL');
		const form = { outcome: 'overturned', reason: REASON };
		expect((await sol.post(`/staff/appeals/${appeal!.id}`, form)).status).to.equal(303);
		expect(spaceOf(path)).to.equal(lost);
	});

	it('a program moves with the same words, and the sign of one place is not that of another', async () => {
		await june.get('/staff/programs');
		const made = await june.post('/staff/programs', { name: 'The wall in the office' });
		const key = /understory_staff_\w+/.exec(made.body)![0];
		const ask = async (body: object) => {
			const headers = {
				...{ host: new URL(bed.branch('north').origin).host, authorization: `Bearer ${key}` },
				'content-type': 'application/json',
			};
			const text = JSON.stringify(body);
			const answer = await call(bed.port, 'POST', '/api/v1/admin/decisions', headers, text);
			return { status: answer.status, said: JSON.parse(answer.body) };
		};
		const path = await written('xs-program', lost);
		const about = { status_id: idIn(path), rule: 'conduct/no-advertising', facts: FACTS };
		const ruling = { ...about, post_act: 'content_moved', space: rides };
		const { confirm, preview } = (await ask(ruling)).said;
		expect(preview.moved).to.include('to “Rides”');
		expect((await ask({ ...ruling, space: 'main', confirm })).status).to.equal(409);
		expect((await ask({ ...ruling, confirm })).said.action).to.deep.equal(['content_moved']);
		expect(spaceOf(path)).to.equal(rides);
	});

	it('that are closed keep what stands there, take nothing in, and are where a move is taken back to', async () => {
		const spare = await opened('Spare', 'Extra');
		const [stays, returns] = [await written('xs-stays', spare), await written('xs-returns', spare)];
		const id = await moved(returns, 'main');
		expect((await close(spare)).status).to.equal(303);
		expect((await close(spare)).status).to.equal(404);
		expect(await page('/home')).not.to.include(`/spaces/${spare}`);
		expect(await page(`/spaces/${spare}`))
			.to.include('xs-stays')
			.and.include('It was closed on');
		expect((await write('xs-late', { space: spare })).status).to.equal(422);
		await takeBack(id);
		expect([spaceOf(stays), spaceOf(returns)]).to.deep.equal([spare, spare]);
	});

	it('are twelve at most', async () => {
		const count = () =>
			rows<{ n: number }>(bed, 'north', 'SELECT count(*) AS n FROM space WHERE ended IS NULL')[0]!.n;
		while (count() < 12) await opened(`Space ${count()}`, `Espacio ${count()}`);
		const { status, body } = await open(named('More', 'Más'));
		expect([status, count()]).to.deep.equal([409, 12]);
		expect(body).to.include('Twelve spaces are enough');
	});
});
