import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
	cpSync,
	lstatSync,
	mkdirSync,
	mkdtempSync,
	readdirSync,
	readFileSync,
	rmSync,
	symlinkSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { expect } from 'chai';
import { readBase } from '../debian.ts';
import { type ImageOrder, makeImage, SBOM, writeFiles } from '../image.ts';
import type { Component, Sbom } from '../sbom.ts';
import { walk } from '../walk.ts';
import { orderOrSkip, REPOSITORY } from './fixtures/order.ts';
import { type Unpacked, unpack } from './fixtures/unpacked.ts';

const CONTAINERFILE = readFileSync(new URL('../Containerfile', import.meta.url), 'utf8').replaceAll(
	'\\\n',
	'',
);
const name = (version: string) => `localhost/understory:${version}`;

describe('the image of Understory', function () {
	this.timeout(300_000);
	let folder: string;
	let order: ImageOrder;
	let digest: string;
	let image: Unpacked;
	let sbom: Sbom;
	/** Another checkout, with no more than the Containerfile copies. */
	let other: string;
	const files = () => [...image.entries.values()].filter(({ mode }) => !mode.startsWith('d'));
	const read = (path: string) => readFileSync(join(image.root, path));

	before(async function () {
		order = await orderOrSkip(this);
		folder = mkdtempSync(join(tmpdir(), 'understory-image-'));
		const file = join(folder, 'one.tar');
		digest = made(file);
		other = checkout(join(folder, 'somewhere', 'else'));
		image = unpack(file, join(folder, 'one'));
		sbom = JSON.parse(read(SBOM).toString());
	});
	after(() => folder && rmSync(folder, { recursive: true, force: true }));

	it('is small: what is sent below 90 MB, on a disk below 310 MB', () => {
		expect(image.sent / 1e6).to.be.below(90);
		expect(image.size / 1e6).to.be.below(310);
	});

	it('is run as a user that is not root, with the role as its only word, and leaves no memory on a disk', () => {
		const { User, Entrypoint, Cmd, Env } = image.config;
		expect(User).to.equal('10001:10001');
		expect(Entrypoint).to.deep.equal([
			...['/usr/bin/prlimit', '--core=0', '/usr/local/bin/node', '--no-strip-types'],
			...['--import', '/app/packages/roles/src/without-types.mjs', '/app/packages/roles/src/main.ts'],
		]);
		expect(Cmd).to.equal(undefined);
		expect(Env!.filter((one) => one.startsWith('NODE_OPTIONS'))).to.deep.equal([]);
	});

	it('holds our programs without their types, each line where it was, and every role is loaded with nothing that takes types out', () => {
		const file = 'packages/roles/src/run-role.ts';
		const lines = read(`app/${file}`).toString().split('\n');
		const source = readFileSync(join(REPOSITORY, file), 'utf8').split('\n');
		expect(lines.length).to.equal(source.length);
		const at = source.findIndex((line) => line.includes("log.info('role_begun')"));
		expect(lines[at]).to.equal(source[at]);
		expect(lines.join('\n')).to.not.include('interface RunningRole');
		const [, , node, ...words] = image.config.Entrypoint;
		const flags = words.slice(0, -1).map((word) => (word.startsWith('/') ? join(image.root, word) : word));
		const roles = ['provisioner', 'bridge', 'accountability', 'home', 'run-role'].map(
			(role) => `await import('${join(image.root, 'app/packages/roles/src', role)}.ts');`,
		);
		const load = [...flags, '--input-type=module', '--eval', `${roles.join('')} console.log('loaded');`];
		expect(execFileSync(join(image.root, node!), load, { env: {}, encoding: 'utf8' })).to.equal('loaded\n');
	});

	it('says its licence, its version and the commit it was made of', () => {
		const label = (key: string) => image.config.Labels![`org.opencontainers.image.${key}`];
		expect(label('licenses')).to.equal('AGPL-3.0-or-later');
		expect(label('version')).to.equal('0.1.0');
		expect(label('revision')).to.equal(order.revision);
		expect(label('created')).to.equal('2026-11-27T00:00:00.000Z');
	});

	it('lets nobody write to it but to /data and /tmp, and nothing in it gains rights', () => {
		const odd = [...image.entries.values()].filter(
			({ mode, owner }) => owner !== '0/0' || (!mode.startsWith('l') && /^.{8}w|s|t/.test(mode)),
		);
		expect(odd).to.have.deep.members([
			{ path: 'data', mode: 'drwxr-xr-x', owner: '10001/10001' },
			{ path: 'tmp', mode: 'drwxrwxrwt', owner: '0/0' },
		]);
	});

	it('holds no tests, no documentation, no town, and no path of the machine it was made on', () => {
		const ours = files().filter(({ path }) => /^app\/(?!node_modules)/.test(path));
		const wrong = /(?:^|\/)test\/|\.test\.ts$|\/docs\/|\/town\/|\/shared\/|\/cli\/|README/;
		expect(ours.filter(({ path }) => wrong.test(path)).map(({ path }) => path)).to.deep.equal([]);
		const told = files().filter(({ path, mode }) => {
			const isText = mode.startsWith('-') && !/^usr\/local\/bin\//.test(path);
			return isText && (read(path).includes(REPOSITORY) || read(path).includes(folder));
		});
		expect(told).to.deep.equal([]);
	});

	it('is the same, digest for digest, from another checkout in another place', () => {
		const again = makeImage({ ...order, repository: other }, { file: join(folder, 'other.tar'), name });
		expect(again.digest).to.equal(digest);
	});

	it('is what the Containerfile makes: the same files from what that copies, run in the same way', () => {
		const root = join(folder, 'containerfile');
		writeFiles({ ...order, repository: other }, { base: root, modules: root, application: root });
		const there = [...walk(root)].map(({ path }) => path);
		expect(there.toSorted()).to.deep.equal([...image.entries.keys()].filter(Boolean).toSorted());
		for (const { path } of files().filter(({ mode }) => mode.startsWith('-')))
			expect(digestOf(join(root, path)), path).to.equal(digestOf(join(image.root, path)));

		const said = (word: string) =>
			new RegExp(`^${word} (.*)$`, 'm').exec(CONTAINERFILE.split('FROM scratch')[1]!)?.[1];
		const { config } = image;
		expect(said('COPY')).to.equal('--from=build /image/ /');
		expect(JSON.parse(said('ENTRYPOINT')!)).to.deep.equal(config.Entrypoint);
		expect(said('USER')).to.equal(config.User);
		expect(said('WORKDIR')).to.equal(config.WorkingDir);
		expect(said('ENV')!.split(' ')).to.deep.equal(config.Env);
		expect(said('STOPSIGNAL')).to.equal(config.StopSignal);
		expect([said('VOLUME')]).to.deep.equal(Object.keys(config.Volumes!));
		for (const [key, value] of [...said('LABEL')!.matchAll(/([\w.]+)="([^"]*)"/g)].map(([, ...both]) => both))
			expect(config.Labels![key!]).to.equal(value);
	});

	describe('has a bill of materials', () => {
		const at = ({ properties = [] }: Component) => properties.map(({ value }) => value);

		it('that names every package of npm in it, and none that is not', () => {
			const there = files()
				.filter(({ path }) =>
					/(?:^|\/)(?:node_modules\/(?:@[^/]+\/)?[^/]+|app\/packages\/[^/]+)\/package\.json$/.test(path),
				)
				.map(({ path }) => JSON.parse(read(path).toString()))
				.map((found) => `${found.name}@${found.version}`);
			const named = sbom.components
				.filter(({ purl }) => purl!.startsWith('pkg:npm/') && !purl!.startsWith('pkg:npm/node-linux'))
				.map((one) => `${one.name}@${one.version}`);
			expect(named.length).to.be.above(250);
			expect(named.toSorted()).to.deep.equal(there.toSorted());
		});

		it('that names every package of Debian in it, and every file of those is as Debian made it', () => {
			const named = sbom.components.filter(({ purl }) => purl!.startsWith('pkg:deb/'));
			const status = join(image.root, 'var/lib/dpkg/status.d');
			const there = readdirSync(status).filter((file) => !file.endsWith('.md5sums'));
			expect(named.map((one) => one.name).toSorted()).to.deep.equal(there.toSorted());
			for (const { name, version } of named)
				expect(readFileSync(join(status, name), 'utf8')).to.include(`\nVersion: ${version}\n`);
			for (const [path, sum] of sums()) {
				if (image.entries.has(path))
					expect(createHash('md5').update(read(path)).digest('hex'), path).to.equal(sum);
			}
		});

		it('in which every file of the image has a place', () => {
			const paths = sbom.components.flatMap(at);
			const known = new Set(sums().map(([path]) => path));
			// Written by us: who there is, how names are found, and all authorities in one file.
			const own =
				/^(?:etc\/(?:passwd|group|nsswitch\.conf|ssl\/certs\/ca-certificates\.crt)|app\/(?:LICENSE|sbom\.cdx\.json|charts\/.*))$/;
			const isLinkOfDebian = (path: string) =>
				lstatSync(join(image.root, path)).isSymbolicLink() &&
				/^(?:etc|lib64|usr\/lib|usr\/share\/doc)\//.test(path);
			const lost = files().filter(
				({ path }) =>
					!known.has(path) &&
					!own.test(path) &&
					!isLinkOfDebian(path) &&
					!/^var\/lib\/dpkg\/status\.d\//.test(path) &&
					!paths.some((one) => path === one || path.startsWith(`${one}/`)),
			);
			expect(lost.map(({ path }) => path)).to.deep.equal([]);
			expect(paths.filter((path) => !image.entries.has(path))).to.deep.equal([]);
		});

		it('that tells what stands inside the programs: OpenSSL in Node, modules of Go in Helm, SQLite, libvips', () => {
			const held = sbom.components.flatMap(({ components = [] }) => components).map((one) => one.name);
			expect(held).to.include.members(['openssl', 'v8', 'k8s.io/client-go', 'stdlib', 'sqlite', 'vips']);
		});

		it('that names each thing once, with a licence, and refers to nothing that it lacks', () => {
			const all = sbom.components.flatMap((one) => [one, ...(one.components ?? [])]);
			const refs = all.map((one) => one['bom-ref']);
			expect(new Set(refs).size).to.equal(refs.length);
			for (const { dependsOn } of sbom.dependencies) expect(refs).to.include.members([...dependsOn]);
			// Two packages of Passport's author say it in their README only: MIT.
			const unsaid = sbom.components.filter(({ licenses }) => !licenses).map((one) => one.name);
			expect(unsaid).to.deep.equal(['passport-strategy', 'pause']);
		});

		/** What Debian says of its files. */
		function sums(): [path: string, md5: string][] {
			return readBase().packages.flatMap(({ name }) =>
				read(`var/lib/dpkg/status.d/${name}.md5sums`)
					.toString()
					.trimEnd()
					.split('\n')
					.map((line): [string, string] => [line.slice(34), line.slice(0, 32)]),
			);
		}
	});

	/** What `npm run image` does, and the digest that it says. */
	function made(file: string): string {
		const env = {
			...process.env,
			UNDERSTORY_REVISION: order.revision,
			SOURCE_DATE_EPOCH: seconds(order.created),
		};
		const main = join(REPOSITORY, 'infra/image/main.ts');
		const said = execFileSync(process.execPath, [main, '--out', file], { env, encoding: 'utf8' });
		return /^sha256:[0-9a-f]{64}$/m.exec(said)![0];
	}

	/** A checkout that holds what the Containerfile copies, and what npm installed. */
	function checkout(to: string): string {
		mkdirSync(to, { recursive: true });
		const copies = CONTAINERFILE.split('FROM scratch')[0]!.matchAll(/^COPY (.*) (\S+)$/gm);
		for (const [, what] of copies) {
			for (const path of what!.split(' ')) {
				const isWanted = (from: string) => !/(?:^|\/)node_modules(?:\/|$)/.test(relative(REPOSITORY, from));
				cpSync(join(REPOSITORY, path), join(to, path), {
					recursive: true,
					filter: isWanted,
					verbatimSymlinks: true,
				});
			}
		}
		symlinkSync(join(REPOSITORY, 'node_modules'), join(to, 'node_modules'));
		return to;
	}
});

function seconds(when: Date): string {
	return String(when.getTime() / 1_000);
}

function digestOf(file: string): string {
	return createHash('sha256').update(readFileSync(file)).digest('hex');
}
