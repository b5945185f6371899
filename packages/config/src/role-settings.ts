/** The parts of a platform that can run in a process of their own. */
export const ROLE_KINDS = ['provisioner', 'sso-bridge', 'accountability', 'home'] as const;
export type RoleName = (typeof ROLE_KINDS)[number];

/** One setting of a role that runs by itself: what the reader and the documentation say of it. */
export interface RoleSetting {
	readonly name: string;
	readonly roles: readonly RoleName[];
	/** Null: it must be said. */
	readonly usual: string | null;
	readonly meaning: string;
}

const ALL = ROLE_KINDS;
const FOLLOWERS = ['sso-bridge', 'accountability', 'home'] as const;

/** Every variable a role reads. `docs/library-it/settings.md` is made of this table, and a test holds the two together. */
export const ROLE_SETTINGS = [
	{
		name: 'UNDERSTORY_PORT',
		roles: ALL,
		usual: '8080',
		meaning: 'The port it listens on, for everything: pages, the other roles, probes.',
	},
	{
		name: 'UNDERSTORY_ADDRESS',
		roles: ALL,
		usual: '0.0.0.0',
		meaning: 'The address of this machine it listens on. The usual one is all of them.',
	},
	{
		name: 'UNDERSTORY_DATA',
		roles: ALL,
		usual: '/data',
		meaning: 'Its own folder. Of a home everything is there; of the others what they need to come up alone.',
	},
	{
		name: 'UNDERSTORY_SECRETS',
		roles: ALL,
		usual: '/secrets',
		meaning: 'The folder of its secret files, named in the next table.',
	},
	{
		name: 'UNDERSTORY_LOG_LEVEL',
		roles: ALL,
		usual: 'info',
		meaning: 'How much is written to standard output: debug, info, warn, error or silent.',
	},
	{
		name: 'UNDERSTORY_TRUST_PROXY',
		roles: ALL,
		usual: '',
		meaning:
			'Addresses or ranges of the proxies before it, with commas. Of them alone X-Forwarded-For and X-Forwarded-Proto are believed.',
	},
	{
		name: 'UNDERSTORY_DOMAIN',
		roles: ALL,
		usual: '',
		meaning:
			'The public domain below which the platform stands: console.DOMAIN, card.LIBRARY.DOMAIN, accountability.LIBRARY.DOMAIN, BRANCH.LIBRARY.DOMAIN. The provisioner must have it.',
	},
	{
		name: 'UNDERSTORY_EDGE',
		roles: ALL,
		usual: '',
		meaning:
			'Host and port at which the proxy is reached from inside. Names below UNDERSTORY_DOMAIN are then asked there, and not by DNS. The provisioner hands it on to the homes it starts.',
	},
	{
		name: 'UNDERSTORY_PLATFORM_URL',
		roles: FOLLOWERS,
		usual: null,
		meaning: 'The address of the provisioner inside, such as http://understory-provisioner:8080.',
	},
	{
		name: 'UNDERSTORY_DRIVER',
		roles: ['provisioner'],
		usual: 'local',
		meaning:
			'How homes are started. `local`: as processes on this machine. `helm`: on Kubernetes, one release each.',
	},
	{
		name: 'UNDERSTORY_HOME_PORT',
		roles: ['provisioner'],
		usual: '8090',
		meaning:
			'With the driver `local`: the port of the first home. The homes after it take the ports after it.',
	},
	{
		name: 'UNDERSTORY_EDGE_HOMES',
		roles: ['provisioner'],
		usual: '',
		meaning:
			'With the driver `local`: a file that it keeps, with a line for each branch that does not live in the first home: its name, and where its home listens. The proxy reads it.',
	},
	{
		name: 'UNDERSTORY_HOMES_NAMESPACE',
		roles: ['provisioner'],
		usual: '',
		meaning: 'With the driver `helm`, which must have it: the namespace that shared homes run in.',
	},
	{
		name: 'UNDERSTORY_LIBRARY_NAMESPACES',
		roles: ['provisioner'],
		usual: '',
		meaning:
			'With the driver `helm`: a JSON file, written by the chart of the platform, that says how each library gets a namespace of its own. None: all homes run in that of the shared ones.',
	},
	{
		name: 'UNDERSTORY_PLATFORM_ROUTES',
		roles: ['provisioner'],
		usual: '',
		meaning:
			'With the driver `helm`: a JSON file, written by the chart of the platform, that says where the card pages and accountability sites of libraries are served and how people come there. None: somebody else leads to them.',
	},
	{
		name: 'UNDERSTORY_HELM_DRIVER',
		roles: ['provisioner'],
		usual: 'secret',
		meaning:
			'With the driver `helm`: where Helm keeps what it knows of each home. `secret`: in Secrets of its namespace. `sql`: in the PostgreSQL at `helm-database-url`.',
	},
	{
		name: 'UNDERSTORY_HOME_VALUES',
		roles: ['provisioner'],
		usual: '',
		meaning:
			'With the driver `helm`, which must have it: a JSON file with values for every home, in the form of charts/home. At least `image` and `platform.url`.',
	},
	{
		name: 'UNDERSTORY_HELM',
		roles: ['provisioner'],
		usual: '/usr/local/bin/helm',
		meaning: 'With the driver `helm`: where the program is.',
	},
	{
		name: 'UNDERSTORY_CHARTS',
		roles: ['provisioner'],
		usual: 'charts',
		meaning: 'With the driver `helm`: the folder of the charts.',
	},
	{
		name: 'UNDERSTORY_KUBECONFIG',
		roles: ['provisioner'],
		usual: '',
		meaning:
			'With the driver `helm`: the file that says how to reach the cluster. None: the account of the pod.',
	},
	{
		name: 'UNDERSTORY_HOME_NAME',
		roles: ['home'],
		usual: null,
		meaning: 'The name of the home, such as home-1.',
	},
	{
		name: 'UNDERSTORY_INTERNAL_URL',
		roles: ['home'],
		usual: null,
		meaning: 'Where the provisioner reaches this home inside, such as http://home-1:8080.',
	},
	{
		name: 'UNDERSTORY_BACKUPS',
		roles: ['provisioner', 'home'],
		usual: '',
		meaning:
			'The folder, such as one on a second disk, in which each home has one for copies of its branches. None: `backups` in the home’s own. The provisioner hands it on to the homes it starts on this machine.',
	},
	{
		name: 'UNDERSTORY_MATCH_LISTS',
		roles: ['provisioner', 'home'],
		usual: '',
		meaning:
			'A folder with lists of digests of pictures, a file each, that each picture is compared with as it comes: exact copies alone are found, and bring a post to the hosts. None: pictures are compared with nothing. The provisioner hands it on to the homes it starts on this machine.',
	},
	{
		name: 'UNDERSTORY_LITESTREAM',
		roles: ['provisioner', 'home'],
		usual: '',
		meaning:
			'The control socket of a [Litestream](https://litestream.io) that copies the database of each branch as it changes. None: nothing does. The provisioner hands it on to the homes it starts on this machine.',
	},
	{
		name: 'UNDERSTORY_LITESTREAM_REPLICA',
		roles: ['provisioner', 'home'],
		usual: '',
		meaning:
			'The URL below which these copies lie, a folder for each branch and epoch: `s3://bucket/folder`, with `?endpoint=…&region=…` where it is not Amazon’s, or `file:///second-disk/copies`. Without a password: that is Litestream’s.',
	},
	{
		name: 'UNDERSTORY_COPIES_AWAY',
		roles: ['provisioner', 'home'],
		usual: '',
		meaning:
			'The bucket that every backup is brought to once it was tried: `s3://bucket/folder`, with `?endpoint=https://…&region=…` where it is not Amazon’s, and `&network=10.0.0.0/8` where it lies in a network that is not public. None: backups lie where the home is. The provisioner hands it on to the homes it starts on this machine.',
	},
	{
		name: 'UNDERSTORY_COPIES_AWAY_CREDENTIALS',
		roles: ['provisioner', 'home'],
		usual: '',
		meaning:
			'The file with the keys to that bucket, written as for the AWS command line and read with each use. The provisioner hands the name on to the homes it starts on this machine.',
	},
	{
		name: 'UNDERSTORY_RECOVERY_KEY',
		roles: ['provisioner', 'home'],
		usual: '',
		meaning:
			'The public half of a recovery key, as `understory recovery-key make` prints it. Each home seals its keys to it and gives them to the provisioner, so that they outlive its volume; only the private half opens them. None: they lie on the volume and nowhere else. The provisioner hands it on to the homes it starts on this machine.',
	},
	{
		name: 'UNDERSTORY_MINIMUM_POPULATION',
		roles: ['accountability'],
		usual: '500',
		meaning:
			'How many people a branch must have had in 30 days for its decisions to be shown one by one. Below it they are sealed and counted.',
	},
	{
		name: 'UNDERSTORY_PUBLISH',
		roles: ['accountability'],
		usual: 'daily',
		meaning: 'When decisions are published: `daily`, or `now`, which tells when each was made.',
	},
] as const satisfies readonly RoleSetting[];

