import { BILL_LINES, billOf, billsCsv, type Prices } from '@understory/core/bill.ts';
import { dateIn } from '@understory/core/calendar.ts';
import { expect } from 'chai';
import { atConsole } from '../fixtures/console-visitor.ts';
import { ADDRESS, ADMIN_TOKEN, BRANCH, LIBRARY, type Platform, startPlatform } from '../fixtures/platform.ts';

const GB = 1024 ** 3;
const DAY = 86_400_000;
const PRICES: Prices = {
	...{ name: 'State library, 2026', currency: 'USD', shared_branch_month: 1.5, dedicated_branch_month: 3.1 },
	...{ disk_gb_month: 0.1, backup_gb_month: 0.03 },
};
const ABOUT = { library: 'a', name: 'A', month: '2026-02', is_over: true };

interface Bill {
	month: string;
	days: number;
	measured: number;
	is_over: boolean;
	lines: { what: string; amount: number; cost: number | null }[];
	total: number | null;
	prices: string | null;
}

describe('a bill', () => {
	const usage = Array.from({ length: 28 }, (_, at) => ({
		...{ day: `2026-02-${String(at + 1).padStart(2, '0')}`, shared: 19, dedicated: at < 14 ? 1 : 0 },
		...{ folder_bytes: 7 * GB, copy_bytes: GB / 3 },
	}));

	it('has a branch for the price of a month when it was there all month, whatever the month, and lines that add up', () => {
		const bill = billOf(ABOUT, usage, PRICES);
		const costs = Object.fromEntries(bill.lines.map(({ what, cost }) => [what, cost]));
		expect(costs).to.deep.equal({ shared: 28.5, dedicated: 1.55, disk: 0.7, backups: 0.01 });
		expect(bill.total).to.equal(30.76);
		expect(bill.lines.map(({ what }) => what)).to.deep.equal([...BILL_LINES]);
	});

	it('says amounts and no costs while nobody said prices, and costs nothing for days that nobody measured', () => {
		const without = billOf(ABOUT, usage, null);
		expect(without.total).to.equal(null);
		expect(without.lines[0]).to.include({ amount: 532, cost: null });
		const half = billOf(ABOUT, usage.slice(0, 14), PRICES);
		expect(half).to.include({ measured: 14, days: 28 });
		expect(half.lines[0]!.cost).to.equal(14.25);
	});

	it('as CSV has a row a line, and no cell that a spreadsheet would run', () => {
		const csv = billsCsv([billOf({ ...ABOUT, name: '=HYPERLINK("x"),y' }, usage, PRICES)]);
		const rows = csv.trimEnd().split('\r\n');
		expect(rows).to.have.length(5);
		expect(rows[1]).to.equal(
			`a,"'=HYPERLINK(""x""),y",2026-02,yes,28,28,shared,branch-days,532,1.5,28.50,USD,"State library, 2026"`,
		);
	});
});

