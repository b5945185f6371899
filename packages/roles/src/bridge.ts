import type { StartOf } from '@understory/config/role.ts';
import { systemClock } from '@understory/core/clock.ts';
import type { Log } from '@understory/core/log.ts';
import { createDesign } from '@understory/design/design.ts';
import { createSsoBridge } from '@understory/sso-bridge/sso-bridge.ts';
import type { BegunRole } from './begun-role.ts';
import { withClients } from './clients.ts';
import { LOOK_EVERY } from './look-every.ts';

/** How long a refused card takes at least, in milliseconds. */
const MINIMUM_FAILURE = 800;

/** Card sign-in by itself. How people sign in is what library IT said through the provisioner, and nothing else. */
export function beginBridge({ config, secrets }: StartOf<'sso-bridge'>, log: Log): Promise<BegunRole> {
	return withClients(config.edge, async (clients) => {
		const bridge = await createSsoBridge({
			databaseUrl: secrets.databaseUrl,
			folder: config.data,
			platform: { url: config.platformUrl, token: secrets.enrolmentToken, outgoing: clients.internal },
			outgoing: clients.outgoing,
			town: false,
			clock: systemClock,
			log,
			design: createDesign(),
			secrets: { master: secrets.master },
			signIn: () => null,
			minimumFailureMs: MINIMUM_FAILURE,
			lookEvery: LOOK_EVERY,
			trustProxy: config.trustProxy,
		});
		return {
			checks: bridge.checks,
			metrics: bridge.metrics,
			folder: config.data,
			insideHost: null,
			handle: (request, response) => bridge.handle(request, response),
			async close() {
				await bridge.close();
				await clients.close();
			},
		};
	});
}
