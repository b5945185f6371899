import type { SignedDesiredBranch } from '@understory/core/desired.ts';
import { expect } from 'chai';
import { insertBranches } from '../src/services/branches.ts';
import { atConsole } from './fixtures/console-visitor.ts';
import {
	ADDRESS,
	ADMIN_TOKEN,
	BRANCH,
	LIBRARY,
	OPENING,
	type Platform,
	startPlatform,
} from './fixtures/platform.ts';

const BRANCHES = '/api/v1/libraries/multnomah/branches';

interface Branch {
	id: string;
	stage: string;
	name: string;
	url: string;
	door: { host: string } | null;
	policies: string[];
	cloth: string;
	federation: string;
	successor: { id: string; url: string } | null;
	retired: object | null;
}

describe('another name in addresses', () => {
	let platform: Platform;
	let library: string;
	/** The step after which the provisioner dies once. */
	let killedAfter = '';
	before(async () => {
		platform = await startPlatform({
			afterStep(step) {
				if (step !== killedAfter) return;
				killedAfter = '';
				throw new Error(`killed after ${step}`);
			},
		});
		library = (await platform.api<{ id: string }>('POST', '/api/v1/libraries', { body: LIBRARY })).body.id;
	});
	after(() => platform.close());

	const branch = async (slug: string) => (await platform.api<Branch>('GET', `${BRANCHES}/${slug}`)).body;
	const database = () => platform.provisioner().context.database;
	const begin = (slug: string, body: object) =>
		platform.api<{ id: string; code: string }>('POST', `${BRANCHES}/${slug}/operations`, { body });
	async function operate(slug: string, body: object) {
		const begun = await begin(slug, body);
		if (begun.status !== 202) return { status: begun.status, code: begun.body.code, id: '', state: '' };
		await platform.settle();
		const { id } = begun.body;
		const { body: ended } = await platform.api<{ state: string; problem: { code: string } | null }>(
			'GET',
			`/api/v1/operations/${id}`,
		);
		return { status: 202, code: ended.problem?.code ?? '', id, state: ended.state };
	}
	async function made(slug: string, opened = true): Promise<Branch> {
		await platform.api('POST', BRANCHES, { body: { ...BRANCH, slug } });
		await platform.settle();
		if (opened) await operate(slug, OPENING);
		return branch(slug);
	}
	const rename = (slug: string, to: string, more: object = {}) =>
		operate(slug, { kind: 'rename', slug: to, ...more });
	const audited = async (act: string, id: string) =>
		Number(
			(
				await database()('audit')
					.where({ act, subject: `branch ${id}` })
					.count('* as n')
					.first()
			)?.n,
		);

	it('a branch that is only listed gets it, because nothing ever answered at its address', async () => {
		const { context } = platform.provisioner();
		const place = { library: { id: library, slug: 'multnomah' }, place: 0 };
		const listed = { slug: 'listed', name: 'Listed', address: ADDRESS };
		const [row] = await insertBranches(context, database(), [{ ...place, branch: listed }], 'listed');
		expect(await rename('listed', 'on-the-list', { name: 'On the List' })).to.include({ state: 'done' });
		expect(await branch('on-the-list')).to.include({
			...{ id: row!.id, name: 'On the List', stage: 'listed' },
			url: 'http://on-the-list.multnomah.localhost:4000',
		});
		expect((await platform.api('GET', `${BRANCHES}/listed`)).status).to.equal(404);
	});

	it('of one that nobody was ever in, a new one is made, and the old one is closed for good and leads there', async () => {
		const old = await made('never', false);
		const { id, state } = await rename('never', 'always');
		expect(state).to.equal('done');
		expect(await branch('always')).to.include({ id, stage: 'unopened', cloth: old.cloth });
		const { stage, successor, retired } = await branch('never');
		expect([stage, successor!.id]).to.deep.equal(['retired', id]);
		expect(retired).to.be.an('object');
	});

	it('of one with people, the new one is open with its settings, rules and roles before they are told', async () => {
		const old = await made('belmont');
		await platform.api('PATCH', `${BRANCHES}/belmont`, { body: { cloth: 'moss', federation: 'open' } });
		const grant = { staff_id: 'staff-ana', name: 'Ana', role: 'host', library, valid_until: null };
		const given = { ...grant, valid_from: platform.clock.now(), invited_by: 'library IT', ended_by: null };
		await database()('staff_grant').insert({
			...given,
			id: platform.provisioner().context.randomId(),
			branch: old.id,
		});
		const before = platform.home.taken.length;
		const { id, state } = await rename('belmont', 'sunnyside', { name: 'Sunnyside Library' });
		expect(state).to.equal('done');
		expect(await branch('sunnyside')).to.deep.include({
			...{ id, name: 'Sunnyside Library', stage: 'open', cloth: 'moss', federation: 'open' },
			...{
				policies: ['conduct'],
				door: OPENING.door,
			},
		});
		expect(await branch('belmont')).to.deep.include({ stage: 'closing', name: old.name });
		expect((await branch('belmont')).successor).to.include({ id });
		const roles = await database()('staff_grant').where({ branch: id });
		expect(roles.map(({ staff_id, role }) => [staff_id, role])).to.deep.equal([['staff-ana', 'host']]);
		const told = platform.home.taken.slice(before).map((wish: SignedDesiredBranch) => wish.branch);
		const served = told.findIndex((wish) => wish.id === id && wish.stage === 'open');
		const announced = told.findIndex((wish) => wish.id === old.id && wish.stage === 'closing');
		expect(served).to.be.within(0, announced);
		expect([await audited('renaming', old.id), await audited('closing', old.id)]).to.deep.equal([1, 1]);
	});

	it('the announcement can be taken back; the new branch stays as it is', async () => {
		expect((await operate('belmont', OPENING)).state).to.equal('done');
		expect(await branch('belmont')).to.include({ stage: 'open', successor: null });
		expect(await branch('sunnyside')).to.include({ stage: 'open' });
	});

	it('a name that is taken or is none, and a branch that goes on elsewhere or is closed for good, are refused', async () => {
		for (const [slug, to, status, code] of [
			['belmont', 'sunnyside', 409, 'slug_taken'],
			['belmont', 'never', 409, 'slug_taken'],
			['belmont', 'card', 422, 'bad_input'],
			['belmont', '', 422, 'bad_input'],
			['never', 'ever', 409, 'renamed_late'],
		] as const) {
			const refused = await rename(slug, to);
			expect([refused.status, refused.code], to).to.deep.equal([status, code]);
		}
		expect((await branch('belmont')).stage).to.equal('open');
	});

	it('a branch that nobody hosts needs somebody who hosts the new one', async () => {
		const days = { since: 1, quiet: 2, closing: 3, over: 4 };
		await database()('branch')
			.where({ slug: 'belmont' })
			.update({ unhosted: JSON.stringify(days) });
		expect((await rename('belmont', 'hosted')).status).to.equal(422);
		const door = { ...OPENING.door, host: 'Noor' };
		expect((await rename('belmont', 'hosted', { door })).state).to.equal('done');
		expect((await branch('hosted')).door!.host).to.equal('Noor');
	});

	it('twice at once it is done once', async () => {
		await made('albina');
		const answers = await Promise.all(
			['king', 'queen'].map((slug) => begin('albina', { kind: 'rename', slug })),
		);
		expect(answers.map(({ status }) => status).sort()).to.deep.equal([202, 409]);
		await platform.settle();
		const rows = await database()('branch').whereIn('slug', ['king', 'queen']);
		expect(rows).to.have.length(1);
		expect((await branch('albina')).successor!.id).to.equal(rows[0].id);
		expect((await rename('albina', 'jack')).code).to.equal('has_successor');
	});

	it('where the new branch cannot be brought up nobody is told anything', async () => {
		const old = await made('kenton');
		platform.home.mood((id) => (id === old.id ? 'serve' : 'damaged'));
		const failed = await rename('kenton', 'kenton-park');
		platform.home.mood(() => 'serve');
		expect(failed).to.include({ state: 'failed', code: 'not_brought_up' });
		expect(await branch('kenton')).to.include({ stage: 'open', successor: null });
		expect(await audited('closing', old.id)).to.equal(0);
	});

	it('killed after either of its own steps it goes on where it was, and is done once', async () => {
		for (const [step, from, to] of [
			['branch_renaming', 'foster', 'lents'],
			['branch_closing', 'lents', 'mount-scott'],
		] as const) {
			if (from === 'foster') await made(from);
			const old = await branch(from);
			killedAfter = step;
			const headers = { 'idempotency-key': `killed-${to}` };
			const body = { kind: 'rename', slug: to };
			const ask = () =>
				platform.api<{ id: string }>('POST', `${BRANCHES}/${from}/operations`, { body, headers });
			await ask();
			await platform.settle().catch(() => undefined);
			expect(killedAfter, step).to.equal('');
			await platform.restart();
			const begun = await ask();
			expect(begun.status).to.equal(202);
			await platform.settle();
			const { id } = begun.body;
			const { state } = (await platform.api<{ state: string }>('GET', `/api/v1/operations/${id}`)).body;
			expect(state, step).to.equal('done');
			expect(await branch(to)).to.include({ id, stage: 'open' });
			expect((await branch(from)).successor).to.include({ id });
			const once = await Promise.all(['renaming', 'closing'].map((act) => audited(act, old.id)));
			expect([...once, await audited('renamed_from', id)], step).to.deep.equal([1, 1, 1]);
		}
	});

	it('two branches never go on as each other', async () => {
		await made('left');
		await made('right');
		const answers = await Promise.all([
			begin('left', { kind: 'close', successor: 'right' }),
			begin('right', { kind: 'close', successor: 'left' }),
		]);
		expect(answers.map(({ status }) => status).sort()).to.deep.equal([202, 422]);
		await platform.settle();
	});

	it('is done in the console, too, and what is missing is said on the page', async () => {
		const page = '/libraries/multnomah/branches/kenton/life';
		const visitor = await atConsole(platform, ADMIN_TOKEN);
		await visitor.get(page);
		const taken = await visitor.post(`${page}/rename`, { slug: 'sunnyside', name: 'Kenton' });
		expect(taken.status).to.equal(409);
		expect(taken.body).to.contain('a branch of that name already').and.to.contain('value="sunnyside"');
		expect((await visitor.post(`${page}/rename`, { slug: 'Ñ', name: 'Kenton' })).status).to.equal(422);
		expect((await visitor.post(`${page}/rename`, { slug: 'denver', name: 'Denver' })).status).to.equal(303);
		await platform.settle();
		expect(await branch('denver')).to.include({ stage: 'open', name: 'Denver' });
		expect((await branch('kenton')).stage).to.equal('closing');
		expect((await visitor.get(page)).body).to.contain('href="http://denver.multnomah.localhost:4000/"');
	});
});
