/** Which test runs commands of a page. */
export interface RunByTest {
	readonly page: string;
	/** Which of them: those below a heading that begins with these words, those of this form, or both. */
	readonly below?: string;
	readonly like?: RegExp;
	readonly test: string;
	/** Where the page is read, when that is not the test itself. */
	readonly read?: string;
	/** Words of the test with which it takes these commands off the page: a test that no longer has them no longer runs them. */
	readonly by: string;
}

/** Commands that no test runs, in their own words, and why. */
export interface RunByNone {
	readonly page: string;
	readonly commands: readonly string[];
	readonly why: string;
}

const UNDERSTORY = /^npm run (?:--silent )?understory -- /;
/** Of pages whose tests take no other. */
const SPEAKING = /^npm run understory -- /;
const LINES = '/^npm run (?:--silent )?understory -- (.+)$/gm';
const PLATFORM = { test: 'test/cluster/platform.test.ts', read: 'test/cluster/fixtures/page-platform.ts' };
const CARRIED = {
	test: 'test/e2e/platform/carried-elsewhere.ts',
	read: 'test/e2e/platform/carry.ts',
};

/** What runs the commands of `docs/library-it`. */
export const RUN: readonly RunByTest[] = [
	{
		page: 'alerts.md',
		like: /^promtool check rules /,
		test: 'infra/monitoring/test/rules.test.ts',
		by: 'expect(promtool(...words))',
	},
	{ page: 'bills.md', like: UNDERSTORY, test: 'packages/cli/test/command.test.ts', by: LINES },
	{ page: 'command.md', like: UNDERSTORY, test: 'packages/cli/test/command-page.test.ts', by: LINES },
	{
		page: 'continuous-copies.md',
		like: /^litestream restore /,
		test: 'test/interop/litestream.test.ts',
		by: '/^ +litestream (restore .*)$/m',
	},
	{ page: 'costs.md', like: UNDERSTORY, test: 'packages/cli/test/estimate.test.ts', by: LINES },
	{
		page: 'disaster.md',
		like: SPEAKING,
		test: 'test/e2e/disaster.test.ts',
		by: '/^npm run understory -- (.+)$/gm',
	},
	{
		page: 'disaster.md',
		below: 'PostgreSQL is lost',
		test: 'test/cluster/fixtures/examples-suite.ts',
		by: "commandsBelow(PAGE, 'PostgreSQL is lost')",
	},
	{
		page: 'image.md',
		like: /^npm run image$/,
		test: 'test/cluster/prepared.ts',
		by: ' -- --out "$0" --name "$1"',
	},
	{
		page: 'import.md',
		like: SPEAKING,
		test: 'packages/cli/test/command.test.ts',
		by: 'const [look, confirm] = commands',
	},
	...['1.', '3.', '4.', '5.'].map((below) => ({
		page: 'kubernetes.md',
		below,
		...PLATFORM,
		by: below === '4.' ? 'const sayAgain = ()' : `platform.asOnThePage('${below}'`,
	})),
	{
		page: 'kubernetes.md',
		below: 'More than one cluster',
		like: SPEAKING,
		test: 'test/e2e/cell-commands.test.ts',
		by: '/^npm run understory -- (cell .+)$/gm',
	},
	{
		page: 'life.md',
		like: SPEAKING,
		test: 'packages/cli/test/command.test.ts',
		by: 'docs/library-it/life.md',
	},
	{
		page: 'one-machine.md',
		like: UNDERSTORY,
		test: 'packages/cli/test/doctor-machine.test.ts',
		by: LINES,
	},
	{
		page: 'README.md',
		like: /^npm start$/,
		test: 'test/e2e/page-start.test.ts',
		by: "'--no-sample'], { data, by }",
	},
	{
		page: 'sign-in.md',
		like: /^curl --upload-file /,
		test: 'packages/sso-bridge/test/library-settings.test.ts',
		by: '/^(curl --upload-file .+)$/m',
	},
	{
		page: 'staff-sign-in.md',
		like: SPEAKING,
		test: 'packages/cli/test/access.test.ts',
		by: '/^ *npm run understory -- (.+)$/gm',
	},
	...['leave --to /srv/carried', 'take-in /srv/carried --key key --databases databases --to taken'].map(
		(words) => ({
			page: 'to-a-cluster.md',
			like: new RegExp(`infra/one-machine/${words.replace(' ', '\\.ts ')}$`),
			...CARRIED,
			by: `'${words}'`,
		}),
	),
	{
		page: 'to-a-cluster.md',
		like: /infra\/one-machine\/leave\.ts --(hand-over|call-off)$/,
		...CARRIED,
		by: 'const leave = (',
	},
	{
		page: 'to-a-cluster.md',
		below: '4. ',
		test: 'test/cluster/helm-driver.test.ts',
		by: "commandsBelow(PAGE, '4. ')",
	},
];

