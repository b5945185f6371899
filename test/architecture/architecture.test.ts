import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect } from 'chai';
import { MAY_IMPORT, offences } from './imports.ts';

const ROOT = new URL('../..', import.meta.url).pathname;

describe('the architecture', () => {
	it('every import points down, to what is public, to what is declared, from where it is allowed', () => {
		expect(offences(ROOT)).to.deep.equal([]);
	});

	it('every package has a row in the import table and a test of its own', () => {
		const packages = readdirSync(join(ROOT, 'packages'));
		expect(packages.filter((name) => !(name in MAY_IMPORT))).to.deep.equal([]);
		const untested = packages.filter((name) => {
			const folder = join(ROOT, 'packages', name, 'test');
			return !readdirSync(folder, { recursive: true, encoding: 'utf8' }).some((file) =>
				file.endsWith('.test.ts'),
			);
		});
		expect(untested).to.deep.equal([]);
	});

	it('the import table has no circle', () => {
		const seen = new Set<string>();
		const visit = (name: string, path: readonly string[]): void => {
			expect(path, `${[...path, name].join(' -> ')}`).to.not.include(name);
			if (seen.has(name)) return;
			for (const next of MAY_IMPORT[name] ?? []) visit(next, [...path, name]);
			seen.add(name);
		};
		for (const name of Object.keys(MAY_IMPORT)) visit(name, []);
	});

	it('every dependency is pinned to one version, and the lock file holds no download address', () => {
		const manifests = [
			'package.json',
			...readdirSync(join(ROOT, 'packages')).map((name) => `packages/${name}/package.json`),
		];
		for (const file of manifests) {
			const {
				dependencies = {},
				devDependencies = {},
				optionalDependencies = {},
			} = JSON.parse(readFileSync(join(ROOT, file), 'utf8'));
			for (const [name, version] of Object.entries({
				...dependencies,
				...devDependencies,
				...optionalDependencies,
			})) {
				expect(version, `${file}: ${name}`).to.match(/^\d+\.\d+\.\d+(?:-[\w.]+)?$/);
			}
		}
		expect(readFileSync(join(ROOT, 'package-lock.json'), 'utf8')).to.not.match(/"resolved": "https?:/);
	});
});

describe('the check of the architecture', () => {
	let root: string;
	const write = (file: string, text: string) => {
		mkdirSync(dirname(join(root, file)), { recursive: true });
		writeFileSync(join(root, file), text);
	};
	const manifest = (name: string, dependencies: Record<string, string> = {}) =>
		write(
			`packages/${name}/package.json`,
			JSON.stringify({ exports: { './*.ts': './src/*.ts' }, dependencies }),
		);

	beforeEach(() => {
		root = mkdtempSync(join(tmpdir(), 'understory-architecture-'));
		manifest('core');
		manifest('http', { '@understory/core': '0.1.0', express: '5.3.0' });
		manifest('branch', { '@understory/core': '0.1.0', '@understory/http': '0.1.0', knex: '3.3.0' });
		write('packages/core/src/ids.ts', 'export const id = 1;\n');
		write(
			'packages/http/src/app.ts',
			"import { id } from '@understory/core/ids.ts';\nimport express from 'express';\nexport { id, express };\n",
		);
	});
	afterEach(() => rmSync(root, { recursive: true, force: true }));

	it('finds nothing wrong in a tree that is right', () => {
		write(
			'packages/branch/src/store/store.ts',
			"import knex from 'knex';\nimport { id } from '@understory/core/ids.ts';\n",
		);
		expect(offences(root)).to.deep.equal([]);
	});

	const wrong: [what: string, file: string, text: string, edge: string][] = [
		[
			'an import that points up',
			'packages/core/src/a.ts',
			"import { id } from '@understory/http/app.ts';",
			'core/src/a.ts -> @understory/http/app.ts',
		],
		[
			'a private module of another package',
			'packages/http/src/b.ts',
			"import x from '@understory/core/inner/x.ts';",
			'private to core',
		],
		[
			'a package that is not declared',
			'packages/http/src/c.ts',
			"import pg from 'pg';",
			'http/src/c.ts -> pg',
		],
		['the back door', 'packages/http/src/d.ts', "import { id } from '../../core/src/ids.ts';", 'back door'],
		[
			'knex outside a store',
			'packages/branch/src/e.ts',
			"import type { Knex } from 'knex';",
			'branch/src/e.ts -> knex',
		],
		[
			'fetch outside outgoing',
			'packages/http/src/f.ts',
			"await fetch('http://a');",
			'http/src/f.ts -> fetch',
		],
		[
			'the environment outside config',
			'packages/http/src/g.ts',
			'const home = process.env.HOME;',
			'process.env',
		],
		[
			'Fedify outside federation',
			'packages/http/src/h.ts',
			"const a = await import('@fedify/fedify');",
			'@fedify',
		],
		['a barrel', 'packages/http/src/index.ts', "export { id } from '@understory/core/ids.ts';", 'barrel'],
		[
			'a file that is too long',
			'packages/http/src/i.ts',
			'export const a = 1;\n'.repeat(401),
			'more than 400',
		],
		[
			'the path of a machine',
			'packages/http/src/j.ts',
			"const a = '/home/somebody/town';",
			'path of a machine',
		],
		[
			'an export from above',
			'packages/core/src/k.ts',
			"export {\n\tid,\n} from '@understory/http/app.ts';",
			'core/src/k.ts -> @understory/http/app.ts',
		],
	];
	for (const [what, file, text, edge] of wrong) {
		it(`names ${what}`, () => {
			write(file, text);
			expect(offences(root).join('\n')).to.contain(edge);
		});
	}

	it('does not take a comment or a method called fetch for an offence', () => {
		write(
			'packages/http/src/l.ts',
			"// process.env is read in config\n/* fetch('x') */\nexport const a = (b: { fetch(x: string): void }) => b.fetch('y');\n",
		);
		expect(offences(root)).to.deep.equal([]);
	});
});
