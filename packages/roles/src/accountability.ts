import { createAccountability } from '@understory/accountability/accountability.ts';
import type { StartOf } from '@understory/config/role.ts';
import { systemClock } from '@understory/core/clock.ts';
import type { Log } from '@understory/core/log.ts';
import { createDesign } from '@understory/design/design.ts';
import type { BegunRole } from './begun-role.ts';
import { withClients } from './clients.ts';
import { LOOK_EVERY } from './look-every.ts';

/** The accountability sites by themselves. */
export function beginAccountability(
	{ config, secrets }: StartOf<'accountability'>,
	log: Log,
): Promise<BegunRole> {
	return withClients(config.edge, async (clients) => {
		const site = await createAccountability({
			databaseUrl: secrets.databaseUrl,
			folder: config.data,
			platform: { url: config.platformUrl, token: secrets.enrolmentToken, outgoing: clients.internal },
			design: createDesign(),
			log,
			clock: systemClock,
			publish: config.publish,
			minimumPopulation: config.minimumPopulation,
			outgoing: clients.outgoing,
			sample: false,
			lookEvery: LOOK_EVERY,
			trustProxy: config.trustProxy,
		});
		return {
			checks: site.checks,
			metrics: site.metrics,
			folder: config.data,
			insideHost: null,
			handle: (request, response) => site.handle(request, response),
			async close() {
				await site.close();
				await clients.close();
			},
		};
	});
}
