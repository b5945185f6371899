import type { BackupFacts, BackupOrder, CopyState, RestoreOrder } from '@understory/core/backup.ts';
import { toPublicError } from '@understory/core/errors.ts';
import type { ArrivalOrder, LeavingOrder } from '@understory/core/moving.ts';
import type { Context } from '../context.ts';
import { addAudit } from '../store/access.ts';
import { goneOf, insertArrived } from '../store/backups.ts';
import { changeBranch, subjectOf } from '../store/branches.ts';
import { hostIn, roleOfHome } from '../store/homes.ts';
import {
	advanceMove,
	MOVE_STATES,
	type MoveRow,
	type MoveState,
	openMove,
	stopMove,
} from '../store/moves.ts';
import { endOperation, setProgress } from '../store/operations.ts';
import { removeCopies } from '../store/removals.ts';
import { type BranchRow, big, type RoleRow } from '../store/rows.ts';
import { startHome, tellHome } from './actions.ts';
import { ASK_AGAIN, askHome, lifeFrom } from './ask-home.ts';
import type { BranchState } from './observe.ts';
import { reopen, undoMove } from './undo-move.ts';

/** For how long the folder a branch left is kept, in milliseconds: a week. */
export const HELD = 7 * 86_400_000;
/** How long a home may need to start or to take a copy before a move is given up, in milliseconds: a day. */
const LONGEST = 86_400_000;
/** For how long a home that was left is waited for, in milliseconds: an hour. */
const PATIENCE = 3_600_000;
/** When to ask again about what has just begun, in milliseconds. */
const SOON = 100;
const STEPS = MOVE_STATES.indexOf('held');

interface At {
	readonly context: Context;
	readonly branch: BranchRow;
	readonly move: MoveRow;
	/** The homes it leaves and goes to, as far as they have enrolled. */
	readonly from: RoleRow | undefined;
	readonly to: RoleRow | undefined;
	readonly state: BranchState;
}
/** What a step came to: the state that comes next, what makes the move impossible, or null while there is something to wait for. */
type Outcome =
	| { readonly next: MoveState; readonly to_home?: string; readonly facts?: BackupFacts }
	| { readonly fault: string }
	| null;

/** What is done in each state. Every step may be killed at any line and is begun anew; homes are asked by ids and begin nothing twice. */
const STEP: Readonly<Partial<Record<MoveState, (at: At) => Promise<Outcome>>>> = {
	arriving: arrive,
	copying: (at) => copy(at, at.move.first, 'carrying'),
	carrying: (at) => carry(at, at.move.first, null, 'closing'),
	closing: close,
	copying_rest: (at) => copy(at, at.move.rest, 'carrying_rest'),
	carrying_rest: (at) => carry(at, at.move.rest, at.move.first, 'laying_out'),
	laying_out: layOut,
	leaving: leave,
	leading: lead,
	switching: settleIn,
	undoing: async ({ context, move, branch }) =>
		(await reopen(context, move, branch)) ? { next: 'reopened' } : null,
	reopened: async ({ context, move }) => ((await undoMove(context, move)) ? { next: 'undone' } : null),
};

/**
 * Goes on with the move of a branch as far as that goes now. Answers when to come again, UTC milliseconds, `'look'` when the branch is another
 * one by now and has to be looked at anew; null when it does not move.
 */
export async function goOnMoving(
	context: Context,
	branch: BranchRow,
	state: BranchState,
): Promise<number | 'look' | null> {
	const { database, clock } = context;
	for (;;) {
		const move = await openMove(database, branch.id);
		if (!move) return null;
		const byId = async (id: string | null) =>
			id === null ? undefined : database<RoleRow>('role').where({ id }).first();
		const at: At = {
			...{ context, branch, move, state },
			...{ from: await byId(move.from_home), to: await byId(move.to_home) },
		};
		const outcome = await STEP[move.state]!(at);
		await setProgress(database, move.id, Math.min(STEPS, MOVE_STATES.indexOf(move.state)), STEPS);
		if (outcome === null) return clock.now() + pauseIn(move, clock.now());
		if ('fault' in outcome) {
			await stopMove(database, move.id, { message: outcome.fault, now: clock.now() });
			context.afterStep('move_undoing');
			return 'look';
		}
		const { next, ...more } = outcome;
		// Those that write more than their own state have written it together with that.
		if (!WRITTEN.includes(next)) await advanceMove(database, move, next, clock.now(), more);
		context.afterStep(`move_${next}`);
		if (LOOK_ANEW.includes(next)) return 'look';
	}
}

