import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** What the lock file says of one package; the key is its place below the repository. */
export interface Locked {
	readonly name?: string;
	readonly version?: string;
	readonly license?: string;
	readonly integrity?: string;
	/** For a package of ours: `node_modules/@understory/x` is a link to this. */
	readonly link?: boolean;
	readonly resolved?: string;
	readonly dependencies?: Readonly<Record<string, string>>;
	readonly optionalDependencies?: Readonly<Record<string, string>>;
	readonly peerDependencies?: Readonly<Record<string, string>>;
	readonly peerDependenciesMeta?: Readonly<Record<string, { readonly optional?: boolean }>>;
	readonly os?: string | readonly string[];
	readonly cpu?: string | readonly string[];
	readonly libc?: string | readonly string[];
}
export type LockFile = Readonly<Record<string, Locked>>;

/** A package that the image needs. */
export interface Module {
	/** Where it is below the repository, and below `/app` in the image. */
	readonly place: string;
	readonly name: string;
	readonly version: string;
	/** Null when the package does not say. */
	readonly license: string | null;
	/** Of the archive that npm fetched; null for a package of ours. */
	readonly integrity: string | null;
	/** Places of what it needs itself. */
	readonly needs: readonly string[];
}

/** The machine that the image is for. */
export interface Target {
	readonly os: 'linux';
	readonly cpu: 'x64';
	readonly libc: 'glibc';
}

/** What `package-lock.json` says. */
export function readLock(repository: string): LockFile {
	return JSON.parse(readFileSync(join(repository, 'package-lock.json'), 'utf8')).packages as LockFile;
}

/**
 * Everything that the package at `start` needs when it runs on `target`, itself included, by place: found in the lock file in the way in
 * which Node looks for it. Nothing that is only for development, and nothing for other machines. Types only are left out as well: packages
 * that npm names `@types/...` have no code.
 */
export function modulesOf(lock: LockFile, start: string, target: Target): readonly Module[] {
	const found = new Map<string, Module>();
	const visit = (place: string): void => {
		if (found.has(place)) return;
		const locked = lock[place]!;
		const needs = needsOf(lock, place, target);
		found.set(place, {
			place,
			name: locked.name ?? nameAt(place),
			version: locked.version!,
			license: locked.license ?? null,
			integrity: locked.integrity ?? null,
			needs,
		});
		for (const need of needs) visit(need);
	};
	visit(start);
	return [...found.values()].toSorted((a, b) => (a.place < b.place ? -1 : 1));
}

function needsOf(lock: LockFile, place: string, target: Target): string[] {
	const { dependencies = {}, optionalDependencies = {}, peerDependencies = {}, ...more } = lock[place]!;
	const isOptional = (name: string) =>
		name in optionalDependencies || more.peerDependenciesMeta?.[name]?.optional === true;
	const needs: string[] = [];
	for (const name of Object.keys({ ...dependencies, ...optionalDependencies, ...peerDependencies })) {
		if (name.startsWith('@types/')) continue;
		const at = resolve(lock, place, name);
		if (at && (!isOptional(name) || name in optionalDependencies) && fits(lock[at]!, target)) needs.push(at);
		else if (!at && !isOptional(name)) throw new Error(`The lock file has no ${name}, which ${place} needs.`);
	}
	return needs.toSorted();
}

/** Looks where Node looks: beside what is needed from, and in every folder above. */
function resolve(lock: LockFile, from: string, name: string): string | null {
	for (let folder = from; ; folder = folder.slice(0, Math.max(0, folder.lastIndexOf('/')))) {
		const place = folder === '' ? `node_modules/${name}` : `${folder}/node_modules/${name}`;
		const locked = lock[place];
		if (locked) return locked.link ? locked.resolved! : place;
		if (folder === '') return null;
	}
}

function fits({ os, cpu, libc }: Locked, target: Target): boolean {
	const allows = (said: string | readonly string[] = [], is: string) => {
		const wanted = [said].flat();
		return !wanted.includes(`!${is}`) && (wanted.includes(is) || wanted.every((one) => one[0] === '!'));
	};
	return allows(os, target.os) && allows(cpu, target.cpu) && allows(libc, target.libc);
}

function nameAt(place: string): string {
	return place.slice(place.lastIndexOf('node_modules/') + 'node_modules/'.length);
}

/**
 * A sentence when what stands in `node_modules` is not what the lock file names, or null. npm checked each archive against its digest when
 * it installed, and wrote down which.
 */
export function whyNotInstalled(repository: string, modules: readonly Module[]): string | null {
	const list = join(repository, 'node_modules/.package-lock.json');
	const there = existsSync(list) ? (JSON.parse(readFileSync(list, 'utf8')).packages as LockFile) : {};
	for (const { place, version, integrity } of modules) {
		if (integrity === null) continue;
		if (there[place]?.version !== version || there[place].integrity !== integrity)
			return `${place} is not installed as the lock file has it. Run npm ci.`;
	}
	return null;
}
