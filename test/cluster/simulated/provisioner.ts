import { systemClock } from '@understory/core/clock.ts';
import { createDesign } from '@understory/design/design.ts';
import { createLog } from '@understory/http/log.ts';
import { listen } from '@understory/http/server.ts';
import { createInternalClient, createOutgoing } from '@understory/outgoing/outgoing.ts';
import type { HomeDriver } from '@understory/provisioner/drivers/driver.ts';
import { createProvisioner } from '@understory/provisioner/provisioner.ts';
import { importKey } from '@understory/transparency-log/keys.ts';
import { homesOnKubernetes } from '../../../packages/roles/src/homes-on-kubernetes.ts';
import { publicAddresses } from '../../../packages/roles/src/public-addresses.ts';
import { actsOf } from '../../bench/platform/acts.ts';
import type { HomeOrder } from '../../bench/platform/bed.ts';
import type { ProvisionerTold } from '../../bench/platform/provisioner.ts';
import { served } from '../../bench/sign-in/served.ts';

/** What a provisioner before simulated nodes is told. */
export interface SimulatedTold extends ProvisionerTold {
	readonly folder: string;
	readonly helm: string;
	readonly charts: string;
	readonly kubeconfig: string;
	readonly namespace: string;
	/** Values for every home. */
	readonly values: object;
	readonly branchesInHome: number;
}

/**
 * The provisioner with its driver for Kubernetes, as its role makes both. One thing is added: when a home is available, whoever stands in for the process that a
 * simulated pod does not have is told, so that it enrols.
 */
served<SimulatedTold, object>(async (told) => {
	const internal = createInternalClient({ town: false });
	const outgoing = createOutgoing({ town: false, edge: null });
	const { helm, charts, kubeconfig, namespace, values, folder } = told;
	const { driver, driverOfCell } = await homesOnKubernetes(
		{
			...{ kind: 'helm', helm, charts, kubeconfig, namespace, values, cells: folder },
			...{ libraries: null, platformRoutes: null, releases: null },
		},
		{ folder, log: createLog({ level: 'warn', to: process.stderr, role: 'provisioner' }) },
	);
	async function enrolled(name: string): Promise<void> {
		const order: HomeOrder = { name, enrolmentToken: '' };
		const body = JSON.stringify(order);
		const asked = { url: told.startHomeAt, method: 'POST', body, timeoutMs: 60_000 } as const;
		const { status } = await internal.request(asked);
		if (status !== 204) throw new Error(`the home has not enrolled: ${status}`);
	}
	const enrolling = (whole: HomeDriver): HomeDriver => ({
		...whole,
		start: (spec) => whole.start(spec).then(() => enrolled(spec.name)),
	});
	const provisioner = await createProvisioner({
		databaseUrl: told.databaseUrl,
		clock: systemClock,
		log: createLog({ level: 'error', to: process.stderr, role: 'provisioner' }),
		internal,
		outgoing,
		platformKey: importKey(told.platformKey),
		driver: (homes) => enrolling(driver(homes)),
		driverOfCell: async (name, homes) => enrolling(await driverOfCell(name, homes)),
		branchesInHome: told.branchesInHome,
		addresses: publicAddresses(told.domain),
		design: createDesign(),
		consoleKey: Buffer.alloc(32, 7),
		adminToken: told.adminToken,
		sample: false,
	});
	const { close } = await listen(provisioner.handle, { port: told.port });
	return {
		started: {},
		acts: actsOf(provisioner),
		async close() {
			await close();
			await provisioner.close();
			await Promise.all([internal.close(), outgoing.close()]);
		},
	};
});
