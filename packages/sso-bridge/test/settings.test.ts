import { SIGN_IN_SCHEMA } from '@understory/core/sign-in-schema.ts';
import { mapSecrets } from '@understory/core/sign-in-secrets.ts';
import type { SignInSettings } from '@understory/core/sign-in-settings.ts';
import { expect } from 'chai';
import { createSettingsCheck } from '../src/card/settings.ts';

const HTTP = { url: 'https://ils.example.org/api' } as const;

/** One of each kind, with everything that can be said. */
const ALL: readonly SignInSettings['connector'][] = [
	{
		kind: 'sip2',
		host: 'sip.example.org',
		port: 6001,
		institution: 'MAIN',
		login: { user: 'bridge', password: 'sip-secret', location: 'WEB' },
		plain_text: true,
		terminal_password: 'sip-terminal-secret',
		dialect: 'generic',
		charset: 'cp850',
		separator: '^',
		terminator: 'CRLF',
		date_zone: 'utc',
		asks_status: 'before_login',
		ends_session: false,
		fields: {
			birth_date: { field: 'BC', order: 'DMY' },
			expiry: [{ field: 'PX', order: 'YMD' }, { flag: 'PY' }, { text: 'expired' }],
			patron_type: 'PA',
			location: 'AQ',
			stable_id: 'XI',
		},
		error_detection: 'require',
		aliases: { cards: '[0-9]{14}' },
		card_case: 'any',
		reads_patron: true,
	},
	{ kind: 'list', upload_key: 'list-upload-key-secret' },
	{ kind: 'koha-rest', ...HTTP, login: { user: 'bridge', password: 'koha-secret' }, reads_patron: false },
	{ kind: 'koha-rest', ...HTTP, client: { id: 'bridge', secret: 'koha-client-secret' } },
	{
		kind: 'sierra-rest',
		...HTTP,
		client: { key: 'bridge', secret: 'sierra-secret' },
		question: 'validate',
		blocks: { c: 'lost_card' },
	},
	{
		kind: 'polaris-papi',
		...HTTP,
		access_id: 'bridge',
		access_key: 'papi-secret',
		language: 1033,
		application: 100,
		organization: 3,
	},
	{ kind: 'sirsidynix-ws', ...HTTP, client_id: 'sirsi-secret', app_id: 'understory', library: 'MAIN' },
	{
		kind: 'folio',
		...HTTP,
		tenant: 'diku',
		login: { user: 'bridge', password: 'folio-secret' },
		secret: 'pin',
		card_field: 'barcode',
	},
	{ kind: 'alma', ...HTTP, api_key: 'alma-secret', blocks: { '01': 'barred' } },
	{ kind: 'evergreen-remoteauth', ...HTTP },
	{ kind: 'millennium-patronapi', ...HTTP, legacy: true, reads_patron: true },
];

function settings(change: Partial<SignInSettings> = {}): SignInSettings {
	return {
		version: 1,
		state: 'live',
		connector: ALL[0]!,
		canaries: [{ card: '29999000000001', pin: 'canary-pin' }],
		...change,
	};
}

