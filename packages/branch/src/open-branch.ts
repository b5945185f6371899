import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Clock } from '@understory/core/clock.ts';
import type { BranchStatus, DesiredBranch } from '@understory/core/desired.ts';
import type { Log } from '@understory/core/log.ts';
import type { Register } from '@understory/core/register.ts';
import type { Outgoing } from '@understory/outgoing/outgoing.ts';
import type { BranchViews } from './views.ts';

/** What a home hands to each branch it opens. One set for all of them; nothing of it belongs to one branch. */
export interface BranchParts {
	readonly clock: Clock;
	readonly log: Log;
	readonly outgoing: Outgoing;
	/** `createBranchViews()`, made once for the process: compiled templates are the same for every branch. */
	readonly views: BranchViews;
	/** 32 bytes; wraps the data key of each branch (DESIGN 5.3). Another key cannot open the folder. */
	readonly homeKey: Buffer;
	/** The newest register of a library that the home follows, or null while it has none (DESIGN 5.1). */
	registerView(libraryId: string): Register | null;
	/** Told whenever something became due before the last `nextAt` (a delivery, an entry); must return at once. */
	wake?(branchId: string): void;
	readonly settings: {
		/** True in the town: issuers and neighbors may be plain http. */
		readonly town: boolean;
	};
}

/** One open branch. */
export interface OpenBranch {
	/** Branch id. */
	readonly branch: string;
	readonly origin: string;
	handle(req: IncomingMessage, res: ServerResponse): void;
	/**
	 * Does everything that is due now (rosters, deliveries, entries, clean-up) and says when to come again: UTC milliseconds,
	 * or null when nothing waits. Never rejects for a neighbor's fault. Calls at the same time join.
	 */
	work(): Promise<{ readonly nextAt: number | null }>;
	/**
	 * Takes up a newer desired document. Throws Conflict `epoch`, `origin`, `generation` or `branch`, and changes nothing then.
	 * Repeating one that was applied is no change.
	 */
	apply(desired: DesiredBranch): Promise<BranchStatus>;
	status(): BranchStatus;
	/** Waits for running requests' transactions and work, then lets go of the lock. Repeatable. */
	close(): Promise<void>;
}

export type OpenBranchFunction = (folder: string, parts: BranchParts) => Promise<OpenBranch>;
