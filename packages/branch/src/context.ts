import type { Clock } from '@understory/core/clock.ts';
import type { DesiredBranch } from '@understory/core/desired.ts';
import type { IdSource } from '@understory/core/ids.ts';
import type { Log } from '@understory/core/log.ts';
import type { TeamList } from '@understory/core/team-list.ts';
import type { Federation } from '@understory/federation/ports.ts';
import type { Outgoing } from '@understory/outgoing/outgoing.ts';
import type { MatchLists } from './match-lists.ts';
import type { Addresses } from './services/addresses.ts';
import type { Current } from './services/current.ts';
import type { Keyring } from './services/keyring.ts';
import type { MediaFolder } from './services/media-folder.ts';
import type { Restrictions } from './services/restricting/restrictions.ts';
import type { TrustBook } from './services/trust-book.ts';
import type { Store } from './store/store.ts';
import type { Street } from './street.ts';

/** Everything the services of one open branch work with; put together by hand in `open-branch.ts`. */
export interface BranchContext {
	/** Branch id. */
	readonly id: string;
	/** Scheme, host and port. */
	readonly origin: string;
	readonly clock: Clock;
	readonly ids: IdSource;
	readonly log: Log;
	readonly outgoing: Outgoing;
	readonly store: Store;
	readonly keyring: Keyring;
	readonly current: Current;
	readonly book: TrustBook;
	/** How far other servers are kept away. */
	readonly restrictions: Restrictions;
	readonly at: Addresses;
	/** Pictures, sound and video of its posts. */
	readonly media: MediaFolder;
	/** What pictures are compared with as they come; null: with nothing. */
	readonly matchLists: MatchLists | null;
	/** The host name of the object storage that copies are brought to. */
	readonly copiesAway: string | null;
	/** The other branches of this home; null when it is known to have none. */
	readonly street: Street | null;
	/** The last desired document that was applied. */
	desired(): DesiredBranch;
	/** Loaded with the first request or delivery that needs it. */
	federation(): Promise<Federation>;
	/** 0 up to 1, for what must not happen everywhere at the same moment. */
	random(): number;
	/** Resolves with the next `wake`. */
	woken(): Promise<void>;
	/** Something became due. */
	wake(): void;
	/** Something was deleted, taken down or put back; told when that is on the disk. */
	gone(): void;
	/** What waits for the teams of a member of the staff at other branches. Throws `Unavailable` when nobody can say. */
	teamList(staffId: string): Promise<TeamList>;
}
