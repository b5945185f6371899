import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { type HelmDriverConfig, readCell } from '@understory/config/home-driver.ts';
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

/** The drivers for Kubernetes with what the settings say: that of the first cell, and those of others by name. `folder` is where Helm keeps what it may lose. */
export async function homesOnKubernetes(
	config: HelmDriverConfig,
	at: { readonly folder: string; readonly log: Log },
): Promise<{ driver: HomeDriver; driverOfCell(name: string): Promise<HomeDriver>; close(): Promise<void> }> {
	const version = versionOf(
		['home', 'branch', 'common'].map((chart) => join(config.charts, chart)),
		config.values,
	);
	const helm = (cell: string) => join(at.folder, 'helm', cell);
	return {
		driver: await homesIn(config, { folder: helm(''), version, log: at.log }),
		driverOfCell: async (name) =>
			homesIn(readCell(config, name), { folder: helm(name), version, log: at.log }),
		// Homes go on without the provisioner: that is what they are in a cluster for.
		close: async () => undefined,
	};
}

/** The driver for one cluster. */
async function homesIn(
	config: HelmDriverConfig,
	{ folder, version, log }: { readonly folder: string; readonly version: string; readonly log: Log },
): Promise<HomeDriver> {
	mkdirSync(folder, { recursive: true });
	const { namespace, values, helm: program, charts } = config;
	return createHelmDriver({
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
		log,
		pause: () => pause(LOOK_AGAIN),
		looks: LOOKS,
	});
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
