import type { RestoreOrder } from '@understory/core/backup.ts';
import { bodyDigest, signRequest } from '@understory/transparency-log/signed-request.ts';
import { expect } from 'chai';
import { atConsole } from './fixtures/console-visitor.ts';
import { ADMIN_TOKEN, BRANCH, LIBRARY, type Platform, startPlatform } from './fixtures/platform.ts';
import type { TestHome } from './fixtures/test-home.ts';

const PATH = '/api/v1/libraries/multnomah/branches/belmont';
const PAGE = '/libraries/multnomah/branches/belmont/life';

interface Operation {
	id: string;
	state: string;
	code?: string;
	problem: { title: string } | null;
	result: { home: string } | null;
}

describe('a move as the platform leads it', () => {
	let platform: Platform;
	let branch: string;
	let other: TestHome;
	before(async () => {
		platform = await startPlatform();
		await platform.api('POST', '/api/v1/libraries', { body: LIBRARY });
		await platform.api('POST', '/api/v1/libraries/multnomah/branches', { body: BRANCH });
		await platform.settle();
		branch = platform.home.branches()[0]!;
	});
	after(() => platform.close());
	beforeEach(() => {
		platform.home.mood(() => 'serve');
		platform.clock.advance(1_000);
	});

	async function lookAgain(): Promise<void> {
		await platform.provisioner().services.look([branch]);
		await platform.settle();
	}
	const operate = (body: object) => platform.api<Operation>('POST', `${PATH}/operations`, { body });
	const operation = async (id: string) =>
		(await platform.api<Operation>('GET', `/api/v1/operations/${id}`)).body;
	const moveNow = () => platform.provisioner().context.database('move').orderBy('asked', 'desc').first();
	async function until(state: string): Promise<void> {
		for (let looks = 0; looks < 40; looks++) {
			if ((await moveNow()).state === state) return;
			await lookAgain();
		}
		throw new Error(`it does not come to ${state}: ${JSON.stringify(await moveNow())}`);
	}
	/** Asks for a part of what is carried, as a home does. */
	async function ask(home: TestHome, carriage: string, part: object): Promise<number> {
		const path = `/internal/v1/carriages/${carriage}`;
		const body = JSON.stringify(part);
		const claims = { audience: 'provisioner', method: 'POST', path, now: platform.clock.now() };
		const authorization = signRequest(home.key, { ...claims, bodyDigest: bodyDigest(body) });
		const headers = { 'content-type': 'application/json', authorization };
		return (await platform.outgoing.request({ url: platform.url + path, method: 'POST', headers, body }))
			.status;
	}

	it('a home is given a part of a copy only while the platform has it take that copy, and nobody else is', async () => {
		other = await platform.newHome('home-2');
		// What it does with the copy comes to no end before it was looked at.
		other.mood(() => 'slow');
		await other.enrol(platform.url, await platform.provisioner().enrolmentToken('home', 'home-2'));
		await platform
			.provisioner()
			.context.database('home')
			.insert({ name: 'home-2', kind: 'shared', created: 1 });
		const begun = await operate({ kind: 'move', home: 'shared', place: 'home-2' });
		expect(begun.status, JSON.stringify(begun.body)).to.equal(202);
		const { first } = await moveNow();
		const manifest = { what: 'manifest' };
		expect(await ask(other, first, manifest)).to.equal(404);
		await until('carrying');
		expect(await ask(other, first, manifest)).to.equal(200);
		expect(await ask(platform.home, first, manifest)).to.equal(404);
		expect(await ask(other, branch, manifest)).to.equal(404);
		const unsigned = await platform.outgoing.request({
			...{ url: `${platform.url}/internal/v1/carriages/${first}`, method: 'POST' },
			...{ headers: { 'content-type': 'application/json' }, body: '{}' },
		});
		expect(unsigned.status).to.equal(401);
		other.mood(() => 'serve');
		await until('held');
		expect(await ask(other, first, manifest)).to.equal(404);
		expect(await operation(begun.body.id)).to.include({ state: 'done', problem: null });
		expect(other.taken.at(-1)!.branch).to.include({ id: branch, epoch: 2 });
		const order = other.orders.get(begun.body.id) as RestoreOrder;
		expect(order).to.include({ epoch: 2, keep_sessions: true });
		expect(platform.home.obeyed.flatMap((one) => ('stage' in one ? [one.stage] : []))).to.deep.equal([
			'closed',
			'left',
		]);
		// While it was carried nobody was sent a wish for it.
		expect(platform.home.taken.every((wish) => wish.branch.epoch === 1)).to.equal(true);
	});

	it('what a home cannot do ends the move, and the branch is open where it was', async () => {
		platform.home.mood(() => 'damaged');
		const begun = await operate({ kind: 'move', home: 'shared', place: 'home-1' });
		await until('undone');
		const { state, problem } = await operation(begun.body.id);
		expect(state).to.equal('failed');
		expect(problem!.title).to.contain('stays in home-2').and.to.contain('is damaged');
		const { body } = await platform.api<{ home: object; conditions: { type: string; status: string }[] }>(
			'GET',
			PATH,
		);
		expect(body.home).to.deep.equal({ kind: 'shared', name: 'home-2' });
		expect(body.conditions.find(({ type }) => type === 'Available')!.status).to.equal('True');
	});

	it('the console says where it lives, moves it, says how far that is, and cancels it', async () => {
		const visitor = await atConsole(platform, ADMIN_TOKEN);
		expect((await visitor.get(PAGE)).body).to.contain('In home-2, a home that it shares.');
		const slip = await visitor.post(`${PAGE}/move`, {});
		expect(slip.status).to.equal(422);
		expect(slip.body).to.contain('Choose where it moves.');
		other.mood(() => 'slow');
		expect((await visitor.post(`${PAGE}/move`, { home: 'dedicated' })).status).to.equal(303);
		await platform.settle();
		expect((await visitor.get(PAGE)).body).to.match(/on its way to branch-belmont-\w+\. Step \d of 10\./);
		expect((await visitor.get(`${PAGE}?lang=es`)).body).to.contain('Va camino de branch-belmont');
		expect((await visitor.post(`${PAGE}/cancel_move`, {})).status).to.equal(303);
		await until('undone');
		const page = (await visitor.get(`${PAGE}?lang=en`)).body;
		expect(page).to.contain('The move was cancelled').and.to.contain('In home-2, a home that it shares.');
		expect((await visitor.post(`${PAGE}/cancel_move`, {})).body).to.contain('It is not moving any more.');
		// The home that was made for it is gone again.
		const homes = await platform.provisioner().context.database('home').orderBy('name').pluck('name');
		expect(homes).to.deep.equal(['home-1', 'home-2']);
	});
});