export type RoleSettingName = (typeof ROLE_SETTINGS)[number]['name'];

/** A file below the folder of secrets. */
export interface SecretFile {
	readonly name: string;
	readonly roles: readonly RoleName[];
	readonly needed: boolean;
	readonly meaning: string;
}

/** Every secret file there is. */
export const SECRET_FILES = [
	{
		name: 'database-url',
		roles: ['provisioner', 'sso-bridge', 'accountability'],
		needed: true,
		meaning:
			'The address of its PostgreSQL: postgres://user:password@host:5432/database. Each role has a user and a schema of its own, or a database.',
	},
	{
		name: 'platform-key',
		roles: ['provisioner'],
		needed: true,
		meaning:
			'The Ed25519 key that signs registers: `openssl genpkey -algorithm ed25519`. Losing it is losing the platform.',
	},
	{
		name: 'console-key',
		roles: ['provisioner'],
		needed: true,
		meaning:
			'For the sessions of the console, and it seals the secrets of providers by which staff signs in; with another one those are written down anew: `openssl rand -base64 32`.',
	},
	{
		name: 'admin-token',
		roles: ['provisioner'],
		needed: true,
		meaning: 'The administrator’s API token: `openssl rand -hex 32`.',
	},
	{
		name: 'enrolment-tokens',
		roles: ['provisioner'],
		needed: false,
		meaning:
			'What lets the first bridge and the first accountability site in, once each: {"sso-bridge": "…", "accountability": "…"}, each `openssl rand -hex 32`. Also `edge`, for a proxy that follows the routing table.',
	},
	{
		name: 'cell-NAME.kubeconfig',
		roles: ['provisioner'],
		needed: false,
		meaning: 'With the driver `helm`, for each further cell: how its cluster is reached.',
	},
	{
		name: 'cell-NAME.json',
		roles: ['provisioner'],
		needed: false,
		meaning:
			'For a cell whose homes are given something else than the others: values of charts/home that are laid over those in UNDERSTORY_HOME_VALUES, and under `libraries` how each library gets a namespace there. The chart of a cell writes it.',
	},
	{
		name: 'helm-database-url',
		roles: ['provisioner'],
		needed: false,
		meaning:
			'With `UNDERSTORY_HELM_DRIVER=sql`: the address of the PostgreSQL that Helm keeps releases in, with a user and a database of its own. Helm insists on TLS unless it ends in `?sslmode=disable`.',
	},
	{
		name: 'master',
		roles: ['sso-bridge'],
		needed: true,
		meaning:
			'What every key about cards is made of: `openssl rand -base64 32`. Without it nobody is recognized any more.',
	},
	{
		name: 'enrolment-token',
		roles: ['sso-bridge', 'accountability', 'home'],
		needed: false,
		meaning: 'The one-time token for its first start. Later starts need none.',
	},
	{
		name: 'home.key',
		roles: ['home'],
		needed: false,
		meaning:
			'With `role.key`: the keys of a home that lost its folder, as `understory home keys` brings them back. A folder without keys takes them in; one that has others refuses to start.',
	},
	{
		name: 'role.key',
		roles: ['home'],
		needed: false,
		meaning: 'Goes with `home.key`.',
	},
] as const satisfies readonly SecretFile[];

export type SecretFileName = (typeof SECRET_FILES)[number]['name'];

/** The table of the documentation. */
export function roleSettingsTable(): string {
	const rows = ROLE_SETTINGS.map(({ name, roles, usual, meaning }: RoleSetting) => {
		const whose = roles.length === ROLE_KINDS.length ? 'all' : roles.join(', ');
		return `| \`${name}\` | ${whose} | ${usual === null ? 'must be said' : usual || 'none'} | ${meaning} |`;
	});
	return ['| variable | role | usual | meaning |', '|---|---|---|---|', ...rows, ''].join('\n');
}

/** The table of the secret files in the documentation. */
export function secretFilesTable(): string {
	const rows = SECRET_FILES.map(
		({ name, roles, needed, meaning }) =>
			`| \`${name}\` | ${roles.join(', ')} | ${needed ? 'yes' : 'no'} | ${meaning} |`,
	);
	return ['| file | role | needed | meaning |', '|---|---|---|---|', ...rows, ''].join('\n');
}
