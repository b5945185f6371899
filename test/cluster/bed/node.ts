import { execFile } from 'node:child_process';
import { Resolver } from 'node:dns/promises';
import { copyFileSync, existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { writeArchive } from '../../../infra/image/oci-archive.ts';
import { type ControlPlane, SERVICES, startControlPlane } from './control-plane.ts';
import { type Running, start, until } from './processes.ts';
import type { Programs } from './program-cache.ts';

const run = promisify(execFile);

/** Where a cluster stands beside others: what each needs for itself of one network namespace and one tree of control groups. */
export interface Site {
	/** The node's own address: on loopback of the bed's network namespace, where pods reach it over their bridge. */
	readonly address: string;
	readonly pods: string;
	readonly bridge: string;
	/** The kubelet's control group; empty: the root. It ends pods that it does not know, whoever's they are. */
	readonly group: string;
	/** Where the kubelet says on loopback that it lives. */
	readonly livesAt: number;
	/** Whether Services have addresses of their own, and policies of the network hold: two that saw to it would write the same tables. */
	readonly proxied: boolean;
}
export const FIRST: Site = {
	...{ address: '10.89.0.1', pods: '10.88.0.0/16', bridge: 'bed0' },
	...{ group: '', livesAt: 10_248, proxied: true },
};
/** A cluster beside the first. The names of its Services lead to pods; addresses of Services are those of the first. */
export const SECOND: Site = {
	...{ address: '10.89.0.2', pods: '10.90.0.0/16', bridge: 'bed1' },
	...{ group: '/kubepods-of-the-second', livesAt: 10_247, proxied: false },
};
export const ADDRESS = FIRST.address;
const NAME = 'bed';

/** A cluster with one real node: containerd, kubelet, kube-proxy, kube-router for policies of the network, names of Services, and a folder for each claim. */
export interface Cluster extends ControlPlane {
	readonly node: {
		readonly [name in 'containerd' | 'kubelet' | 'dns' | 'volumes']: Running;
	} & { readonly proxy: Running | null; readonly policies: Running | null };
	/** Where the volumes' folders are. */
	readonly volumes: string;
	/** Makes an image known to the node from an OCI archive; pods name it as the archive does. */
	importImage(archive: string): Promise<void>;
	/** Has the node know an image by another name too. */
	tagImage(name: string, as: string): Promise<void>;
	/** Has the node know no image by this name; what runs of it goes on. */
	forgetImage(name: string): Promise<void>;
	/** Starts the kubelet again after it was ended. */
	restartKubelet(): Promise<void>;
	/** From when it resolves on, the Services of another cluster have names here, below this zone instead of `cluster.local`. */
	knowNamesOf(other: Pick<ControlPlane, 'kubeconfig'>, zone: string): Promise<void>;
}

/**
 * Starts a whole cluster in the namespaces of this process (`namespaces.ts`), whose end takes everything with it. Resolves when the node is ready.
 */
export async function startCluster(settings: {
	readonly programs: Programs;
	readonly folder: string;
	/** The first unless said otherwise. */
	readonly site?: Site;
}): Promise<Cluster> {
	const { programs, folder, site = FIRST } = settings;
	const { address } = site;
	await run('ip', ['address', 'add', `${address}/32`, 'dev', 'lo']);
	const plane = await startControlPlane({ programs, folder, address });
	const begun: Running[] = [];
	const logs = join(folder, 'logs');
	const at = (...names: string[]) => join(folder, ...names);
	const begin = (name: string, program: string, words: readonly string[]) => {
		const running = start(name, program, words, logs);
		begun.push(running);
		return running;
	};
	try {
		const socket = at('containerd.sock');
		const ctr = (...words: string[]) => run('ctr', ['--address', socket, '--namespace', 'k8s.io', ...words]);
		const importImage = async (archive: string) => {
			await ctr('images', 'import', '--snapshotter', 'overlayfs', archive);
		};
		writeContainerd(folder, socket, site);
		const containerd = begin('containerd', 'containerd', ['--config', at('containerd.toml')]);
		await until('The container runtime', async () => Boolean(await ctr('version')), containerd);
		await importImage(writePause(folder, programs('pause')));

		writeKubelet(folder, socket, site);
		const startKubelet = () =>
			begin('kubelet', programs('kubelet'), [
				`--config=${at('kubelet.json')}`,
				`--kubeconfig=${plane.kubeconfig('kubelet')}`,
				`--root-dir=${at('kubelet')}`,
				`--cert-dir=${at('kubelet-certificates')}`,
				`--hostname-override=${NAME}`,
				`--node-ip=${address}`,
			]);
		const startProxy = () =>
			begin('proxy', programs('kube-proxy'), [
				`--kubeconfig=${plane.kubeconfig('proxy')}`,
				'--proxy-mode=nftables',
				`--cluster-cidr=${site.pods}`,
				`--hostname-override=${NAME}`,
				`--bind-address=${address}`,
				`--nodeport-addresses=${address}/32`,
				// Nought leaves the machine's own settings of connection tracking as they are.
				'--conntrack-max-per-core=0',
				'--conntrack-tcp-timeout-established=0s',
				'--conntrack-tcp-timeout-close-wait=0s',
			]);
		/** Of its three parts the firewall alone: it writes what the policies say into the tables of this network namespace. */
		const startPolicies = () => {
			// What goes from pod to pod goes over a bridge, which shows nobody's tables anything unless it is told to.
			writeFileSync('/proc/sys/net/bridge/bridge-nf-call-iptables', '1');
			return begin('policies', programs('kube-router'), [
				`--kubeconfig=${plane.kubeconfig('admin')}`,
				`--hostname-override=${NAME}`,
				...['--run-firewall=true', '--run-router=false', '--run-service-proxy=false'],
				...['--enable-cni=false', '--health-port=0', `--service-cluster-ip-range=${SERVICES}`],
			]);
		};
		const zones = new Map([['cluster.local', plane.kubeconfig('admin')]]);
		const startDns = () =>
			begin('dns', programs('dns'), ['-conf', writeCorefile(folder, { address, zones })]);
		const node = {
			containerd,
			kubelet: startKubelet(),
			proxy: site.proxied ? startProxy() : null,
			policies: null as Running | null,
			dns: startDns(),
			volumes: begin('volumes', programs('volumes'), [
				`-root=${at('volumes')}`,
				`-node=${NAME}`,
				`-kubeconfig=${plane.kubeconfig('admin')}`,
			]),
		};
		const ready = async () => isReady((await plane.get(`/api/v1/nodes/${NAME}`)).text);
		await until('The node', ready, node.kubelet);
		if (site.proxied) node.policies = startPolicies();
		return {
			...plane,
			node,
			volumes: at('volumes'),
			importImage,
			async tagImage(name, as) {
				await ctr('images', 'tag', name, as);
			},
			async forgetImage(name) {
				await ctr('images', 'remove', '--sync', name);
			},
			async restartKubelet() {
				await node.kubelet.stop();
				node.kubelet = startKubelet();
				await until('The node', ready, node.kubelet);
			},
			async knowNamesOf(other, zone) {
				zones.set(zone, other.kubeconfig('admin'));
				await node.dns.stop();
				node.dns = startDns();
				const names = new Resolver();
				names.setServers([address]);
				const known = [...zones.keys()].map((one) => `kubernetes.default.svc.${one}`);
				const all = async () => (await Promise.all(known.map((one) => names.resolve4(one)))).length > 0;
				await until('The names', all, node.dns);
			},
			async close() {
				// The kubelet first, so that it does not start again what is ended here.
				for (const running of begun.toReversed()) await running.stop();
				await plane.close();
			},
		};
	} catch (error) {
		for (const running of begun.toReversed()) await running.stop();
		await plane.close();
		throw error;
	}
}

/** The image that holds a pod's namespaces. */
function writePause(folder: string, program: string): string {
	const root = join(folder, 'pause');
	mkdirSync(root);
	copyFileSync(program, join(root, 'pause'));
	const file = join(folder, 'pause.tar');
	writeArchive({
		name: 'localhost/pause:1',
		layers: [root],
		config: { Entrypoint: ['/pause'], User: '65535:65535' },
		file,
		architecture: process.arch === 'arm64' ? 'arm64' : 'amd64',
	});
	return file;
}

function isReady(text: string): boolean {
	const node = JSON.parse(text) as { status?: { conditions?: { type: string; status: string }[] } };
	return node.status?.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True') ?? false;
}

function writeContainerd(folder: string, socket: string, site: Site): void {
	const network = join(folder, 'network');
	mkdirSync(network, { recursive: true });
	const text = (value: string) => JSON.stringify(value);
	writeFileSync(
		join(folder, 'containerd.toml'),
		`version = 2
root = ${text(join(folder, 'containerd'))}
state = ${text(join(folder, 'containerd-state'))}
[grpc]
  address = ${text(socket)}
[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = "localhost/pause:1"
  # A machine without CAP_SYS_RESOURCE may not make a process less likely to be ended than itself.
  restrict_oom_score_adj = true
  disable_apparmor = true
  [plugins."io.containerd.grpc.v1.cri".containerd]
    snapshotter = "overlayfs"
    default_runtime_name = "runc"
    [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
      runtime_type = "io.containerd.runc.v2"
  [plugins."io.containerd.grpc.v1.cri".cni]
    bin_dir = "/usr/lib/cni"
    conf_dir = ${text(network)}
`,
	);
	const bridge = {
		type: 'bridge',
		bridge: site.bridge,
		isGateway: true,
		// No way out: a pod reaches pods, Services and the node.
		ipMasq: false,
		hairpinMode: true,
		ipam: {
			type: 'host-local',
			ranges: [[{ subnet: site.pods }]],
			routes: [{ dst: '0.0.0.0/0' }],
			dataDir: join(folder, 'addresses'),
		},
	};
	const list = { cniVersion: '0.4.0', name: 'bed', plugins: [bridge] };
	writeFileSync(join(network, '10-bed.conflist'), JSON.stringify(list));
}

function writeKubelet(folder: string, socket: string, { address, group, livesAt }: Site): void {
	if (group) makeGroup(group);
	for (const name of ['kubelet', 'pod-logs', 'volumes']) mkdirSync(join(folder, name), { recursive: true });
	writeFileSync(join(folder, 'resolv.conf'), `nameserver ${address}\n`);
	writeFileSync(
		join(folder, 'kubelet.json'),
		JSON.stringify({
			apiVersion: 'kubelet.config.k8s.io/v1beta1',
			kind: 'KubeletConfiguration',
			address,
			healthzPort: livesAt,
			...(group && { cgroupRoot: group }),
			// Nobody else is in this network namespace.
			authentication: { anonymous: { enabled: true }, webhook: { enabled: false } },
			authorization: { mode: 'AlwaysAllow' },
			cgroupDriver: 'cgroupfs',
			failCgroupV1: false,
			failSwapOn: false,
			makeIPTablesUtilChains: false,
			oomScoreAdj: 0,
			enforceNodeAllocatable: ['pods'],
			maxPods: 250,
			resolvConf: join(folder, 'resolv.conf'),
			clusterDomain: 'cluster.local',
			clusterDNS: [address],
			containerRuntimeEndpoint: `unix://${socket}`,
			podLogsDir: join(folder, 'pod-logs'),
			volumePluginDir: join(folder, 'kubelet', 'volume-plugins'),
			evictionHard: { 'memory.available': '100Mi', 'nodefs.available': '1%', 'imagefs.available': '1%' },
			// Images come from archives only: one that was swept away could not be had again.
			imageGCHighThresholdPercent: 100,
			imageMinimumGCAge: '8760h',
			// A change of a mounted Secret is seen in seconds instead of a minute.
			syncFrequency: '10s',
			// A role that is killed again and again is not waited for longer each time.
			crashLoopBackOff: { maxContainerRestartPeriod: '1s' },
		}),
	);
}

/** The kubelet wants it to be there, in each tree of control groups where there are several. */
function makeGroup(group: string): void {
	const top = '/sys/fs/cgroup';
	const isOne = existsSync(join(top, 'cgroup.controllers'));
	for (const tree of isOne ? ['.'] : readdirSync(top)) mkdirSync(join(top, tree, group), { recursive: true });
}

/** What names of Services there are: by zone, the kubeconfig of the cluster that they are of. */
function writeCorefile(
	folder: string,
	{ address, zones }: { readonly address: string; readonly zones: ReadonlyMap<string, string> },
): string {
	const file = join(folder, 'Corefile');
	const blocks = [...zones].map(([zone, kubeconfig]) => {
		const [at, also] = zone === 'cluster.local' ? ['.', ' in-addr.arpa'] : [zone, ''];
		return `${at}:53 {\n\tbind ${address}\n\terrors\n\tkubernetes ${zone}${also} {\n\t\tkubeconfig ${kubeconfig}\n\t\tttl 1\n\t}\n}\n`;
	});
	writeFileSync(file, blocks.join(''));
	return file;
}
