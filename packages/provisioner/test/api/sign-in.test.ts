import { newBoxKey, openBox } from '@understory/core/sealed-box.ts';
import { KEPT_SECRET, type SignInDocument, signInAbout } from '@understory/core/sign-in-document.ts';
import { generateKey, publicKeyOf } from '@understory/transparency-log/keys.ts';
import { verifyDocument } from '@understory/transparency-log/signed-document.ts';
import { expect } from 'chai';
import { auditOf } from '../../src/store/access.ts';
import { atConsole } from '../fixtures/console-visitor.ts';
import { ADMIN_TOKEN, LIBRARY, type Platform, startPlatform } from '../fixtures/platform.ts';
import { enrolBridge, type SendAsBridge } from '../fixtures/test-bridge.ts';

const PATH = '/api/v1/libraries/multnomah/sign-in';
const SETTINGS = {
	version: 1,
	state: 'draft',
	connector: {
		kind: 'sip2',
		host: '10.1.2.3',
		port: 6001,
		login: { user: 'bridge', password: 'sentinel-login' },
	},
	canaries: [{ card: '29999000000001', pin: 'sentinel-pin' }],
} as const;

describe('how a library checks its cards', () => {
	let platform: Platform;
	let library: string;
	let send: SendAsBridge;
	const box = newBoxKey();

	beforeEach(async () => {
		platform = await startPlatform();
		library = (await platform.api<{ id: string }>('POST', '/api/v1/libraries', { body: LIBRARY })).body.id;
		send = await enrolBridge(platform);
	});
	afterEach(() => platform.close());

	const tellKey = () => send('POST', '/internal/v1/sign-in:list', { box_key: box.publicKey });
	const put = (body: object) => platform.api<Record<string, never>>('PUT', PATH, { body });
	async function document(): Promise<SignInDocument & { key_id: string; sig: string }> {
		const { status, body } = await send('GET', `/internal/v1/sign-in/${library}`, null);
		expect(status).to.equal(200);
		return body as never;
	}

	it('nobody has said anything at first, and that is a sentence', async () => {
		const { status, body } = await platform.api<{ title: string }>('GET', PATH);
		expect(status).to.equal(404);
		expect(body.title).to.include('Nobody has said yet');
	});

	it('a secret is sealed to the bridge: no answer holds it, what is kept is sealed, and the bridge opens it', async () => {
		await tellKey();
		const made = await put(SETTINGS);
		expect(made.status, JSON.stringify(made.body)).to.equal(200);
		const shown = await platform.api<object>('GET', PATH);
		const told = JSON.stringify([made.body, shown.body]);
		expect(told).to.include(KEPT_SECRET);
		expect(told).to.not.include('sentinel');
		const signed = await document();
		expect(verifyDocument(signed, [publicKeyOf(platform.platformKey)])).to.equal(true);
		expect(JSON.stringify(signed)).to.not.include('sentinel');
		const { login } = signed.settings!.connector as unknown as typeof SETTINGS.connector;
		expect(openBox(box, signInAbout(library), login.password)).to.equal('sentinel-login');
		expect(openBox(box, signInAbout(library), signed.settings!.canaries![0]!.pin)).to.equal('sentinel-pin');
	});

	it('a catalogue that the bridge switched off by itself is told with the settings, and nobody goes live with it untried', async () => {
		await tellKey();
		await put(SETTINGS);
		const step = { step: 'wrong_pin', outcome: 'failed', why: 'accepted', milliseconds: 0 };
		const told = { library, test: null, version: 1, ok: false, steps: [step] };
		await platform.api('POST', `${PATH}/operations`, { body: { kind: 'test' } });
		expect((await send('POST', '/internal/v1/sign-in:report', { ...told, version: 7 })).status).to.equal(204);
		expect(
			(await platform.api<{ report: object | null }>('GET', PATH)).body.report,
			'of other settings',
		).to.equal(null);
		expect((await send('POST', '/internal/v1/sign-in:report', told)).status).to.equal(204);
		const { body } = await platform.api<{ report: { ok: boolean; steps: object[] } }>('GET', PATH);
		expect(body.report).to.deep.include({ ok: false, version: 1, steps: [step] });
		const { test, answered } = await document();
		expect([test, answered], 'what was asked for is still to be answered').to.deep.equal([1, 0]);
		expect((await put({ ...SETTINGS, version: 2, state: 'live' })).status).to.equal(422);
		const { context } = platform.provisioner();
		const acts = await auditOf(context.database, `/libraries/${library}/sign-in`, 5);
		expect(acts.map(({ actor, act }) => `${actor} ${act}`)).to.deep.equal(['sso-bridge switchedOff']);
		await context
			.database('sign_in')
			.update({ settings: context.database.raw(`jsonb_set(settings, '{state}', '"live"')`) });
		const page = await (await atConsole(platform, ADMIN_TOKEN, 'es')).get('/libraries/multnomah/sign-in');
		expect(page.body).to.include('La entrada con tarjeta está apagada');
	});

	it('before a bridge told its key a secret is not taken, and what has none is', async () => {
		expect((await put(SETTINGS)).status).to.equal(503);
		expect((await platform.api('GET', PATH)).status).to.equal(404);
		const connector = { kind: 'evergreen-remoteauth', url: 'https://evergreen.example.org/eg/auth' };
		expect((await put({ version: 1, state: 'draft', connector })).status).to.equal(200);
	});

	it('dots keep the secret that stands there, and what was read is what is changed', async () => {
		await tellKey();
		await put(SETTINGS);
		const before = (await document()).settings;
		const { settings } = (await platform.api<{ settings: object }>('GET', PATH)).body;
		expect((await put({ ...settings, version: 2, state: 'test' })).status).to.equal(200);
		const after = (await document()).settings;
		expect(after).to.deep.equal({ ...before, state: 'test', version: 2 });
		// The version that was read is no longer the one that stands.
		expect((await put({ ...settings, version: 2, state: 'live' })).status).to.equal(409);
	});

	it('a kept secret goes nowhere else than where it went: with another address it is asked for anew', async () => {
		await tellKey();
		await put(SETTINGS);
		const { settings } = (await platform.api<{ settings: typeof SETTINGS }>('GET', PATH)).body;
		const connector = { ...settings.connector, host: 'evil.example' };
		const answer = await put({ ...settings, version: 2, connector });
		expect(answer.status).to.equal(422);
		expect(JSON.stringify(answer.body)).to.include('connector.login.password');
		expect((await document()).settings!.version).to.equal(1);
	});

	it('a kept secret of another way in goes to the provider it was given for, and to no other', async () => {
		await tellKey();
		const way = {
			kind: 'oidc',
			id: 'city',
			name: { en: 'City' },
			issuer: 'https://id.city.example',
			client: { id: 'library', auth: 'client_secret_basic', secret: 'sentinel-client-secret' },
			people: [{ when: [], let_in: { age_band: 'adult', affiliation: 'staff' } }],
		};
		const first = await put({ ...SETTINGS, elsewhere: { ways: [way] } });
		expect(first.status, JSON.stringify(first.body)).to.equal(200);
		const kept = { ...way, client: { ...way.client, secret: KEPT_SECRET } };
		const { settings } = (await platform.api<{ settings: object }>('GET', PATH)).body;
		const change = (ways: object[]) => put({ ...settings, version: 2, elsewhere: { ways } });
		const endpoints = {
			authorization: 'https://id.city.example/authorize',
			token: 'https://evil.example/token',
			jwks: 'https://id.city.example/jwks',
		};
		for (const elsewhere of [{ issuer: 'https://evil.example' }, { id: 'other' }, { endpoints }]) {
			const answer = await change([{ ...kept, ...elsewhere }]);
			expect(answer.status, JSON.stringify(elsewhere)).to.equal(422);
			expect(JSON.stringify(answer.body)).to.include('elsewhere.ways.0.client.secret');
		}
		const before = { ...way, id: 'schools', issuer: 'https://id.schools.example' };
		expect((await change([before, kept])).status, 'another number in the list').to.equal(200);
	});

	it('dots keep a secret that has to have a form, too', async () => {
		await tellKey();
		const list = { kind: 'list', upload_key: 'sentinel-upload-key-0000' };
		expect((await put({ version: 1, state: 'draft', connector: list })).status).to.equal(200);
		const { settings } = (await platform.api<{ settings: object }>('GET', PATH)).body;
		expect(JSON.stringify(settings)).to.include(KEPT_SECRET);
		expect((await put({ ...settings, version: 2, state: 'test' })).status).to.equal(200);
		const short = { kind: 'list', upload_key: 'too short' };
		expect((await put({ version: 3, state: 'draft', connector: short })).status).to.equal(422);
	});

	it('of two people who change it at once, one is told', async () => {
		await tellKey();
		const answers = await Promise.all([put(SETTINGS), put(SETTINGS), put(SETTINGS)]);
		expect(answers.map(({ status }) => status).sort()).to.deep.equal([200, 409, 409]);
	});

	it('what cannot work is refused with every fault, and nothing is kept', async () => {
		await tellKey();
		const wrong: [object, string][] = [
			[{ ...SETTINGS, connector: { kind: 'telepathy' } }, 'connector'],
			[{ ...SETTINGS, extra: 1 }, 'extra'],
			[{ ...SETTINGS, state: 'live', canaries: undefined }, 'canaries'],
			[{ ...SETTINGS, connector: { ...SETTINGS.connector, port: 0 } }, 'connector.port'],
		];
		for (const [body, field] of wrong) {
			const answer = await put(body);
			expect(answer.status, field).to.equal(422);
			expect(JSON.stringify(answer.body)).to.include(field).and.not.include('sentinel');
		}
		expect((await platform.api('GET', PATH)).status).to.equal(404);
	});

	it('a self-test is an operation that ends with what the bridge found; asked again, the first one ends too', async () => {
		await tellKey();
		await put(SETTINGS);
		const ask = async () =>
			(await platform.api<{ id: string }>('POST', `${PATH}/operations`, { body: { kind: 'test' } })).body.id;
		const state = async (id: string) =>
			(await platform.api<{ state: string; problem: { code: string } }>('GET', `/api/v1/operations/${id}`))
				.body;
		const first = await ask();
		await platform.settle();
		expect((await state(first)).state).to.equal('queued');
		const second = await ask();
		expect(await state(first)).to.deep.include({ state: 'failed' });
		const { test, answered } = await document();
		expect([test, answered]).to.deep.equal([2, 0]);
		const report = {
			library,
			test,
			version: 1,
			ok: false,
			steps: [{ step: 'connect', outcome: 'failed', why: 'unreachable', milliseconds: 12.4 }],
		};
		// What answers an asking of before changes nothing.
		expect((await send('POST', '/internal/v1/sign-in:report', { ...report, test: 1 })).status).to.equal(204);
		expect((await state(second)).state).to.equal('queued');
		expect((await send('POST', '/internal/v1/sign-in:report', report)).status).to.equal(204);
		expect((await state(second)).problem.code).to.equal('unreachable');
		const shown = (await platform.api<{ report: { steps: object[] } }>('GET', PATH)).body.report;
		expect(shown.steps).to.deep.equal([
			{ step: 'connect', outcome: 'failed', why: 'unreachable', milliseconds: 12 },
		]);
		expect((await document()).answered).to.equal(2);
	});

	it('nobody goes live with what was not tried, or was changed after it was', async () => {
		await tellKey();
		await put(SETTINGS);
		const live = { ...SETTINGS, state: 'live' } as const;
		const refused = await put({ ...live, version: 2 });
		expect(refused.status).to.equal(422);
		expect(JSON.stringify(refused.body)).to.include('self-test');
		const report = { library, version: 1, ok: true, steps: [] };
		await platform.api('POST', `${PATH}/operations`, { body: { kind: 'test' } });
		await send('POST', '/internal/v1/sign-in:report', { ...report, test: 1 });
		const { settings } = (await platform.api<{ settings: object }>('GET', PATH)).body;
		expect((await put({ ...settings, version: 2, locks_after: 5, state: 'live' })).status).to.equal(422);
		expect((await put({ ...settings, version: 2, state: 'live' })).status).to.equal(200);
		// What runs may be mended at once.
		expect((await put({ ...settings, version: 3, locks_after: 5, state: 'live' })).status).to.equal(200);
	});

	it('only the bridge may ask, and only in form', async () => {
		await tellKey();
		await put(SETTINGS);
		const stranger = generateKey();
		expect((await send('GET', `/internal/v1/sign-in/${library}`, null, stranger)).status).to.equal(401);
		expect((await send('GET', `/internal/v1/sign-in/${library}`, null, null)).status).to.equal(401);
		expect((await send('GET', '/internal/v1/sign-in/nobody', null)).status).to.equal(404);
		expect((await send('POST', '/internal/v1/sign-in:list', { box_key: 'x' })).status).to.equal(400);
		expect((await send('POST', '/internal/v1/sign-in:report', { library, steps: ['<b>'] })).status).to.equal(
			400,
		);
	});

	it('a token that only looks neither reads nor changes it', async () => {
		const { body } = await platform.api<{ token: string }>('POST', '/api/v1/tokens', {
			body: { name: 'x', role: 'reader' },
		});
		expect((await platform.api('GET', PATH, { token: body.token })).status).to.equal(403);
		expect((await platform.api('PUT', PATH, { token: body.token, body: SETTINGS })).status).to.equal(403);
	});
});
