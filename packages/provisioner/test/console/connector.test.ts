import { newBoxKey } from '@understory/core/sealed-box.ts';
import { KEPT_SECRET } from '@understory/core/sign-in-document.ts';
import type { SignInSettings } from '@understory/core/sign-in-settings.ts';
import { expect } from 'chai';
import { createBodyChecker } from '../../src/api/body-checker.ts';
import { CONNECTOR_KINDS, connectorForm } from '../../src/console/connector-form.ts';
import { type Control, controlsOf } from '../../src/console/schema-form/controls.ts';
import { readTyped, type Typed, typedOf } from '../../src/console/schema-form/typed.ts';
import { keepBoxKey } from '../../src/store/sign-in.ts';
import { atConsole, type ConsoleVisitor } from '../fixtures/console-visitor.ts';
import { ADMIN_TOKEN, LIBRARY, type Platform, startPlatform } from '../fixtures/platform.ts';

const PAGE = '/libraries/multnomah/sign-in/connector';
const API = '/api/v1/libraries/multnomah/sign-in';
const PEM = '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----';

/** A connection of each kind that says everything its schema knows. */
const WHOLE: Readonly<Record<string, object>> = {
	sip2: {
		host: 'sip.library.example',
		port: 6443,
		institution: 'MAIN',
		login: { user: 'bridge', password: 'sentinel-1', location: 'WEB' },
		tls: {
			ca: PEM,
			pinned: PEM,
			server_name: 'ils',
			certificate: PEM,
			key: '-----BEGIN PRIVATE KEY-----\nsentinel-2',
		},
		plain_text: false,
		terminal_password: 'sentinel-3',
		dialect: 'auto-graphics',
		charset: 'cp850',
		separator: '^',
		terminator: 'CRLF',
		date_zone: 'zeros',
		asks_status: 'before_login',
		ends_session: false,
		fields: {
			birth_date: { field: 'BC', order: 'YMD' },
			expiry: [{ field: 'PX', order: 'MDY' }, { flag: 'PY' }, { text: 'expired on' }, { field: 'PA' }],
			patron_type: 'PA',
			location: 'AQ',
			stable_id: 'XI',
		},
		error_detection: 'require',
		aliases: { cards: '[0-9]{14}' },
		card_case: 'any',
		reads_patron: true,
	},
	list: { upload_key: 'sentinel-of-twenty-signs' },
	'koha-rest': {
		url: 'https://koha.example',
		plain_http: false,
		ca: PEM,
		client: { id: 'a', secret: 'sentinel-4' },
		reads_patron: true,
	},
	'sierra-rest': {
		url: 'https://sierra.example/iii/sierra-api',
		client: { key: 'k', secret: 'sentinel-5' },
		question: 'validate',
		reads_patron: false,
		blocks: { l: 'lost_card', 'b=': 'barred' },
	},
	'polaris-papi': {
		url: 'https://polaris.example/PAPIService/REST',
		access_id: 'a',
		access_key: 'sentinel-6',
		language: 1033,
		application: 100,
		organization: 1,
		reads_patron: true,
	},
	'sirsidynix-ws': {
		url: 'https://s.example/ilsws',
		client_id: 'sentinel-7',
		app_id: 'U',
		library: 'MAIN',
		system: 'horizon',
		reads_patron: true,
	},
	folio: {
		url: 'https://folio.example',
		tenant: 'lib',
		login: { user: 'u', password: 'sentinel-8' },
		secret: 'password',
		card_field: 'username',
	},
	alma: {
		url: 'https://alma.example',
		api_key: 'sentinel-9',
		reads_patron: true,
		blocks: { BARRED: 'barred' },
	},
	'evergreen-remoteauth': { url: 'https://evergreen.example/eg/remoteauth/u' },
	'millennium-patronapi': {
		legacy: true,
		url: 'https://m.example/PATRONAPI',
		reads_patron: true,
		blocks: { x: 'other' },
	},
};

const idsOf = (controls: readonly Control[]): string[] =>
	controls.flatMap(({ id, parts }) => [id, ...idsOf(parts)]);

