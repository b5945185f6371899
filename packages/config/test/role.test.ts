import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { readRole } from '../src/role.ts';
import { roleSettingsTable, secretFilesTable } from '../src/role-settings.ts';

const SENTINEL = 'sentinel-of-a-secret-that-nobody-may-quote';

describe('the settings of a role that runs by itself', () => {
	let folder: string;
	const keep = (name: string, text: string) => writeFileSync(join(folder, name), text);
	const bytes = () => randomBytes(32).toString('base64');
	beforeEach(() => {
		folder = mkdtempSync(join(tmpdir(), 'understory-secrets-'));
		const { privateKey } = generateKeyPairSync('ed25519');
		keep('database-url', 'postgres://role:word@db:5432/understory');
		keep('platform-key', String(privateKey.export({ type: 'pkcs8', format: 'pem' })));
		keep('console-key', bytes());
		keep('master', bytes());
		keep('admin-token', 'a'.repeat(64));
		keep('enrolment-token', 'b'.repeat(64));
	});
	afterEach(() => rmSync(folder, { recursive: true, force: true }));

	const said = { UNDERSTORY_DOMAIN: 'library.example', UNDERSTORY_PLATFORM_URL: 'http://provisioner:8080' };
	const home = { UNDERSTORY_HOME_NAME: 'home-1', UNDERSTORY_INTERNAL_URL: 'http://home-1:8080' };
	const provisioner = { UNDERSTORY_DOMAIN: 'library.example' };
	const read = (kind: string, variables: Record<string, string> = {}) =>
		readRole([kind], { UNDERSTORY_SECRETS: folder, ...variables });
	const faults = (kind: string, variables: Record<string, string> = {}) => {
		const reading = read(kind, variables);
		return reading.ok ? [] : reading.error;
	};

	it('each role is read with little said, and what is usual for the rest', () => {
		expect(faults('provisioner', provisioner)).to.deep.equal([]);
		expect(faults('sso-bridge', said)).to.deep.equal([]);
		expect(faults('accountability', said)).to.deep.equal([]);
		expect(faults('home', { ...said, ...home })).to.deep.equal([]);
		const reading = read('accountability', said);
		if (!reading.ok) expect.fail(reading.error.join());
		else
			expect(reading.value.config).to.deep.include({
				port: 8080,
				address: '0.0.0.0',
				publish: 'daily',
				minimumPopulation: 500,
				trustProxy: [],
			});
	});

	it('pictures are compared with no list unless a folder is named, which the provisioner hands on', () => {
		const folderOf = (kind: 'home' | 'provisioner', variables: Record<string, string>) => {
			const reading = read(kind, variables);
			if (!reading.ok || !('matchLists' in reading.value.config)) return expect.fail(`no ${kind}`);
			return reading.value.config.matchLists;
		};
		for (const [kind, needed] of [
			['home', { ...said, ...home }],
			['provisioner', provisioner],
		] as const) {
			expect(folderOf(kind, needed)).to.equal(null);
			expect(folderOf(kind, { ...needed, UNDERSTORY_MATCH_LISTS: '/lists/' })).to.equal('/lists');
		}
		expect(faults('accountability', { ...said, UNDERSTORY_MATCH_LISTS: '/lists' })).to.have.length(1);
	});

	it('what is copied as it changes has a socket and a place, both or neither, and no password in it', () => {
		const told = {
			UNDERSTORY_LITESTREAM: '/run/litestream.sock',
			UNDERSTORY_LITESTREAM_REPLICA: 's3://bucket/copies',
		};
		const reading = read('home', { ...said, ...home, ...told });
		expect(
			reading.ok && 'litestream' in reading.value.config && reading.value.config.litestream,
		).to.deep.equal({
			socket: '/run/litestream.sock',
			replica: 's3://bucket/copies',
		});
		for (const wrong of [
			{ UNDERSTORY_LITESTREAM_REPLICA: '' },
			{ UNDERSTORY_LITESTREAM: '' },
			{ UNDERSTORY_LITESTREAM_REPLICA: 'a bucket' },
			{ UNDERSTORY_LITESTREAM_REPLICA: 'sftp://me:secret@host/copies' },
		])
			expect(faults('home', { ...said, ...home, ...told, ...wrong })).to.have.length(1);
	});

	it('a bucket for copies has a place and a file of keys, both or neither, no key in it, and no public way without encryption', () => {
		const told = {
			UNDERSTORY_COPIES_AWAY: 's3://bucket/copies/?endpoint=https://objects.example&region=eu-1',
			UNDERSTORY_COPIES_AWAY_CREDENTIALS: '/keys/credentials',
		};
		const reading = read('home', { ...said, ...home, ...told });
		expect(
			reading.ok && 'copiesAway' in reading.value.config && reading.value.config.copiesAway,
		).to.deep.equal({
			said: told.UNDERSTORY_COPIES_AWAY,
			where: 's3://bucket/copies/?endpoint=https://objects.example',
			...{ bucket: 'bucket', path: 'copies', endpoint: 'https://objects.example', region: 'eu-1' },
			...{ networks: [], credentials: '/keys/credentials' },
		});
		const away = (place: string) => ({ UNDERSTORY_COPIES_AWAY: place });
		expect(faults('home', { ...said, ...home, ...told, ...away('s3://bucket') })).to.deep.equal([]);
		for (const wrong of [
			away(''),
			{ UNDERSTORY_COPIES_AWAY_CREDENTIALS: '' },
			away('/a/folder'),
			away('s3://me:secret@bucket/copies'),
			away('s3://bucket/../other'),
			away('s3://bucket?key=secret'),
			away('s3://bucket?endpoint=https://objects.example/path'),
			away('s3://bucket?endpoint=http://objects.example'),
			away('s3://bucket?endpoint=http://10.0.0.1:9000&network=10.0.0.0/99'),
		]) {
			const [fault, ...more] = faults('home', { ...said, ...home, ...told, ...wrong });
			expect(fault, JSON.stringify(wrong)).to.contain('UNDERSTORY_COPIES_AWAY');
			expect(fault).not.to.contain('me:secret');
			expect(more).to.deep.equal([]);
		}
	});

	it('the keys of homes are sealed to a recovery key by its public half, which is never quoted when it is none', () => {
		const publicKey = randomBytes(32).toString('base64url');
		for (const [kind, needed] of [
			['home', { ...said, ...home }],
			['provisioner', provisioner],
		] as const) {
			const reading = read(kind, { ...needed, UNDERSTORY_RECOVERY_KEY: publicKey });
			expect(reading.ok && reading.value.config).to.include({ recoveryKey: publicKey });
			const told = faults(kind, { ...needed, UNDERSTORY_RECOVERY_KEY: SENTINEL });
			expect(told).to.have.length(1);
			expect(told[0]).to.contain('UNDERSTORY_RECOVERY_KEY').and.not.contain(SENTINEL);
		}
	});

	it('a home is given both of its keys or neither, each in its form', () => {
		const given = () => {
			const reading = read('home', { ...said, ...home });
			return reading.ok && reading.value.kind === 'home' ? reading.value.secrets.givenKeys : reading;
		};
		expect(given()).to.equal(null);
		const homeKey = bytes();
		keep('home.key', homeKey);
		expect(faults('home', { ...said, ...home })[0]).to.contain('give both or neither');
		const roleKey = readFileSync(join(folder, 'platform-key'), 'utf8').trim();
		keep('role.key', roleKey);
		expect(given()).to.deep.equal({ homeKey, roleKey });
		keep('home.key', SENTINEL);
		keep('role.key', SENTINEL);
		const told = faults('home', { ...said, ...home });
		expect(told).to.have.length(2);
		for (const fault of told) expect(fault).to.not.contain(SENTINEL);
	});

	it('a role is named, and only one', () => {
		for (const words of [[], ['librarian'], ['home', 'provisioner']]) {
			const reading = readRole(words, {});
			expect(reading.ok ? [] : reading.error[0]).to.contain('Say which role to start');
		}
	});

	const WRONG: readonly [what: string, kind: string, variables: Record<string, string>, sentence: RegExp][] =
		[
			[
				'a port that is none',
				'provisioner',
				{ ...provisioner, UNDERSTORY_PORT: '0' },
				/^UNDERSTORY_PORT is "0"/,
			],
			['a domain with a scheme', 'provisioner', { UNDERSTORY_DOMAIN: 'https://a.example' }, /without scheme/],
			['no domain', 'provisioner', {}, /^UNDERSTORY_DOMAIN is missing/],
			['no provisioner', 'sso-bridge', {}, /^UNDERSTORY_PLATFORM_URL is missing/],
			[
				'a driver nobody wrote',
				'provisioner',
				{ ...provisioner, UNDERSTORY_DRIVER: 'nomad' },
				/^UNDERSTORY_DRIVER/,
			],
			[
				'a proxy that is no address',
				'home',
				{ ...said, ...home, UNDERSTORY_TRUST_PROXY: 'edge' },
				/has "edge"/,
			],
			[
				'a misspelled setting',
				'home',
				{ ...said, ...home, UNDERSTORY_PROT: '1' },
				/^UNDERSTORY_PROT is not a setting/,
			],
			[
				'a setting of another role',
				'home',
				{ ...said, ...home, UNDERSTORY_PUBLISH: 'now' },
				/not a setting of the role home/,
			],
			[
				'an edge without a domain',
				'sso-bridge',
				{ UNDERSTORY_PLATFORM_URL: 'http://p:1', UNDERSTORY_EDGE: 'e:443' },
				/needs UNDERSTORY_DOMAIN/,
			],
			[
				'a population in words',
				'accountability',
				{ ...said, UNDERSTORY_MINIMUM_POPULATION: 'few' },
				/Write a number/,
			],
			[
				'a home with a name no cluster takes',
				'home',
				{ ...said, ...home, UNDERSTORY_HOME_NAME: 'Home 1' },
				/small letters/,
			],
		];
	for (const [what, kind, variables, sentence] of WRONG) {
		it(`${what} is one fault with a sentence that names it`, () => {
			const told = faults(kind, variables);
			expect(told, told.join('\n')).to.have.length(1);
			expect(told[0]).to.match(sentence);
		});
	}

	it('with the driver helm it is told where homes run and what they are given', () => {
		keep('values.json', '{"image": {"repository": "understory", "tag": "1"}}');
		const helm = {
			...provisioner,
			UNDERSTORY_DRIVER: 'helm',
			UNDERSTORY_HOMES_NAMESPACE: 'homes',
			UNDERSTORY_HOME_VALUES: join(folder, 'values.json'),
		};
		const reading = read('provisioner', helm);
		if (!reading.ok) expect.fail(reading.error.join());
		else
			expect((reading.value.config as { driver: object }).driver).to.deep.include({
				kind: 'helm',
				namespace: 'homes',
				values: { image: { repository: 'understory', tag: '1' } },
				helm: '/usr/local/bin/helm',
				kubeconfig: null,
			});
		expect(faults('provisioner', { ...helm, UNDERSTORY_HOMES_NAMESPACE: '' })[0]).to.contain(
			'name the namespace',
		);
		const own = { ...helm, UNDERSTORY_LIBRARY_NAMESPACES: join(folder, 'libraries.json') };
		const libraries = {
			...{ prefix: 'understory-library-', platform: 'understory', role: 'understory-library' },
			account: { name: 'understory-provisioner', namespace: 'understory' },
			quota: null,
		};
		keep('libraries.json', JSON.stringify(libraries));
		const told = read('provisioner', own);
		if (!told.ok) expect.fail(told.error.join());
		expect((told.value.config as { driver: object }).driver).to.deep.include({ libraries });
		keep('libraries.json', JSON.stringify({ ...libraries, account: {} }));
		expect(faults('provisioner', own)[0]).to.match(/^UNDERSTORY_LIBRARY_NAMESPACES .* The chart/);
		const routed = { ...helm, UNDERSTORY_PLATFORM_ROUTES: join(folder, 'routes.json') };
		const services = { card: 'understory-sso-bridge', accountability: 'understory-accountability' };
		const routes = { namespace: 'understory', services, byHand: [], route: { kind: 'gateway' } };
		keep('routes.json', JSON.stringify(routes));
		const led = read('provisioner', routed);
		if (!led.ok) expect.fail(led.error.join());
		expect((led.value.config as { driver: object }).driver).to.nested.include({
			'platformRoutes.services.card': 'understory-sso-bridge',
			'platformRoutes.route.certificates.issuer': '',
		});
		for (const broken of ['[', 'null', JSON.stringify({ ...routes, services: { card: '/etc' } })]) {
			keep('routes.json', broken);
			expect(faults('provisioner', routed)[0], broken).to.match(/^UNDERSTORY_PLATFORM_ROUTES .* The chart/);
		}
		expect(faults('provisioner', { ...helm, UNDERSTORY_HELM_DRIVER: 'memory' })[0]).to.contain(
			'secret or sql',
		);
		expect(faults('provisioner', { ...helm, UNDERSTORY_HELM_DRIVER: 'sql' })[0]).to.contain(
			'helm-database-url',
		);
		keep('values.json', '[1');
		expect(faults('provisioner', helm)[0]).to.match(/^UNDERSTORY_HOME_VALUES .* holds no JSON object/);
	});

	const SECRETS: readonly [file: string, kind: string, sentence: RegExp][] = [
		['database-url', 'provisioner', /not the address of a PostgreSQL/],
		['platform-key', 'provisioner', /no Ed25519 key/],
		['console-key', 'provisioner', /32 bytes in base64/],
		['enrolment-tokens', 'provisioner', /not in its form/],
		['master', 'sso-bridge', /32 bytes in base64/],
	];
	for (const [file, kind, sentence] of SECRETS) {
		it(`a ${file} that is none is a fault, and is never quoted`, () => {
			keep(file, SENTINEL);
			const told = faults(kind, kind === 'provisioner' ? provisioner : said);
			expect(told).to.have.length(1);
			expect(told[0]).to.match(sentence).and.not.contain(SENTINEL);
		});
		// Tokens for others are not needed: a platform that has its roles needs none.
		if (file === 'enrolment-tokens') continue;
		it(`a ${file} that is empty or gone is told apart from one that is wrong`, () => {
			keep(file, '\n');
			expect(faults(kind, kind === 'provisioner' ? provisioner : said)[0]).to.contain(
				`${file} in ${folder} is empty`,
			);
			rmSync(join(folder, file));
			expect(faults(kind, kind === 'provisioner' ? provisioner : said)[0]).to.contain(
				`${file} is missing in`,
			);
		});
	}

	it('all faults are told at once', () => {
		rmSync(join(folder, 'master'));
		expect(faults('sso-bridge', { UNDERSTORY_PORT: 'x', UNDERSTORY_LOG_LEVEL: 'loud' })).to.have.length(4);
	});

	it('stand in the documentation as they are', () => {
		const page = readFileSync(new URL('../../../docs/library-it/settings.md', import.meta.url), 'utf8');
		expect(page).to.contain(roleSettingsTable());
		expect(page).to.contain(secretFilesTable());
	});
});