/** Steps that write down the next state themselves, with what belongs to it. */
const WRITTEN: readonly MoveState[] = ['leading', 'held', 'undone'];
/** After these the branch is another one, or whether wishes may be sent. */
const LOOK_ANEW: readonly MoveState[] = ['closing', 'leading', 'held', 'reopened', 'undone'];

/** While it is closed every moment counts: what began just now is asked about soon, and what takes long every second. */
function pauseIn(move: MoveRow, now: number): number {
	return Math.min(ASK_AGAIN, Math.max(SOON, (now - big(move.since)) / 4));
}

function waitedTooLong({ context, move }: At): boolean {
	return context.clock.now() - big(move.since) > LONGEST;
}

/** The home it goes to runs and has enrolled. */
async function arrive(at: At): Promise<Outcome> {
	const { context, move } = at;
	try {
		const sight = await context.driver.observe(move.to_place);
		if (sight.state === 'Absent') await startHome(context, move.to_place);
		const role = await roleOfHome(context.database, move.to_place);
		if (sight.state !== 'Unknown' && role) return { next: 'copying', to_home: role.id };
	} catch (error) {
		context.log.warn('home_not_started', { error });
		if (waitedTooLong(at))
			return { fault: `The home ${move.to_place} did not start: ${toPublicError(error).message}` };
		return null;
	}
	return waitedTooLong(at) ? { fault: `The home ${move.to_place} did not start within a day.` } : null;
}

async function copy({ context, branch, move, from }: At, backup: string, next: MoveState): Promise<Outcome> {
	const order: Omit<BackupOrder, 'home'> = {
		type: 'understory/backup-order/v1',
		...{ branch: branch.id, backup, ...lifeFrom(context.clock.now()) },
	};
	const path = `branches/${branch.id}/backups/${backup}`;
	return outcomeOf(await askHome<BackupFacts>(context, from, path, order, big(move.since)), next);
}

async function carry(at: At, backup: string, base: string | null, next: MoveState): Promise<Outcome> {
	const { context, branch, move, to } = at;
	const order: Omit<ArrivalOrder, 'home'> = {
		type: 'understory/arrival-order/v1',
		...{ branch: branch.id, backup, carriage: backup, base, ...lifeFrom(context.clock.now()) },
	};
	const path = `branches/${branch.id}/arrivals/${backup}`;
	const told = await askHome<BackupFacts>(context, to, path, order, big(move.since));
	if (told.state === 'done') return { next, facts: told.facts };
	return (
		outcomeOf(told, next) ?? (waitedTooLong(at) ? { fault: 'The copy did not arrive within a day.' } : null)
	);
}

/** From here on nobody comes in, until it serves there. */
async function close(at: At): Promise<Outcome> {
	const told = await tellLeaving(at, 'closed');
	if (told === 'done') return { next: 'copying_rest' };
	return told === 'silent' ? null : { fault: told };
}

async function layOut({ context, branch, move, to }: At): Promise<Outcome> {
	const { database, clock } = context;
	const order: Omit<RestoreOrder, 'home'> = {
		type: 'understory/restore-order/v1',
		...{ branch: branch.id, restore: move.id, backup: move.rest, epoch: move.from_epoch + 1 },
		...{ gone: await goneOf(database, branch.id), keep_sessions: true, ...lifeFrom(clock.now()) },
	};
	const path = `branches/${branch.id}/restores/${move.id}`;
	return outcomeOf(await askHome(context, to, path, order, big(move.since)), 'leaving');
}

/**
 * The old home never serves it again; then, in one go, it lives in the new one under the next epoch. An old home that is silent for an hour
 * is not waited for: it is closed for this branch, which it wrote down, and the epoch is over.
 */
