import type { IncomingMessage, ServerResponse } from 'node:http';
import { join } from 'node:path';
import { type BranchParts, openBranch } from '@understory/branch/open-branch.ts';
import { createBranchViews } from '@understory/branch/views.ts';
import type { Clock } from '@understory/core/clock.ts';
import type { BranchStatus } from '@understory/core/desired.ts';
import {
	Gone,
	NotFound,
	PublicError,
	toPublicError,
	Unavailable,
	UnknownHost,
} from '@understory/core/errors.ts';
import type { Log } from '@understory/core/log.ts';
import { suspensionAt } from '@understory/core/suspension.ts';
import type { Design } from '@understory/design/design.ts';
import { createApp, finish } from '@understory/http/app.ts';
import type { Checks } from '@understory/http/health.ts';
import { parseHost } from '@understory/http/host.ts';
import type { Role } from '@understory/http/role.ts';
import { listen } from '@understory/http/server.ts';
import type { Outgoing } from '@understory/outgoing/outgoing.ts';
import { rememberVerified } from '@understory/transparency-log/remembered.ts';
import { openAway } from './away/away.ts';
import type { Bucket } from './bucket.ts';
import { carriedBy } from './carried-by.ts';
import { carryOut } from './carry-out.ts';
import { followBranches, followedFile, noContinuousCopy } from './continuous-copy.ts';
import { createCopies, placeOfCopy } from './copies.ts';
import { openDueIndex } from './due-index.ts';
import { homeErrorPage } from './error-page.ts';
import { readWhole, roleKey, sealingKey } from './files.ts';
import { createGoneTeller } from './gone.ts';
import { createInsideApp } from './inside.ts';
import { keepKeysWith, noKeyKeeper } from './key-keeper.ts';
import { movingError, openLeavings } from './leavings.ts';
import { litestreamAt } from './litestream.ts';
import { openMatchLists } from './match-lists.ts';
import { homeMetrics } from './metrics.ts';
import { joinPlatform, type PlatformParts } from './platform.ts';
import { createPool, type Pool } from './pool.ts';
import { openRegistry } from './registry.ts';
import { createScheduler } from './scheduler.ts';
import { createStatusTeller } from './status-teller.ts';
import { closedStatus } from './statuses.ts';
import { createStreet } from './street.ts';
import { createSuspendedApp, suspendedError } from './suspended.ts';
import { beganLately } from './suspended-lately.ts';
import { type GivenKeys, takeInKeys } from './taken-keys.ts';
import { createWaitingTeller } from './waiting.ts';
import { createWordTeller, earlier } from './word-teller.ts';

/** When work of a branch that is closed for a move is looked at again, in milliseconds. */
const COME_AGAIN = 5_000;

export interface HomeParts {
	readonly name: string;
	/** Everything this home has: its keys, the kept registers and wishes, `branches/` with a folder each. */
	readonly folder: string;
	readonly platform: PlatformParts;
	/** Where whoever runs this home lets the provisioner in to `handleInside`; without it the home listens on a port of its own, on this machine. */
	readonly internalUrl?: string;
	readonly outgoing: Outgoing;
	readonly clock: Clock;
	readonly log: Log;
	readonly design: Design;
	readonly settings: BranchParts['settings'];
	/** Keys that it is to go on with when its folder has none. */
	readonly givenKeys?: GivenKeys;
	/** The public half of the key to which its own keys are sealed and given into keeping; they are kept nowhere when nothing is said. */
	readonly recoveryKey?: string;
	/** Where copies of its branches are put; the folder `backups` in its own when nothing is said. */
	readonly backups?: string;
	/** The object storage that backups are brought to; they lie where copies are put alone when nothing is said. */
	readonly copiesAway?: Bucket;
	/** The folder with lists of digests that pictures are compared with; with none when nothing is said. */
	readonly matchLists?: string;
	/** The control socket of the Litestream beside it, and the URL below which copies lie; nothing is copied as it changes when nothing is said. */
	readonly litestream?: { readonly socket: string; readonly replica: string };
	/** How many folders stay open at once, and how long an unused one does (milliseconds). */
	readonly mostOpen?: number;
	readonly idleMilliseconds?: number;
	/** How often registers are looked at, in milliseconds; null: only when asked to settle. */
	readonly lookEvery: number | null;
}

