import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';

/**
 * Runs a script of Node in namespaces of its own for network, mounts, processes and cgroups, and resolves with its exit code. In there is
 * nothing but loopback, and the end of the script ends all that it started, however it ends: no process, mount, bridge or rule of a
 * cluster is left on the machine.
 */
export async function runInNamespaces(script: string, words: readonly string[]): Promise<number> {
	const others = existsSync('/sys/fs/cgroup/memory/kubepods') || existsSync('/sys/fs/cgroup/kubepods');
	const inside = 'ip link set lo up && "$@"; exit $?';
	const child: ChildProcess = spawn(
		'unshare',
		[
			...['--net', '--mount', '--pid', '--cgroup', '--fork', '--mount-proc', '--kill-child'],
			// A shell is the first process in there, because it takes leave of processes whose parents are gone; Node does not.
			...['bash', '-c', inside, 'bash', process.execPath, script, ...words],
		],
		{ stdio: 'inherit' },
	);
	const pass = (signal: NodeJS.Signals) => child.kill(signal);
	for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => pass(signal));
	const code = await new Promise<number>((resolve, reject) => {
		child.once('error', reject);
		child.once('exit', (status) => resolve(status ?? 1));
	});
	if (!others) sweepCgroups();
	return code;
}

/** A sentence that says why namespaces cannot be made here, or null. */
export function whyNoNamespaces(): string | null {
	if (process.platform !== 'linux') return 'The cluster of the tests needs Linux.';
	const missing = ['containerd', 'ctr', 'runc', 'nft', 'iptables', 'ipset'].filter((name) => !isThere(name));
	if (missing.length > 0 || !existsSync('/usr/lib/cni/bridge')) {
		return 'The cluster of the tests needs the Debian packages containerd, runc, containernetworking-plugins, nftables, iptables and ipset.';
	}
	try {
		execFileSync(
			'unshare',
			['--net', '--mount', '--pid', '--cgroup', '--fork', '--mount-proc', 'ip', 'link', 'set', 'lo', 'up'],
			{
				stdio: 'pipe',
			},
		);
		return null;
	} catch {
		return 'The cluster of the tests needs root, and the programs unshare and ip (Debian: util-linux, iproute2).';
	}
}

function isThere(program: string): boolean {
	return (process.env.PATH ?? '').split(':').some((folder) => existsSync(`${folder}/${program}`));
}

/** The groups of a kubelet and of a machine's systemd are the one thing that no namespace takes with it. */
function sweepCgroups(): void {
	try {
		execFileSync(
			'find',
			[
				...['/sys/fs/cgroup', '-depth', '-type', 'd', '-regex', '.*/\\(kubepods\\|understory-machine-\\).*'],
				...['-exec', 'rmdir', '{}', ';'],
			],
			{
				stdio: 'ignore',
			},
		);
	} catch {
		// Somebody else's, or none: both are not ours to remove.
	}
}
