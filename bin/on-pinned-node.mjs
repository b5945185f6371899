#!/usr/bin/env node
// Runs a script of this project on the Node it is pinned to, whatever Node the system has (from 20 on). Installs first when the lock
// file is not the one that was installed. Needs nothing but Node itself, because it runs before anything is installed.
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const modules = join(root, 'node_modules');
const stamp = join(modules, '.understory-lock');
const MAJOR = 24;

installWhenNeeded();
const node = pinnedNode();
const [script, ...words] = process.argv.slice(2);
if (!script) stop('Say which script to run.');
const path = process.platform === 'win32' ? 'Path' : 'PATH';
const child = spawn(node, ['--disable-warning=ExperimentalWarning', script, ...words], {
	stdio: 'inherit',
	env: {
		...process.env,
		[path]: `${dirname(node)}${process.platform === 'win32' ? ';' : ':'}${process.env[path] ?? ''}`,
	},
});
// The terminal sends Ctrl+C to the child too; what is sent to this process alone is passed on.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
	process.on(signal, () => {
		if (signal !== 'SIGINT' || !process.stdin.isTTY) child.kill(signal);
	});
}
child.on('error', (error) => stop(`The pinned Node does not start: ${error.message}`));
child.on('exit', (code, signal) => {
	if (signal) process.exit(128 + ({ SIGHUP: 1, SIGINT: 2, SIGKILL: 9, SIGTERM: 15 }[signal] ?? 0));
	process.exit(code ?? 1);
});

function installWhenNeeded() {
	const wanted = lockDigest();
	if (isInstalled(wanted)) return;
	const lock = join(root, '.installing');
	const release = takeLock(lock);
	try {
		// Somebody else may have installed while we waited.
		if (isInstalled(wanted)) return;
		console.error('Installing what Understory needs (npm ci). This takes a minute the first time.');
		const done = spawnSync(
			process.platform === 'win32' ? 'npm.cmd' : 'npm',
			['ci', '--no-audit', '--no-fund', '--loglevel=error'],
			{
				cwd: root,
				stdio: ['ignore', 2, 2],
				shell: process.platform === 'win32',
			},
		);
		if (done.error || done.status !== 0) {
			stop(
				'npm could not install the packages. Is the network there? The lines above say more; then run the same command again.',
			);
		}
		writeFileSync(stamp, wanted);
	} finally {
		release();
	}
}

function isInstalled(wanted) {
	return existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted;
}

function lockDigest() {
	return createHash('sha256')
		.update(readFileSync(join(root, 'package-lock.json')))
		.digest('hex');
}

/** One installer at a time. A lock that nobody touched for ten minutes belongs to a start that was killed. */
function takeLock(folder) {
	for (;;) {
		try {
			mkdirSync(folder);
			return () => rmSync(folder, { recursive: true, force: true });
		} catch (error) {
			if (error.code !== 'EEXIST') stop(`The folder ${root} cannot be written to: ${error.code}.`);
			const since = statSync(folder, { throwIfNoEntry: false })?.mtimeMs ?? Date.now();
			if (Date.now() - since > 600_000) rmSync(folder, { recursive: true, force: true });
			else Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 500);
		}
	}
}

function pinnedNode() {
	const name = process.platform === 'win32' ? 'win' : process.platform;
	const binary = join(
		modules,
		`node-${name}-${process.arch}`,
		'bin',
		process.platform === 'win32' ? 'node.exe' : 'node',
	);
	if (existsSync(binary)) return binary;
	if (Number(process.versions.node.split('.')[0]) === MAJOR) return process.execPath;
	stop(
		`npm has no Node ${MAJOR} for ${process.platform} on ${process.arch}. Install Node ${MAJOR} yourself and run the same command with it.`,
	);
}

function stop(sentence) {
	console.error(sentence);
	process.exit(1);
}
