import { expect } from 'chai';
import { type Bed, createBed } from './bed.ts';
import { type Answer, type Browser, call } from './browser.ts';
import { rows } from './look.ts';

const DAY = 24 * 60 * 60_000;
const REASON = 'It asks for a lift to the clinic. That is allowed here, and nothing is sold.';

describe('reports by program', () => {
	let bed: Bed;
	let ana: Browser;
	let ben: Browser;
	let june: Browser;
	let key: string;

	before(async () => {
		bed = await createBed(['north']);
		bed.grant('staff-june', 'north');
		bed.grant('staff-ines', 'north', 'Ines Vega');
		[ana, ben] = [await bed.branch('north').join('ana'), await bed.branch('north').join('ben')];
		june = bed.branch('north').browser({ staff_id: 'staff-june' });
		key = await make(june, 'The wall in the office');
	});
	after(async () => {
		const { errors } = bed;
		await bed.close();
		expect(errors).to.deep.equal([]);
	});

	async function make(who: Browser, name: string): Promise<string> {
		await who.get('/staff/programs');
		const made = await who.post('/staff/programs', { name });
		expect(made.status, made.body).to.equal(200);
		return /understory_staff_\w+/.exec(made.body)![0];
	}
	const ask = (
		path: string,
		headers: Record<string, string> = {},
		method = 'GET',
		body?: object,
	): Promise<Answer> =>
		call(
			...([bed.port, method, `/api/v1/admin/reports${path}`] as const),
			{
				host: new URL(bed.branch('north').origin).host,
				authorization: `Bearer ${key}`,
				...(body ? { 'content-type': 'application/json' } : {}),
				...headers,
			},
			body && JSON.stringify(body),
		);
	const list = async (query = '') => JSON.parse((await ask(query)).body) as Record<string, unknown>[];
	async function told(text: string, scope = 'branch'): Promise<string> {
		const id = (await ana.write(text, scope)).split('/').at(-1)!;
		await ben.get(`/posts/${id}/report`);
		await ben.post(`/posts/${id}/report`, { words: 'xa-why', concern: 'law' });
		return String(rows<{ id: number }>(bed, 'north', 'SELECT max(id) AS id FROM matter')[0]!.id);
	}

	it('are in the words of Mastodon where these fit, with their clock and what each person said', async () => {
		const id = await told('xa-post');
		const [report] = await list();
		expect(report).to.deep.include({
			id,
			action_taken: false,
			category: 'legal',
			comment: 'xa-why',
			rules: [],
		});
		expect(report).to.deep.include({
			concern: 'law',
			due_at: '2026-10-10T19:00:00.000Z',
			assigned_account: null,
		});
		expect(report!.target_account).to.include({ username: 'ana', domain: null });
		expect(report!.account).to.include({ username: 'ben' });
		expect((report!.statuses as { content: string }[])[0]!.content).to.contain('xa-post');
		expect((report!.reports as unknown[])[0]).to.include({ source: 'patron_report', comment: 'xa-why' });
	});

	it('are taken, put back, closed and opened again, under the same rules as on the pages', async () => {
		const id = await told('xa-lift');
		const send = async (word: string, body: object = {}) => ask(`/${id}/${word}`, {}, 'POST', body);
		expect(JSON.parse((await send('assign_to_self')).body).assigned_account).to.deep.equal({
			id: 'staff-june',
			display_name: 'June Aldaba',
		});
		const hers = key;
		key = await make(bed.branch('north').browser({ staff_id: 'staff-ines' }), 'hers');
		expect((await send('assign_to_self')).status).to.equal(409);
		key = hers;
		expect(JSON.parse((await send('unassign')).body).assigned_account).to.equal(null);
		const silent = await send('resolve', { outcome: 'within_rules' });
		expect(silent.status).to.equal(422);
		expect(JSON.parse(silent.body).errors).to.deep.equal([{ field: 'reason', text: 'facts_short' }]);
		const done = JSON.parse((await send('resolve', { outcome: 'within_rules', reason: REASON })).body);
		expect(done).to.deep.include({ action_taken: true, outcome: 'within_rules', outcome_reason: REASON });
		expect((await list()).map((one) => one.id)).not.to.include(id);
		expect((await list('?resolved=true')).map((one) => one.id)).to.deep.equal([id]);
		expect((await ben.get('/notices')).body).to.contain('it breaks no rule');
		expect(JSON.parse((await send('reopen')).body).action_taken).to.equal(false);
	});

	it('come page by page', async () => {
		await told('xa-one more');
		const first = await ask('?limit=1');
		const next = /<[^>]*\/api\/v1\/admin\/reports([^>]*)>; rel="next"/.exec(String(first.headers.link))![1]!;
		const [one] = JSON.parse(first.body) as { id: string }[];
		expect(Number((await list(next))[0]!.id)).to.be.lessThan(Number(one!.id));
	});

	it('tell the words of a post between few people only one by one, with a trace of who read them', async () => {
		const id = await told('xa-secret @ben', 'direct');
		expect(JSON.stringify(await list())).not.to.contain('xa-secret');
		expect((await ask(`/${id}`)).body).to.contain('xa-secret');
		expect(rows(bed, 'north', 'SELECT staff_id, decision FROM access')).to.deep.equal([
			{ staff_id: 'staff-june', decision: id },
		]);
	});

	it('need a key that is good now: no cookie, no key of before, none of somebody whose role ended', async () => {
		expect(JSON.stringify(rows(bed, 'north', 'SELECT * FROM staff_token'))).not.to.contain(key);
		const cookie = { authorization: '', cookie: june.cookie! };
		expect((await ask('', cookie)).status).to.equal(401);
		expect((await ask('/1/reopen', cookie, 'POST')).status).to.equal(401);
		for (const wrong of ['Bearer x', `Bearer ${key}0`, `Basic ${key}`, '']) {
			expect((await ask('', { authorization: wrong })).status, wrong).to.equal(401);
		}
		const upper = await call(bed.port, 'GET', '/API/v1/admin/reports', {
			host: new URL(bed.branch('north').origin).host,
			cookie: june.cookie!,
			accept: 'text/html',
		});
		expect(upper.status, 'another spelling of the address').to.equal(401);
		expect((await ana.get('/staff/programs')).status, 'keys are for hosts').to.equal(403);
		const grant = bed.register().grants.find(({ staff_id }) => staff_id === 'staff-june')!;
		Object.assign(grant, { until: 1 });
		expect((await ask('')).status).to.equal(403);
		Object.assign(grant, { until: null });
		expect((await ask('')).status).to.equal(200);
		const kept = key;
		for (let n = 0; n < 4; n += 1) await make(june, `number ${n}`);
		await june.get('/staff/programs');
		expect((await june.post('/staff/programs', { name: 'one more' })).status).to.equal(409);
		expect((await june.post('/staff/programs', { name: ' ' })).status).to.equal(422);
		const [first] = rows<{ id: number }>(
			bed,
			'north',
			"SELECT id FROM staff_token WHERE name LIKE 'The wall%'",
		);
		const ines = bed.branch('north').browser({ staff_id: 'staff-ines' });
		await ines.get('/staff/programs');
		expect((await ines.post(`/staff/programs/${first!.id}/end`, {})).status, 'not hers').to.equal(404);
		expect((await june.post(`/staff/programs/${first!.id}/end`, {})).status).to.equal(303);
		expect((await ask('')).status, 'taken back').to.equal(401);
		key = await make(june, 'for a month');
		expect(key).not.to.equal(kept);
		bed.clock.advance(31 * DAY);
		expect((await ask('')).status, 'over').to.equal(401);
	});
});
