#!/usr/bin/env node
// Runs a script of this project on the Node it is pinned to, whatever Node the system has (from 20 on). What begins with two dashes before
// the script's name is for that Node. Installs first when the lock file is not the one that was installed. Needs nothing but Node itself,
// because it runs before anything is installed.
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const modules = join(root, 'node_modules');
const stamp = join(modules, '.understory-lock');
const installing = join(root, '.installing');
const windows = process.platform === 'win32';
const MAJOR = 24;
const SIGNALS = { SIGHUP: 1, SIGINT: 2, SIGTERM: 15 };

const given = process.argv.slice(2);
const flags = given.slice(
	0,
	Math.max(
		0,
		given.findIndex((word) => !word.startsWith('--')),
	),
);
const [script, ...words] = given.slice(flags.length);
if (!script) stop('Say which script to run.');
installWhenNeeded();
const pinned = pinnedNode();
const own = Number(process.versions.node.split('.')[0]) === MAJOR ? process.execPath : null;
const node = pinned ?? own;
if (!node) stop(`npm has no Node ${MAJOR} for ${process.platform} on ${process.arch}. ${installIt()}`);
run(node, node === own ? null : own);

/** Starts the script and stands in for it: signals are passed on, its end is this one's end. `otherwise` is tried when `node` cannot run here. */
function run(node, otherwise) {
	const path = windows ? 'Path' : 'PATH';
	const child = spawn(node, ['--disable-warning=ExperimentalWarning', ...flags, script, ...words], {
		stdio: 'inherit',
		env: {
			...compiledHere(),
			...process.env,
			[path]: `${dirname(node)}${delimiter}${process.env[path] ?? ''}`,
		},
	});
	const passOn = Object.keys(SIGNALS).map((signal) => {
		let passed = false;
		const handler = () => {
			// The terminal sends Ctrl+C to the child too; what is sent to this process alone is passed on, once.
			if (!passed && !(signal === 'SIGINT' && process.stdin.isTTY)) child.kill(signal);
			passed = true;
		};
		process.on(signal, handler);
		return () => process.off(signal, handler);
	});
	child.on('error', (error) => {
		for (const undo of passOn) undo();
		if (otherwise) run(otherwise, null);
		else stop(`The pinned Node does not start here (${error.code}). ${installIt()}`);
	});
	child.on('exit', (code, signal) => process.exit(code ?? 128 + (SIGNALS[signal] ?? 9)));
}

/**
 * Where Node keeps what it made of our TypeScript and of what we import: a process that finds it there starts in half the time, without the
 * 11 MB of the program that strips types. Beside the modules, since whoever can write there decides what runs anyway, and gone with them. A
 * folder that cannot be written to is passed over by Node. Whoever said another folder, or none, has it so.
 */
function compiledHere() {
	if (process.env.NODE_DISABLE_COMPILE_CACHE) return {};
	return { NODE_COMPILE_CACHE: join(modules, '.cache', 'understory-compiled') };
}

function installWhenNeeded() {
	const lock = readLock();
	const wanted = createHash('sha256').update(lock).digest('hex');
	if (isInstalled(wanted)) return;
	takeTurn();
	const sentence = install(wanted, lock);
	rmSync(installing, { recursive: true, force: true });
	if (sentence) stop(sentence);
}

/** Runs `npm ci`; returns a sentence when that did not work. */
function install(wanted, lock) {
	// Somebody else may have installed while we waited, or `npm ci` was run by hand.
	if (isInstalled(wanted)) return null;
	if (!wasInstalledByHand(lock)) {
		console.error('Installing what Understory needs (npm ci). This takes a minute the first time.');
		const done = spawnSync(
			windows ? 'npm.cmd' : 'npm',
			['ci', '--no-audit', '--no-fund', '--loglevel=error'],
			{ cwd: root, stdio: ['ignore', 2, 2], shell: windows },
		);
		if (done.error?.code === 'ENOENT')
			return 'There is no npm here. Install Node with npm, and run the same command again.';
		if (done.signal) return 'The installation was broken off. Run the same command again.';
		if (done.error || done.status !== 0) {
			return 'npm could not install the packages; the lines above say why. Is the network there? Then run the same command again.';
		}
	}
	try {
		writeFileSync(stamp, wanted);
	} catch (error) {
		return `The folder ${modules} cannot be written to (${error.code}).`;
	}
	return null;
}

function isInstalled(wanted) {
	return existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted;
}

function readLock() {
	try {
		return readFileSync(join(root, 'package-lock.json'));
	} catch (error) {
		return stop(
			`package-lock.json cannot be read (${error.code}). It belongs to the project; bring it back.`,
		);
	}
}

/**
 * Does the list that npm keeps of what it installed agree with the lock file? Left out may be only what is for other systems, and what is for development when
 * all of that is: a version that runs, laid out by `npm ci --omit=dev`, must not be taken away from under what was started in it.
 */
function wasInstalledByHand(lock) {
	try {
		const wanted = JSON.parse(lock).packages;
		const there = JSON.parse(readFileSync(join(modules, '.package-lock.json'), 'utf8')).packages;
		const agrees = (name) =>
			wanted[name]?.version === there[name].version && wanted[name].integrity === there[name].integrity;
		const production = !Object.keys(there).some((name) => wanted[name]?.dev);
		const mayLack = ({ optional, devOptional, dev }) => optional || (production && (dev || devOptional));
		return (
			Object.keys(there).every((name) => wanted[name] && agrees(name)) &&
			Object.keys(wanted).every((name) => name === '' || name in there || mayLack(wanted[name]))
		);
	} catch {
		// There is no such list, or none that can be read: nothing was installed.
		return false;
	}
}

/** One installer at a time: a folder with the process in it. One whose process is gone belongs to a start that was killed. */
function takeTurn() {
	const holder = join(installing, 'pid');
	let told = false;
	for (;;) {
		try {
			mkdirSync(installing);
			writeFileSync(holder, String(process.pid));
			return;
		} catch (error) {
			if (error.code !== 'EEXIST') stop(`The folder ${root} cannot be written to (${error.code}).`);
		}
		if (isAbandoned(holder)) {
			rmSync(installing, { recursive: true, force: true });
			continue;
		}
		if (!told) console.error('Another start is installing; waiting for it.');
		told = true;
		Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 200);
	}
}

function isAbandoned(holder) {
	const age = Date.now() - (statSync(installing, { throwIfNoEntry: false })?.mtimeMs ?? Date.now());
	// Numbers of processes are used again; no installation takes this long.
	if (age > 1_800_000) return true;
	try {
		const pid = Number(readFileSync(holder, 'utf8'));
		if (!pid) return age > 10_000;
		process.kill(pid, 0);
		return false;
	} catch (error) {
		return error.code === 'ESRCH' || (error.code === 'ENOENT' && age > 10_000);
	}
}

function pinnedNode() {
	const system = windows ? 'win' : process.platform;
	const binary = join(modules, `node-${system}-${process.arch}`, 'bin', windows ? 'node.exe' : 'node');
	return existsSync(binary) ? binary : null;
}

function installIt() {
	return `Install Node ${MAJOR} yourself (nodejs.org has it) and run the same command with it.`;
}

function stop(sentence) {
	console.error(sentence);
	process.exit(1);
}
