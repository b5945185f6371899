import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ControlPlane } from './control-plane.ts';
import { type Running, start, until } from './processes.ts';
import type { Programs } from './program-cache.ts';

/** Nodes that nothing runs on. */
export interface SimulatedNodes {
	/** What says for the nodes and their pods how they are. */
	readonly simulator: Running;
	readonly volumes: Running;
	close(): Promise<void>;
}

/** The label by which all of them count as one place, so that a volume of any is on all. */
const PLACE = { 'kubernetes.io/hostname': 'simulated', 'kubernetes.io/os': 'linux' };
const MARK = { 'kwok.x-k8s.io/node': 'fake' };

/**
 * Makes nodes of a control plane that are not there: kwok says that they are ready, and of each pod that is put on one that it runs, and takes it away when it
 * is to go. No container, no network and no disk stands behind a pod. Claims get volumes as on the real node; they are folders that nobody
 * writes to. Resolves when every node is ready.
 */
export async function startSimulatedNodes(
	plane: ControlPlane,
	{
		programs,
		folder,
		nodes,
	}: { readonly programs: Programs; readonly folder: string; readonly nodes: number },
): Promise<SimulatedNodes> {
	const logs = join(folder, 'logs');
	const stages = join(folder, 'stages.yaml');
	writeFileSync(stages, STAGES.map((stage) => JSON.stringify(stage)).join('\n---\n'));
	mkdirSync(join(folder, 'volumes'), { recursive: true });
	const simulator = start(
		'kwok',
		programs('kwok'),
		[
			`--kubeconfig=${plane.kubeconfig('simulator')}`,
			`--config=${stages}`,
			'--manage-nodes-with-annotation-selector=kwok.x-k8s.io/node=fake',
			'--cidr=10.120.0.0/14',
			'--node-ip=127.0.0.1',
			'--node-lease-duration-seconds=40',
		],
		logs,
	);
	const volumes = start(
		'volumes',
		programs('volumes'),
		[`-root=${join(folder, 'volumes')}`, '-node=simulated', `-kubeconfig=${plane.kubeconfig('admin')}`],
		logs,
	);
	const close = async () => {
		await volumes.stop();
		await simulator.stop();
	};
	try {
		const room = { cpu: '1000', memory: '4Ti', pods: '2000' };
		for (let at = 1; at <= nodes; at += 1) {
			const name = `simulated-${at}`;
			const metadata = { name, annotations: MARK, labels: PLACE };
			await plane.apply(`/api/v1/nodes/${name}`, { apiVersion: 'v1', kind: 'Node', metadata });
			const status = { allocatable: room, capacity: room };
			const path = `/api/v1/nodes/${name}/status`;
			await plane.apply(path, { apiVersion: 'v1', kind: 'Node', metadata: { name }, status });
		}
		await until('The simulated nodes', async () => (await readyNodes(plane)) === nodes, simulator);
		return { simulator, volumes, close };
	} catch (error) {
		await close();
		throw error;
	}
}

async function readyNodes(plane: ControlPlane): Promise<number> {
	const { items } = JSON.parse((await plane.get('/api/v1/nodes')).text) as {
		items: { status?: { conditions?: { type: string; status: string }[] } }[];
	};
	const isReady = ({ type, status }: { type: string; status: string }) =>
		type === 'Ready' && status === 'True';
	return items.filter(({ status }) => status?.conditions?.some(isReady)).length;
}

const stage = (
	name: string,
	kind: 'Node' | 'Pod',
	matchExpressions: readonly object[],
	next: object,
	more = {},
) => ({
	apiVersion: 'kwok.x-k8s.io/v1alpha1',
	kind: 'Stage',
	metadata: { name },
	spec: { resourceRef: { apiGroup: 'v1', kind }, selector: { matchExpressions }, next, ...more },
});
const READY = '.status.conditions.[] | select( .type == "Ready" ) | .status';
const NOW = '{{ Now | Quote }}';

/** What kwok is told of nodes and pods: when which of them changes, and into what. */
const STAGES = [
	stage('node-ready', 'Node', [{ key: READY, operator: 'NotIn', values: ['True'] }], {
		statusTemplate: `
conditions:
- {type: Ready, status: "True", reason: Simulated, message: nothing runs here, lastHeartbeatTime: ${NOW}, lastTransitionTime: ${NOW}}
addresses:
- {type: InternalIP, address: {{ NodeIP | Quote }}}
phase: Running
`,
	}),
	stage(
		'pod-runs',
		'Pod',
		[
			{ key: '.metadata.deletionTimestamp', operator: 'DoesNotExist' },
			{ key: '.status.phase', operator: 'In', values: ['Pending'] },
			{ key: '.spec.nodeName', operator: 'Exists' },
		],
		{
			statusTemplate: `
conditions:
- {type: Initialized, status: "True", lastTransitionTime: ${NOW}}
- {type: Ready, status: "True", lastTransitionTime: ${NOW}}
- {type: ContainersReady, status: "True", lastTransitionTime: ${NOW}}
containerStatuses:
{{ range .spec.containers }}
- {name: {{ .name | Quote }}, image: {{ .image | Quote }}, imageID: "", ready: true, restartCount: 0, state: {running: {startedAt: ${NOW}}}}
{{ end }}
podIP: {{ PodIP | Quote }}
phase: Running
startTime: ${NOW}
`,
		},
	),
	stage('pod-goes', 'Pod', [{ key: '.metadata.deletionTimestamp', operator: 'Exists' }], { delete: true }),
];
