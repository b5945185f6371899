import type { Context } from '../context.ts';
import { keepHosting } from '../hosting/keep-hosting.ts';
import { clearOldFolders, dropEmptyHomes } from '../reconcile/undo-move.ts';
import { keepSchedules } from '../schedule/scheduled-backups.ts';
import { branchesWithCopies } from '../store/backups.ts';
import { branchesBehind, branchOfEachHome } from '../store/branches.ts';
import { branchesWithCopiesNotAway } from '../store/copies-away.ts';
import { forgetEvents } from '../store/events.ts';
import { branchesMoving } from '../store/moves.ts';
import { failBrokenImports } from '../store/operations.ts';
import { branchesWithRemovals } from '../store/removals.ts';
import { librariesToDecide } from '../store/roster-proposals.ts';
import { forgetRoutes } from '../store/routes.ts';
import { forgetOld, librariesToPublish, librariesToRenew } from '../store/upkeep.ts';
import { endOverdueSuspensions } from './suspension.ts';

/** Where a sweep puts what it found. */
interface Found {
	look(branches: readonly string[]): Promise<void>;
	touch(...libraries: readonly string[]): void;
}

/** How long an answer is kept for its Idempotency-Key, in milliseconds. */
const KEEP_ANSWERS = 24 * 60 * 60_000;

/** How many versions of the routing table can be gone on from; whoever has an older one gets the whole table. */
const KEEP_ROUTES = 10_000;

/**
 * Finds what nobody asked for and has to be done all the same: suspensions that are over, branches that are behind, copies that schedules want, branches that nobody hosts, copies and moves that were begun, folders that were kept long enough, homes that were left empty, proposals whose time is over, homes that may have stopped, rosters that near their
 * end; and forgets keys and tokens whose time is over. Runs every minute, in one of the processes.
 */
export async function sweep(context: Context, found: Found): Promise<void> {
	const now = context.clock.now();
	await endOverdueSuspensions(context);
	await clearOldFolders(context);
	await dropEmptyHomes(context);
	const scheduled = await keepSchedules(context);
	const hosting = await keepHosting(context);
	const behind = await branchesBehind(context.database);
	const ofHomes = await branchOfEachHome(context.database);
	const underway = await Promise.all([
		branchesWithCopies(context.database),
		branchesMoving(context.database),
		branchesWithRemovals(context.database),
		branchesWithCopiesNotAway(context.database),
	]);
	await found.look([
		...new Set([
			...behind.map((row) => row.id),
			...ofHomes,
			...underway.flat(),
			...scheduled,
			...hosting.branches,
		]),
	]);
	found.touch(...hosting.libraries);
	found.touch(...(await librariesToRenew(context.database, now)));
	found.touch(...(await librariesToDecide(context.database, now)));
	await forgetRoutes(context.database, KEEP_ROUTES);
	await forgetEvents(context.database, now);
	await forgetOld(context.database, { now, answersBefore: now - KEEP_ANSWERS });
}

/**
 * After a start: what an earlier process left undone. Imports that broke off are told so, homes are started, branches behind are looked at, and
 * whatever was changed and not published is.
 */
export async function takeUpUnfinished(context: Context, found: Found): Promise<void> {
	const problem = {
		title: 'The import broke off. Send the file again: rows that were taken in will be unchanged.',
		code: 'broken_off',
	};
	await failBrokenImports(context.database, problem, context.clock.now());
	await sweep(context, found);
	found.touch(...(await librariesToPublish(context.database)));
}
