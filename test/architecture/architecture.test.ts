import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { MAY_IMPORT } from './import-table.ts';
import { offences } from './imports.ts';
import { machinePaths } from './machine-paths.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

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

	it("no file holds the path of somebody's machine", () => {
		expect(machinePaths(ROOT)).to.deep.equal([]);
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
		manifest('provisioner', { bullmq: '6.0.0', '@kubernetes/client-node': '2.0.0', knex: '3.3.0' });
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
		[
			'a queue outside provisioner/queue',
			'packages/provisioner/src/reconcile/a.ts',
			"import { Queue } from 'bullmq';",
			'provisioner/src/reconcile/a.ts -> bullmq, which is not its to use',
		],
		[
			'Kubernetes outside its driver',
			'packages/provisioner/src/drivers/local.ts',
			"import type { V1Pod } from '@kubernetes/client-node';",
			'provisioner/src/drivers/local.ts -> @kubernetes/client-node, which is not its to use',
		],
		[
			'an import of a package that has no package.json',
			'packages/forgotten/src/a.ts',
			"import { id } from '@understory/core/ids.ts';",
			'forgotten/src/a.ts -> @understory/core/ids.ts, which forgotten/package.json does not name',
		],
		[
			'undici outside outgoing',
			'packages/http/src/x.ts',
			"import { request } from 'undici';",
			'http/src/x.ts -> undici, which is not its to use',
		],
		['a barrel', 'packages/http/src/index.ts', "export { id } from '@understory/core/ids.ts';", 'barrel'],
		[
			'a file that is too long',
			'packages/http/src/i.ts',
			'export const a = 1;\n'.repeat(401),
			'more than 400',
		],
		[
			'an export from above',
			'packages/core/src/k.ts',
			"export {\n\tid,\n} from '@understory/http/app.ts';",
			'core/src/k.ts -> @understory/http/app.ts',
		],
		[
			'a fetch by its full name',
			'packages/http/src/m.ts',
			"export const a = globalThis.fetch('http://a');",
			'http/src/m.ts -> fetch',
		],
		[
			'a fetch that is handed on',
			'packages/http/src/n.ts',
			'export const client = { get: fetch };',
			'http/src/n.ts -> fetch',
		],
		[
			'an offence inside a template',
			'packages/http/src/o.ts',
			// biome-ignore lint/suspicious/noTemplateCurlyInString: it is the text of a file
			'const a = `home: ${process.env.HOME}`;',
			'http/src/o.ts -> process.env',
		],
		[
			'an offence behind what looks like a comment',
			'packages/http/src/p.ts',
			"const accept = '/*'; const a = process.env.HOME; const b = '*/';",
			'http/src/p.ts -> process.env',
		],
		[
			'an offence behind a pattern with a quote in it',
			'packages/http/src/q.ts',
			"const a = b.replace(/['/*]/g, ''); const c = process.env.HOME;",
			'http/src/q.ts -> process.env',
		],
		[
			'the environment by another door',
			'packages/http/src/r.ts',
			"import { env } from 'node:process';",
			'http/src/r.ts -> node:process',
		],
		[
			'a second HTTP client',
			'packages/http/src/s.ts',
			"import { createServer, request } from 'node:http';",
			'http/src/s.ts -> node:http, an HTTP client',
		],
		[
			'a type taken from above',
			'packages/core/src/t.ts',
			"export type T = import('@understory/http/app.ts').T;",
			'core/src/t.ts -> @understory/http/app.ts',
		],
		[
			'a test imported by what is tested',
			'packages/core/src/u.ts',
			"import { a } from '../test/a.ts';",
			'core/src/u.ts -> ../test/a.ts leaves',
		],
		[
			'the town imported by a role',
			'packages/branch/src/v.ts',
			"import { createTown } from '@understory/town/town.ts';",
			'branch/src/v.ts -> @understory/town/town.ts, which points up',
		],
	];
	for (const [what, file, text, edge] of wrong) {
		it(`names ${what}`, () => {
			write(file, text);
			const found = offences(root);
			expect(found.join('\n')).to.contain(edge);
			for (const offence of found) expect(offence).to.contain(file.slice('packages/'.length));
		});
	}

	it('lets each of them be used in the one place that is for it', () => {
		manifest('outgoing', { undici: '8.0.0' });
		manifest('federation', { '@fedify/fedify': '2.3.6' });
		manifest('config');
		write('packages/provisioner/src/queue/a.ts', "import { Queue } from 'bullmq';\n");
		write(
			'packages/provisioner/src/drivers/helm/a.ts',
			"import { KubeConfig } from '@kubernetes/client-node';\n",
		);
		write('packages/provisioner/src/store/a.ts', "import type { Knex } from 'knex';\n");
		write(
			'packages/outgoing/src/a.ts',
			"import { request } from 'undici';\nexport const a = () => fetch('http://a');\n",
		);
		write('packages/federation/src/a.ts', "import { createFederation } from '@fedify/fedify';\n");
		write('packages/config/src/a.ts', 'export const a = process.env.HOME;\n');
		expect(offences(root)).to.deep.equal([]);
	});

	it('a folder is public when the exports of its package list it, and no deeper', () => {
		write(
			'packages/core/package.json',
			JSON.stringify({ exports: { './*.ts': './src/*.ts', './drivers/*.ts': './src/drivers/*.ts' } }),
		);
		write('packages/http/src/y.ts', "import { a } from '@understory/core/drivers/local.ts';\n");
		expect(offences(root)).to.deep.equal([]);
		write('packages/http/src/y.ts', "import { a } from '@understory/core/drivers/helm/values.ts';\n");
		expect(offences(root)).to.deep.equal([
			'http/src/y.ts -> @understory/core/drivers/helm/values.ts, which is private to core',
		]);
	});

	it('does not take a comment or a method called fetch for an offence', () => {
		write(
			'packages/http/src/l.ts',
			"// process.env is read in config\n/* fetch('x') */\nexport const a = (b: { fetch(x: string): void }) => b.fetch('y');\n",
		);
		expect(offences(root)).to.deep.equal([]);
	});

	it('names the one edge that closes a circle, and no other', () => {
		write('packages/http/src/one.ts', "import { two } from './inner/two.ts';\nexport const one = two;\n");
		write(
			'packages/http/src/inner/two.ts',
			"import { three } from './three.ts';\nexport const two = three;\n",
		);
		write(
			'packages/http/src/inner/three.ts',
			"import { one } from '../one.ts';\nexport const three = () => one;\n",
		);
		write('packages/http/src/start.ts', "import { one } from './one.ts';\nexport const start = one;\n");
		const found = offences(root);
		expect(found).to.have.length(1);
		expect(found[0]).to.match(/^http\/src\/\S+ -> http\/src\/\S+ closes a circle$/);
	});

	it('names a file that imports itself', () => {
		write('packages/http/src/one.ts', "import { one } from './one.ts';\nexport const two = one;\n");
		expect(offences(root)).to.deep.equal(['http/src/one.ts -> http/src/one.ts closes a circle']);
	});

	it('lets two files share a type', () => {
		write(
			'packages/http/src/one.ts',
			"import { two } from './two.ts';\nexport interface One {}\nexport { two };\n",
		);
		write(
			'packages/http/src/two.ts',
			"import type { One } from './one.ts';\nexport const two = (one: One) => one;\n",
		);
		expect(offences(root)).to.deep.equal([]);
	});

	it('a file of exactly 400 lines is not too long', () => {
		write('packages/http/src/long.ts', 'export const a = 1;\n'.repeat(400));
		expect(offences(root)).to.deep.equal([]);
	});

	it('names the path of a machine wherever it stands, and no part of a web address', () => {
		write('docs/start.md', 'Go on.\nIt is in /home/somebody/town.\n');
		write('packages/core/src/w.ts', "const a = '/Users/somebody/town';\n");
		write('docs/web.md', 'https://library.example/home/page and <home>/root and /homes/1 and `/users/7`\n');
		expect(machinePaths(root)).to.deep.equal([
			'docs/start.md:2 holds the path of a machine',
			'packages/core/src/w.ts:1 holds the path of a machine',
		]);
	});
});
