import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { type LockFile, modulesOf, whyNotInstalled } from '../modules.ts';

const LINUX = { os: 'linux', cpu: 'x64', libc: 'glibc' } as const;
const LOCK: LockFile = {
	'packages/roles': {
		name: '@o/roles',
		version: '1.0.0',
		dependencies: { '@o/core': '1.0.0', web: '5.0.0' },
	},
	'node_modules/@o/core': { link: true, resolved: 'packages/core' },
	'packages/core': { name: '@o/core', version: '1.0.0', dependencies: { old: '1.0.0' } },
	'packages/core/node_modules/old': { version: '1.0.0', integrity: 'sha512-one' },
	'node_modules/old': { version: '2.0.0', integrity: 'sha512-two' },
	'node_modules/web': {
		version: '5.0.0',
		license: 'MIT',
		integrity: 'sha512-web',
		dependencies: { old: '^2.0.0', '@types/old': '2.0.0' },
		optionalDependencies: { 'fast-linux': '1.0.0', 'fast-mac': '1.0.0', 'fast-musl': '1.0.0' },
		peerDependencies: { rare: '*', peer: '*' },
		peerDependenciesMeta: { rare: { optional: true } },
	},
	'node_modules/peer': { version: '1.0.0', integrity: 'sha512-peer' },
	'node_modules/rare': { version: '1.0.0', integrity: 'sha512-rare' },
	'node_modules/@types/old': { version: '2.0.0', integrity: 'sha512-types' },
	'node_modules/fast-linux': {
		version: '1.0.0',
		integrity: 'sha512-l',
		os: 'linux',
		cpu: ['x64'],
		libc: ['glibc'],
	},
	'node_modules/fast-mac': { version: '1.0.0', integrity: 'sha512-m', os: ['darwin'] },
	'node_modules/fast-musl': { version: '1.0.0', integrity: 'sha512-u', os: ['!win32'], libc: ['musl'] },
	'node_modules/mocha': { version: '12.0.0', integrity: 'sha512-mocha' },
};

describe('the modules of the image', () => {
	it('are what a role needs when it runs there, each from where Node would take it', () => {
		expect(modulesOf(LOCK, 'packages/roles', LINUX).map(({ place }) => place)).to.deep.equal([
			'node_modules/fast-linux',
			'node_modules/old',
			'node_modules/peer',
			'node_modules/web',
			'packages/core',
			'packages/core/node_modules/old',
			'packages/roles',
		]);
	});

	it('say what needs what, by place', () => {
		const needs = (place: string) =>
			modulesOf(LOCK, 'packages/roles', LINUX).find((one) => one.place === place)?.needs;
		expect(needs('packages/core')).to.deep.equal(['packages/core/node_modules/old']);
		expect(needs('packages/roles')).to.deep.equal(['node_modules/web', 'packages/core']);
	});

	it('cannot be told from a lock file that lacks one', () => {
		const { 'node_modules/peer': _, ...lock } = LOCK;
		expect(() => modulesOf(lock, 'packages/roles', LINUX)).to.throw(
			'has no peer, which node_modules/web needs',
		);
	});

	describe('on a disk', () => {
		let folder: string;
		beforeEach(() => {
			folder = mkdtempSync(join(tmpdir(), 'understory-modules-'));
			mkdirSync(join(folder, 'node_modules'));
		});
		afterEach(() => rmSync(folder, { recursive: true, force: true }));
		const install = (packages: object) =>
			writeFileSync(join(folder, 'node_modules/.package-lock.json'), JSON.stringify({ packages }));
		const why = () => whyNotInstalled(folder, modulesOf(LOCK, 'packages/roles', LINUX));

		it('are taken when npm installed just these', () => {
			install(LOCK);
			expect(why()).to.equal(null);
		});

		it('are refused when one is missing, has another version, or came from another archive', () => {
			expect(why()).to.include('Run npm ci.');
			const web = LOCK['node_modules/web']!;
			install({ ...LOCK, 'node_modules/web': { ...web, version: '5.0.1' } });
			expect(why()).to.include('node_modules/web is not installed as the lock file has it.');
			install({ ...LOCK, 'node_modules/web': { ...web, integrity: 'sha512-other' } });
			expect(why()).to.include('node_modules/web');
		});
	});
});
