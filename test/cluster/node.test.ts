import { execFile } from 'node:child_process';
import { Resolver } from 'node:dns/promises';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect } from 'chai';
import { ADDRESS, type Cluster, startCluster } from './bed/node.ts';
import { until } from './bed/processes.ts';
import { bedOrSkip } from './bed/skip.ts';
import { makeStorageClass } from './fixtures/homes-namespace.ts';

const run = promisify(execFile);
const SPACE = '/api/v1/namespaces/belmont';

/** A pod as ours are: not root, nothing that it may gain, nothing that it may write but its volume. */
function pod(name: string, over: { runAsUser?: number } = {}): object {
	return {
		apiVersion: 'v1',
		kind: 'Pod',
		metadata: { name, labels: { app: name } },
		spec: {
			terminationGracePeriodSeconds: 1,
			automountServiceAccountToken: false,
			securityContext: {
				runAsNonRoot: over.runAsUser !== 0,
				runAsUser: 10001,
				fsGroup: 10001,
				seccompProfile: { type: 'RuntimeDefault' },
				...over,
			},
			containers: [
				{
					name: 'only',
					image: 'localhost/pause:1',
					imagePullPolicy: 'Never',
					securityContext: {
						allowPrivilegeEscalation: false,
						readOnlyRootFilesystem: true,
						capabilities: { drop: ['ALL'] },
					},
					volumeMounts: [{ name: 'data', mountPath: '/data' }],
				},
			],
			volumes: [{ name: 'data', persistentVolumeClaim: { claimName: 'data' } }],
		},
	};
}

/** Whether what is in the network of the pod with this address reaches a port. */
async function isReachedFrom(pod: string, host: string, port: number): Promise<boolean> {
	const inside = (pid: string, ...words: string[]) => run('nsenter', ['--target', pid, '--net', ...words]);
	const pauses = readdirSync('/proc').filter((pid) => {
		try {
			return readFileSync(`/proc/${pid}/comm`, 'utf8') === 'pause\n';
		} catch {
			return false;
		}
	});
	for (const pid of pauses) {
		if (!(await inside(pid, 'ip', '-4', 'address')).stdout.includes(`${pod}/`)) continue;
		const ask = `timeout 1 bash -c '</dev/tcp/${host}/${port}'`;
		return inside(pid, 'bash', '-c', ask).then(
			() => true,
			() => false,
		);
	}
	throw new Error(`No pod has the address ${pod}.`);
}

describe('a cluster of one node', () => {
	let cluster: Cluster;
	const make = async (path: string, object: object) => {
		const { status, text } = await cluster.apply(path, object);
		expect(status, text).to.equal(201);
	};
	const phase = async (name: string) =>
		JSON.parse((await cluster.get(`${SPACE}/pods/${name}`)).text).status?.phase;
	const isRunning = async (name: string) => (await phase(name)) === 'Running';

	before(async function () {
		cluster = await startCluster(await bedOrSkip(this));
		await makeStorageClass(cluster);
		await make(SPACE, {
			apiVersion: 'v1',
			kind: 'Namespace',
			metadata: { name: 'belmont', labels: { 'pod-security.kubernetes.io/enforce': 'restricted' } },
		});
		await make(`${SPACE}/persistentvolumeclaims/data`, {
			apiVersion: 'v1',
			kind: 'PersistentVolumeClaim',
			metadata: { name: 'data' },
			spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
		});
	});
	after(() => cluster?.close());

	it('runs a pod, with a folder for its claim that the pod’s group may write to', async () => {
		await make(`${SPACE}/pods/one`, pod('one'));
		await until('The pod', () => isRunning('one'), cluster.node.kubelet);
		const [folder] = readdirSync(cluster.volumes);
		expect(statSync(join(cluster.volumes, folder!)).gid).to.equal(10001);
	});

	it('refuses a pod that is root', async () => {
		const { status, text } = await cluster.apply(`${SPACE}/pods/root`, pod('root', { runAsUser: 0 }));
		expect(status).to.equal(403);
		expect(text).to.include('violates PodSecurity');
	});

	it('knows a Service by name', async () => {
		await make(`${SPACE}/services/one`, {
			apiVersion: 'v1',
			kind: 'Service',
			metadata: { name: 'one' },
			spec: { clusterIP: 'None', selector: { app: 'one' }, ports: [{ port: 80 }] },
		});
		const resolver = new Resolver();
		resolver.setServers(['10.89.0.1']);
		const { podIP } = JSON.parse((await cluster.get(`${SPACE}/pods/one`)).text).status;
		const addresses = () => resolver.resolve4('one.belmont.svc.cluster.local');
		await until('The name', async () => (await addresses()).length > 0, cluster.node.dns);
		expect(await addresses()).to.deep.equal([podIP]);
	});

	it('shuts a pod in that a policy closes, and lets it out again', async () => {
		const { podIP } = JSON.parse((await cluster.get(`${SPACE}/pods/one`)).text).status;
		const reaches = () => isReachedFrom(podIP, ADDRESS, 53);
		expect(await reaches()).to.equal(true);
		const closed = '/apis/networking.k8s.io/v1/namespaces/belmont/networkpolicies/closed';
		await make(closed, {
			apiVersion: 'networking.k8s.io/v1',
			kind: 'NetworkPolicy',
			metadata: { name: 'closed' },
			spec: { podSelector: {}, policyTypes: ['Egress'] },
		});
		await until('The policy', async () => !(await reaches()), cluster.node.policies!);
		await cluster.remove(closed);
		await until('The end of the policy', reaches, cluster.node.policies!);
	});

	it('keeps its pods when the kubelet is killed, and goes on with them', async () => {
		await cluster.node.kubelet.kill();
		await cluster.restartKubelet();
		await make(`${SPACE}/pods/two`, pod('two'));
		await until('The pod', () => isRunning('two'), cluster.node.kubelet);
		const { restartCount } = JSON.parse((await cluster.get(`${SPACE}/pods/one`)).text).status
			.containerStatuses[0];
		expect(restartCount).to.equal(0);
	});

	it('takes the folder away with the claim', async () => {
		for (const name of ['one', 'two']) await cluster.remove(`${SPACE}/pods/${name}`);
		await cluster.remove(`${SPACE}/persistentvolumeclaims/data`);
		await until('The folder', async () => readdirSync(cluster.volumes).length === 0, cluster.node.volumes);
	});
});
