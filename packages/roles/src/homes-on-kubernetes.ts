import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { type HelmDriverConfig, readCell } from '@understory/config/home-driver.ts';
import { routeSettings } from '@understory/config/route-settings.ts';
import type { Log } from '@understory/core/log.ts';
import type { DriverMaker, HomeBook, HomeDriver } from '@understory/provisioner/drivers/driver.ts';
import { connectCluster } from '@understory/provisioner/drivers/helm/cluster.ts';
import { createCopiedSecrets } from '@understory/provisioner/drivers/helm/copied-secrets.ts';
import { createHelmDriver } from '@understory/provisioner/drivers/helm/helm-driver.ts';
import { createHelm } from '@understory/provisioner/drivers/helm/helm-program.ts';
import { storageVariables } from '@understory/provisioner/drivers/helm/helm-storage.ts';
import { createHomeWatcher } from '@understory/provisioner/drivers/helm/home-watch.ts';
import {
	namespaceOfLibrary,
	secretsToCopy,
} from '@understory/provisioner/drivers/helm/library-namespaces.ts';
import { createMakings } from '@understory/provisioner/drivers/helm/making.ts';
import { createPlaces } from '@understory/provisioner/drivers/helm/places.ts';
import { createRouteLead } from '@understory/provisioner/drivers/helm/route-lead.ts';
import { versionOf } from '@understory/provisioner/drivers/helm/version.ts';
import { withRecentSights } from '@understory/provisioner/drivers/recent-sights.ts';
import { withSparingDrift } from '@understory/provisioner/drivers/sparing-drift.ts';
import { underLease } from '@understory/provisioner/drivers/under-lease.ts';

/** Where Kubernetes puts what a pod's account is known by. */
const ACCOUNT = '/var/run/secrets/kubernetes.io/serviceaccount';
/** Milliseconds between two looks at a home that is being started, and how many looks: five minutes, for an image that is fetched. */
const LOOK_AGAIN = 1_000;
const LOOKS = 300;

/** The drivers for Kubernetes with what the settings say: that of the first cell, and those of others by name. `folder` is where Helm keeps what it may lose. */
export async function homesOnKubernetes(
	config: HelmDriverConfig,
	at: { readonly folder: string; readonly log: Log },
): Promise<{
	driver: DriverMaker;
	driverOfCell(name: string, homes: HomeBook): Promise<HomeDriver>;
	close(): Promise<void>;
}> {
	const version = versionOf(
		['home', 'branch', 'common'].map((chart) => join(config.charts, chart)),
		config.values,
	);
	const helm = (cell: string) => join(at.folder, 'helm', cell);
	return {
		driver: await homesIn(config, { cell: null, folder: helm(''), version, log: at.log }),
		async driverOfCell(name, homes) {
			// The roles run in the first.
			const cell = { ...readCell(config, name), platformRoutes: null };
			const make = await homesIn(cell, { cell: name, folder: helm(name), version, log: at.log });
			return make(homes);
		},
		// Homes go on without the provisioner: that is what they are in a cluster for.
		close: async () => undefined,
	};
}

/** Makes the driver for one cluster. */
async function homesIn(
	config: HelmDriverConfig,
	at: {
		/** Null for the first. */
		readonly cell: string | null;
		readonly folder: string;
		readonly version: string;
		readonly log: Log;
	},
): Promise<DriverMaker> {
	const { cell, folder, version, log } = at;
	mkdirSync(folder, { recursive: true });
	const { namespace, libraries, values, helm: program, charts } = config;
	const kubeconfig = config.kubeconfig ?? writeAccount(folder);
	const storage = storageVariables(config.releases, folder);
	const pauseBetween = () => pause(LOOK_AGAIN);
	const connection = await connectCluster({ kubeconfig: config.kubeconfig });
	return (homes) => {
		const watcher = createHomeWatcher({
			homesIn: connection.homesIn,
			log,
			pause: (milliseconds, signal) => pause(milliseconds, undefined, { signal }),
			random: Math.random,
		});
		const copied = createCopiedSecrets({
			...{ connection, names: secretsToCopy(values), from: namespace, log },
		});
		const driver = createHelmDriver({
			placeOf: createPlaces({
				connection,
				helmIn: (inside) => createHelm({ program, kubeconfig, namespace: inside, folder, storage }),
				shared: namespace,
				libraries,
				copied,
				namespaceOf: homes.namespaceOf,
				leases: homes.leases,
				livesIn: watcher.livesIn,
				pause: pauseBetween,
			}),
			...(libraries && {
				namespaceFor: (library) => namespaceOfLibrary(libraries, library),
				renewSecrets: copied.renew,
			}),
			homes,
			makings: createMakings({ charts, values, version, folder, releases: homes.releases }),
			log,
			pause: pauseBetween,
			looks: LOOKS,
		});
		const routes = createRouteLead({
			places: {
				...{ cell, namespace, platform: config.platformRoutes },
				homes: routeSettings((values as { route?: object }).route ?? {}),
			},
			shelf: connection.routes,
			leases: homes.leases,
		});
		const now = () => performance.now();
		return withRecentSights(
			withSparingDrift(underLease({ ...driver, watch: watcher.begin, ...routes }, homes.leases), now),
			now,
		);
	};
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
