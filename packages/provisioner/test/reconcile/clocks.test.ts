import type { BranchStatus } from '@understory/core/desired.ts';
import { expect } from 'chai';
import { BRANCH, LIBRARY, type Platform, startPlatform } from '../fixtures/platform.ts';

const BRANCHES = '/api/v1/libraries/multnomah/branches';
const PATH = `${BRANCHES}/belmont`;
const MINUTE = 60_000;

interface Condition {
	type: string;
	status: string;
	reason: string;
	message: string;
}
interface Branch {
	id: string;
	conditions: Condition[];
}

describe('a home whose clock is wrong', () => {
	let platform: Platform;
	let id: string;
	before(async () => {
		platform = await startPlatform();
		await platform.api('POST', '/api/v1/libraries', { body: LIBRARY });
		for (const slug of ['belmont', 'albina'])
			await platform.api('POST', BRANCHES, { body: { ...BRANCH, slug } });
		await platform.settle();
		id = (await platform.api<Branch>('GET', PATH)).body.id;
	});
	after(() => platform.close());
	afterEach(() => platform.home.skew(0));

	const condition = async (type: string, path = PATH) =>
		(await platform.api<Branch>('GET', path)).body.conditions.find((one) => one.type === type)!;
	const stateOf = async (operation: string) =>
		(await platform.api<{ state: string }>('GET', `/api/v1/operations/${operation}`)).body.state;
	async function lookAgain(): Promise<void> {
		platform.clock.advance(6 * MINUTE);
		await platform.provisioner().services.look([id]);
		await platform.settle();
	}
	const told = (slugs: readonly string[], change: Partial<BranchStatus> = {}) =>
		Promise.all(
			slugs.map(async (slug) =>
				platform.home.statusOf((await platform.api<Branch>('GET', `${BRANCHES}/${slug}`)).body.id, change),
			),
		);

	for (const [ahead, words] of [
		[20, '20 minutes later'],
		[-20, '20 minutes earlier'],
	] as const) {
		it(`takes no orders when it is ${words}; the condition says how far the clocks are apart, and it goes on when they are right`, async () => {
			const wishes = platform.home.taken.length;
			platform.home.skew(ahead * MINUTE);
			const asked = await platform.api<{ id: string }>('PATCH', PATH, { body: { name: `Belmont ${ahead}` } });
			await platform.settle();
			expect(await condition('Synced')).to.include({ status: 'False', reason: 'ClockSkew' });
			expect((await condition('Synced')).message).to.include(`${words}. One of the two clocks is wrong.`);
			expect(await condition('Progressing')).to.include({ status: 'True', reason: 'ClockSkew' });
			// People are served as before; nothing was done.
			expect(await condition('Available')).to.include({ status: 'True', reason: 'ServingOlder' });
			expect(platform.home.taken.length).to.equal(wishes);
			// It is nothing that another change of the branch could mend, so it is not given up.
			for (let looks = 0; looks < 8; looks++) await lookAgain();
			expect(await condition('Progressing')).to.include({ reason: 'ClockSkew' });
			expect(await stateOf(asked.body.id)).to.equal('running');
			platform.home.skew(0);
			await lookAgain();
			expect(await condition('Synced')).to.include({ status: 'True', reason: 'InSync' });
			expect(await stateOf(asked.body.id)).to.equal('done');
		});

		it(`is not believed when it is ${words}, and is told why in a sentence`, async () => {
			platform.home.skew(ahead * MINUTE);
			const report = await told(['belmont'], { state: 'damaged', message: 'Torn.' });
			const answer = await platform.home.report(platform.url, report);
			expect(answer.status).to.equal(403);
			// From where the provisioner stands it is the other way round.
			expect(JSON.parse(answer.body).title).to.match(
				/20 minutes (earlier|later)\. One of the two clocks is wrong\.$/,
			);
			await platform.settle();
			expect(await condition('Available')).to.include({ status: 'True' });
		});
	}

	it('one report tells of many branches, all of it or nothing, and as often as it comes', async () => {
		const report = await told(['belmont', 'albina'], { state: 'damaged', message: 'The disk is torn.' });
		for (let times = 0; times < 2; times++)
			expect((await platform.home.report(platform.url, report)).status).to.equal(204);
		await platform.settle();
		for (const slug of ['belmont', 'albina'])
			expect(await condition('Available', `${BRANCHES}/${slug}`)).to.include({ reason: 'Damaged' });
		const well = await told(['belmont', 'albina']);
		const odd = [well[0]!, { ...well[1]!, generation: -1 }];
		expect((await platform.home.report(platform.url, odd)).status).to.equal(400);
		await platform.settle();
		expect(await condition('Available')).to.include({ reason: 'Damaged' });
		await platform.home.report(platform.url, well);
		await platform.settle();
		expect(await condition('Available')).to.include({ status: 'True' });
	});

	it('a report that was long on its way does not undo a newer one', async () => {
		const damaged = await told(['belmont'], { state: 'damaged', message: 'Torn.' });
		platform.clock.advance(MINUTE);
		await platform.home.report(platform.url, await told(['belmont']));
		platform.home.skew(-MINUTE / 2);
		expect((await platform.home.report(platform.url, damaged)).status).to.equal(204);
		await platform.settle();
		expect(await condition('Available')).to.include({ status: 'True', reason: 'Serving' });
	});
});
