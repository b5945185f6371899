import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';

/** Who may import whom (DESIGN section 6). These rows are all there is. */
export const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
	core: [],
	'transparency-log': [],
	sip2: [],
	config: ['core'],
	http: ['core'],
	design: ['core'],
	outgoing: ['core'],
	neighborhood: ['core', 'transparency-log'],
	federation: ['core', 'neighborhood', 'outgoing'],
	branch: ['core', 'http', 'design', 'neighborhood', 'federation', 'outgoing', 'transparency-log'],
	home: ['core', 'config', 'http', 'design', 'neighborhood', 'outgoing', 'transparency-log', 'branch'],
	'sso-bridge': ['core', 'config', 'http', 'design', 'outgoing', 'sip2', 'transparency-log'],
	accountability: ['core', 'config', 'http', 'design', 'outgoing', 'transparency-log'],
	provisioner: ['core', 'config', 'http', 'design', 'neighborhood', 'outgoing', 'transparency-log'],
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

/** What may be used in one place only: a pattern in a line of code, and the files (below `packages/`) that may hold it. */
const ONLY_IN: readonly { what: string; line: RegExp; where: RegExp }[] = [
	{ what: '@fedify', line: /from '@fedify\/|import\('@fedify\//, where: /^federation\// },
	{ what: 'knex', line: /from 'knex'/, where: /^[^/]+\/src\/store\// },
	{ what: 'bullmq', line: /from 'bullmq'/, where: /^provisioner\/src\/queue\// },
	{ what: 'undici', line: /from 'undici'/, where: /^outgoing\// },
	{ what: 'fetch', line: /(?:\b(?:await|return|void)\s|[=(,:?]\s*|=>\s*)fetch\(/, where: /^outgoing\// },
	{ what: 'process.env', line: /process\.env\b/, where: /^config\// },
	{
		what: '@kubernetes/client-node',
		line: /from '@kubernetes\/client-node'/,
		where: /^provisioner\/src\/drivers\/helm\//,
	},
];

/** Longest source file, in lines (DESIGN section 7). */
const LONGEST = 400;

/** Everything in a tree of packages that breaks a rule, each as a sentence that names the place. */
export function offences(root: string): string[] {
	const packages = join(root, 'packages');
	return readdirSync(packages)
		.filter((name) => existsSync(join(packages, name, 'package.json')))
		.flatMap((name) =>
			sourcesOf(join(packages, name, 'src')).flatMap((file) => offencesOf(packages, name, file)),
		);
}

function sourcesOf(folder: string): string[] {
	if (!existsSync(folder)) return [];
	return readdirSync(folder, { recursive: true, encoding: 'utf8' })
		.filter((name) => name.endsWith('.ts'))
		.map((name) => join(folder, name));
}

function offencesOf(packages: string, own: string, file: string): string[] {
	const place = relative(packages, file);
	const text = readFileSync(file, 'utf8');
	const found: string[] = [];
	if (/(?:^|\/)index\.ts$/.test(place)) found.push(`${place} is a barrel; name a file for what it holds`);
	const lines = text.split('\n').length;
	if (lines > LONGEST) found.push(`${place} has ${lines} lines, more than ${LONGEST}`);
	const code = withoutComments(text);
	for (const { what, line, where } of ONLY_IN) {
		if (line.test(code) && !where.test(place)) found.push(`${place} -> ${what}, which is not its to use`);
	}
	if (/['"`](?:\/(?:home|Users|root)\/|[A-Z]:\\\\)/.test(text))
		found.push(`${place} holds the path of a machine`);
	for (const target of importsOf(code)) found.push(...offencesOfImport(packages, own, file, place, target));
	return found;
}

function offencesOfImport(
	packages: string,
	own: string,
	file: string,
	place: string,
	target: string,
): string[] {
	const edge = `${place} -> ${target}`;
	if (target.startsWith('.')) {
		const inside = relative(join(packages, own, 'src'), join(dirname(file), target));
		return inside.startsWith('..') ? [`${edge} leaves its package by the back door`] : [];
	}
	if (target.startsWith('node:')) return [];
	const manifest = manifestOf(packages, own);
	const ours = /^@understory\/([^/]+)\/(.+)$/.exec(target);
	const name = ours ? `@understory/${ours[1]}` : packageName(target);
	const found: string[] = [];
	if (!(name in (manifest.dependencies ?? {})))
		found.push(`${edge}, which ${own}/package.json does not name`);
	if (!ours) return found;
	const [, other = '', module = ''] = ours;
	if (!(MAY_IMPORT[own] ?? []).includes(other)) found.push(`${edge}, which points up or aside`);
	const open = Object.keys(manifestOf(packages, other).exports ?? {}).map((pattern) =>
		dirname(pattern.replace(/^\.\//, '')),
	);
	if (!open.includes(dirname(module))) found.push(`${edge}, which is private to ${other}`);
	return found;
}

interface Manifest {
	readonly dependencies?: Readonly<Record<string, string>>;
	readonly exports?: Readonly<Record<string, string>>;
}

function manifestOf(packages: string, name: string): Manifest {
	const file = join(packages, name, 'package.json');
	return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Manifest) : {};
}

/** What a file imports, by statement or by call. */
function importsOf(code: string): string[] {
	const statements = code.matchAll(/(?:^|\n)\s*(?:import|export)\b[^;'"]*?from\s+'([^']+)'/g);
	const bare = code.matchAll(/(?:^|\n)\s*import\s+'([^']+)'/g);
	const calls = code.matchAll(/\bimport\(\s*'([^']+)'\s*\)/g);
	return [...statements, ...bare, ...calls].map((match) => match[1]!);
}

function packageName(target: string): string {
	return target
		.split('/')
		.slice(0, target.startsWith('@') ? 2 : 1)
		.join('/');
}

function withoutComments(text: string): string {
	return text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/(^|\s)\/\/.*$/gm, '$1');
}
