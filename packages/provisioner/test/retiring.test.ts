import { expect } from 'chai';
import { atConsole } from './fixtures/console-visitor.ts';
import { ADMIN_TOKEN, BRANCH, LIBRARY, OPENING, type Platform, startPlatform } from './fixtures/platform.ts';

const PATH = '/api/v1/libraries/multnomah/branches/belmont';
const PAGE = '/libraries/multnomah/branches/belmont/life';
const DAY = 86_400_000;

interface Branch {
	stage: string;
	retired: { at: number; until: number; deleted: number | null } | null;
	conditions: { type: string; status: string; reason: string }[];
}

describe('closing a branch for good', () => {
	let platform: Platform;
	let id: string;
	let library: string;
	before(async () => {
		platform = await startPlatform();
		library = (await platform.api<{ id: string }>('POST', '/api/v1/libraries', { body: LIBRARY })).body.id;
		for (const slug of ['belmont', 'albina'])
			await platform.api('POST', '/api/v1/libraries/multnomah/branches', { body: { ...BRANCH, slug } });
		await platform.settle();
		await platform.api('POST', `${PATH}/operations`, { body: OPENING });
		await platform.settle();
		id = (await platform.api<{ id: string }>('GET', PATH)).body.id;
	});
	after(() => platform.close());

	const branch = async () => (await platform.api<Branch>('GET', PATH)).body;
	async function operate(body: object): Promise<{ status: number; code: string; state: string }> {
		const begun = await platform.api<{ id: string; code: string }>('POST', `${PATH}/operations`, { body });
		if (begun.status !== 202) return { status: begun.status, code: begun.body.code, state: '' };
		for (let looks = 0; looks < 3; looks++) {
			await platform.settle();
			await platform.provisioner().services.look([id]);
		}
		await platform.settle();
		const { body: ended } = await platform.api<{ state: string }>(
			'GET',
			`/api/v1/operations/${begun.body.id}`,
		);
		return { status: 202, code: '', state: ended.state };
	}

	it('is announced first: an open branch is not retired at once', async () => {
		const early = await operate({ kind: 'retire', confirm: 'belmont' });
		expect([early.status, early.code]).to.deep.equal([409, 'stage']);
		expect((await operate({ kind: 'close' })).state).to.equal('done');
		expect(platform.home.taken.at(-1)!.branch.stage).to.equal('closing');
		expect((await operate({ kind: 'close' })).code).to.equal('stage');
	});

	it('needs its name once more, a time that is kept, and a backup of the last day', async () => {
		expect((await operate({ kind: 'retire' })).status).to.equal(422);
		expect((await operate({ kind: 'retire', confirm: 'albina' })).status).to.equal(422);
		expect((await operate({ kind: 'retire', confirm: 'belmont', days: 3 })).status).to.equal(422);
		const bare = await operate({ kind: 'retire', confirm: 'belmont' });
		expect([bare.status, bare.code]).to.deep.equal([409, 'no_backup']);
		await operate({ kind: 'back_up' });
		platform.clock.advance(2 * DAY);
		expect((await operate({ kind: 'retire', confirm: 'belmont' })).code).to.equal('no_backup');
	});

	it('is carried out by the home and told in the register; it leaves the roster and never comes back', async () => {
		await operate({ kind: 'back_up' });
		expect((await operate({ kind: 'retire', confirm: 'belmont' })).state).to.equal('done');
		const now = platform.clock.now();
		expect(await branch()).to.deep.include({
			stage: 'retired',
			retired: { at: now, until: now + 90 * DAY, deleted: null },
		});
		expect(platform.home.taken.at(-1)!.branch).to.deep.include({
			stage: 'retired',
			retired: { at: now, until: now + 90 * DAY },
		});
		const register = await platform.register(library);
		expect(register.rosters[0]!.members.map(({ domain }) => domain)).to.deep.equal([
			'albina.multnomah.localhost:4000',
		]);
		for (const kind of ['retire', 'close'])
			expect((await operate({ kind, confirm: 'belmont' })).code).to.equal('stage');
		expect((await operate(OPENING)).code).to.equal('stage');
	});

	it('its folder is kept until the hold is over, then destroyed where it lived; its name stays taken', async () => {
		const early = await operate({ kind: 'delete', confirm: 'belmont' });
		expect([early.status, early.code]).to.deep.equal([409, 'held']);
		platform.clock.advance(90 * DAY);
		expect((await operate({ kind: 'delete', confirm: 'belmont' })).state).to.equal('done');
		expect(platform.home.deleted).to.deep.equal([id]);
		expect((await branch()).retired!.deleted).to.equal(platform.clock.now());
		const available = (await branch()).conditions.find(({ type }) => type === 'Available');
		expect(available).to.include({ status: 'False', reason: 'NotServed' });
		const { items } = (await platform.api<{ items: unknown[] }>('GET', `${PATH}/backups`)).body;
		expect(items).to.deep.equal([]);
		const again = await platform.api<{ code: string }>('POST', '/api/v1/libraries/multnomah/branches', {
			body: BRANCH,
		});
		expect([again.status, again.body.code]).to.deep.equal([409, 'slug_taken']);
		// A change of the whole library does not wake it.
		const wishes = platform.home.taken.filter((wish) => wish.branch.id === id).length;
		await platform.api('PATCH', '/api/v1/libraries/multnomah', { body: { phone: '503-555-0123' } });
		await platform.settle();
		expect(platform.home.taken.filter((wish) => wish.branch.id === id)).to.have.length(wishes);
	});

	it('is done in the console, too, and what is missing is said on the page', async () => {
		const page = PAGE.replace('belmont', 'albina');
		const visitor = await atConsole(platform, ADMIN_TOKEN);
		await visitor.get(page);
		const bare = await visitor.post(`${page}/retire`, { confirm: 'albina' });
		expect(bare.status).to.equal(409);
		expect(bare.body).to.contain('Make a backup first');
		expect((await visitor.post(`${page}/retire`, { confirm: 'belmont' })).status).to.equal(422);
		expect((await visitor.get(PAGE)).body).to.contain('Deleted');
	});
});
