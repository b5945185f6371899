import { systemClock } from '@understory/core/clock.ts';
import { silentLog } from '@understory/core/log.ts';
import type { SignInSettings } from '@understory/core/sign-in-settings.ts';
import { createDesign } from '@understory/design/design.ts';
import { listen } from '@understory/http/server.ts';
import { createInternalClient, createOutgoing } from '@understory/outgoing/outgoing.ts';
import { createSsoBridge } from '@understory/sso-bridge/sso-bridge.ts';
import { networksHere } from '../../../packages/sso-bridge/test/fixtures/here.ts';
import { served } from './served.ts';

/** What the bridge of the bench is told. */
export interface BridgeTold {
	readonly port: number;
	readonly databaseUrl: string;
	readonly folder: string;
	readonly platform: { readonly url: string; readonly token: string };
	/** 32 bytes in hex. */
	readonly master: string;
	/** How every library asks its catalogue. */
	readonly signIn: SignInSettings;
	/** How many issuers are kept ready; as usual when it is missing. */
	readonly readyIssuers?: number;
}

served<BridgeTold, { port: number }>(async (told) => {
	const outgoing = createOutgoing({ town: true });
	const internal = createInternalClient({ town: true });
	const bridge = await createSsoBridge({
		databaseUrl: told.databaseUrl,
		folder: told.folder,
		platform: { ...told.platform, outgoing: internal },
		outgoing,
		town: true,
		moreNetworks: () => networksHere(told.signIn.connector),
		clock: systemClock,
		log: silentLog,
		design: createDesign(),
		secrets: { master: Buffer.from(told.master, 'hex') },
		signIn: () => told.signIn,
		minimumFailureMs: 800,
		lookEvery: 60_000,
		// Everybody comes from an address of their own.
		trustProxy: ['127.0.0.1'],
		...(told.readyIssuers === undefined ? {} : { readyIssuers: told.readyIssuers }),
	});
	await bridge.settle();
	const { port, close } = await listen(bridge.handle, { port: told.port });
	return {
		started: { port },
		async close() {
			await close();
			await bridge.close();
			await Promise.all([outgoing.close(), internal.close()]);
		},
	};
});
