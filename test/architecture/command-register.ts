/** Which test runs commands of a page. */
export interface RunByTest {
	readonly page: string;
	/** Which of them: those below a heading that begins with these words, those of this form, or both. */
	readonly below?: string;
	readonly like?: RegExp;
	/** How many blocks below the heading, from the first; without it all of them. */
	readonly blocks?: number;
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
const MACHINE = 'test/cluster/one-machine.test.ts';
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
		page: 'disaster.md',
		below: 'The cluster is lost',
		test: 'test/cluster/fixtures/examples-suite.ts',
		by: "commandsBelow(PAGE, 'The cluster is lost')",
	},
	{
		page: 'disaster.md',
		below: 'A home lost its volume',
		like: /^(kubectl|helm) /,
		test: 'test/cluster/platform.test.ts',
		read: 'test/cluster/fixtures/lost-home.ts',
		by: 'await page.giveKeys()',
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
		by: 'const [look, confirm, own] = commands',
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
		page: 'kubernetes.md',
		below: 'More than one cluster',
		like: /^(?!npm )/,
		test: 'test/cluster/cell.test.ts',
		by: "commandsBelow(PAGE, 'More than one cluster')",
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
	{
		...{ page: 'one-machine.md', below: 'Before', blocks: 1, test: MACHINE },
		by: "const [before] = commandsBelow(page('one-machine'), 'Before')",
	},
	{
		...{ page: 'one-machine.md', below: 'Settings and secrets', test: MACHINE },
		by: "...commandsBelow(page('one-machine'), 'Settings and secrets')",
	},
	{
		...{ page: 'one-machine.md', below: 'Start', blocks: 1, test: MACHINE },
		by: "commandsBelow(page('one-machine'), 'Start')[0]",
	},
	{
		...{ page: 'one-machine.md', below: 'Upgrade', blocks: 2, test: MACHINE },
		by: "const [lay, begin] = commandsBelow(page('one-machine'), 'Upgrade')",
	},
	{
		...{ page: 'continuous-copies.md', below: 'On one machine', blocks: 1, test: MACHINE },
		by: "commandsBelow(page('continuous-copies'), 'On one machine')[0]",
	},
	{
		...{ page: 'to-a-cluster.md', below: '1. ', blocks: 2, test: MACHINE },
		by: "const [leave, callOff] = commandsBelow(page('to-a-cluster'), '1. On the machine')",
	},
];

/** What is run by no test; to be as short as it can be. */
export const NOT_RUN: readonly RunByNone[] = [
	{
		page: 'one-machine.md',
		why: 'It is for a machine that systemd does not get to carry on. Tests of upgrades run the program with that word, and compare the path with what systemd runs.',
		commands: [
			'/var/lib/understory-upgrade/from/node_modules/.bin/node /var/lib/understory-upgrade/from/infra/one-machine/upgrade.ts --carry-on',
		],
	},
];