export interface Home extends Role {
	readonly internalUrl: string;
	/** Whether a branch that lives here answers for `name:port`, as the Host header has it. */
	answersFor(host: string): boolean;
	/** What the provisioner and probes ask; nothing of it is for the outside. */
	handleInside(request: IncomingMessage, response: ServerResponse): void;
	/** How many folders are open now. */
	openCount(): number;
	/** Takes up what the provisioner published. */
	pull(): Promise<void>;
}

/** A home: opens branch folders and serves them. Comes up with what it kept, whether or not the provisioner lives. */
export async function createHome(parts: HomeParts): Promise<Home> {
	const { clock, log, folder } = parts;
	const matchLists = parts.matchLists ? await openMatchLists(parts.matchLists, log) : null;
	if (parts.givenKeys) takeInKeys(folder, parts.givenKeys);
	const registry = openRegistry(folder);
	const leavings = openLeavings(join(folder, 'leaving'));
	// One that was killed while it let a branch go finishes it.
	for (const { branch } of registry.all()) if (leavings.hasLeft(branch.id)) registry.leave(branch.id);
	const homeKey = sealingKey(join(folder, 'home.key'));
	const platform = joinPlatform({
		platform: parts.platform,
		name: parts.name,
		key: roleKey(join(folder, 'role.key')),
		folder,
		clock,
		changed(register) {
			// One that is closed takes it up when it is opened; but people are told within the hour that a member of their neighborhood is suspended.
			const urgent = beganLately(register, clock.now());
			for (const { branch, library } of registry.all())
				if (library.id === register.library.id && (urgent || pool.isOpen(branch.id)))
					scheduler.wake(branch.id);
		},
	});
	const branchParts: BranchParts = {
		clock,
		log,
		outgoing: parts.outgoing,
		views: createBranchViews(parts.design),
		homeKey,
		registerView: (library) => platform.registers.registers.get(library) ?? null,
		wake: (branch) => scheduler.wake(branch),
		gone: (branch) => goneTeller.note(branch),
		teamList: (branch, staffId) => platform.teamList(branch, staffId),
		neighborsAtHome: {
			standing: (origin) => street.standing(origin),
			hand: (origin, handed) => street.hand(origin, handed),
			confirm: (origin, receipt) => street.confirm(origin, receipt),
		},
		verify: rememberVerified(),
		...(matchLists ? { matchLists } : {}),
		...(parts.copiesAway ? { copiesAway: parts.copiesAway.host } : {}),
		settings: parts.settings,
	};
	const continuousCopy = parts.litestream
		? followBranches({
				...{ litestream: litestreamAt(parts.litestream.socket), folder, log },
				notes: join(folder, 'not-copied'),
				placeOf: (branch) => followedFile(registry.folderOf(branch), parts.litestream!.replica),
			})
		: noContinuousCopy;
	const pool = createPool({
		clock,
		most: parts.mostOpen ?? 200,
		idleMilliseconds: parts.idleMilliseconds ?? 600_000,
		async open(branch) {
			const open = await openBranch(registry.folderOf(branch), branchParts);
			statusTeller.opened(branch, () => open.status());
			continuousCopy.opened(branch);
			return open;
		},
		failed: reportBroken,
		closedWell({ branch, opening }) {
			street.closed(opening);
			continuousCopy.closed(branch);
			// What was not told yet is told when this home is there again.
			dueIndex.keep(branch, waitingTeller.isDue(branch) ? clock.now() : scheduler.dueAt(branch));
		},
		released: (branch) => continuousCopy.release(branch),
		closedBadly: (branch, error) => log.error('branch_does_not_close', { branch, error }),
	});
	const dueIndex = openDueIndex(folder, (branch) => registry.folderOf(branch));
	/** Until when a branch lets nobody in; null where it does. */
	const suspendedUntil = (branch: string) => {
		const known = registry.byId(branch);
		return (known && suspensionAt(known.branch, clock.now())?.until) ?? null;
	};
	const served: Pick<Pool, 'hold' | 'isOpen'> = {
		isOpen: (branch) => pool.isOpen(branch),
		async hold(branch, how) {
			if (leavings.isClosed(branch)) throw movingError();
			const until = suspendedUntil(branch);
			if (until !== null) throw suspendedError(until, clock.now());
			return pool.hold(branch, how);
		},
	};
	const street = createStreet({ registry, pool: served });
	const goneTeller = createGoneTeller({
		...{ folder: join(folder, 'gone'), clock, log, hold: served.hold },
		send: (branch, gone) => platform.tellGone(branch, gone),
	});
	const waitingTeller = createWaitingTeller({
		...{ clock, log, hold: served.hold },
		send: (branches) => platform.tellWaiting(branches),
	});
	const backups = parts.backups ?? join(folder, 'backups');
	const places = { folder: backups, home: folder };
	const away = parts.copiesAway
		? openAway({
				...{ bucket: parts.copiesAway, folder: join(folder, 'away'), copies: backups, clock, log },
				placeOf: (copy) => placeOfCopy(places, copy),
			})
		: null;
	const copies = createCopies({
		...{ ...places, away },
		folderOf: (branch) => registry.folderOf(branch),
		folderParts: branchParts,
		begun: (branch) => goneTeller.note(branch),
		sourceOf: (carriage) => carriedBy(platform, carriage),
	});
	/** Before it has enrolled a home can tell nobody. */
	async function tellStatuses(statuses: readonly BranchStatus[]): Promise<void> {
		if (platform.id() === null) throw new Unavailable('This home has not enrolled yet.', 'not_enrolled');
		await platform.report(statuses);
	}
	const keyText = (name: string) => readWhole(join(folder, name))!;
	const keyKeeper = parts.recoveryKey
		? keepKeysWith({
				...{ recoveryKey: parts.recoveryKey, clock, log },
				keys: { home: parts.name, home_key: keyText('home.key'), role_key: keyText('role.key') },
				send: (deposit) => platform.depositKeys(deposit),
			})
		: noKeyKeeper;
	const statusTeller = createStatusTeller({ folder: join(folder, 'statuses'), log, send: tellStatuses });
	const wordTeller = createWordTeller({ clock, log, report: (status) => tellStatuses([status]) });
	/** How much waited at each branch when it was last at work. */
	const deliveries = new Map<string, number>();
	const scheduler = createScheduler({
		clock,
		log,
		atOnce: 2,
		async work(branch) {
			const until = leavings.isClosed(branch) ? clock.now() + COME_AGAIN : suspendedUntil(branch);
			if (until !== null) return until;
			// It left after it was due.
			if (!registry.byId(branch)) return null;
			const { open, release } = await pool.hold(branch, 'passing');
			try {
				const { nextAt } = await open.work();
				deliveries.set(branch, open.deliveriesWaiting());
				return earlier(nextAt, await wordTeller.tell(open.status()));
			} finally {
				release();
				waitingTeller.note(branch);
			}
		},
	});

	// What is wrong with a branch is said once, however often somebody asks for it.
	function reportBroken(branch: string, error: unknown): void {
		const known = registry.byId(branch);
		if (known && statusTeller.broke(closedStatus(known, 'damaged', toPublicError(error).message)))
			log.error('branch_does_not_open', { branch, error });
	}

	const checks: Checks = { enrolment: () => platform.id() !== null };
	const carrying = { platform, registry, pool, clock, branchParts, copies, leavings };
	const metrics = homeMetrics({
		branches: () => registry.all().length,
		open: () => pool.size,
		broken: () => statusTeller.broken(),
		lateBy: () => scheduler.lateBy(),
		failing: () => scheduler.failing(),
		deliveries: () => registry.all().reduce((sum, { branch }) => sum + (deliveries.get(branch.id) ?? 0), 0),
	});
	const internal = createInsideApp({
		...{ name: parts.name, log, checks, metrics, registry, copies },
		pool: { hold: served.hold, letGo: pool.letGo },
		orders: { platform, clock },
		departures: {
			...{ leavings, registry, pool, copies, tellers: [goneTeller, waitingTeller, statusTeller] },
			wake: (branch) => scheduler.wake(branch),
		},
		async carryOut(branch, document) {
			const status = await carryOut(carrying, branch, document);
			scheduler.wake(branch);
			return status;
		},
	});
	const listening = parts.internalUrl === undefined ? await listen(internal, { port: 0 }) : null;
	const internalUrl = parts.internalUrl ?? `http://${listening!.address}:${listening!.port}`;
	await platform.registers.load();
	// Whether the provisioner knows where this home is now; asked again with each look until it does.
	let isPlaced = false;
	const enrol = async () => {
		await platform.enrol(internalUrl);
		isPlaced = true;
	};
	await enrol().catch(async (error: unknown) => {
		// Branches that were carried out before are served all the same.
		if (registry.all().length > 0) return log.warn('enrolment_failed', { error });
		await listening?.close();
		throw error;
	});
	for (const { branch } of registry.all()) {
		const at = dueIndex.read(branch.id);
		if (at === undefined) scheduler.wake(branch.id);
		else if (at !== null) scheduler.expect(branch.id, at);
	}

	const branchAsked = (request: IncomingMessage) => {
		const host = parseHost(request.headers.host);
		return (host && registry.byHost(host.host)?.branch.successor) || undefined;
	};
	const lost = createApp({ log, files: parts.design.files });
	lost.use((request, _response, next) => next(lostReason.get(request) ?? new NotFound()));
	finish(lost, { log, page: homeErrorPage(parts.design, clock, branchAsked) });
	const lostReason = new WeakMap<object, PublicError>();
	const suspended = createSuspendedApp({
		...{ design: parts.design, clock, log },
		branchOf: (request) => registry.byHost(parseHost(request.headers.host)!.host)!,
	});

	const look = parts.lookEvery === null ? null : setInterval(() => tick(), parts.lookEvery);
	look?.unref();
	function tick(): void {
		if (!isPlaced) enrol().catch((error: unknown) => log.warn('enrolment_failed', { error }));
		platform.registers.pull().catch((error: unknown) => log.warn('register_not_pulled', { error }));
		void statusTeller.tell();
		void goneTeller.tell();
		void waitingTeller.tell();
		void keyKeeper.tell();
		void pool.sweep();
		void continuousCopy.look();
		away?.look();
	}

	let closing: Promise<void> | null = null;
	return {
		internalUrl,
		answersFor: (host) => registry.byHost(host) !== undefined,
		checks,
		metrics,
		handleInside: internal,
		openCount: () => pool.size,
		pull: () => platform.registers.pull(),
		handle(request, response) {
			const host = parseHost(request.headers.host);
			const desired = host && registry.byHost(host.host);
			const refuse = (error: PublicError) => {
				lostReason.set(request, error);
				lost(request, response);
			};
			if (!desired) return refuse(new UnknownHost());
			if (registry.hasEnded(desired.branch.id)) return refuse(new Gone());
			if (leavings.isClosed(desired.branch.id)) return refuse(movingError());
			if (suspendedUntil(desired.branch.id) !== null) return void suspended(request, response);
			pool
				.hold(desired.branch.id)
				.then(({ open, release }) => {
					// Who has gone in the meantime will not say so again.
					if (response.closed) return release();
					response.once('close', () => {
						release();
						// Only who sends something changes what waits.
						if (request.method !== 'GET' && request.method !== 'HEAD') waitingTeller.note(desired.branch.id);
					});
					open.handle(request, response);
				})
				// Also when its file was damaged after it was opened, before anybody came.
				.catch((error: unknown) => {
					const told = toPublicError(error);
					const sentence = 'This branch cannot be opened just now. It was written down, and nothing is lost.';
					refuse(told.status === 503 ? told : new PublicError(503, told.code, sentence, { cause: error }));
				});
		},
		async settle() {
			await platform.registers.pull();
			await scheduler.settle();
			await copies.settle();
			await away?.settle();
			await statusTeller.tell();
			await goneTeller.tell();
			await waitingTeller.tell();
			await keyKeeper.tell();
			await pool.sweep();
			await continuousCopy.look();
		},
		close() {
			closing ??= (async () => {
				if (look) clearInterval(look);
				await listening?.close();
				await scheduler.close();
				await away?.close();
				await copies.settle();
				await pool.close();
				await continuousCopy.look();
			})();
			return closing;
		},
	};
}
