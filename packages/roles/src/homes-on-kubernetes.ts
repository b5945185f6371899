import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { HelmDriverConfig } from '@understory/config/home-driver.ts';
import type { Log } from '@understory/core/log.ts';
import type { HomeDriver } from '@understory/provisioner/drivers/driver.ts';
import { connectCluster } from '@understory/provisioner/drivers/helm/cluster.ts';
import { createHelmDriver } from '@understory/provisioner/drivers/helm/helm-driver.ts';
import { createHelm } from '@understory/provisioner/drivers/helm/helm-program.ts';
import { homeValues } from '@understory/provisioner/drivers/helm/home-values.ts';
import { versionOf } from '@understory/provisioner/drivers/helm/version.ts';

/** Where Kubernetes puts what a pod's account is known by. */
const ACCOUNT = '/var/run/secrets/kubernetes.io/serviceaccount';
/** Milliseconds between two looks at a home that is being started, and how many looks: five minutes, for an image that is fetched. */
const LOOK_AGAIN = 1_000;
const LOOKS = 300;

/** The driver for Kubernetes with what the settings say. `folder` is where Helm keeps what it may lose. */
export async function homesOnKubernetes(
	config: HelmDriverConfig,
	at: { readonly folder: string; readonly log: Log },
): Promise<HomeDriver & { close(): Promise<void> }> {
	const folder = join(at.folder, 'helm');
	mkdirSync(folder, { recursive: true });
	const { namespace, values, helm: program, charts } = config;
	const version = versionOf(
		['home', 'branch', 'common'].map((chart) => join(charts, chart)),
		values,
	);
	const driver = createHelmDriver({
		helm: createHelm({
			program,
			kubeconfig: config.kubeconfig ?? writeAccount(folder),
			namespace,
			folder,
		}),
		cluster: await connectCluster({ kubeconfig: config.kubeconfig, namespace }),
		charts: { shared: join(charts, 'home'), dedicated: join(charts, 'branch') },
		valuesOf: (spec) => homeValues(values, spec, version),
		version,
		log: at.log,
		pause: () => pause(LOOK_AGAIN),
		looks: LOOKS,
	});
	// Homes go on without the provisioner: that is what they are in a cluster for.
	return { ...driver, close: async () => undefined };
}

/** A kubeconfig with which Helm is the pod's own account. The token is read anew each time. */
function writeAccount(folder: string): string {
	const file = join(folder, 'kubeconfig');
	const named = (what: string, value: object) => [{ name: 'pod', [what]: value }];
	const cluster = { server: 'https://kubernetes.default.svc', 'certificate-authority': `${ACCOUNT}/ca.crt` };
	const config = {
		apiVersion: 'v1',
		kind: 'Config',
		clusters: named('cluster', cluster),
		users: named('user', { tokenFile: `${ACCOUNT}/token` }),
		contexts: named('context', { cluster: 'pod', user: 'pod' }),
		'current-context': 'pod',
	};
	writeFileSync(file, JSON.stringify(config), { mode: 0o600 });
	return file;
}