describe('the settings of a library’s sign-in', () => {
	const check = createSettingsCheck();
	const fields = (document: unknown) => check(document).map(({ field }) => field);

	it('are taken with each kind of connector and everything that can be said', () => {
		const full = settings({
			card: {
				label: { en: 'Card number', es: 'Número' },
				hint: { en: 'On the back.' },
				pattern: '[0-9]{14}|D[0-9]{7}',
				lengths: [8, 14],
				keyboard: 'text',
				scanner: 'codabar',
			},
			pin: {
				label: { en: 'Password' },
				alphabet: 'digits',
				min_length: 4,
				max_length: 8,
				keyboard: 'numeric',
			},
			rules: {
				belongs: [
					{ of: 'card', starts: ['2123', '2124'] },
					{ of: 'location', is: ['MAIN', 'EAST'] },
					{ of: 'patron_type', matches: 'STAFF.*', not: true },
				],
				minimum_age: 16,
				unknown_age: 'refuse',
				stop_on: ['lost_card', 'address'],
				grace_days: 0,
				believed_days: 14,
			},
			probe_new_cards: true,
			locks_after: 5,
			timeouts: { connect: 1_000, answer: 2_000, whole: 5_000 },
			languages: ['es', 'en'],
		});
		for (const connector of ALL) expect(check({ ...full, connector }), connector.kind).to.deep.equal([]);
	});

	it('hold nothing that is not named, however deep', () => {
		expect(fields({ ...settings(), extra: 1 })).to.deep.equal(['extra']);
		expect(fields(settings({ card: { colour: 'red' } as object }))).to.deep.equal(['card.colour']);
		for (const connector of ALL) {
			const odd = { ...connector, verify_certificate: false };
			expect(fields({ ...settings(), connector: odd }), connector.kind).to.deep.equal([
				'connector.verify_certificate',
			]);
		}
		expect(closedEverywhere(SIGN_IN_SCHEMA)).to.equal(true);
	});

	it('send no card over SIP2 in plain text but where the library says so', () => {
		const connector = { kind: 'sip2', host: 'sip.example.org', port: 6001 } as const;
		expect(fields(settings({ connector }))).to.deep.equal(['connector.tls']);
		expect(fields(settings({ connector: { ...connector, tls: {} } }))).to.deep.equal([]);
		expect(fields(settings({ connector: { ...connector, host: '127.0.0.1' } }))).to.deep.equal([]);
	});

	it('hold to what the protocol’s own package knows of SIP2', () => {
		const connector = { kind: 'sip2', host: 'sip.example.org', port: 6001, tls: {} } as const;
		const wrong = (change: object) => fields(settings({ connector: { ...connector, ...change } }));
		expect(wrong({ separator: 'A' })).to.deep.equal(['connector.separator']);
		expect(wrong({ fields: { stable_id: 'AE' } })).to.deep.equal(['connector.fields.stable_id']);
		expect(wrong({ aliases: { cards: '(' } })).to.deep.equal(['connector.aliases.cards']);
		const ca = '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----';
		expect(wrong({ tls: { ca } })).to.deep.equal(['connector.tls.ca']);
	});

	it('name a kind that exists', () => {
		expect(fields({ ...settings(), connector: { kind: 'telnet', host: 'a' } })).to.deep.equal(['connector']);
		expect(fields({ ...settings(), connector: { host: 'a' } })).to.include('connector.kind');
	});

	it('want a canary before patrons sign in, except where the library’s own list is asked', () => {
		expect(fields(settings({ canaries: [] }))).to.deep.equal(['canaries']);
		expect(fields(settings({ canaries: [], state: 'test' }))).to.deep.equal(['canaries']);
		expect(fields(settings({ canaries: [], state: 'draft' }))).to.deep.equal([]);
		expect(fields(settings({ canaries: [], connector: ALL[1]! }))).to.deep.equal([]);
	});

	it('send no card over http unless that is said', () => {
		const url = 'http://ils.example.org/api';
		const koha = { kind: 'evergreen-remoteauth', url } as const;
		expect(fields(settings({ connector: koha }))).to.deep.equal(['connector.url']);
		expect(fields(settings({ connector: { ...koha, plain_http: true } }))).to.deep.equal([]);
		const own = { ...koha, private_network: true } as never;
		expect(fields(settings({ connector: own })), 'a network is the platform’s to allow').to.include(
			'connector.private_network',
		);
	});

	it('have no address with a user, a query, a fragment or a slash at the end', () => {
		for (const url of [
			'https://user:pass@ils.example.org',
			'https://ils.example.org/?a=b',
			'https://ils.example.org/#a',
			'https://ils.example.org/',
			'ftp://ils.example.org',
			'ils.example.org',
		]) {
			const connector = { kind: 'evergreen-remoteauth', url } as const;
			expect(fields(settings({ connector })), url).to.deep.equal(['connector.url']);
		}
	});

	it('want one way to log in to Koha, not none and not two', () => {
		const login = { user: 'a', password: 'b' };
		const client = { id: 'a', secret: 'b' };
		expect(fields(settings({ connector: { kind: 'koha-rest', ...HTTP } }))).to.deep.equal([
			'connector.login',
		]);
		expect(fields(settings({ connector: { kind: 'koha-rest', ...HTTP, login, client } }))).to.deep.equal([
			'connector.login',
		]);
	});

	it('have patterns that can be read in time that grows with the text alone', () => {
		expect(fields(settings({ card: { pattern: '(' } }))).to.deep.equal(['card.pattern']);
		expect(fields(settings({ card: { pattern: '(a)\\1' } }))).to.deep.equal(['card.pattern']);
		expect(fields(settings({ card: { pattern: '(?=a)b' } }))).to.deep.equal(['card.pattern']);
		const belongs = [{ of: 'card', matches: '[' } as const];
		expect(fields(settings({ rules: { belongs } }))).to.deep.equal(['rules.belongs.0.matches']);
	});

	it('have times and lengths that can be', () => {
		expect(fields(settings({ pin: { min_length: 5, max_length: 4 } }))).to.deep.equal(['pin.min_length']);
		expect(fields(settings({ timeouts: { answer: 9_000, whole: 5_000 } }))).to.deep.equal(['timeouts.whole']);
	});

	it('cannot stop a sign-in on what somebody owes or has not brought back', () => {
		for (const block of ['debts', 'overdues', 'too_many_items', 'lost_items', 'no_borrowing']) {
			const stop_on = [block] as unknown as ['other'];
			expect(fields(settings({ rules: { stop_on } })), block).to.deep.equal(['rules.stop_on.0']);
		}
	});

	it('never say a value back when they find fault with it', () => {
		const connector = { ...ALL[0]!, port: 'sip-secret' } as unknown as SignInSettings['connector'];
		const canaries = [{ card: 'x'.repeat(80), pin: 'canary\u0000pin' }];
		const faults = JSON.stringify(check(settings({ connector, canaries })));
		expect(faults).to.not.contain('sip-secret').and.not.contain('xxxx').and.not.contain('canary\u0000');
		expect(faults).to.contain('connector.port');
	});

	it('mark every secret as one, so that all of them can be sealed', () => {
		for (const connector of ALL) {
			const found: string[] = [];
			const sealed = mapSecrets(settings({ connector }), (path, secret) => {
				found.push(path);
				return `sealed(${secret.length})`;
			});
			expect(found).to.include.members(['canaries.0.card', 'canaries.0.pin']);
			const text = JSON.stringify(sealed);
			expect(text, connector.kind).to.not.match(/-secret"|canary-pin|29999000000001/);
			expect(mapSecrets(settings({ connector }), (_path, secret) => secret)).to.deep.equal(
				settings({ connector }),
			);
		}
	});
});

/** Does every object that the schema describes name all that it may hold? */
function closedEverywhere(schema: unknown): boolean {
	if (typeof schema !== 'object' || schema === null) return true;
	if (Array.isArray(schema)) return schema.every(closedEverywhere);
	const { type, properties, additionalProperties, oneOf } = schema as Record<string, unknown>;
	const open = type === 'object' && !oneOf && additionalProperties === undefined;
	return !open && Object.values(properties ?? schema).every(closedEverywhere);
}
