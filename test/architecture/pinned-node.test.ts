import { execFileSync } from 'node:child_process';
import {
	existsSync,
	mkdirSync,
	readdirSync,
	readFileSync,
	rmSync,
	symlinkSync,
	writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { type Project, pinnedProject, WORKING_NPM } from './pinned-start.ts';

const LOCK = {
	packages: {
		'': { name: 'x' },
		'node_modules/a': { version: '1.0.0', integrity: 'sha512-a' },
		'node_modules/for-others': { version: '2.0.0', integrity: 'sha512-b', optional: true },
	},
};
/** Runs on, but not for ever: a guard that does not pass a signal on fails its test and leaves nothing behind. */
const UNTIL_LATE = 'setTimeout(() => process.exit(9), 20_000);';
const SAY =
	'console.log(JSON.stringify({ words: process.argv.slice(2), path: process.env.PATH, node: process.execPath }))';

describe('the start on the pinned Node', () => {
	let project: Project;
	before(function () {
		if (process.platform === 'win32') {
			console.warn(
				'SKIPPED, LOUDLY: these tests put a shell script in the place of npm, which Windows cannot run.',
			);
			this.skip();
		}
	});
	beforeEach(() => {
		project = pinnedProject();
		project.lock(LOCK);
		project.npm(WORKING_NPM);
		project.write('say.mjs', SAY);
	});
	afterEach(() => project.remove());

	it('installs once, and then hands over at once', async () => {
		const first = await project.start('say.mjs', 'one', '--two').end;
		expect(first.code).to.equal(0);
		expect(first.err).to.include('npm ci');
		expect(JSON.parse(first.out).words).to.deep.equal(['one', '--two']);
		const second = await project.start('say.mjs').end;
		expect([second.code, second.err]).to.deep.equal([0, '']);
		expect(project.installs()).to.equal(1);
		expect(existsSync(join(project.folder, '.installing'))).to.equal(false);
	});

	it('installs again when the lock file is another one, or the modules are gone', async () => {
		await project.start('say.mjs').end;
		project.lock({ ...LOCK, lockfileVersion: 3 });
		await project.start('say.mjs').end;
		expect(project.installs()).to.equal(2);
		rmSync(join(project.folder, 'node_modules'), { recursive: true });
		await project.start('say.mjs').end;
		expect(project.installs()).to.equal(3);
	});

	function installedByHand(packages: Record<string, unknown>): void {
		mkdirSync(join(project.folder, 'node_modules'));
		writeFileSync(join(project.folder, 'node_modules', '.package-lock.json'), JSON.stringify({ packages }));
	}

	it('takes what was installed by hand, when it is what the lock file says', async () => {
		installedByHand({ 'node_modules/a': LOCK.packages['node_modules/a'] });
		expect((await project.start('say.mjs').end).code).to.equal(0);
		expect(project.installs()).to.equal(0);
	});

	it('takes what was installed by hand without what is for development, as a machine in production has it', async () => {
		const tool = { version: '3.0.0', integrity: 'sha512-d', dev: true };
		project.lock({ packages: { ...LOCK.packages, 'node_modules/tool': tool, 'node_modules/other': tool } });
		installedByHand({ 'node_modules/a': LOCK.packages['node_modules/a'] });
		await project.start('say.mjs').end;
		expect(project.installs()).to.equal(0);
	});

	it('does not take what was installed by hand with half of what is for development', async () => {
		const tool = { version: '3.0.0', integrity: 'sha512-d', dev: true };
		project.lock({ packages: { ...LOCK.packages, 'node_modules/tool': tool, 'node_modules/other': tool } });
		installedByHand({ 'node_modules/a': LOCK.packages['node_modules/a'], 'node_modules/tool': tool });
		await project.start('say.mjs').end;
		expect(project.installs()).to.equal(1);
	});

	const others: Record<string, Record<string, unknown>> = {
		'of another version': { 'node_modules/a': { version: '1.0.1', integrity: 'sha512-a' } },
		'with another content': { 'node_modules/a': { version: '1.0.0', integrity: 'sha512-z' } },
		'with something missing': {},
		'with something more': { ...LOCK.packages, 'node_modules/c': { version: '1.0.0' } },
	};
	for (const [how, packages] of Object.entries(others)) {
		it(`does not take what was installed by hand ${how}`, async () => {
			installedByHand(packages);
			await project.start('say.mjs').end;
			expect(project.installs()).to.equal(1);
		});
	}

	it('puts the folder of the pinned Node first on the path of everything it starts', async () => {
		const { out } = await project.start('say.mjs').end;
		const folder = join(project.folder, 'node_modules', `node-${process.platform}-${process.arch}`, 'bin');
		expect((JSON.parse(out).path as string).split(':')[0]).to.equal(folder);
	});

	it('gives Node what stands before the script, and the script what stands behind it', async () => {
		project.write(
			'words.mjs',
			'console.log(JSON.stringify([process.execArgv.slice(1), process.argv.slice(2)]))',
		);
		const { out } = await project.start('--max-semi-space-size=4', 'words.mjs', '--port', '4000').end;
		expect(JSON.parse(out)).to.deep.equal([['--max-semi-space-size=4'], ['--port', '4000']]);
	});

	const WHERE = `import { getCompileCacheDir } from 'node:module';
interface Said { readonly folder: string | null; readonly at: string }
const said: Said = { folder: getCompileCacheDir() ?? null, at: new Error().stack!.split('\\n')[1]! };
console.log(JSON.stringify({ ...said, change: 0 }));`;
	const said = async () => JSON.parse((await project.start('where.ts').end).out);

	it('keeps what was compiled beside the modules; lines stay what they are, and what has changed is compiled again', async () => {
		project.write('where.ts', WHERE);
		const first = await said();
		expect(first.folder).to.match(/\/node_modules\/\.cache\/understory-compiled\/[^/]+$/);
		expect(first.at).to.match(/where\.ts:3:\d+/);
		expect(readdirSync(first.folder)).to.not.deep.equal([]);
		expect(await said()).to.deep.equal(first);
		project.write('where.ts', WHERE.replace('change: 0', 'change: 1'));
		expect(await said()).to.deep.equal({ ...first, change: 1 });
	});

	it('whoever said where to keep what was compiled, or not to, has it so', async () => {
		project.write('where.ts', WHERE);
		const elsewhere = join(project.folder, 'elsewhere');
		project.variables.NODE_COMPILE_CACHE = elsewhere;
		expect((await said()).folder).to.include(`${elsewhere}/`);
		delete project.variables.NODE_COMPILE_CACHE;
		project.variables.NODE_DISABLE_COMPILE_CACHE = '1';
		expect((await said()).folder).to.equal(null);
		expect(existsSync(join(project.folder, 'node_modules', '.cache'))).to.equal(false);
	});

	it('starts all the same when what was compiled cannot be kept', async () => {
		project.write('where.ts', WHERE);
		await project.start('say.mjs').end;
		rmSync(join(project.folder, 'node_modules', '.cache'), { recursive: true });
		writeFileSync(join(project.folder, 'node_modules', '.cache'), '');
		expect(await project.start('where.ts').end).to.deep.include({ code: 0, err: '' });
	});

	it('an installation that fails is said in a sentence, and the next start tries again', async () => {
		project.npm('echo "ENOTFOUND" >&2; exit 1');
		const failed = await project.start('say.mjs').end;
		expect(failed.code).to.equal(1);
		expect(failed.out).to.equal('');
		expect(failed.err).to.match(/ENOTFOUND\nnpm could not install the packages;.*Is the network there\?/s);
		project.npm(WORKING_NPM);
		expect((await project.start('say.mjs').end).code).to.equal(0);
	});

	it('a machine without npm is told to get it', async () => {
		project.npm(null);
		const { code, err } = await project.start('say.mjs').end;
		expect(code).to.equal(1);
		expect(err).to.include('There is no npm here.');
	});

	it('two starts at once install once', async () => {
		execFileSync('mkfifo', [join(project.folder, 'gate')]);
		project.npm(`echo at the gate >&2; cat gate > /dev/null; ${WORKING_NPM}`);
		const first = project.start('say.mjs', 'first');
		await first.printed('at the gate');
		const second = project.start('say.mjs', 'second');
		await second.printed('Another start is installing');
		writeFileSync(join(project.folder, 'gate'), '');
		expect((await first.end).code).to.equal(0);
		expect((await second.end).code).to.equal(0);
		expect(project.installs()).to.equal(1);
	});

	it('a start that was killed while it installed holds up nobody', async () => {
		execFileSync('mkfifo', [join(project.folder, 'gate')]);
		project.npm(`echo at the gate >&2; cat gate > /dev/null; exit 1`);
		const killed = project.start('say.mjs');
		await killed.printed('at the gate');
		killed.process.kill('SIGKILL');
		writeFileSync(join(project.folder, 'gate'), '');
		await killed.end;
		expect(existsSync(join(project.folder, '.installing'))).to.equal(true);
		project.npm(WORKING_NPM);
		expect((await project.start('say.mjs').end).code).to.equal(0);
		expect(existsSync(join(project.folder, '.installing'))).to.equal(false);
	});

	it('ends as its script ends', async () => {
		project.write('seven.mjs', 'process.exit(7)');
		expect((await project.start('seven.mjs').end).code).to.equal(7);
		project.write('killed.mjs', `process.kill(process.pid, 'SIGTERM'); ${UNTIL_LATE}`);
		expect((await project.start('killed.mjs').end).code).to.equal(128 + 15);
		expect((await project.start('not-there.mjs').end).code).to.equal(1);
		expect(await project.start().end).to.include({ code: 1, err: 'Say which script to run.\n' });
	});

	for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
		it(`passes ${signal} on, and waits until the script has closed its doors`, async () => {
			project.write(
				'serve.mjs',
				`let n = 0; process.on('${signal}', () => { n++; setImmediate(() => { console.log('closed', n); process.exit(3); }); });
				console.log('up'); ${UNTIL_LATE}`,
			);
			const started = project.start('serve.mjs');
			await started.printed('up');
			started.process.kill(signal);
			expect(await started.end).to.deep.include({ code: 3, out: 'up\nclosed 1\n' });
		});
	}

	it('a pinned Node that does not run on this system gives way to one that does', async () => {
		const binary = join(
			project.folder,
			'node_modules',
			`node-${process.platform}-${process.arch}`,
			'bin',
			'node',
		);
		await project.start('say.mjs').end;
		rmSync(binary);
		writeFileSync(binary, '#!/nowhere/ld-linux\n', { mode: 0o755 });
		const { code, out } = await project.start('say.mjs').end;
		expect(code).to.equal(0);
		expect(JSON.parse(out).node).to.equal(process.execPath);
	});

	it('needs nothing that the oldest Node it promises does not have', () => {
		// Written for Node 20; where one is at hand the guard is at least parsed by it.
		const text = readFileSync(join(project.folder, 'bin', 'guard.mjs'), 'utf8');
		expect([...text.matchAll(/from '([^']+)'/g)].map(([, name]) => name)).to.satisfy((names: string[]) =>
			names.every((name) => name.startsWith('node:')),
		);
	});

	it('a link in the place of the pinned Node is as good as the file', async () => {
		await project.start('say.mjs').end;
		const bin = join(project.folder, 'node_modules', `node-${process.platform}-${process.arch}`, 'bin');
		rmSync(join(bin, 'node'));
		symlinkSync(process.execPath, join(bin, 'node'));
		expect((await project.start('say.mjs').end).code).to.equal(0);
	});
});