const SYSTEMD =
	'No test has a machine with systemd: what it is told is answered by a stand-in, which starts the roles by their units.';
const SERVICES = 'understory-provisioner understory-sso-bridge understory-accountability';

/** What is run by no test; to be as short as it can be. */
export const NOT_RUN: readonly RunByNone[] = [
	{
		page: 'one-machine.md',
		why: SYSTEMD,
		commands: [
			'apt-get install caddy postgresql nodejs npm git',
			'git clone https://example.org/understory.git /opt/understory-1',
			'cd /opt/understory-1 && npm ci --omit=dev',
			'ln -s /opt/understory-1 /opt/understory',
			'node_modules/.bin/node infra/one-machine/make.ts --domain library.example',
			'sudo -u postgres psql --set ON_ERROR_STOP=1 < /etc/understory/postgresql.sql',
			'cp infra/one-machine/systemd/understory.sysusers.conf /etc/sysusers.d/understory.conf',
			'cp -r infra/one-machine/systemd/*.service infra/one-machine/systemd/*.path infra/one-machine/systemd/caddy.service.d /etc/systemd/system/',
			'cp infra/one-machine/Caddyfile /etc/caddy/Caddyfile',
			'systemd-sysusers',
			'systemctl daemon-reload',
			`systemctl enable --now ${SERVICES} understory-edge.path understory-upgrade`,
			'systemctl restart caddy',
			'git clone https://example.org/understory.git /opt/understory-2',
			'cd /opt/understory-2 && npm ci --omit=dev',
			'diff --recursive /opt/understory/infra/one-machine/systemd /opt/understory-2/infra/one-machine/systemd',
			'diff /opt/understory/infra/one-machine/Caddyfile /opt/understory-2/infra/one-machine/Caddyfile',
			'cd /opt/understory',
			'node_modules/.bin/node infra/one-machine/upgrade.ts --to /opt/understory-2',
			'/var/lib/understory-upgrade/from/node_modules/.bin/node /var/lib/understory-upgrade/from/infra/one-machine/upgrade.ts --carry-on',
		],
	},
	{
		page: 'continuous-copies.md',
		why: SYSTEMD,
		commands: [
			'cp infra/one-machine/litestream.yml /etc/understory/litestream.yml',
			'cp infra/one-machine/systemd/understory-litestream.service /etc/systemd/system/',
			'install -d -o understory-provisioner -m 0700 /srv/understory-copies',
			'cat >> /etc/understory/provisioner.env <<END\nUNDERSTORY_LITESTREAM=/run/understory-litestream/control.sock\nUNDERSTORY_LITESTREAM_REPLICA=file:///srv/understory-copies\nEND',
			'systemctl daemon-reload',
			'systemctl enable --now understory-litestream',
			'systemctl restart understory-provisioner',
		],
	},
	{
		page: 'to-a-cluster.md',
		why: SYSTEMD,
		commands: [`systemctl disable --now ${SERVICES}`, `systemctl enable --now ${SERVICES}`],
	},
];
