import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { type Cluster, connectCluster } from '../../src/drivers/helm/cluster.ts';

const EARLY = '2026-03-02T12:00:00Z';
const LATE = '2026-03-02T12:03:00Z';

/** A Deployment whose pod is not there for people. */
const deployment = (conditions: readonly object[] = []) => ({
	metadata: { name: 'home-1', generation: 2 },
	spec: { replicas: 1 },
	status: { observedGeneration: 2, updatedReplicas: 1, conditions },
});
const expired = {
	type: 'Progressing',
	status: 'False',
	reason: 'ProgressDeadlineExceeded',
	lastUpdateTime: LATE,
};
const pod = (container: object, created = EARLY) => ({
	metadata: { name: 'home-1-abc', creationTimestamp: created },
	status: { containerStatuses: [{ name: 'home', restartCount: 0, ...container }] },
});

describe('what is seen of a home that does not run', () => {
	const folder = mkdtempSync(join(tmpdir(), 'understory-standing-'));
	let server: Server;
	let cluster: Cluster;
	let seen: { readonly deployment: object; readonly pods: readonly object[] };
	const standing = (pods: readonly object[], conditions?: readonly object[]) => {
		seen = { deployment: deployment(conditions), pods };
		return cluster.standing('home-1');
	};

	before(async () => {
		server = createServer(({ url = '' }, response) => {
			const body = url.includes('/deployments/') ? seen.deployment : { items: seen.pods };
			response.setHeader('content-type', 'application/json').end(JSON.stringify(body));
		});
		await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
		const named = (what: string, value: object) => [{ name: 'test', [what]: value }];
		const kubeconfig = join(folder, 'kubeconfig');
		const config = {
			clusters: named('cluster', {
				server: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
				'insecure-skip-tls-verify': true,
			}),
			users: named('user', {}),
			contexts: named('context', { cluster: 'test', user: 'test' }),
			'current-context': 'test',
		};
		writeFileSync(kubeconfig, JSON.stringify(config));
		cluster = (await connectCluster({ kubeconfig })).in('homes');
	});
	after(async () => {
		server.closeAllConnections();
		await new Promise((resolve) => server.close(resolve));
		rmSync(folder, { recursive: true, force: true });
	});

	it('is that Kubernetes is at it, while its time to become ready is not over', async () => {
		const waiting = { state: { running: {} } };
		expect(await standing([pod(waiting)])).to.deep.equal({
			...{ state: 'coming', reason: 'The home is being started.' },
		});
	});

	it('is that it will not come, once that time is over: a pod that runs and is never ready tells nothing else', async () => {
		expect(await standing([pod({ state: { running: {} } })], [expired])).to.deep.equal({
			state: 'stuck',
			reason: 'The home did not become ready in the time it has. Its log says why.',
		});
	});

	it('is no such thing when that was said of a pod that is gone: going back to what was before does not unsay it', async () => {
		const next = pod({ state: { running: {} } }, '2026-03-02T12:03:01Z');
		expect((await standing([next], [expired])).state).to.equal('coming');
	});

	it('is said with what the pod says beside our sentence, on one line, not for ever, and without a password', async () => {
		const message = `Back-off pulling image\n"https://robot:sentinel@registry.example/understory:9": ${'long '.repeat(200)}`;
		const found = await standing([pod({ state: { waiting: { reason: 'ImagePullBackOff', message } } })]);
		expect(found).to.include({ state: 'stuck', outside: true });
		const { reason } = found as { reason: string };
		expect(reason).to.match(
			/^The image cannot be fetched\..* Kubernetes says: Back-off pulling image "https:\/\/registry\.example\/understory:9": long .*…$/,
		);
		expect(reason.length).to.be.lessThan(450);
	});

	it('is said with how it ended last, where it ends as soon as it is started', async () => {
		const lastState = {
			terminated: { exitCode: 1, reason: 'Error', message: 'The data folder is read-only.' },
		};
		const waiting = { reason: 'CrashLoopBackOff', message: 'back-off 2m40s restarting failed container' };
		const found = await standing([pod({ restartCount: 5, state: { waiting }, lastState })]);
		expect(found).to.deep.equal({
			state: 'stuck',
			reason:
				'The home ends as soon as it is started. Its log says why. Kubernetes says: Error, code 1: The data folder is read-only.',
		});
	});
});
