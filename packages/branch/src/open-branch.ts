import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { join } from 'node:path';
import type { Clock } from '@understory/core/clock.ts';
import type { BranchStatus, DesiredBranch } from '@understory/core/desired.ts';
import { Conflict, PublicError } from '@understory/core/errors.ts';
import type { Gone } from '@understory/core/gone.ts';
import type { Log } from '@understory/core/log.ts';
import type { Register } from '@understory/core/register.ts';
import type { BranchWaiting, TeamList } from '@understory/core/team-list.ts';
import type { Handed } from '@understory/federation/ports.ts';
import type { Outgoing } from '@understory/outgoing/outgoing.ts';
import { publicKeyOf } from '@understory/transparency-log/keys.ts';
import type { VerifyBytes } from '@understory/transparency-log/remembered.ts';
import type { BranchContext } from './context.ts';
import { createContext } from './create-context.ts';
import { epochConflict, originConflict, toFolderError } from './folder.ts';
import { type FolderCard, readCard, writeCard } from './folder-card.ts';
import type { MatchLists } from './match-lists.ts';
import { agreeTo } from './services/consenting.ts';
import { waitingForTeam } from './services/hosting/waiting-for-team.ts';
import { createWorker } from './services/worker.ts';
import { openDatabase } from './store/database.ts';
import { countWaiting } from './store/deliveries.ts';
import { goneSince } from './store/gone.ts';
import { lockFolder } from './store/lock.ts';
import { SCHEMA } from './store/migrations.ts';
import { rosterWords } from './store/roster-words.ts';
import { keptConsents } from './store/rosters.ts';
import { readSetting, writeSetting } from './store/settings.ts';
import { createStore, type Store } from './store/store.ts';
import type { Street } from './street.ts';
import type { BranchViews } from './views.ts';
import { createBranchApp } from './web/app.ts';
import { refuseToBeRetired } from './web/retired.ts';

/** What a home hands to each branch it opens. One set for all of them; nothing of it belongs to one branch. */
export interface BranchParts {
	readonly clock: Clock;
	readonly log: Log;
	readonly outgoing: Outgoing;
	/** `createBranchViews(design)`, made once for the process: compiled templates are the same for every branch. */
	readonly views: BranchViews;
	/** 32 bytes; wraps the data key of each branch (DESIGN 5.3). Another key cannot open the folder. */
	readonly homeKey: Buffer;
	/** The newest register of a library that the home follows, or null while it has none (DESIGN 5.1). */
	registerView(libraryId: string): Register | null;
	/** The other branches of the same home, which get what is for them without HTTP (DESIGN 5.4). */
	readonly neighborsAtHome?: Street;
	/** What pictures are compared with as they come; nothing when it is left out. */
	readonly matchLists?: MatchLists;
	/** Whose computers copies of the branch lie on besides those of the library, by a host name; nobody's when nothing is said. */
	readonly copiesAway?: string;
	/** What checks the signatures of rosters, which the branches of a home have in common (`rememberVerified`). */
	readonly verify?: VerifyBytes;
	/** 0 up to 1; `Math.random` unless a test says otherwise. */
	readonly random?: () => number;
	/** Told whenever something became due before the last `nextAt` (a delivery, an entry); must return at once. */
	wake?(branchId: string): void;
	/** Told when something was deleted, taken down or put back, so that it stays so after a restore; must return at once. */
	gone?(branchId: string): void;
	/** Asks the platform what waits for the teams of a member of the staff here, over all branches where they are on one. Throws `Unavailable`. */
	teamList?(branchId: string, staffId: string): Promise<TeamList>;
	readonly settings: {
		/** True in the town: issuers and neighbors may be plain http. */
		readonly town: boolean;
		/** Addresses of proxies whose forwarded headers are believed. */
		readonly trustProxy?: readonly string[];
	};
}

/** One open branch. */
export interface OpenBranch {
	/** Branch id. */
	readonly branch: string;
	readonly origin: string;
	/** How many migrations had to run when it was opened; 0 when the folder was current. */
	readonly migrated: number;
	handle(req: IncomingMessage, res: ServerResponse): void;
	/** Names this opening of the folder; the next one has another. */
	readonly opening: string;
	/** Takes in what another branch of this home hands over. Throws PublicError as the inbox would answer. */
	takeIn(handed: Handed): Promise<void>;
	/** What was deleted at or after a moment (UTC milliseconds), and everything that is hidden now. */
	goneSince(since: number): Gone[];
	/** How many deliveries to other servers wait. */
	deliveriesWaiting(): number;
	/** What waits here for the moderation team, without a word of it. */
	waitingForTeam(): BranchWaiting;
	/** After it everything that was taken in during this opening is safe on the disk. */
	sync(): void;
	/**
	 * Does everything that is due now (rosters, deliveries, entries, clean-up) and says when to come again: UTC milliseconds,
	 * or null when nothing waits. Never rejects for a neighbor's fault. Calls at the same time join.
	 */
	work(): Promise<{ readonly nextAt: number | null }>;
	/**
	 * Takes up a newer desired document. Throws Conflict `branch`, `epoch`, `origin` or `generation`, and changes nothing then.
	 * Repeating one that was applied is no change.
	 */
	apply(desired: DesiredBranch): Promise<BranchStatus>;
	status(): BranchStatus;
	/** Waits for work that is under way, then lets go of the file and the lock. The caller stops handing in requests first. Repeatable. */
	close(): Promise<void>;
}