async function leave(at: At): Promise<Outcome> {
	const { context, branch, move } = at;
	const { database, clock } = context;
	const told = await tellLeaving(at, 'left');
	if (told === 'silent' && clock.now() - big(move.since) <= PATIENCE) return null;
	if (told !== 'done') context.log.warn('old_home_not_told', { branch: branch.id });
	context.afterStep('move_left');
	await database.transaction(async (transaction) => {
		await advanceMove(transaction, move, 'leading', clock.now());
		await changeBranch(transaction, branch.id, {
			...{ epoch: move.from_epoch + 1, place: move.to_place, home: move.to_home, housing: move.housing },
		});
	});
	return { next: 'leading' };
}

/**
 * Whoever leads people to homes of their own is told; a dedicated home that is empty now is stopped, so that it takes nobody from the other. One whose cluster
 * does not answer for an hour is not waited for: it is stopped when its folder is destroyed.
 */
async function lead(at: At): Promise<Outcome> {
	const { context, move } = at;
	const { driver, database } = context;
	try {
		const stopped = (await isDedicated(context, move.from_place)) ? await stopLeft(at) : true;
		if (move.housing === 'dedicated') {
			const host = await hostIn(database, move.to_place);
			await driver.readdress?.({ name: move.to_place, kind: 'dedicated', ...(host && { host }) });
		}
		return stopped ? { next: 'switching' } : null;
	} catch (error) {
		context.log.warn('home_not_led_to', { error });
		return null;
	}
}

/** Whether the home that was left runs no more, or was waited for long enough. */
async function stopLeft({ context, move }: At): Promise<boolean> {
	try {
		await context.driver.stop(move.from_place);
		return true;
	} catch (error) {
		context.log.warn('left_home_not_stopped', { error });
		return context.clock.now() - big(move.since) > PATIENCE;
	}
}

async function settleIn({ context, branch, move, state }: At): Promise<Outcome> {
	const { database, clock } = context;
	const now = clock.now();
	if (state.state === 'InSync' || state.state === 'Suspended') {
		const held_until = now + HELD;
		await database.transaction(async (transaction) => {
			await advanceMove(transaction, move, 'held', now, { held_until });
			const { rest: id, to_place: place, asked_by, facts } = move;
			const arrived = { id, place, branch: branch.id, asked: big(move.asked), asked_by };
			if (facts) await insertArrived(transaction, { ...arrived, facts });
			await removeCopies(transaction, [{ backup: move.first, place: move.to_place, branch: branch.id }]);
			await addAudit(transaction, {
				at: now,
				actor: move.asked_by,
				act: 'moved',
				subject: subjectOf(branch),
			});
			const result = { home: move.to_place, from: move.from_place, kept_until: held_until };
			await endOperation(transaction, move.id, { state: 'done', result }, now);
		});
		return { next: 'held' };
	}
	if (['Damaged', 'Refused', 'GivenUp'].includes(state.state)) {
		// The operation tells it; should somebody mend it, the move ends as it would have.
		const title = `It is not served in ${move.to_place}, and what it was lies in ${move.from_place}: ${state.reason}`;
		const problem = { title, code: 'not_served' };
		await endOperation(database, move.id, { state: 'failed', problem }, now);
	}
	return null;
}

export async function isDedicated(context: Context, place: string): Promise<boolean> {
	const home = await context.database('home').where({ name: place }).first('kind');
	return home?.kind === 'dedicated';
}

/** Tells the old home where the branch stands. `'silent'` when it did not answer, a sentence when it refused. */
async function tellLeaving(
	{ context, branch, move, from }: At,
	stage: LeavingOrder['stage'],
): Promise<'done' | 'silent' | string> {
	if (!from?.internal_url) return 'silent';
	const order: LeavingOrder = {
		type: 'understory/leaving-order/v1',
		...{ home: from.id, branch: branch.id, stage, epoch: move.from_epoch, ...lifeFrom(context.clock.now()) },
	};
	try {
		await tellHome(context, from, `branches/${branch.id}/leaving`, order);
		return 'done';
	} catch (error) {
		const told = toPublicError(error);
		context.log.warn('leaving_not_told', { error });
		return told.code === 'home_refused' ? told.message : 'silent';
	}
}

function outcomeOf(told: CopyState<unknown>, next: MoveState): Outcome {
	if (told.state === 'underway') return null;
	return told.state === 'done' ? { next } : { fault: told.message };
}
