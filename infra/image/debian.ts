import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
	existsSync,
	globSync,
	lstatSync,
	mkdirSync,
	mkdtempSync,
	readdirSync,
	readFileSync,
	renameSync,
	rmSync,
} from 'node:fs';
import { join } from 'node:path';
import { copyFile } from './copy-file.ts';

/** A Debian package of which some files are in the image. `debian-packages.json` names them all, with what they must be byte for byte. */
export interface DebianPackage {
	readonly name: string;
	readonly version: string;
	/** Of the package file. */
	readonly sha256: string;
	/** What most of its files are under, in the words of SPDX; `usr/share/doc/NAME/copyright` in the image says it in full. */
	readonly license: string;
	/** Patterns of the files that the image takes from it. Its copyright file is taken always. */
	readonly keep: readonly string[];
}

/** The packages of the image's base, all of one release and one architecture. */
export interface DebianBase {
	readonly release: string;
	readonly architecture: 'amd64';
	readonly packages: readonly DebianPackage[];
}

/** The list of the base. */
export const BASE_FILE = new URL('debian-packages.json', import.meta.url);

/** What it says. */
export function readBase(): DebianBase {
	return JSON.parse(readFileSync(BASE_FILE, 'utf8')) as DebianBase;
}

/**
 * The package's file, from the cache or from the apt sources of this machine. Nothing is installed and no root is needed; what does not
 * have the digest that is written down is thrown away. Throws with a sentence when it cannot be had.
 */
export function fetchPackage({ name, version, sha256 }: DebianPackage, cache: string): string {
	const file = join(cache, `${sha256}.deb`);
	if (existsSync(file) && digestOf(file) === sha256) return file;
	mkdirSync(cache, { recursive: true });
	const draft = mkdtempSync(join(cache, '.fetching-'));
	try {
		download(`${name}=${version}`, draft, cache);
		const [fetched] = readdirSync(draft);
		const found = digestOf(join(draft, fetched!));
		if (found !== sha256)
			throw new Error(`Debian's ${name} ${version} is ${found}, and ${sha256} is what is written down.`);
		renameSync(join(draft, fetched!), file);
		return file;
	} finally {
		rmSync(draft, { recursive: true, force: true });
	}
}

/** With the lists that the machine has; when those are old or none, with our own, which are made anew when they are old as well. */
function download(what: string, folder: string, cache: string): void {
	const own = ownLists(cache);
	for (const attempt of [[], own.options]) {
		try {
			apt([...attempt, 'download', what], folder);
			return;
		} catch {
			// The next lists may have it.
		}
	}
	try {
		own.refresh();
		apt([...own.options, 'download', what], folder);
	} catch (error) {
		const { stderr } = error as { stderr?: Buffer };
		throw new Error(
			`apt cannot fetch ${what}. The image needs a machine whose apt sources are those of Debian 12, and that they have this version still: \`npm run image -- --newest-debian\` writes down what they have.\n${stderr ?? error}`,
		);
	}
}

/** Lists of what the apt sources of this machine have, beside the machine's own, which only root may make anew. */
function ownLists(cache: string): { readonly options: readonly string[]; refresh(): void } {
	const [lists, archives] = [join(cache, 'lists'), join(cache, 'apt')];
	const options = ['-o', `Dir::State::Lists=${lists}`, '-o', `Dir::Cache=${archives}`];
	return {
		options,
		refresh() {
			for (const part of [join(lists, 'partial'), join(archives, 'archives', 'partial')])
				mkdirSync(part, { recursive: true });
			apt([...options, 'update'], cache);
		},
	};
}

function apt(words: readonly string[], folder: string): void {
	execFileSync('apt-get', ['--quiet=2', ...words], { cwd: folder, stdio: 'pipe' });
}

/** What the apt sources of this machine have today in the place of these packages, version and digest. */
export function newestPackages({ packages, ...base }: DebianBase, cache: string): DebianBase {
	const own = ownLists(cache);
	own.refresh();
	const newest = packages.map((one) => {
		const draft = mkdtempSync(join(cache, '.fetching-'));
		try {
			apt([...own.options, 'download', one.name], draft);
			const file = join(draft, readdirSync(draft)[0]!);
			const said = execFileSync('dpkg-deb', ['--field', file, 'Version'], { encoding: 'utf8' });
			return { ...one, version: said.trim(), sha256: digestOf(file) };
		} finally {
			rmSync(draft, { recursive: true, force: true });
		}
	});
	return { ...base, packages: newest };
}

/**
 * Puts what the image takes of a package below `root`, and its control file where scanners of images look for it. Throws when a pattern
 * matches nothing any more.
 */
export function unpackPackage({ name, keep }: DebianPackage, file: string, root: string): void {
	const draft = mkdtempSync(`${root}-${name}-`);
	try {
		execFileSync('dpkg-deb', ['--extract', file, join(draft, 'files')]);
		execFileSync('dpkg-deb', ['--control', file, join(draft, 'control')]);
		const files = join(draft, 'files');
		for (const pattern of [...keep, `usr/share/doc/${name}{,/copyright}`]) {
			const found = globSync(pattern, { cwd: files }).filter(
				(one) => !lstatSync(join(files, one)).isDirectory(),
			);
			if (found.length === 0) throw new Error(`Debian's ${name} has no ${pattern} any more.`);
			for (const one of found) copyFile(join(files, one), join(root, one));
		}
		const status = join(root, 'var/lib/dpkg/status.d');
		copyFile(join(draft, 'control', 'control'), join(status, name));
		copyFile(join(draft, 'control', 'md5sums'), join(status, `${name}.md5sums`));
	} finally {
		rmSync(draft, { recursive: true, force: true });
	}
}

function digestOf(file: string): string {
	return createHash('sha256').update(readFileSync(file)).digest('hex');
}
