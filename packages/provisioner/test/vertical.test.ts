import { verifyRoster } from '@understory/neighborhood/verify.ts';
import { publicKeyOf } from '@understory/transparency-log/keys.ts';
import { verifyDocument } from '@understory/transparency-log/signed-document.ts';
import { expect } from 'chai';
import { CONDITION_TYPES } from '../src/store/rows.ts';
import { BRANCH, LIBRARY, OPENING, type Platform, startPlatform } from './fixtures/platform.ts';

interface Operation {
	id: string;
	kind: string;
	state: string;
	progress: { done: number; total: number | null };
	problem: { title: string; code: string } | null;
}
interface Branch {
	id: string;
	stage: string;
	url: string;
	generation: number;
	observed_generation: number;
	conditions: {
		type: string;
		status: string;
		reason: string;
		message: string;
		last_transition_time: number;
	}[];
}

const BRANCHES = '/api/v1/libraries/multnomah/branches';

describe('from a wish to a branch that serves', () => {
	let platform: Platform;
	let library: { id: string };

	beforeEach(async () => {
		platform = await startPlatform();
		library = (await platform.api<{ id: string }>('POST', '/api/v1/libraries', { body: LIBRARY })).body;
	});
	afterEach(() => platform.close());

	const branch = async (slug = 'belmont') => (await platform.api<Branch>('GET', `${BRANCHES}/${slug}`)).body;
	const operation = async (id: string) =>
		(await platform.api<Operation>('GET', `/api/v1/operations/${id}`)).body;
	const create = async (slug = 'belmont') =>
		(await platform.api<Operation>('POST', BRANCHES, { body: { ...BRANCH, slug } })).body;

	it('one POST is enough: the home is started, gets the signed wish, and the operation is done', async () => {
		const began = await create();
		expect(began.state).to.be.oneOf(['queued', 'running', 'done']);
		await platform.settle();
		expect(platform.starts).to.have.length(1);
		const made = await branch();
		expect(made).to.include({ stage: 'unopened', url: 'http://belmont.multnomah.localhost:4000' });
		expect(made.observed_generation).to.equal(made.generation);
		expect(platform.home.branches()).to.deep.equal([made.id]);
		const [wish] = platform.home.taken;
		expect(verifyDocument(wish, [publicKeyOf(platform.platformKey)])).to.equal(true);
		expect(wish!.branch).to.include({ id: made.id, stage: 'unopened', sector: made.id });
		expect(await operation(began.id)).to.include({ state: 'done', problem: null });
	});

	it('a branch has all its conditions from the first look, and each says when it changed', async () => {
		await create();
		const early = (await branch()).conditions.map((condition) => condition.type).sort();
		await platform.settle();
		const { conditions } = await branch();
		expect(early).to.deep.equal([...CONDITION_TYPES].sort());
		const status = Object.fromEntries(conditions.map((condition) => [condition.type, condition.status]));
		expect(status).to.deep.equal({
			...{ Available: 'True', Synced: 'True', Progressing: 'False', Neighborly: 'True' },
			...{ Drifted: 'False', Paused: 'False', Deleting: 'False' },
			// Told by a round of its own.
			...{ DomainVerified: 'Unknown', CertificateReady: 'Unknown' },
		});
		for (const condition of conditions) expect(condition.last_transition_time).to.equal(platform.clock.now());
	});

	it('the branch stands in the signed register with its key, its home and its neighborhood', async () => {
		await create();
		await platform.settle();
		const { id } = await branch();
		const register = await platform.register(library.id);
		expect(verifyDocument(register, [publicKeyOf(platform.platformKey)])).to.equal(true);
		const [record] = register.branches;
		expect(record).to.include({
			id,
			slug: 'belmont',
			stage: 'unopened',
			federation: 'neighborhood',
			epoch: 1,
		});
		expect(record!.branch_key).to.deep.equal(platform.home.statusOf(id).branch_key);
		expect(record!.home).to.equal(platform.home.taken[0]!.home);
		expect(record!.neighborhoods).to.deep.equal([register.rosters[0]!.id]);
		expect(register.policies.map((policy) => policy.id)).to.deep.equal(['conduct']);
	});

	it('the roster verifies, and everybody on it agreed by their own signature', async () => {
		await create('belmont');
		await create('albina');
		await platform.settle();
		const [roster] = (await platform.register(library.id)).rosters;
		const verified = verifyRoster(roster, {
			now: platform.clock.now(),
			stewardKeys: [publicKeyOf(platform.platformKey)],
		});
		expect(verified.ok, JSON.stringify(verified)).to.equal(true);
		expect(roster!.members.map((member) => member.domain)).to.deep.equal([
			'albina.multnomah.localhost:4000',
			'belmont.multnomah.localhost:4000',
		]);
		expect(roster!.url).to.match(
			/^http:\/\/accountability\.multnomah\.localhost:4000\/neighborhoods\/[0-9a-f-]+\/roster$/,
		);
	});

	it('each version of the roster follows from the one before', async () => {
		await create('belmont');
		await platform.settle();
		const before = (await platform.register(library.id)).rosters[0]!;
		await create('albina');
		await platform.settle();
		const after = (await platform.register(library.id)).rosters[0]!;
		const verified = verifyRoster(after, { now: platform.clock.now(), previous: before });
		expect(verified.ok, JSON.stringify(verified)).to.equal(true);
		expect(after.version).to.be.greaterThan(before.version);
	});

	it('many branches at once are one home, few rosters, and no branch twice', async () => {
		const slugs = Array.from({ length: 20 }, (_, i) => `branch-${String.fromCharCode(97 + i)}`);
		await Promise.all(slugs.map(create));
		await platform.settle();
		expect(platform.home.branches()).to.have.length(20);
		expect(platform.home.taken).to.have.length(20);
		expect(platform.home.collisions()).to.equal(0);
		expect(platform.starts).to.have.length(1);
		const register = await platform.register(library.id);
		expect(register.rosters[0]!.members).to.have.length(20);
		expect(register.branches.every((record) => record.branch_key !== null)).to.equal(true);
	});

	it('opening a branch is a new generation that the home gets', async () => {
		await create();
		await platform.settle();
		const began = await platform.api<Operation>('POST', `${BRANCHES}/belmont/operations`, { body: OPENING });
		expect(began.status).to.equal(202);
		expect(began.headers.location).to.equal(`/api/v1/operations/${began.body.id}`);
		await platform.settle();
		expect(await operation(began.body.id)).to.include({ state: 'done', kind: 'open' });
		const opened = await branch();
		expect(opened).to.include({ stage: 'open', generation: 2, observed_generation: 2 });
		expect(platform.home.taken.at(-1)!.branch).to.deep.include({ stage: 'open', door: OPENING.door });
		expect((await platform.register(library.id)).branches[0]).to.include({ stage: 'open' });
	});

	it('a branch does not open while something is missing, and the answer names all of it', async () => {
		await create();
		await platform.settle();
		const refused = await platform.api<{ errors: { field: string }[] }>(
			'POST',
			`${BRANCHES}/belmont/operations`,
			{
				body: { kind: 'open', door: { host: ' ', hours: [] } },
			},
		);
		expect(refused.status).to.equal(422);
		expect(refused.body.errors.map((fault) => fault.field).sort()).to.deep.equal([
			'appeal_partner',
			'deputy',
			'host',
			'hours',
			'place',
			'rules',
		]);
		expect((await branch()).stage).to.equal('unopened');
		expect((await branch()).generation).to.equal(1);
	});

	it('what did not change makes no new version of the register', async () => {
		await create();
		await platform.settle();
		const before = await platform.register(library.id);
		await platform.api('PATCH', '/api/v1/libraries/multnomah', { body: { name: LIBRARY.name } });
		await platform.settle();
		const after = await platform.register(library.id);
		expect(after.version).to.equal(before.version);
	});
});
