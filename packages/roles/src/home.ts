import { join } from 'node:path';
import type { CopiesAway } from '@understory/config/copies-away.ts';
import type { StartOf } from '@understory/config/role.ts';
import { systemClock } from '@understory/core/clock.ts';
import { BadInput } from '@understory/core/errors.ts';
import type { Log } from '@understory/core/log.ts';
import { createDesign } from '@understory/design/design.ts';
import { bucketOf } from '@understory/home/bucket.ts';
import { createHome } from '@understory/home/home.ts';
import { readNetwork } from '@understory/outgoing/networks.ts';
import { createOutgoing, type Outgoing } from '@understory/outgoing/outgoing.ts';
import type { BegunRole } from './begun-role.ts';
import { withClients } from './clients.ts';
import { LOOK_EVERY } from './look-every.ts';

/** A home by itself: branches for the world, and on the same port, for whoever comes from inside, what the provisioner and probes ask. */
export function beginHome({ config, secrets }: StartOf<'home'>, log: Log): Promise<BegunRole> {
	return withClients(config.edge, async (clients) => {
		const storage = config.copiesAway && storageClient(config.copiesAway);
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
			...(config.copiesAway && storage
				? {
						copiesAway: bucketOf(config.copiesAway, config.name, {
							outgoing: storage,
							now: systemClock.now,
						}),
					}
				: {}),
			...(config.recoveryKey ? { recoveryKey: config.recoveryKey } : {}),
			...(secrets.givenKeys ? { givenKeys: secrets.givenKeys } : {}),
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
				await Promise.all([clients.close(), storage?.close()]);
			},
		};
	});
}

/**
 * What goes to the object storage goes to public addresses and to the networks that were named for it; without encryption to those alone. Throws `BadInput` for a
 * network that nobody may name.
 */
function storageClient({ endpoint, networks }: CopiesAway): Outgoing {
	const named = networks.map((text) => {
		const read = readNetwork(text);
		if ('cidr' in read) return read.cidr;
		throw new BadInput(
			`UNDERSTORY_COPIES_AWAY names ${text}, which is no private network. One looks like 10.20.0.0/16.`,
		);
	});
	return createOutgoing({ town: false, networks: named, insideOnly: endpoint.startsWith('http:') });
}
