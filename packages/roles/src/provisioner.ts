import { readEnvironment } from '@understory/config/environment.ts';
import type { StartOf } from '@understory/config/role.ts';
import { systemClock } from '@understory/core/clock.ts';
import type { Log } from '@understory/core/log.ts';
import { createDesign } from '@understory/design/design.ts';
import { createPublicDoor } from '@understory/outgoing/public-door.ts';
import { createLocalDriver } from '@understory/provisioner/drivers/local.ts';
import { createProvisioner, type Provisioner } from '@understory/provisioner/provisioner.ts';
import { importKey } from '@understory/transparency-log/keys.ts';
import type { BegunRole } from './begun-role.ts';
import { withClients } from './clients.ts';
import { keepEdgeHomes } from './edge-homes.ts';
import { homeProcesses } from './home-process.ts';
import { homesOnKubernetes } from './homes-on-kubernetes.ts';
import { publicAddresses } from './public-addresses.ts';

/**
 * The provisioner by itself. Homes on the same machine stop when it is stopped, and outlive it when it is killed; those on Kubernetes outlive
 * both.
 */
export function beginProvisioner({ config, secrets }: StartOf<'provisioner'>, log: Log): Promise<BegunRole> {
	return withClients(null, async (clients) => {
		let provisioner: Provisioner | null = null;
		const lost = (name: string) => {
			log.warn('home_lost', { home: name });
			provisioner?.services.sweep().catch((error: unknown) => log.warn('sweep_failed', { error }));
		};
		const homes =
			config.driver.kind === 'helm'
				? await homesOnKubernetes(config.driver, { folder: config.data, log })
				: onThisMachine(
						createLocalDriver(
							homeProcesses({
								folder: config.data,
								firstPort: config.driver.homePort,
								variables: variablesFor(config),
								internal: clients.internal,
								log,
							}),
							lost,
						),
					);
		provisioner = await createProvisioner({
			databaseUrl: secrets.databaseUrl,
			clock: systemClock,
			log,
			internal: clients.internal,
			outgoing: clients.outgoing,
			publicDoor: createPublicDoor({ town: false, edge: config.edge }),
			platformKey: importKey(secrets.platformKey),
			driver: homes.driver,
			...('driverOfCell' in homes && { driverOfCell: homes.driverOfCell }),
			addresses: publicAddresses(config.domain),
			design: createDesign(),
			consoleKey: secrets.consoleKey,
			adminToken: secrets.adminToken,
			sample: false,
			trustProxy: config.trustProxy,
			enrolmentTokens: secrets.enrolmentTokens,
		});
		const { checks, metrics, handle, close, directory, services } = provisioner;
		if (config.driver.kind === 'local' && config.driver.edgeHomes) {
			const keep = keepEdgeHomes({
				file: config.driver.edgeHomes,
				firstPort: config.driver.homePort,
				routes: directory.routes,
				log,
			});
			keep();
			services.changes.on('routes', keep);
		}
		return {
			checks,
			metrics,
			folder: config.data,
			insideHost: null,
			handle,
			async close() {
				await close();
				await homes.close();
				await clients.close();
			},
		};
	});
}

/** The one cell of one machine. */
function onThisMachine(driver: ReturnType<typeof createLocalDriver>) {
	return { driver, close: () => driver.close() };
}

/** What every home that is started here is told beside its name and place: the machine's own variables, and ours that hold for it as well. */
function variablesFor(config: StartOf<'provisioner'>['config']): Record<string, string | undefined> {
	const theirs = Object.entries(readEnvironment()).filter(([name]) => !name.startsWith('UNDERSTORY_'));
	return {
		...Object.fromEntries(theirs),
		UNDERSTORY_ADDRESS: '127.0.0.1',
		UNDERSTORY_PLATFORM_URL: `http://127.0.0.1:${config.port}`,
		UNDERSTORY_LOG_LEVEL: config.logLevel,
		UNDERSTORY_TRUST_PROXY: config.trustProxy.join(','),
		UNDERSTORY_DOMAIN: config.domain,
		...(config.backups ? { UNDERSTORY_BACKUPS: config.backups } : {}),
		...(config.matchLists ? { UNDERSTORY_MATCH_LISTS: config.matchLists } : {}),
		...(config.recoveryKey ? { UNDERSTORY_RECOVERY_KEY: config.recoveryKey } : {}),
		...(config.litestream
			? {
					UNDERSTORY_LITESTREAM: config.litestream.socket,
					UNDERSTORY_LITESTREAM_REPLICA: config.litestream.replica,
				}
			: {}),
		...(config.copiesAway
			? {
					UNDERSTORY_COPIES_AWAY: config.copiesAway.said,
					UNDERSTORY_COPIES_AWAY_CREDENTIALS: config.copiesAway.credentials,
				}
			: {}),
		...(config.edge ? { UNDERSTORY_EDGE: `${bracketed(config.edge.host)}:${config.edge.port}` } : {}),
	};
}

function bracketed(host: string): string {
	return host.includes(':') ? `[${host}]` : host;
}
