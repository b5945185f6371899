import { publicKeyOf } from '@understory/transparency-log/keys.ts';
import { verifyDocument } from '@understory/transparency-log/signed-document.ts';
import { expect } from 'chai';
import { insertBranches } from '../src/services/branches.ts';
import { findLibrary } from '../src/store/libraries.ts';
import type { SignedReceipt } from '../src/store/receipts.ts';
import { atConsole } from './fixtures/console-visitor.ts';
import { ADMIN_TOKEN, BRANCH, LIBRARY, OPENING, type Platform, startPlatform } from './fixtures/platform.ts';
import { MANIFEST } from './fixtures/test-home.ts';

const PATH = '/api/v1/libraries/multnomah/branches/belmont';
const PAGE = '/libraries/multnomah/branches/belmont/life';
const DAY = 86_400_000;

interface Branch {
	stage: string;
	retired: { at: number; until: number; deleted: number | null } | null;
	successor: { id: string; name: string; url: string } | null;
	conditions: { type: string; status: string; reason: string }[];
}

describe('closing a branch for good', () => {
	let platform: Platform;
	let id: string;
	let library: string;
	before(async () => {
		platform = await startPlatform();
		library = (await platform.api<{ id: string }>('POST', '/api/v1/libraries', { body: LIBRARY })).body.id;
		for (const slug of ['belmont', 'albina', 'kenton'])
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

	it('goes on at an open branch of the library, and at no other', async () => {
		for (const successor of ['albina', 'belmont', 'nowhere'])
			expect((await operate({ kind: 'close', successor })).status, successor).to.equal(422);
		expect((await branch()).successor).to.equal(null);
		const other = PATH.replace('belmont', 'kenton');
		await platform.api('POST', `${other}/operations`, { body: OPENING });
		expect((await operate({ kind: 'close', successor: 'kenton' })).state).to.equal('done');
		const { id: kenton } = (await platform.api<{ id: string }>('GET', other)).body;
		const url = 'http://kenton.multnomah.localhost:4000';
		expect((await branch()).successor).to.deep.include({ id: kenton, url });
		expect(platform.home.taken.at(-1)!.branch.successor).to.deep.include({ id: kenton, origin: url });
		const listed = (await platform.register(library)).branches.find((one) => one.id === id)!;
		expect(listed.successor).to.deep.include({ id: kenton, origin: url });
	});

	it('is forgotten with the announcement when that is taken back', async () => {
		expect((await operate(OPENING)).state).to.equal('done');
		expect(await branch()).to.include({ stage: 'open', successor: null });
		expect((await operate({ kind: 'close', successor: 'kenton' })).state).to.equal('done');
		const page = await (await atConsole(platform, ADMIN_TOKEN)).get(PAGE);
		expect(page.body).to.contain('href="http://kenton.multnomah.localhost:4000/"');
		expect(page.body).to.contain('<option value="kenton" selected>');
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
			'kenton.multnomah.localhost:4000',
		]);
		for (const kind of ['retire', 'close'])
			expect((await operate({ kind, confirm: 'belmont' })).code).to.equal('stage');
		expect((await operate(OPENING)).code).to.equal('stage');
	});

	it('a home that refuses, or does not say that it destroyed the branch, leaves it undeleted and without a receipt', async () => {
		const early = await operate({ kind: 'delete', confirm: 'belmont' });
		expect([early.status, early.code]).to.deep.equal([409, 'held']);
		const unsigned = async () => {
			const { status, body } = await platform.api<{ detail: string }>('GET', `${PATH}/receipt`);
			expect([status, JSON.stringify(body)].join(' ')).to.match(/^404 .*has not said that everything of it/);
			expect((await branch()).retired!.deleted).to.equal(null);
		};
		await unsigned();
		platform.clock.advance(90 * DAY);
		platform.home.mood(() => 'refused');
		expect((await operate({ kind: 'delete', confirm: 'belmont' })).state).to.equal('running');
		await unsigned();
		platform.home.mood(() => 'error');
		platform.clock.advance(60_000);
		await platform.provisioner().services.look([id]);
		await platform.settle();
		await unsigned();
		platform.home.mood(() => 'serve');
		platform.clock.advance(60_000);
	});

	it('its folder is kept until the hold is over, then destroyed where it lived; its name stays taken', async () => {
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

	it('what was there and that it is gone stands in a receipt that the platform signed', async () => {
		const { body: receipt } = await platform.api<SignedReceipt>('GET', `${PATH}/receipt`);
		const key = publicKeyOf(platform.platformKey);
		expect(verifyDocument(receipt, [key])).to.equal(true);
		for (const changed of [{ destroyed: 0 }, { home: 'another' }, { copies_in_other_homes: [{}] }])
			expect(verifyDocument({ ...receipt, ...changed }, [key])).to.equal(false);
		const { retired } = await branch();
		const asked = platform.clock.now();
		const { backup } = receipt.last_copy!;
		expect(receipt).to.deep.include({
			platform: key,
			library: { id: library, slug: 'multnomah', name: LIBRARY.name },
			branch: {
				...{ id, slug: 'belmont', name: BRANCH.name },
				...{ origin: 'http://belmont.multnomah.localhost:4000', epoch: 1 },
			},
			retired: { at: retired!.at, by: 'administrator' },
			held_until: retired!.until,
			deletion: { asked, by: 'administrator' },
			...{ home: 'home-1', destroyed: retired!.deleted },
			last_copy: { backup, made: retired!.at, files: 2, bytes: 1_234, manifest_sha256: MANIFEST },
			...{ copies_destroyed: 2, copies_in_other_homes: [] },
			not_ours_to_destroy: ['copies_put_elsewhere', 'what_other_servers_have', 'public_log'],
		});
		expect(platform.home.orders.get(backup)).to.include({ branch: id });
	});

	it('one that was only listed is retired at once and deleted when its time is over, though no home has anything of it', async () => {
		const { context } = platform.provisioner();
		const branch = { ...BRANCH, slug: 'gladstone', name: 'Gladstone Library' };
		const place = { library: (await findLibrary(context.database, library))!, branch, place: 2 };
		await insertBranches(context, context.database, [place], 'listed');
		const path = PATH.replace('belmont', 'gladstone');
		const act = async (kind: string) => {
			const body = { kind, confirm: 'gladstone' };
			const begun = await platform.api<{ id: string }>('POST', `${path}/operations`, { body });
			expect(begun.status).to.equal(202);
			await platform.settle();
			return (await platform.api<{ state: string }>('GET', `/api/v1/operations/${begun.body.id}`)).body.state;
		};
		expect(await act('retire')).to.equal('done');
		platform.clock.advance(90 * DAY);
		const destroyed = platform.home.deleted.length;
		expect(await act('delete')).to.equal('done');
		expect((await platform.api<Branch>('GET', path)).body.retired!.deleted).to.equal(platform.clock.now());
		expect(platform.home.deleted).to.have.length(destroyed);
		const { body: receipt } = await platform.api<SignedReceipt>('GET', `${path}/receipt`);
		expect(verifyDocument(receipt, [publicKeyOf(platform.platformKey)])).to.equal(true);
		expect(receipt).to.deep.include({ home: null, last_copy: null, not_ours_to_destroy: [] });
		expect(receipt.destroyed).to.equal(platform.clock.now());
	});

	it('is done in the console, too, and what is missing is said on the page', async () => {
		const page = PAGE.replace('belmont', 'albina');
		const visitor = await atConsole(platform, ADMIN_TOKEN);
		await visitor.get(page);
		const bare = await visitor.post(`${page}/retire`, { confirm: 'albina' });
		expect(bare.status).to.equal(409);
		expect(bare.body).to.contain('Make a backup first');
		expect((await visitor.post(`${page}/retire`, { confirm: 'belmont' })).status).to.equal(422);
		const over = (await visitor.get(PAGE)).body;
		expect(over).to.contain('Deleted');
		expect(over).to.contain(`with the key ${platform.platformKey.id}`);
		const kept = (await visitor.get(`${PAGE}/receipt`)).body;
		expect(verifyDocument(JSON.parse(kept), [publicKeyOf(platform.platformKey)])).to.equal(true);
		expect((await visitor.get(`${page}/receipt`)).status).to.equal(404);
	});
});
