import { copyFileSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createInternalClient } from '@understory/outgoing/outgoing.ts';
import type { SigningKey } from '@understory/transparency-log/keys.ts';
import { parse } from 'yaml';
import { startTestHome, type TestHome } from '../../../packages/provisioner/test/fixtures/test-home.ts';
import { chartFlags } from '../../bench/chart-flags.ts';
import { layBed, type Bed as PlatformBed } from '../../bench/platform/bed.ts';
import { type ControlPlane, startControlPlane } from '../bed/control-plane.ts';
import { until } from '../bed/processes.ts';
import { startSimulatedNodes } from '../bed/simulated-nodes.ts';
import type { Bed } from '../bed/skip.ts';
import { makeHomesNamespace } from '../fixtures/homes-namespace.ts';
import { readyTools } from '../tools.ts';

const NAMESPACE = 'homes';
/** The cell that can be added, by its name. */
export const SECOND_CELL = 'east';
/** Values of every home. The image is on no node, and nobody looks. */
const VALUES = {
	image: { repository: 'localhost/understory', tag: 'simulated', pullPolicy: 'Never' },
	platform: { url: 'http://127.0.0.1:8080' },
	storage: { size: '1Gi' },
	memory: { request: '64Mi', limit: '512Mi' },
	cpu: '10m',
};

/**
 * A whole platform before a cluster whose nodes are simulated. REAL: the API server with its controllers and scheduler, etcd, helm with our charts, the driver, the provisioner, PostgreSQL,
 * every document between provisioner and homes. SIMULATED: the nodes, that a pod runs on one, and the process in the pod: on loopback a home
 * of the provisioner's tests stands in for each, which keeps no folders. It enrols with the token that it finds in the home's Secret. The provisioner is started with
 * the chart's flags.
 */
export interface SimulatedPlatform {
	readonly plane: ControlPlane;
	readonly bed: PlatformBed;
	/** Who stands in for the process of each home, by name. */
	readonly homes: ReadonlyMap<string, TestHome>;
	/** Starts the provisioner anew with values for every home that are changed by this: another version. */
	restart(values: object, flags?: readonly string[]): Promise<void>;
	close(): Promise<void>;
}

/** What leads people to homes. No gateway reads it here: it is objects that somebody has to write, and the API server to keep. */
const ROUTED = { route: { kind: 'gateway', gateway: { name: 'public', namespace: 'gateways' } } };

/** Starts all of it. `branchesInHome`: how many branches a shared home takes. `routed`: whether what leads to homes is written into the cluster too. */
export async function startSimulatedPlatform(
	{ programs, folder }: Bed,
	settings: { readonly nodes: number; readonly branchesInHome: number; readonly routed?: boolean },
): Promise<SimulatedPlatform> {
	const { nodes, branchesInHome, routed = false } = settings;
	const undo: (() => Promise<unknown>)[] = [];
	const close = async () => {
		for (const act of undo.toReversed()) await act();
	};
	try {
		const plane = await startControlPlane({ programs, folder, simulated: true });
		undo.push(() => plane.close());
		const simulated = await startSimulatedNodes(plane, { programs, folder, nodes });
		undo.push(() => simulated.close());
		await makeHomesNamespace(plane, NAMESPACE);
		if (routed) await defineRoutes(plane, programs);
		const usual = { ...VALUES, ...(routed && ROUTED) };
		const internal = createInternalClient({ town: false });
		undo.push(() => internal.close());
		const homes = new Map<string, TestHome>();
		// A branch that moves takes its key along, as its folder does.
		const branchKeys = new Map<string, SigningKey>();
		undo.push(() => Promise.all([...homes.values()].map((home) => home.close())));
		const told = {
			...{ folder: join(folder, 'provisioner'), helm: (await readyTools()).helm, namespace: NAMESPACE },
			...{ charts: fileURLToPath(new URL('../../../charts', import.meta.url)), branchesInHome },
			...{ kubeconfig: plane.kubeconfig('admin'), values: usual },
		};
		mkdirSync(told.folder);
		// Another cell in the same cluster: to the provisioner it is one more that it reaches by a file of its own.
		copyFileSync(told.kubeconfig, join(told.folder, `cell-${SECOND_CELL}.kubeconfig`));
		const flags = (await chartFlags('platform', 'understory-provisioner')).split(' ');
		const bed = await layBed(
			async ({ name }) => {
				const home =
					homes.get(name) ?? (await startTestHome({ outgoing: internal, now: Date.now, name, branchKeys }));
				homes.set(name, home);
				await home.enrol(`http://127.0.0.1:${bed.port}`, await tokenOf(plane, name));
			},
			{ script: '../../cluster/simulated/provisioner.ts', told, flags },
		);
		undo.push(() => bed.close());
		return {
			plane,
			bed,
			homes,
			restart: (values, flags) =>
				bed.restart(flags, { careless: true, told: { values: { ...usual, ...values } } }),
			close,
		};
	} catch (error) {
		await close();
		throw error;
	}
}

/** Has the API server know what Gateway API calls an HTTPRoute. */
async function defineRoutes(plane: ControlPlane, programs: Bed['programs']): Promise<void> {
	const routes = parse(readFileSync(programs('httproutes.yaml'), 'utf8'));
	const path = `/apis/apiextensions.k8s.io/v1/customresourcedefinitions/${routes.metadata.name}`;
	await plane.apply(path, routes);
	const known = async () => (await plane.get('/apis/gateway.networking.k8s.io/v1/httproutes')).status === 200;
	await until('HTTPRoutes', known, plane.processes.apiServer);
}

/** The one-time token of a home, where its pod would read it. */
async function tokenOf(plane: ControlPlane, home: string): Promise<string> {
	const { status, text } = await plane.get(`/api/v1/namespaces/${NAMESPACE}/secrets/${home}-enrolment`);
	if (status !== 200) throw new Error(`the Secret of ${home} was answered ${status}`);
	return Buffer.from(JSON.parse(text).data['enrolment-token'], 'base64').toString();
}

/** How many objects of a kind stand in the namespace of the homes, such as `apps/v1 deployments`. */
export async function countIn(plane: ControlPlane, kind: string): Promise<number> {
	const [group, name] = kind.split(' ');
	const path = group === 'v1' ? '/api/v1' : `/apis/${group}`;
	const { text } = await plane.get(`${path}/namespaces/${NAMESPACE}/${name}?limit=1`);
	const { items, metadata } = JSON.parse(text) as {
		items: unknown[];
		metadata: { remainingItemCount?: number };
	};
	return items.length + (metadata.remainingItemCount ?? 0);
}

/** The resident memory of a process, in MB. */
export function residentOf(pid: number): number {
	return Number(/^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))![1]) / 1024;
}
