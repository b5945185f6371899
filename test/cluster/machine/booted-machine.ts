import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
	existsSync,
	lstatSync,
	mkdirSync,
	mkdtempSync,
	readdirSync,
	readFileSync,
	rmdirSync,
	rmSync,
	symlinkSync,
	writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { until } from '../../e2e/platform/bed.ts';

const INIT = fileURLToPath(new URL('start-init.sh', import.meta.url));
/** What a name leads to in there: this machine, and nothing else. */
const LOOPBACK = '127.0.0.1';
/** Of the host's Debian these are not for a machine in a namespace: they ask for a terminal. */
const MASKED = ['console-getty.service', 'getty.target'];

/** How commands ended, and what they said. `code` is null when they were killed. */
export interface Ended {
	readonly code: number | null;
	readonly said: string;
}

/** A Debian of its own with systemd as its first process. What it writes is kept from one start to the next, and gone when it is closed. It is switched off at first. */
export interface BootedMachine {
	/** Its root, as it is seen from here. */
	readonly root: string;
	/** Runs commands in it as root, as somebody who copies them into a shell, which stops at the first that fails. As soon as they say a line that begins with `says`, `call` is called. */
	run(commands: string, when?: { readonly says: string; readonly call: () => Promise<void> }): Promise<Ended>;
	/** Ends its first process, and with it all others, as when power fails. */
	cutPower(): Promise<void>;
	/** Starts it; resolves when systemd answers, which goes on to start what is enabled. */
	boot(): Promise<void>;
	close(): Promise<void>;
}

/**
 * Lays out a machine below a folder: its root is this machine's with a file system in memory above it. `names` are those that lead to itself, `variables` what
 * commands have in their environment. To be called in namespaces of its own for mounts and network.
 */
export function layOutMachine(
	folder: string,
	names: readonly string[],
	variables: Readonly<Record<string, string>>,
): BootedMachine {
	const place = mkdtempSync(join(folder, 'machine-'));
	execFileSync('mount', ['-t', 'tmpfs', '-o', 'mode=755', 'tmpfs', place]);
	const root = join(place, 'root');
	for (const name of ['upper', 'work', 'root']) mkdirSync(join(place, name));
	const layers = `lowerdir=/,upperdir=${join(place, 'upper')},workdir=${join(place, 'work')}`;
	execFileSync('mount', ['-t', 'overlay', '-o', layers, 'overlay', root]);
	asNew(root, names);
	let group = '';
	let unshare: ChildProcess | undefined;
	let init = 0;

	async function boot(): Promise<void> {
		// A new one each time: what was set for the groups of the last start stays with them.
		group = newGroup();
		// In its group before it has a namespace of groups, so that the group is the root of what it sees.
		const enter = `echo $$ > ${group}/cgroup.procs && exec "$@"`;
		const apart = ['unshare', '--pid', '--mount', '--uts', '--ipc', '--cgroup', '--fork', '--kill-child'];
		unshare = spawn('sh', ['-c', enter, 'sh', ...apart, 'sh', INIT, root], {
			stdio: ['ignore', 'ignore', 'pipe'],
		});
		let complained = '';
		unshare.stderr!.on('data', (chunk: Buffer) => {
			complained += chunk.toString();
		});
		const { pid } = unshare;
		await until(
			'a first process',
			async () => {
				if (unshare!.exitCode !== null) throw new Error(`The machine did not start: ${complained}`);
				init = childOf(pid!);
				return init > 0 && nameOf(init) === 'systemd';
			},
			(there) => there,
		);
		await until(
			'systemd',
			async () => (await run('systemctl show --property=Version')).code === 0,
			(answers) => answers,
		);
	}

	async function cutPower(): Promise<void> {
		if (!unshare || unshare.exitCode !== null || unshare.signalCode !== null) return;
		const ended = once(unshare, 'exit');
		process.kill(init, 'SIGKILL');
		await ended;
		removeGroup(group);
	}

	async function run(
		commands: string,
		when?: { readonly says: string; readonly call: () => Promise<void> },
	): Promise<Ended> {
		const into = ['--target', String(init), '--pid', '--mount', '--uts', '--ipc', '--cgroup'];
		const child = spawn('nsenter', [...into, 'bash', '-euo', 'pipefail', '-c', `cd\n${commands}`], {
			env: {
				PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
				HOME: '/root',
				...variables,
			},
			stdio: ['ignore', 'pipe', 'pipe'],
		});
		let said = '';
		let done: Promise<void> | undefined;
		for (const stream of [child.stdout, child.stderr])
			stream.on('data', (chunk: Buffer) => {
				said += chunk.toString();
				if (when && `\n${said}`.includes(`\n${when.says}`)) done ??= when.call();
			});
		const [code] = (await once(child, 'close')) as [number | null];
		await done;
		return { code, said };
	}

	return {
		root,
		run,
		cutPower,
		boot,
		async close() {
			await cutPower();
			execFileSync('umount', ['--recursive', place]);
			rmSync(place, { recursive: true });
		},
	};
}

/** Takes away what is this host's and not Debian's: its units, its names, its programs of others. */
function asNew(root: string, names: readonly string[]): void {
	const units = join(root, 'etc/systemd/system');
	rmSync(units, { recursive: true, force: true });
	mkdirSync(units);
	for (const unit of MASKED) symlinkSync('/dev/null', join(units, unit));
	// No journal of the host's; there has to be a folder for one that outlives a power cut.
	rmSync(join(root, 'var/log/journal'), { recursive: true, force: true });
	mkdirSync(join(root, 'var/log/journal'));
	const files = {
		'etc/machine-id': '',
		'etc/fstab': '',
		'etc/hostname': 'anytown\n',
		'etc/hosts': `${LOOPBACK} localhost anytown ${names.join(' ')}\n`,
		'etc/resolv.conf': '',
	};
	for (const [file, text] of Object.entries(files)) {
		const at = join(root, file);
		// May be a link of the host's that leads elsewhere.
		if (existsSync(at) || lstatSync(at, { throwIfNoEntry: false })) rmSync(at);
		writeFileSync(at, text);
	}
}

/** A control group for all of the machine's processes, in the second version of groups, which a host may have beside the first. */
function newGroup(): string {
	const found = /^cgroup2 (\S+) cgroup2 /m.exec(readFileSync('/proc/self/mounts', 'utf8'));
	if (!found) throw new Error('This kernel has no control groups of the second version.');
	return mkdtempSync(join(found[1]!, 'understory-machine-'));
}

/** Its processes have ended; the groups that systemd made are empty. */
function removeGroup(group: string): void {
	for (const entry of readdirSync(group, { withFileTypes: true }))
		if (entry.isDirectory()) removeGroup(join(group, entry.name));
	rmdirSync(group);
}

function childOf(parent: number): number {
	for (const name of readdirSync('/proc')) {
		if (!/^\d+$/.test(name)) continue;
		const status = readIfThere(`/proc/${name}/status`);
		if (new RegExp(`^PPid:\\t${parent}$`, 'm').test(status)) return Number(name);
	}
	return 0;
}

const nameOf = (pid: number): string => readIfThere(`/proc/${pid}/comm`).trim();

/** Of a process that may have ended meanwhile. */
function readIfThere(file: string): string {
	try {
		return readFileSync(file, 'utf8');
	} catch {
		return '';
	}
}