describe('bills and quotas of libraries', () => {
	let platform: Platform;
	let itToken: string;
	before(async () => {
		platform = await startPlatform();
		await platform.api('POST', '/api/v1/libraries', { body: LIBRARY });
		const it = { name: 'it', role: 'library_it', library: 'multnomah' };
		itToken = (await platform.api<{ token: string }>('POST', '/api/v1/tokens', { body: it })).body.token;
	});
	after(() => platform.close());

	const path = '/api/v1/libraries/multnomah';
	const branch = (slug: string, more: object = {}) =>
		platform.api<{ title: string; code: string }>('POST', `${path}/branches`, {
			body: { ...BRANCH, slug, address: ADDRESS, ...more },
			token: itToken,
		});
	const quotas = (body: object, token?: string) =>
		platform.api<Record<string, unknown>>('PUT', `${path}/quotas`, { body, ...(token && { token }) });
	async function bill(query = ''): Promise<Bill> {
		const { status, body } = await platform.api<Bill>('GET', `${path}/bill${query}`);
		expect(status, JSON.stringify(body)).to.equal(200);
		return body;
	}
	async function swept(): Promise<void> {
		await platform.provisioner().services.sweep();
		await platform.settle();
	}

	it('a library that has none of a quota may have as much as it likes', async () => {
		expect((await branch('belmont')).status).to.equal(202);
		await platform.settle();
		const { body } = await platform.api<Record<string, object>>('GET', `${path}/quotas`, { token: itToken });
		expect(body.branches).to.deep.equal({ used: 1, most: null });
	});

	it('what a library has is written down once on each of its days, and the bill says that the month is not over', async () => {
		platform.home.folderBytes(2 * GB);
		const before = dateIn(LIBRARY.zone, platform.clock.now());
		platform.clock.advance(DAY);
		await swept();
		await swept();
		const now = await bill();
		const today = dateIn(LIBRARY.zone, platform.clock.now());
		expect(now).to.include({ month: today.slice(0, 7), is_over: false, total: null, prices: null });
		const rows = await platform.provisioner().context.database('usage_day').orderBy('day');
		expect(rows.map(({ day }: { day: string }) => day).filter((day: string) => day > before)).to.deep.equal([
			today,
		]);
		expect(now.lines.find(({ what }) => what === 'disk')!.amount).to.equal(2);
		expect(now.lines[0]).to.include({ what: 'shared', amount: now.measured });
	});

	it('a home that does not say how large its folders are takes nothing away that was told before', async () => {
		platform.clock.advance(DAY);
		platform.home.folderBytes(Number.NaN);
		await swept();
		expect((await bill()).lines.find(({ what }) => what === 'disk')!.amount).to.equal(4);
		platform.home.folderBytes(2 * GB);
	});

	it('costs come from the prices that hold in that month, and months that are over keep theirs', async () => {
		const refused = await platform.api('PUT', '/api/v1/prices', { body: { ...PRICES, since: '2001-01' } });
		expect(refused.status).to.equal(422);
		expect((await platform.api('PUT', '/api/v1/prices', { body: PRICES, token: itToken })).status).to.equal(
			403,
		);
		expect((await platform.api('PUT', '/api/v1/prices', { body: PRICES })).status).to.equal(200);
		const month = (await bill()).month;
		const first = await bill();
		expect(first.total).to.equal(first.lines.reduce((all, { cost }) => all + cost! * 100, 0) / 100);
		platform.clock.advance(32 * DAY);
		const dearer = { ...PRICES, shared_branch_month: 100 };
		expect((await platform.api('PUT', '/api/v1/prices', { body: dearer })).status).to.equal(200);
		const over = await bill(`?month=${month}`);
		expect(over).to.deep.equal({ ...first, is_over: true });
		const all = await platform.api<{ items: Bill[] }>('GET', `/api/v1/bills?month=${month}`);
		expect(all.body.items).to.deep.equal([over]);
		expect((await platform.api('GET', '/api/v1/bills', { token: itToken })).status).to.equal(403);
		for (const wrong of ['2999-01', '2026-13', 'x'])
			expect((await platform.api('GET', `${path}/bill?month=${wrong}`)).status, wrong).to.equal(422);
	});

	it('a quota is said by whoever runs the platform, with whom to ask for more', async () => {
		expect((await quotas({ ask: 'Dana', branches: 99 }, itToken)).status).to.equal(403);
		expect((await quotas({ ask: ' ', branches: -1 })).status).to.equal(422);
		const set = await quotas({ ask: 'Dana, hosting@state.example', branches: 2, dedicated: 0 });
		expect(set.body).to.deep.include({ ask: 'Dana, hosting@state.example', set_by: 'administrator' });
		expect(set.body.branches).to.deep.equal({ used: 1, most: 2 });
	});

	it('a branch over a quota is refused with the quota and whom to ask, and none is left half-made', async () => {
		const dedicated = await branch('albina', { home: 'dedicated' });
		expect(dedicated.status).to.equal(409);
		expect(dedicated.body.code).to.equal('quota_dedicated');
		expect(dedicated.body.title).to.equal(
			'The quota of homes of their own for branches of Multnomah County Library is 0, and this would make 1. For more, ask Dana, hosting@state.example.',
		);
		expect((await branch('albina')).status).to.equal(202);
		const over = await branch('hollywood');
		expect(over.body).to.include({ code: 'quota_branches' });
		expect((await platform.api('GET', `${path}/branches/hollywood`)).status).to.equal(404);
		const move = await platform.api<{ code: string }>('POST', `${path}/branches/belmont/operations`, {
			body: { kind: 'move', home: 'dedicated' },
			token: itToken,
		});
		expect(move.body).to.include({ code: 'quota_dedicated' });
		await platform.settle();
	});

	it('of those who ask at the same time no more are let in than fit', async () => {
		await quotas({ ask: 'Dana', branches: 4 });
		const answers = await Promise.all(['a1', 'a2', 'a3', 'a4', 'a5'].map((slug) => branch(slug)));
		expect(answers.filter(({ status }) => status === 202)).to.have.length(2);
		await platform.settle();
	});

	it('what was imported counts when it is provisioned: all of it, or nothing', async () => {
		const file =
			'library,branch,name,city\nmultnomah,gresham,Gresham,Gresham\nmultnomah,troutdale,T,Troutdale\n';
		await platform.api('POST', '/api/v1/libraries:import', {
			body: Buffer.from(file),
			headers: { 'content-type': 'text/csv' },
		});
		await platform.settle();
		await quotas({ ask: 'Dana', branches: 5 });
		const refused = await platform.api<{ code: string; title: string }>('POST', `${path}/operations`, {
			body: { kind: 'provision' },
		});
		expect(refused.status).to.equal(409);
		expect(refused.body.title).to.contain(
			'The quota of branches of Multnomah County Library is 5, and this would make 6',
		);
		const stage = await platform.api<{ stage: string }>('GET', `${path}/branches/gresham`);
		expect(stage.body.stage).to.equal('listed');
	});

	it('storage over its quota lets no branch in, and copies are made all the same', async () => {
		await quotas({ ask: 'Dana', storage_gb: 1 });
		const refused = await branch('nearby');
		expect(refused.body).to.include({ code: 'quota_storage_gb' });
		const copy = await platform.api('POST', `${path}/branches/belmont/operations`, {
			body: { kind: 'back_up' },
		});
		expect(copy.status).to.equal(202);
		await platform.settle();
	});

	it('the console shows bill and quotas, gives the bill as CSV, and lets only whoever runs the platform set them', async () => {
		const visitor = await atConsole(platform, ADMIN_TOKEN, 'es');
		expect((await visitor.get('/libraries/multnomah')).body).to.contain('/libraries/multnomah/bill');
		const shown = await visitor.get('/libraries/multnomah/bill');
		expect(shown.body).to.contain('El mes no ha terminado').and.to.contain('State library, 2026');
		const wrong = await visitor.get('/libraries/multnomah/bill?month=x');
		expect(wrong.status).to.equal(422);
		expect(wrong.body).to.contain('href="#month"');
		const csv = await visitor.get('/libraries/multnomah/bill.csv');
		expect(csv.body).to.contain('multnomah,Multnomah County Library,');
		await visitor.get('/libraries/multnomah/bill');
		const bad = await visitor.post('/libraries/multnomah/quotas', { branches: 'many', ask: '' });
		expect(bad.status).to.equal(422);
		expect(bad.body).to.contain('href="#ask"').and.to.contain('value="many"');
		expect(
			(await visitor.post('/libraries/multnomah/quotas', { branches: '5', ask: 'Dana' })).status,
		).to.equal(303);
		await visitor.get('/libraries/multnomah');
		const refused = await visitor.post('/libraries/multnomah/provision', {});
		expect(refused.status).to.equal(409);
		expect(refused.body).to.contain('más sucursales de las que permite su cuota');
		const library = await atConsole(platform, itToken);
		const theirs = await library.get('/libraries/multnomah/bill');
		expect(theirs.body)
			.to.contain('For more, ask Dana.')
			.and.to.not.contain('action="/libraries/multnomah/quotas"');
		await library.get('/libraries/multnomah/contacts');
		expect((await library.post('/libraries/multnomah/quotas', { ask: 'me' })).status).to.equal(403);
	});
});
