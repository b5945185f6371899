import type { Clock } from '@understory/core/clock.ts';
import type { Log } from '@understory/core/log.ts';
import type { RegisterFollower } from '@understory/core/register-follower.ts';
import type { Design } from '@understory/design/design.ts';
import type { Sip2Settings } from '@understory/sip2/client.ts';
import type { LibraryKeys } from './keys.ts';
import type { Platform } from './platform.ts';
import type { Database } from './store/database.ts';

/** What every part of the bridge is built from; made by hand in `sso-bridge.ts`. */
export interface Context {
	readonly database: Database;
	readonly clock: Clock;
	readonly log: Log;
	readonly design: Design;
	readonly randomId: () => string;
	readonly registers: RegisterFollower;
	readonly platform: Platform;
	keysOf(library: string): LibraryKeys;
	/** How the catalogue of a library is reached, by the library's slug; null while nobody said. */
	ils(library: string): Sip2Settings | null;
	/** Waits until a refusal that began at `started` (performance.now) has taken as long as every refusal does. */
	waitUntil(started: number): Promise<void>;
}
