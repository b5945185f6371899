import type { Clock } from '@understory/core/clock.ts';
import type { Log } from '@understory/core/log.ts';
import type { RegisterFollower } from '@understory/core/register-follower.ts';
import type { SignInSettings } from '@understory/core/sign-in-settings.ts';
import type { Design } from '@understory/design/design.ts';
import type { Canaries } from './card/canaries.ts';
import type { CardChecker } from './card/check-card.ts';
import type { Connectors } from './connectors/connectors.ts';
import type { Pace } from './guessing/pace.ts';
import type { LibraryKeys } from './keys.ts';
import type { ClientLines } from './openid/client-fetch.ts';
import type { SigningKeyring } from './openid/signing-keys.ts';
import type { PasskeyScript } from './passkeys/script.ts';
import type { Platform } from './platform.ts';
import type { Database } from './store/database.ts';
import type { Upstreams } from './upstream/upstreams.ts';

/** What the checking of cards is built from. */
export interface CardParts {
	readonly database: Database;
	readonly clock: Clock;
	readonly log: Log;
	readonly randomId: () => string;
	keysOf(library: string): LibraryKeys;
	/** How people sign in at a library, by its slug; null while nobody said. */
	signIn(library: string): SignInSettings | null;
	readonly connectors: Connectors;
	readonly canaries: Canaries;
	readonly pace: Pace;
}

/** What every part of the bridge is built from; made by hand in `sso-bridge.ts`. */
export interface Context extends CardParts {
	readonly design: Design;
	readonly registers: RegisterFollower;
	readonly platform: Platform;
	readonly cards: CardChecker;
	readonly clientLines: ClientLines;
	readonly signingKeys: SigningKeyring;
	readonly passkeyScript: PasskeyScript;
	readonly upstreams: Upstreams;
}
