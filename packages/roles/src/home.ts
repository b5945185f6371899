import { join } from 'node:path';
import type { StartOf } from '@understory/config/role.ts';
import { systemClock } from '@understory/core/clock.ts';
import type { Log } from '@understory/core/log.ts';
import { createDesign } from '@understory/design/design.ts';
import { createHome } from '@understory/home/home.ts';
import type { BegunRole } from './begun-role.ts';
import { withClients } from './clients.ts';
import { LOOK_EVERY } from './look-every.ts';

/** A home by itself: branches for the world, and on the same port, for whoever comes from inside, what the provisioner and probes ask. */
export function beginHome({ config, secrets }: StartOf<'home'>, log: Log): Promise<BegunRole> {
	return withClients(config.edge, async (clients) => {
		const home = await createHome({
			name: config.name,
			folder: config.data,
			internalUrl: config.internalUrl,
			platform: { url: config.platformUrl, token: secrets.enrolmentToken, outgoing: clients.internal },
			outgoing: clients.outgoing,
			clock: systemClock,
			log,
			design: createDesign(),
			...(config.matchLists ? { matchLists: config.matchLists } : {}),
			...(config.backups ? { backups: join(config.backups, config.name) } : {}),
			...(config.litestream ? { litestream: config.litestream } : {}),
			settings: { town: false, trustProxy: config.trustProxy },
			lookEvery: LOOK_EVERY,
		});
		return {
			checks: home.checks,
			metrics: home.metrics,
			folder: config.data,
			insideHost: new URL(config.internalUrl).host,
			handle: (request, response) => home.handle(request, response),
			handleInside: (request, response) => home.handleInside(request, response),
			async close() {
				await home.close();
				await clients.close();
			},
		};
	});
}
