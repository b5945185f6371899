import type { SignedDesiredBranch } from '@understory/core/desired.ts';
import { starterPolicy } from '@understory/core/starter-policy.ts';
import { expect } from 'chai';
import { askNeighbors } from '../src/services/asking-neighbors.ts';
import { insertBranches } from '../src/services/branches.ts';
import { acceptInvitation, invite } from '../src/services/invitations.ts';
import { findBranch } from '../src/store/branches.ts';
import { addConsoleGrant } from '../src/store/console-grants.ts';
import { findOperation } from '../src/store/operations.ts';
import type { LibraryRow } from '../src/store/rows.ts';
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

const LIBRARIES = '/api/v1/libraries/multnomah';
const BRANCHES = `${LIBRARIES}/branches`;
const POLICIES = `${LIBRARIES}/policies`;
/** The day of the clock of these tests, at the library. */
const TODAY = '2026-03-02';

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
	before(async () => {
		platform = await startPlatform();
		library = (await platform.api<{ id: string }>('POST', '/api/v1/libraries', { body: LIBRARY })).body.id;
	});
	after(() => platform.close());

	const branch = async (slug: string) => (await platform.api<Branch>('GET', `${BRANCHES}/${slug}`)).body;
	const branchRowOf = (slug: string) => findBranch(database(), library, slug);
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

	it('what others settled beside its row goes along at once: rules of its own, contacts, teams, the console', async () => {
		const old = await made('pier');
		const { context } = platform.provisioner();
		const adopted = { adopted_by: 'The friends of Pier', effective_on: TODAY };
		const [conduct] = starterPolicy('x', TODAY).rules.map(({ version: _, ...rule }) => rule);
		const adopt = (version: object) => platform.api('POST', POLICIES, { body: { ...adopted, ...version } });
		const own = { id: 'quiet-pier', branch: 'pier', rules: [{ ...conduct, id: 'quiet-room' }] };
		expect((await adopt(own)).status).to.equal(201);
		const later = [{ ...own.rules[0], greatest_first_action: 'warning' }];
		expect((await adopt({ ...own, rules: later, effective_on: '2026-09-01' })).status).to.equal(201);
		const contact = { role: 'friends of the library', phone: '503-988-1234', branch: 'pier' };
		await platform.api('POST', `${LIBRARIES}/contacts`, { body: contact });
		const team = await platform.api<{ id: string }>('POST', `${LIBRARIES}/teams`, {
			body: { name: 'River team', branches: ['pier', 'albina'] },
		});
		const provider = context.randomId();
		await database()('staff_provider').insert({
			...{ id: provider, library, name: 'City', issuer: 'https://city.example', client_id: 'x', secret: '' },
			...{ groups_claim: '', scopes: '[]', changed_at: 0, changed_by: 'a test' },
		});
		await addConsoleGrant(database(), {
			...{ id: context.randomId(), provider, kind: 'email', value: 'lee@city.example', name: 'Lee' },
			...{
				role: 'branch_lead',
				library,
				branches: [old.id],
				valid_until: null,
				made_at: 0,
				made_by: 'a test',
			},
		});
		const { id, state } = await rename('pier', 'harbor');
		expect(state).to.equal('done');

		const { policies, contacts } = await platform.register(library);
		const of = (branch: string) =>
			policies
				.filter((policy) => policy.branch === branch)
				.map((policy) => [
					`${policy.id} ${policy.version} ${policy.effective_on} ${policy.adopted_by}`,
					...policy.rules.map((rule) => `${rule.id} ${rule.version}`),
				]);
		expect(of(id)).to.deep.equal([
			[`quiet-harbor 1 ${TODAY} The friends of Pier`, 'quiet-room 1'],
			['quiet-harbor 2 2026-09-01 The friends of Pier', 'quiet-room 2'],
		]);
		expect(of(old.id)).to.have.length(2);
		const friends = contacts.filter(({ role }) => role === contact.role);
		expect(friends.map(({ branch, phone }) => [branch, phone])).to.have.deep.members([
			[old.id, contact.phone],
			[id, contact.phone],
		]);
		const part = await database()('team_library').where({ team: team.body.id }).first('branches');
		expect(part.branches).to.have.members([old.id, (await branch('albina')).id, id]);
		expect((await database()('console_grant').first('branches')).branches).to.deep.equal([old.id, id]);
	});

	it('an invitation gives its role at both, whether it is accepted after the renaming or in the middle of it', async () => {
		const old = await made('slabtown');
		const { context } = platform.provisioner();
		const row = (await context.database('library').where({ id: library }).first()) as LibraryRow;
		const place = { library: row, branch: old.id, by: 'library IT' };
		const invited = await invite(context, place, { role: 'host', name: 'Bo' });
		const second = await invite(context, place, { role: 'branch_lead', name: 'Di' });
		const [{ id }] = await Promise.all([
			rename('slabtown', 'nob-hill'),
			acceptInvitation(context, { token: second.token, library, staffId: 'staff-di' }),
		]);
		await acceptInvitation(context, { token: invited.token, library, staffId: 'staff-bo' });
		for (const staffId of ['staff-bo', 'staff-di']) {
			const roles = await database()('staff_grant').where({ staff_id: staffId });
			expect(roles.map((grant) => grant.branch)).to.have.members([old.id, id]);
		}
		// One that closes in favor of a branch that was there before gives nobody a role at that one.
		const elsewhere = await invite(
			context,
			{ ...place, branch: (await branch('left')).id },
			{ role: 'host', name: 'Cy' },
		);
		await operate('left', { kind: 'close', successor: 'nob-hill' });
		await acceptInvitation(context, { token: elsewhere.token, library, staffId: 'staff-cy' });
		expect(await database()('staff_grant').where({ staff_id: 'staff-cy' })).to.have.length(1);
	});

	it('where members decide they are asked once by themselves whether it may come in, and the console says who has not answered', async () => {
		await made('lair-hill');
		const visitor = await atConsole(platform, ADMIN_TOKEN);
		const page = '/libraries/multnomah/neighborhood';
		await visitor.get(page);
		await visitor.post(`${page}/way`, { way: 'members' });
		await platform.settle();
		const { id, state } = await rename('lair-hill', 'south-portland', { name: 'South Portland' });
		expect(state).to.equal('done');
		const { rosters, deliberations } = await platform.register(library);
		const members = rosters[0]!.members.map(({ domain }) => domain);
		const [from, to] = ['lair-hill', 'south-portland'].map((slug) => `${slug}.multnomah.localhost:4000`);
		expect(members).to.include(from).and.not.to.include(to);
		const proposals = deliberations!.map(({ proposal }) => proposal);
		expect(proposals).to.have.length(1);
		expect(proposals[0]).to.include({ kind: 'admit', domain: to, name: 'South Portland' });
		expect(proposals[0]!.reason)
			.to.contain('goes on under another name')
			.and.contain('sigue con otro nombre');
		const shown = (await visitor.get(page)).body;
		expect(shown).to.contain('Not answered yet:');
		expect(shown.slice(shown.indexOf('Not answered yet:')))
			.to.contain(from)
			.and.not.to.contain(`(${to})`);
		for (const slug of ['lair-hill', 'south-portland']) {
			const life = (await visitor.get(`/libraries/multnomah/branches/${slug}/life`)).body;
			expect(life).to.contain('whether South Portland may come in').and.to.contain(from);
		}
		// A process that died right after asking asks nobody twice.
		const operation = (await findOperation(database(), id))!;
		const [old, next] = [(await branchRowOf('lair-hill'))!, (await branchRowOf('south-portland'))!];
		expect(await askNeighbors(platform.provisioner().context, operation, { old, made: next })).to.equal(
			false,
		);
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