describe('the form of a connection', () => {
	const check = createBodyChecker()('SignInSettings');

	it('is there for every kind, and holds everything that a document of it can say, unchanged', () => {
		expect(Object.keys(WHOLE)).to.have.members(CONNECTOR_KINDS);
		for (const kind of CONNECTOR_KINDS) {
			// An equals sign in a code cannot be typed; everything else can.
			const whole = JSON.parse(JSON.stringify(WHOLE[kind]).replace('b=', 'b')) as object;
			check({ version: 1, state: 'draft', connector: { kind, ...whole } });
			const { controls } = connectorForm(kind)!;
			const { typed, kept } = typedOf(controls, whole);
			expect(JSON.stringify(typed), kind).to.not.include('sentinel');
			const secrets = (value: unknown): unknown =>
				JSON.parse(
					JSON.stringify(value).replace(
						/"(?:-----BEGIN PRIVATE KEY-----\\n)?sentinel[^"]*"/g,
						`"${KEPT_SECRET}"`,
					),
				);
			expect(readTyped(controls, typed, kept), kind).to.deep.equal(secrets(whole));
		}
	});

	it('leaves out what is empty, and a group that says nothing; a box of its own says that there is TLS', () => {
		const { controls } = connectorForm('sip2')!;
		const read = (typed: Typed) => readTyped(controls, typed, new Set());
		expect(
			read({ 'connector.host': ' a ', 'connector.port': '1', 'connector.login.user': ' ' }),
		).to.deep.equal({ host: 'a', port: 1 });
		expect(read({ 'connector.tls': 'yes' })).to.deep.equal({ tls: {} });
		expect(read({ 'connector.tls.server_name': 'x' })).to.deep.equal({});
		expect(read({ 'connector.port': '0x1', 'connector.separator': ' ' })).to.deep.equal({
			port: '0x1',
			separator: ' ',
		});
	});

	it('a kept secret stays while nothing is typed over it, and goes with the rest of its group or when that is asked for', () => {
		const { controls } = connectorForm('sip2')!;
		const kept = new Set(['connector.login.password', 'connector.terminal_password']);
		const read = (typed: Typed) => readTyped(controls, { 'connector.login.user': 'u', ...typed }, kept);
		expect(read({})).to.deep.equal({
			login: { user: 'u', password: KEPT_SECRET },
			terminal_password: KEPT_SECRET,
		});
		expect(read({ 'connector.login.password': 'new' }).login).to.deep.equal({ user: 'u', password: 'new' });
		expect(read({ 'connector.login.user': '' })).to.deep.equal({ terminal_password: KEPT_SECRET });
		expect(read({ 'connector.terminal_password.remove': 'yes' })).to.not.have.property('terminal_password');
	});

	it('is not made for a schema that it has no control for', () => {
		const odd = { type: 'object', properties: { list: { type: 'array', items: { type: 'string' } } } };
		expect(() => controlsOf(odd, 'connector', new Set())).to.throw('connector.list');
	});
});

