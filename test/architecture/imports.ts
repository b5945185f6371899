import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { closingEdges } from './circles.ts';
import { MAY_IMPORT, ONLY_IN, SAID_ONLY_IN } from './import-table.ts';
import { type Import, readSource, type SourceText } from './source-text.ts';

/** Longest source file, in lines (DESIGN section 7). */
const LONGEST = 400;

/** Made by a program from what people wrote, and as long as that. */
const GENERATED = new Set([join('api-client', 'src', 'api.ts')]);

/** One source file of a package, and where it stands: `place` is its path below `packages/`. */
interface SourceFile extends SourceText {
	readonly own: string;
	readonly place: string;
	readonly lines: number;
}

/** Everything in a tree of packages that breaks a rule of its layout, each as a line that names the place or the edge. */
export function offences(root: string): string[] {
	const packages = join(root, 'packages');
	return readdirSync(packages).flatMap((name) => {
		const files = sourcesOf(packages, name);
		return [...files.flatMap((file) => offencesOf(packages, file)), ...circlesOf(files)];
	});
}

function sourcesOf(packages: string, own: string): SourceFile[] {
	const folder = join(packages, own, 'src');
	if (!existsSync(folder)) return [];
	return readdirSync(folder, { recursive: true, encoding: 'utf8' })
		.filter((name) => name.endsWith('.ts'))
		.map((name) => {
			const text = readFileSync(join(folder, name), 'utf8');
			const place = join(own, 'src', name);
			return { own, place, lines: text.replace(/\n$/, '').split('\n').length, ...readSource(text) };
		});
}

function offencesOf(packages: string, file: SourceFile): string[] {
	const { place, lines, bare, imports } = file;
	const found: string[] = [];
	if (/(?:^|\/)index\.ts$/.test(place)) found.push(`${place} is a barrel; name a file for what it holds`);
	if (lines > LONGEST && !GENERATED.has(place))
		found.push(`${place} has ${lines} lines, more than ${LONGEST}`);
	for (const { what, said, where } of SAID_ONLY_IN) {
		if (said.test(bare) && !where.test(place)) found.push(`${place} -> ${what}, which is not its to use`);
	}
	return [...found, ...imports.flatMap((one) => offencesOfImport(packages, file, one))];
}

function offencesOfImport(packages: string, { own, place }: SourceFile, { target, names }: Import): string[] {
	const edge = `${place} -> ${target}`;
	if (target.startsWith('.')) {
		const inside = relative(join(own, 'src'), join(dirname(place), target));
		return inside.startsWith('..') ? [`${edge} leaves its package by the back door`] : [];
	}
	if (target.startsWith('node:')) return offencesOfNode(edge, place, names);
	const ours = /^@understory\/([^/]+)\/(.+)$/.exec(target);
	const name = packageName(target);
	const found: string[] = [];
	if (!(name in (manifestOf(packages, own).dependencies ?? {}))) {
		found.push(`${edge}, which ${own}/package.json does not name`);
	}
	for (const [only, where] of Object.entries(ONLY_IN)) {
		const meant = name === only || name.startsWith(`${only}/`);
		if (meant && !where.test(place)) found.push(`${edge}, which is not its to use`);
	}
	return ours ? [...found, ...offencesOfOurs(packages, own, edge, ours[1]!, ours[2]!)] : found;
}

function offencesOfOurs(
	packages: string,
	own: string,
	edge: string,
	other: string,
	module: string,
): string[] {
	const found: string[] = [];
	if (!(MAY_IMPORT[own] ?? []).includes(other)) found.push(`${edge}, which points up or aside`);
	const open = Object.keys(manifestOf(packages, other).exports ?? {}).map((pattern) =>
		dirname(pattern.replace(/^\.\//, '')),
	);
	if (!open.includes(dirname(module))) found.push(`${edge}, which is private to ${other}`);
	return found;
}

/** Node's own doors around the rules: a second HTTP client, and a second way to the environment. */
function offencesOfNode(edge: string, place: string, names: string): string[] {
	const client = /^.* -> node:https?$/.test(edge) && /\b(?:request|get)\b/.test(names);
	if (client && !place.startsWith('outgoing/')) return [`${edge}, an HTTP client that is not its to use`];
	if (edge.endsWith(' -> node:process') && !place.startsWith('config/'))
		return [`${edge}, which is not its to use`];
	return [];
}

/** Circles among the files of one package, by what runs: a type that two files share is gone before anything does. */
function circlesOf(files: readonly SourceFile[]): string[] {
	const graph = new Map(
		files.map(({ place, imports }) => [
			place,
			imports
				.filter(({ target, typeOnly }) => target.startsWith('.') && !typeOnly)
				.map(({ target }) => join(dirname(place), target)),
		]),
	);
	return closingEdges(graph).map(([from, to]) => `${from} -> ${to} closes a circle`);
}

interface Manifest {
	readonly dependencies?: Readonly<Record<string, string>>;
	readonly exports?: Readonly<Record<string, string>>;
}

function manifestOf(packages: string, name: string): Manifest {
	const file = join(packages, name, 'package.json');
	return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Manifest) : {};
}

function packageName(target: string): string {
	return target
		.split('/')
		.slice(0, target.startsWith('@') ? 2 : 1)
		.join('/');
}
