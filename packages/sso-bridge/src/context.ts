import type { Clock } from '@understory/core/clock.ts';
import type { Log } from '@understory/core/log.ts';
import type { RegisterFollower } from '@understory/core/register-follower.ts';
import type { Design } from '@understory/design/design.ts';
import type { CardChecker } from './card/check-card.ts';
import type { Pace } from './guessing/pace.ts';
import type { IlsSettings } from './ils.ts';
import type { LibraryKeys } from './keys.ts';
import type { ClientLines } from './openid/client-fetch.ts';
import type { Platform } from './platform.ts';
import type { Database } from './store/database.ts';

/** What the checking of cards is built from. */
export interface CardParts {
	readonly database: Database;
	readonly clock: Clock;
	readonly log: Log;
	readonly randomId: () => string;
	keysOf(library: string): LibraryKeys;
	/** How the catalogue of a library is asked, by the library's slug; null while nobody said. */
	ils(library: string): IlsSettings | null;
	readonly pace: Pace;
}

/** What every part of the bridge is built from; made by hand in `sso-bridge.ts`. */
export interface Context extends CardParts {
	readonly design: Design;
	readonly registers: RegisterFollower;
	readonly platform: Platform;
	readonly cards: CardChecker;
	readonly clientLines: ClientLines;
}
