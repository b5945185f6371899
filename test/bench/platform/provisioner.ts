import { systemClock } from '@understory/core/clock.ts';
import { silentLog } from '@understory/core/log.ts';
import { createDesign } from '@understory/design/design.ts';
import { listen } from '@understory/http/server.ts';
import { createInternalClient, createOutgoing } from '@understory/outgoing/outgoing.ts';
import { createLocalDriver } from '@understory/provisioner/drivers/local.ts';
import { createProvisioner } from '@understory/provisioner/provisioner.ts';
import { importKey } from '@understory/transparency-log/keys.ts';
import { publicAddresses } from '../../../packages/roles/src/public-addresses.ts';
import { served } from '../sign-in/served.ts';
import { actsOf } from './acts.ts';
import type { HomeOrder } from './bed.ts';

/** What the provisioner of the bench is told. */
export interface ProvisionerTold {
	readonly port: number;
	readonly domain: string;
	readonly databaseUrl: string;
	/** PKCS#8 PEM of an Ed25519 key. */
	readonly platformKey: string;
	readonly adminToken: string;
	/** Whoever starts homes for it listens here. */
	readonly startHomeAt: string;
}

served<ProvisionerTold, object>(async (told) => {
	const internal = createInternalClient({ town: true });
	const driver = createLocalDriver(async ({ name, enrolmentToken }) => {
		const order: HomeOrder = { name, enrolmentToken };
		const body = JSON.stringify(order);
		const answer = await internal.request({
			url: told.startHomeAt,
			method: 'POST',
			body,
			timeoutMs: 60_000,
		});
		if (answer.status !== 204) throw new Error(`the home was not started: ${answer.status}`);
		return { close: async () => undefined };
	});
	const provisioner = await createProvisioner({
		databaseUrl: told.databaseUrl,
		clock: systemClock,
		log: silentLog,
		internal,
		outgoing: createOutgoing({ town: true }),
		platformKey: importKey(told.platformKey),
		driver,
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
			await internal.close();
		},
	};
});
