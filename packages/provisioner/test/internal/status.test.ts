import type { BranchStatus } from '@understory/core/desired.ts';
import { generateKey, publicKeyOf } from '@understory/transparency-log/keys.ts';
import { signDocument } from '@understory/transparency-log/signed-document.ts';
import { expect } from 'chai';
import { BRANCH, LIBRARY, type Platform, startPlatform } from '../fixtures/platform.ts';
import { startTestHome } from '../fixtures/test-home.ts';

interface Condition {
	type: string;
	status: string;
	reason: string;
	message: string;
}

describe('what homes report', () => {
	let platform: Platform;
	let library: string;
	let id: string;
	const path = '/api/v1/libraries/multnomah/branches/belmont';

	beforeEach(async () => {
		platform = await startPlatform();
		library = (await platform.api<{ id: string }>('POST', '/api/v1/libraries', { body: LIBRARY })).body.id;
		await platform.api('POST', '/api/v1/libraries/multnomah/branches', { body: BRANCH });
		await platform.settle();
		id = (await platform.api<{ id: string }>('GET', path)).body.id;
	});
	afterEach(() => platform.close());

	const report = (change: Partial<BranchStatus>) =>
		platform.home.report(platform.url, [platform.home.statusOf(id, change)]);
	const condition = async (type: string) =>
		(await platform.api<{ conditions: Condition[] }>('GET', path)).body.conditions.find(
			(one) => one.type === type,
		)!;

	it('a damaged folder makes the branch unavailable, in the words of the home', async () => {
		const message = 'The folder of this branch cannot be read.';
		expect((await report({ state: 'damaged', message })).status).to.equal(204);
		await platform.settle();
		expect(await condition('Available')).to.include({ status: 'False', reason: 'Damaged', message });
		expect(await condition('Progressing')).to.include({ status: 'False', reason: 'NeedsYou' });
	});

	it('a damaged branch is still itself: it keeps its key and its place on the roster', async () => {
		const before = await platform.register(library);
		await report({ state: 'damaged', message: 'Torn.', branch_key: null, consents: [] });
		await platform.settle();
		const after = await platform.register(library);
		expect(after.branches[0]!.branch_key).to.deep.equal(before.branches[0]!.branch_key);
		expect(after.rosters[0]!.members).to.have.length(1);
	});

	it('a branch that serves again is available again', async () => {
		await report({ state: 'damaged', message: 'Torn.' });
		await platform.settle();
		await report({});
		await platform.settle();
		expect(await condition('Available')).to.include({ status: 'True', reason: 'Serving' });
	});

	it('another key, or another epoch of the folder, is not believed', async () => {
		const before = await platform.register(library);
		await report({ branch_key: publicKeyOf(generateKey()), consents: [] });
		await platform.settle();
		expect(await condition('Available')).to.include({ status: 'False', reason: 'Refused' });
		expect((await condition('Available')).message).to.contain('another branch key');
		await report({ epoch: 2 });
		await platform.settle();
		expect((await condition('Available')).message).to.contain('another epoch');
		const after = await platform.register(library);
		expect(after.branches).to.deep.equal(before.branches);
	});

	it('a consent that was given away by somebody else puts nobody on the roster', async () => {
		const consents = platform.home
			.statusOf(id)
			.consents.map((consent) => ({ ...consent, since: consent.since + 1 }));
		await report({ consents });
		await platform.settle();
		expect((await platform.register(library)).rosters[0]!.members).to.deep.equal([]);
		expect(await condition('Neighborly')).to.include({ status: 'False', reason: 'NoConsent' });
	});

	it('what an older generation says is not news', async () => {
		await platform.api('PATCH', path, { body: { name: 'Belmont' } });
		await platform.settle();
		await report({ generation: 1, state: 'damaged', message: 'Long ago.' });
		await platform.settle();
		expect(await condition('Available')).to.include({ status: 'True' });
	});

	it("a home says nothing about another home's branches", async () => {
		const other = await startTestHome({ outgoing: platform.outgoing, now: platform.clock.now });
		await other.enrol(platform.url, await platform.provisioner().enrolmentToken('home'));
		const answer = await other.report(platform.url, [
			platform.home.statusOf(id, { state: 'damaged', message: 'Mine!' }),
		]);
		await platform.settle();
		await other.close();
		expect(answer.status).to.equal(204);
		expect(await condition('Available')).to.include({ status: 'True' });
	});

	it('a report that is not in its form is 400, and nothing of it is taken', async () => {
		const stranger = await startTestHome({ outgoing: platform.outgoing, now: platform.clock.now });
		expect((await stranger.report(platform.url, [])).status).to.equal(400);
		await stranger.close();
		const good = platform.home.statusOf(id, { state: 'damaged', message: 'Torn.' });
		const bad = { ...good, branch_key: { id: 'x', publicKey: 'y' } };
		expect((await platform.home.report(platform.url, [good, bad])).status).to.equal(400);
		for (const change of [
			{ state: 'gone' },
			{ generation: -1 },
			{ branch: 'belmont' },
			{ consents: [null] },
			{ consents: {} },
		]) {
			const odd = { ...good, ...change } as unknown as BranchStatus;
			expect((await platform.home.report(platform.url, [odd])).status, JSON.stringify(change)).to.be.oneOf([
				400,
			]);
		}
		for (const body of ['', '[]', 'null', '{}', '{"type":"understory/status/v1","home":"x","branches":[]}']) {
			const answer = await platform.outgoing.request({
				url: `${platform.url}/internal/v1/status`,
				method: 'POST',
				headers: { 'content-type': 'application/json' },
				body,
			});
			expect(answer.status, body).to.equal(400);
		}
		await platform.settle();
		expect(await condition('Available')).to.include({ status: 'True' });
	});

	it('a report in the name of a home that another key signed is 403', async () => {
		const { home } = platform.home.taken[0]!;
		const report = {
			type: 'understory/status/v1',
			home,
			issued: platform.clock.now(),
			branches: [platform.home.statusOf(id, { state: 'damaged', message: 'Torn.' })],
		};
		const answer = await platform.outgoing.request({
			url: `${platform.url}/internal/v1/status`,
			method: 'POST',
			headers: { 'content-type': 'application/json' },
			body: JSON.stringify(signDocument(report, generateKey())),
		});
		expect(answer.status).to.equal(403);
		await platform.settle();
		expect(await condition('Available')).to.include({ status: 'True' });
	});

	it('a report that is too old is 403', async () => {
		platform.clock.advance(-6 * 60_000);
		const old = signDocument(
			{
				type: 'understory/status/v1',
				home: platform.home.taken[0]!.home,
				issued: platform.clock.now(),
				branches: [],
			},
			platform.home.key,
		);
		platform.clock.advance(6 * 60_000);
		const answer = await platform.outgoing.request({
			url: `${platform.url}/internal/v1/status`,
			method: 'POST',
			headers: { 'content-type': 'application/json' },
			body: JSON.stringify(old),
		});
		expect(answer.status).to.equal(403);
	});
});
