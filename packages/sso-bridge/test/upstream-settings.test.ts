import { mapSecrets } from '@understory/core/sign-in-secrets.ts';
import type { SignInSettings } from '@understory/core/sign-in-settings.ts';
import type {
	OidcUpstream,
	SamlUpstream,
	Upstream,
	UpstreamSettings,
} from '@understory/core/upstream-settings.ts';
import { expect } from 'chai';
import { createSettingsCheck } from '../src/card/settings.ts';
import { samlWay } from './fixtures/elsewhere.ts';
import { providerKey, type TestProvider, testProvider } from './fixtures/identity-provider.ts';
import { oidcWay } from './fixtures/openid-provider.ts';

describe('settings of other ways in', () => {
	const check = createSettingsCheck();
	let provider: TestProvider;
	let pinned: string;
	before(async () => {
		provider = await testProvider('https://idp.city.example');
		pinned = (await providerKey()).certificate;
	});

	const settings = (elsewhere: unknown): SignInSettings =>
		({
			version: 1,
			state: 'live',
			connector: { kind: 'list', upload_key: 'of-twenty-letters-and-more' },
			elsewhere,
		}) as SignInSettings;
	const ways = (...all: Upstream[]): UpstreamSettings => ({ ways: all });
	const faultyFields = (elsewhere: unknown) => check(settings(elsewhere)).map(({ field }) => field);
	const saml = (changes: Partial<SamlUpstream> = {}) => samlWay(provider, changes);
	const oidc = (changes: Partial<OidcUpstream> = {}) => oidcWay('https://login.schools.example', changes);

	it('may say everything that is in them', () => {
		const all: UpstreamSettings = {
			only: true,
			keys: [1, 2],
			ways: [
				saml({
					state: 'test',
					unknown_age: 'accept',
					ask_again: true,
					signed: 'assertion',
					encrypted: 'required',
					subject_attribute: 'employeeNumber',
					people: [
						{
							when: [
								{ attribute: 'ou', starts: ['Parks'] },
								{ attribute: 'mail', ends: ['@city.example'] },
								{ attribute: 'contractor', present: false },
							],
							let_in: { age_band: 'unknown', affiliation: 'patron' },
						},
						{ when: [], refuse: true },
					],
				}),
				saml({
					id: 'federation',
					idp: { url: 'https://md.example/all.xml', entity_id: provider.entityId, signed_by: pinned },
				}),
				oidc({
					endpoints: {
						authorization: 'https://login.schools.example/auth',
						token: 'https://login.schools.example/token',
						jwks: 'https://login.schools.example/jwks',
						userinfo: 'https://login.schools.example/me',
						end_session: 'https://login.schools.example/end',
					},
					scopes: ['profile', 'https://schools.example/roles'],
					userinfo: true,
				}),
			],
		};
		expect(check(settings(all))).to.deep.equal([]);
	});

	it('say where they are wrong, and never what stands there', () => {
		const none = {
			metadata: '<EntityDescriptor xmlns="urn:oasis:names:tc:SAML:2.0:metadata" entityID="secret"/>',
		};
		const keyless = { client: { id: 'x', auth: 'client_secret_basic' } } as const;
		const cases: [unknown, string][] = [
			[ways(saml(), saml()), 'elsewhere.ways.1.id'],
			[{ ways: [], only: true }, 'elsewhere.only'],
			[ways(saml({ idp: none })), 'elsewhere.ways.0.idp.metadata'],
			[ways(saml({ idp: { metadata: 'no xml' } })), 'elsewhere.ways.0.idp.metadata'],
			[
				ways(saml({ idp: { url: 'http://md.example/x', entity_id: 'x', signed_by: pinned } })),
				'elsewhere.ways.0.idp.url',
			],
			[
				ways(
					saml({
						idp: { url: 'https://md.example/x', entity_id: 'x', signed_by: '-----BEGIN CERTIFICATE-----' },
					}),
				),
				'elsewhere.ways.0.idp.signed_by',
			],
			[ways(oidc({ issuer: 'http://login.schools.example' })), 'elsewhere.ways.0.issuer'],
			[ways(oidc(keyless)), 'elsewhere.ways.0.client.secret'],
			[
				ways(oidc({ client: { id: 'x', auth: 'private_key_jwt', secret: 's' } })),
				'elsewhere.ways.0.client.secret',
			],
			[{ ways: [{ ...saml(), kind: 'ldap' }] }, 'elsewhere.ways.0'],
			[{ ways: [{ ...saml(), id: 'No Good' }] }, 'elsewhere.ways.0.id'],
			[{ ways: [{ ...saml(), people: [] }] }, 'elsewhere.ways.0.people'],
			[{ ways: [{ ...saml(), surprise: 1 }] }, 'elsewhere.ways.0.surprise'],
		];
		for (const [elsewhere, field] of cases) {
			expect(faultyFields(elsewhere), JSON.stringify(elsewhere).slice(0, 200)).to.include(field);
			expect(JSON.stringify(check(settings(elsewhere)))).to.not.match(/ldap|No Good|-----BEGIN/);
		}
	});

	it('have no patterns, and no rule that asks two things at once', () => {
		for (const condition of [
			{ attribute: 'a', matches: '.*' },
			{ attribute: 'a' },
			{ attribute: 'a', is: ['x'], starts: ['y'] },
			{ attribute: 'a', is: [] },
		]) {
			const people = [{ when: [condition], refuse: true }];
			expect(faultyFields({ ways: [{ ...saml(), people }] }), JSON.stringify(condition)).to.not.be.empty;
		}
	});

	it('have their secrets sealed, wherever they stand', () => {
		const both = ways(
			saml(),
			oidc(),
			oidc({ id: 'second', client: { id: 'x', auth: 'client_secret_post', secret: 'two' } }),
		);
		const found: string[] = [];
		const mapped = mapSecrets(settings(both), (path, secret) => {
			found.push(path);
			return `sealed ${secret.length}`;
		});
		expect(found).to.deep.equal([
			'connector.upload_key',
			'elsewhere.ways.1.client.secret',
			'elsewhere.ways.2.client.secret',
		]);
		expect(JSON.stringify(mapped)).to.include('sealed 3').and.not.include('"two"');
		expect(mapped.elsewhere?.ways[0]).to.deep.equal(both.ways[0]);
	});
});