describe('the console page of a connection', () => {
	let platform: Platform;
	let admin: ConsoleVisitor;
	before(async () => {
		platform = await startPlatform();
		await platform.api('POST', '/api/v1/libraries', { body: LIBRARY });
		const { context } = platform.provisioner();
		await context.database('role').insert({
			id: context.randomId(),
			kind: 'sso-bridge',
			name: 'sso-bridge',
			key_id: 'k',
			public_key: '{}',
			seen_at: 0,
		});
		const role = await context.database('role').where({ kind: 'sso-bridge' }).first('id');
		await keepBoxKey(context.database, role.id, newBoxKey().publicKey, 1);
		admin = await atConsole(platform, ADMIN_TOKEN);
	});
	after(() => platform?.close());
	afterEach(() => platform.provisioner().context.database('sign_in').delete());

	async function send(kind: string, typed: Typed, visitor = admin) {
		await visitor.get(`${PAGE}?kind=${kind}`);
		return visitor.post(PAGE, { kind, version: visitor.hidden('version'), ...typed });
	}
	const SIP2: Typed = {
		'connector.host': 'sip.library.example',
		'connector.port': '6443',
		'connector.tls': 'yes',
		'connector.login.user': 'bridge',
		'connector.login.password': 'sentinel-login',
		'connector.fields.expiry.0.how': 'flag',
		'connector.fields.expiry.0.value': 'PY',
		'canaries.0.card': '29999000000001',
		'canaries.0.pin': 'sentinel-pin',
	};
	const settings = async () => (await platform.api<{ settings: SignInSettings }>('GET', API)).body.settings;

	it('shows every kind in both languages, with a field for everything and a label for every field', async () => {
		for (const language of ['en', 'es']) {
			const visitor = await atConsole(platform, ADMIN_TOKEN, language);
			for (const kind of CONNECTOR_KINDS) {
				const { status, body } = await visitor.get(`${PAGE}?kind=${kind}`);
				expect(status, kind).to.equal(200);
				const { controls, canary } = connectorForm(kind)!;
				for (const id of idsOf([...controls, ...canary]))
					expect(body, `${kind}: ${id}`).to.match(
						new RegExp(` (?:id|name)="${id.replaceAll('.', '\\.')}[".]`),
					);
				const fields = [...body.matchAll(/<(?:input|select|textarea)[^>]* id="([^"]+)"/g)].map(
					([, id]) => id!,
				);
				expect(new Set(fields).size, 'ids once').to.equal(fields.length);
				for (const id of fields)
					if (!body.includes(`<label class="check"><input type="checkbox" id="${id}"`))
						expect(body, id).to.include(`<label for="${id}"`);
			}
		}
	});

	it('takes what was typed as a draft, shows it again without a secret, and leaves other settings as they are', async () => {
		const kept = await send('sip2', SIP2);
		expect(kept.status, kept.body).to.equal(303);
		const now = await settings();
		expect(now).to.deep.include({
			version: 1,
			state: 'draft',
			canaries: [{ card: KEPT_SECRET, pin: KEPT_SECRET }],
		});
		expect(now.connector).to.deep.equal({
			kind: 'sip2',
			host: 'sip.library.example',
			port: 6443,
			tls: {},
			login: { user: 'bridge', password: KEPT_SECRET },
			fields: { expiry: [{ flag: 'PY' }] },
		});
		await platform.api('PUT', API, { body: { ...now, version: 2, rules: { minimum_age: 14 } } });
		const { body } = await admin.get(PAGE);
		expect(body).to.include('value="sip.library.example"').and.include('One is kept.');
		expect(body).to.not.include('sentinel').and.not.include('29999000000001').and.not.include('•');
		const typed = {
			...SIP2,
			'connector.port': '6001',
			'connector.login.password': '',
			'canaries.0.card': '',
			'canaries.0.pin': '',
		};
		expect(
			(await admin.post(PAGE, { kind: 'sip2', version: admin.hidden('version'), ...typed })).status,
		).to.equal(422);
		const mended = { ...typed, 'connector.port': '6443', 'connector.institution': 'MAIN' };
		expect((await admin.post(PAGE, { kind: 'sip2', version: '2', ...mended })).status).to.equal(303);
		expect(await settings()).to.deep.include({ version: 3, rules: { minimum_age: 14 } });
	});

	it('says what is wrong beside the field, in the reader’s language, and loses nothing that was typed but secrets', async () => {
		const visitor = await atConsole(platform, ADMIN_TOKEN, 'es');
		const typed = {
			...SIP2,
			'connector.port': '99999',
			'connector.host': 'a b',
			'connector.fields.expiry.0.value': 'wrong',
			'connector.fields.birth_date.field': 'PB',
		};
		const { status, body } = await send('sip2', typed, visitor);
		expect(status).to.equal(422);
		for (const id of [
			'connector.port',
			'connector.host',
			'connector.fields.expiry.0.value',
			'connector.fields.birth_date.order',
		]) {
			expect(body, id).to.include(`id="${id}-fault"`).and.include(`href="#${id}"`);
		}
		expect(body).to.include('Un número de 1 a 65535.').and.include('Esto hace falta.');
		for (const value of ['99999', 'a b', 'wrong', 'PB', 'bridge'])
			expect(body).to.include(`value="${value}"`);
		expect(body).to.include('<details open>').and.include('hay que escribirlas otra vez');
		expect(body).to.not.include('sentinel').and.not.include('29999000000001');
		expect((await platform.api('GET', API)).status, 'nothing was kept').to.equal(404);
	});

	it('asks for a secret anew where it would go to another host, beside its field', async () => {
		await send('sip2', SIP2);
		const moved = {
			...SIP2,
			'connector.host': 'evil.example',
			'connector.login.password': '',
			'canaries.0.card': '',
			'canaries.0.pin': '',
		};
		const { status, body } = await send('sip2', moved);
		expect(status).to.equal(422);
		expect(body).to.include('id="connector.login.password-fault"').and.include('goes to no other place');
		expect((await settings()).connector).to.include({ host: 'sip.library.example' });
	});

	it('says that somebody else was faster, that Koha wants one of two, and that a reader may not', async () => {
		await send('sip2', SIP2);
		const late = await admin.post(PAGE, { kind: 'sip2', version: '0', ...SIP2 });
		expect(late.status).to.equal(409);
		expect(late.body).to.include('Somebody changed these settings meanwhile').and.include('value="bridge"');
		const koha = {
			'connector.url': 'https://koha.library.example',
			'canaries.0.card': '2',
			'canaries.0.pin': '1',
		};
		const neither = await send('koha-rest', koha);
		expect(neither.status).to.equal(422);
		expect(neither.body).to.include('and not both').and.include('href="#connector.login"');
		const made = await platform.api<{ token: string }>('POST', '/api/v1/tokens', {
			body: { name: 'r', role: 'reader' },
		});
		const reader = await atConsole(platform, made.body.token);
		expect((await send('sip2', SIP2, reader)).status).to.equal(403);
	});
});
