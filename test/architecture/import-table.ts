/** Who may import whom (DESIGN section 6). These rows are all there is. */
export const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
	core: [],
	'transparency-log': [],
	sip2: [],
	config: ['core'],
	http: ['core'],
	design: ['core'],
	outgoing: ['core'],
	'api-client': ['core'],
	neighborhood: ['core', 'transparency-log'],
	federation: ['core', 'neighborhood', 'outgoing'],
	branch: ['core', 'http', 'design', 'neighborhood', 'federation', 'outgoing', 'transparency-log'],
	home: ['core', 'config', 'http', 'design', 'neighborhood', 'outgoing', 'transparency-log', 'branch'],
	'sso-bridge': ['core', 'config', 'http', 'design', 'outgoing', 'sip2', 'transparency-log'],
	accountability: ['core', 'config', 'http', 'design', 'outgoing', 'transparency-log'],
	provisioner: ['core', 'config', 'http', 'design', 'neighborhood', 'outgoing', 'transparency-log'],
	cli: ['core', 'config', 'transparency-log', 'api-client'],
	// One role in a process of its own (ADR 50): the roles and what they are told, and nothing of the town's.
	roles: [
		'core',
		'config',
		'http',
		'design',
		'outgoing',
		'transparency-log',
		'sso-bridge',
		'home',
		'accountability',
		'provisioner',
	],
	// Everything; imported by tests and the start only, so it is in nobody's row.
	town: [
		'core',
		'config',
		'http',
		'design',
		'neighborhood',
		'outgoing',
		'transparency-log',
		'sip2',
		'sso-bridge',
		'branch',
		'home',
		'accountability',
		'provisioner',
		'federation',
	],
};

/** Packages of others that may be imported in one place only, and the files (below `packages/`) that may (DESIGN section 6). */
export const ONLY_IN: Readonly<Record<string, RegExp>> = {
	'@fedify': /^federation\//,
	knex: /^[^/]+\/src\/store\//,
	bullmq: /^provisioner\/src\/queue\//,
	undici: /^outgoing\//,
	'@kubernetes/client-node': /^provisioner\/src\/drivers\/helm\//,
};

/** What may be said in one place only. Looked for in code, not in comments or strings. */
export const SAID_ONLY_IN: readonly { what: string; said: RegExp; where: RegExp }[] = [
	{
		what: 'fetch',
		said: /(?:\b(?:await|return|void)\s+|[=(,:?!&|[]\s*)fetch\s*(?:[(,;)\]}]|$)|\bglobalThis\s*\.\s*fetch\s*[(,;)]/m,
		// Client and command run on the machine of whoever calls them, and call the one address they named (ADR 36).
		where: /^outgoing\/|^api-client\/src\/send\.ts$|^cli\/src\/download\.ts$/,
	},
	{ what: 'process.env', said: /\bprocess\s*\??\.\s*env\b|\bprocess\s*\[/, where: /^config\// },
];
