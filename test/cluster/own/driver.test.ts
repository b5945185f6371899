import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { driverSuite } from '../fixtures/driver-suite.ts';
import { readyTools } from '../tools.ts';
import { ownCluster } from './own-cluster.ts';

const run = promisify(execFile);

describe('the driver for Kubernetes, in a cluster of your own', function () {
	this.timeout(300_000);
	const namespace = `understory-test-${randomBytes(4).toString('hex')}`;
	const folder = mkdtempSync(join(tmpdir(), 'understory-own-'));
	let kubectl: ((words: readonly string[]) => Promise<unknown>) | null = null;

	driverSuite(async () => {
		const { kubeconfig, image } = ownCluster(process.env);
		const tools = await readyTools();
		kubectl = (words) => run(tools.kubectl, ['--kubeconfig', kubeconfig, ...words]);
		await kubectl(['create', 'namespace', namespace]);
		await kubectl(['label', 'namespace', namespace, 'pod-security.kubernetes.io/enforce=restricted']);
		return { tools, folder, kubeconfig, namespace, image: { ...image, pullPolicy: 'IfNotPresent' } };
	});

	after(async () => {
		// Its claims go with it, and the volumes as their class says.
		await kubectl?.(['delete', 'namespace', namespace, '--ignore-not-found', '--timeout=120s']);
		rmSync(folder, { recursive: true, force: true });
	});
});