/**
 * Opens a branch folder for this process alone (DESIGN 4.2, 5.8). Runs migrations only when `user_version` is old. Throws PublicError
 * `not_a_branch`, `damaged`, `read_only`, `in_use`, `newer_schema`, `wrong_home_key`, or Conflict `epoch` or `origin` when the folder is
 * not the one the register names.
 */
export async function openBranch(folder: string, parts: BranchParts): Promise<OpenBranch> {
	const card = cardOf(folder);
	const lock = lockFolder(folder);
	let store: Store | undefined;
	try {
		const { database, migrated } = openDatabase(join(folder, 'branch.sqlite'), { create: false });
		let damage: PublicError | null = null;
		store = createStore(database, (fault) => {
			if (fault.code === 'damaged') damage ??= fault;
		});
		const desired = desiredOf(store, card);
		checkRegister(parts.registerView(card.library), card);
		const held = { desired };
		const context = createContext({ folder, card, store, parts, desired: () => held.desired });
		return assemble({ folder, card, context, parts, held, migrated, lock, damage: () => damage });
	} catch (error) {
		store?.close();
		lock.release();
		throw toFolderError(error);
	}
}

function assemble(made: {
	readonly folder: string;
	readonly card: FolderCard;
	readonly context: BranchContext;
	readonly parts: BranchParts;
	readonly held: { desired: DesiredBranch };
	readonly migrated: number;
	readonly lock: { release(): void };
	readonly damage: () => PublicError | null;
}): OpenBranch {
	const { card, context, held, parts } = made;
	const worker = createWorker(context);
	let app: ReturnType<typeof createBranchApp> | undefined;
	let closing: Promise<void> | undefined;

	function status(): BranchStatus {
		const damage = made.damage();
		return {
			branch: card.id,
			generation: held.desired.generation,
			epoch: card.epoch,
			state: damage ? 'damaged' : 'serving',
			message: damage?.message ?? null,
			branch_key: publicKeyOf(context.keyring.branchKey()),
			...context.store.read((reading) => ({
				consents: keptConsents(reading),
				roster_words: rosterWords(reading),
			})),
		};
	}

	return {
		branch: card.id,
		origin: card.origin,
		migrated: made.migrated,
		handle(req, res) {
			app ??= createBranchApp(context, parts);
			app(req, res);
		},
		opening: randomUUID(),
		async takeIn(handed) {
			refuseToBeRetired(context);
			await (await context.federation()).takeIn(handed);
		},
		goneSince: (since) => context.store.read((reading) => goneSince(reading, since)),
		deliveriesWaiting: () => context.store.read(countWaiting),
		waitingForTeam: () => waitingForTeam(context),
		sync: () => context.store.sync(),
		work: () => worker.run(),
		async apply(desired) {
			checkDesired(desired, card, held.desired.generation);
			if (desired.generation > held.desired.generation || desired.issued > held.desired.issued) {
				context.store.transact((writing) => {
					writeSetting(writing, 'desired', desired);
					agreeTo(writing, desired, context.keyring.branchKey(), context.clock.now());
				});
				held.desired = desired;
				context.book.changed();
				// The database is what counts; the card only repeats it for whoever looks at the folder.
				writeCard(made.folder, { ...card, generation: desired.generation, schema: SCHEMA });
				context.wake();
			}
			return status();
		},
		status,
		close() {
			closing ??= worker.stop().then(() => {
				try {
					context.store.sync();
				} finally {
					context.store.close();
					made.lock.release();
				}
			});
			return closing;
		},
	};
}

function cardOf(folder: string): FolderCard {
	let card: FolderCard | null;
	try {
		card = readCard(folder);
	} catch (error) {
		throw toFolderError(error);
	}
	if (card) return card;
	throw new PublicError(
		503,
		'not_a_branch',
		'There is no branch in this folder: its branch.json is missing. Library IT has to restore it from a backup.',
	);
}

function desiredOf(store: Store, card: FolderCard): DesiredBranch {
	const desired = store.read((reading) => readSetting<DesiredBranch>(reading, 'desired'));
	const fits = desired?.branch.id === card.id && desired.branch.origin === card.origin;
	if (fits) return desired;
	throw new PublicError(
		503,
		'damaged',
		'The file of this branch and its branch.json do not belong together. Library IT has to restore them from a backup.',
	);
}

function checkRegister(register: Register | null, card: FolderCard): void {
	const listed = register?.branches.find(({ id }) => id === card.id);
	if (!listed) return;
	// The register may not have heard yet of a folder that was just restored; an older one is a copy.
	if (listed.epoch > card.epoch) throw epochConflict(card.epoch, listed.epoch);
	if (listed.origin !== card.origin) throw originConflict(card.origin, listed.origin);
}

function checkDesired(desired: DesiredBranch, card: FolderCard, generation: number): void {
	if (desired.branch.id !== card.id) {
		throw new Conflict('This document is about another branch.', 'branch');
	}
	if (desired.branch.epoch !== card.epoch) throw epochConflict(card.epoch, desired.branch.epoch);
	if (desired.branch.origin !== card.origin) throw originConflict(card.origin, desired.branch.origin);
	if (desired.generation < generation) {
		throw new Conflict('A newer document about this branch was carried out already.', 'generation');
	}
}
