import type { Clock } from '@understory/core/clock.ts';
import type { Log } from '@understory/core/log.ts';
import type { Outgoing } from '@understory/outgoing/outgoing.ts';
import type { PublicDoor } from '@understory/outgoing/public-door.ts';
import type { SigningKey } from '@understory/transparency-log/keys.ts';
import type { HomeDriver } from './drivers/driver.ts';
import type { Names } from './routes/cluster-routes.ts';
import type { Database } from './store/database.ts';

/** How the addresses of a platform are made; used once for each, when it comes into being (DESIGN 5.5). */
export interface Addresses {
	readonly console: string;
	branch(library: string, branch: string): string;
	card(library: string): string;
	accountability(library: string): string;
}

/** What every part of the provisioner is built from; made by hand in `provisioner.ts`. */
export interface Context {
	readonly database: Database;
	/** A few connections apart, for locks that are held while other work is done: they never wait for that work's own. */
	readonly locks: Database;
	/** 32 bytes that seal answers kept for an Idempotency-Key. */
	readonly answerKey: Buffer;
	/** 32 bytes that seal the secrets with which staff's providers know us. */
	readonly staffKey: Buffer;
	readonly clock: Clock;
	readonly randomId: () => string;
	readonly log: Log;
	/** Talks to homes on their internal ports. */
	readonly internal: Outgoing;
	/** Asks servers of others, by addresses that somebody typed: to public addresses only. */
	readonly outgoing: Pick<Outgoing, 'request' | 'fetch'>;
	/** What people meet at the public names of branches; none where nobody comes from outside. */
	readonly publicDoor?: PublicDoor;
	/** Signs registers, rosters and desired documents. */
	readonly platformKey: SigningKey;
	/** Of all cells. */
	readonly driver: HomeDriver;
	/** The driver of a cell, as its file says; throws a `PublicError` when that cannot be used. None on one machine, where there is one cell. */
	readonly openCell?: (name: string) => Promise<HomeDriver>;
	/** Brings what leads people in a cell, null for the first, to what the names ask for. None where the drivers lead nobody. */
	readonly lead?: (cell: string | null, read: () => Promise<Names>) => Promise<void>;
	/** Lets go of a cell that was taken away: one of that name that comes later is another. */
	readonly closeCell?: (name: string) => void;
	/** How many branches a shared home takes before the next is made. */
	readonly branchesInHome: number;
	readonly addresses: Addresses;
	/** True for the sample town; stored with each library made. */
	readonly sample: boolean;
	/** Called after each step that was written down; a test ends the process in it. */
	readonly afterStep: (step: string) => void;
}
