import type { SigningKeyFacts } from '@understory/core/signing-keys.ts';
import { expect } from 'chai';
import { atConsole } from '../fixtures/console-visitor.ts';
import { ADMIN_TOKEN, LIBRARY, type Platform, startPlatform } from '../fixtures/platform.ts';
import { enrolBridge, type SendAsBridge } from '../fixtures/test-bridge.ts';

const PATH = '/api/v1/libraries/multnomah/signing-keys';
const PAGE = '/libraries/multnomah/signing-keys';
const DAY = 86_400_000;

describe('the signing keys of a library', () => {
	let platform: Platform;
	let library: string;
	let send: SendAsBridge;
	before(async () => {
		platform = await startPlatform();
		library = (await platform.api<{ id: string }>('POST', '/api/v1/libraries', { body: LIBRARY })).body.id;
		send = await enrolBridge(platform);
	});
	after(() => platform.close());

	const key = (kid: string, change: Partial<SigningKeyFacts> = {}): SigningKeyFacts => {
		const made = platform.clock.now() - DAY;
		return { kid, alg: 'RS256', made, signs_from: made, ends: null, withdrawn: null, ...change };
	};
	const tell = (keys: readonly object[], operations: readonly string[] = []) =>
		send('POST', '/internal/v1/signing-keys:report', { library, operations, keys });
	const orders = async () =>
		(await send('POST', '/internal/v1/sign-in:list', { box_key: 'A'.repeat(43) })).body?.key_orders;
	const order = (body: object, token?: string) =>
		platform.api<{ id: string; state: string }>('POST', `${PATH}/operations`, {
			body,
			...(token ? { token } : {}),
		});
	const stateOf = async (id: string) =>
		(await platform.api<{ state: string }>('GET', `/api/v1/operations/${id}`)).body.state;
	const acts = async () =>
		platform
			.provisioner()
			.context.database('audit')
			.whereIn('act', ['turn_signing_keys', 'withdraw_signing_keys'])
			.orderBy('at')
			.select('actor', 'act', 'subject');

	it('are what the bridge told last, each with its state at this moment', async () => {
		expect((await platform.api('GET', PATH)).body).to.deep.equal({ items: [] });
		const now = platform.clock.now();
		const told = await tell([
			key('old', { made: now - 90 * DAY, signs_from: now - 90 * DAY, ends: now + 5 * DAY }),
			key('now'),
			key('next', { made: now, signs_from: now + DAY }),
			key('leaked', { made: now - 2 * DAY, ends: now - DAY, withdrawn: now - DAY }),
			key('over', { made: now - 200 * DAY, signs_from: now - 200 * DAY, ends: now - DAY }),
		]);
		expect(told.status).to.equal(204);
		const { items } = (await platform.api<{ items: { kid: string; state: string }[] }>('GET', PATH)).body;
		expect(items.map(({ kid, state }) => `${kid} ${state}`)).to.deep.equal([
			'next waiting',
			'now signing',
			'leaked withdrawn',
			'old kept',
		]);
	});

	it('are turned and withdrawn by an operation that the bridge ends, and it stands in the audit who wanted it', async () => {
		await tell([key('now')]);
		const before = (await acts()).length;
		const turning = await order({ kind: 'turn' });
		expect(turning.status).to.equal(202);
		platform.clock.advance(1_000);
		const withdrawing = await order({ kind: 'withdraw', keys: ['now'] });
		expect(await orders()).to.deep.equal([
			{ library, operation: turning.body.id, kind: 'turn', kids: [] },
			{ library, operation: withdrawing.body.id, kind: 'withdraw', kids: ['now'] },
		]);
		await platform.settle();
		expect(await stateOf(turning.body.id)).to.equal('queued');
		const withdrawn = platform.clock.now();
		await tell(
			[key('now', { ends: withdrawn, withdrawn }), key('new')],
			[turning.body.id, withdrawing.body.id],
		);
		expect(await orders()).to.deep.equal([]);
		expect(await stateOf(withdrawing.body.id)).to.equal('done');
		expect((await acts()).slice(before)).to.deep.equal([
			{ actor: 'administrator', act: 'turn_signing_keys', subject: `library ${library}` },
			{ actor: 'administrator', act: 'withdraw_signing_keys', subject: `keys now of library ${library}` },
		]);
		// Another process that did the same tells it too.
		expect((await tell([key('new')], [turning.body.id])).status).to.equal(204);
	});

	it('that are not there are not withdrawn, and turning names none', async () => {
		await tell([key('now')]);
		for (const body of [
			{ kind: 'withdraw' },
			{ kind: 'withdraw', keys: ['now', 'nobody'] },
			{ kind: 'turn', keys: ['now'] },
			{ kind: 'burn' },
		]) {
			const answer = await order(body);
			expect(answer.status, JSON.stringify(body)).to.equal(422);
		}
		expect(await orders()).to.deep.equal([]);
	});

	it('are for the library’s own IT and the platform’s, and told by the bridge alone, in form', async () => {
		const tokenOf = async (body: object) =>
			(await platform.api<{ token: string }>('POST', '/api/v1/tokens', { body })).body.token;
		const other = { ...LIBRARY, slug: 'bend', name: 'Bend' };
		const bend = (await platform.api<{ id: string }>('POST', '/api/v1/libraries', { body: other })).body.id;
		const own = await tokenOf({ name: 'own', role: 'library_it', library });
		const reader = await tokenOf({ name: 'reader', role: 'reader' });
		const stranger = await tokenOf({ name: 'stranger', role: 'library_it', library: bend });
		expect((await platform.api('GET', PATH, { token: own })).status).to.equal(200);
		expect((await order({ kind: 'turn' }, reader)).status).to.equal(403);
		expect((await order({ kind: 'turn' }, stranger)).status).to.equal(404);
		expect((await order({ kind: 'turn' }, own)).status).to.equal(202);
		const [{ operation }] = (await orders()) as [{ operation: string }];
		const report = (change: object) => ({ library, operations: [], keys: [], ...change });
		for (const body of [
			report({ library: bend, operations: [operation] }),
			report({ keys: [{ kid: '<b>' }] }),
			{},
		])
			expect((await send('POST', '/internal/v1/signing-keys:report', body)).status).to.equal(400);
		expect((await send('POST', '/internal/v1/signing-keys:report', report({}), null)).status).to.equal(401);
		expect(await stateOf(operation)).to.equal('queued');
		await tell([key('now')], [operation]);
	});

	it('stand on a page of the console, which says what withdrawing means before it is done', async () => {
		const now = platform.clock.now();
		await tell([key('now'), key('next', { signs_from: now + DAY })]);
		const it = await atConsole(platform, ADMIN_TOKEN);
		expect((await it.get('/libraries/multnomah')).body).to.contain(PAGE);
		const page = await it.get(PAGE);
		expect(page.body).to.contain('<code>now</code>').and.to.contain('New keys are published already');
		expect((await it.get(`${PAGE}/withdraw`)).status).to.equal(422);
		expect((await it.get(`${PAGE}/withdraw?key=next`)).body).to.contain('Nobody is signed out');
		const sure = await it.get(`${PAGE}/withdraw?key=now`);
		expect(sure.body).to.contain('Everybody will be signed out').and.to.contain('cannot be taken back');
		expect(await orders()).to.deep.equal([]);
		const done = await it.post(`${PAGE}/withdraw`, { key: 'now' });
		expect([done.status, done.location]).to.deep.equal([303, PAGE]);
		expect((await it.get(PAGE)).body).to.contain('This is being done');
		const [{ operation, kids }] = (await orders()) as [{ operation: string; kids: string[] }];
		expect(kids).to.deep.equal(['now']);
		await tell([key('new')], [operation]);
		const gone = await it.post(`${PAGE}/withdraw`, { key: 'now' });
		expect(gone.status).to.equal(422);
		expect(gone.body).to.contain('was not there any more');
		expect((await it.post(`${PAGE}/turn`, {})).status).to.equal(303);
		const spanish = await (await atConsole(platform, ADMIN_TOKEN, 'es')).get(PAGE);
		expect(spanish.body).to.contain('Claves de firma').and.to.contain('Se está haciendo');
	});
});
