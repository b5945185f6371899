import { PublicError } from '@understory/core/errors.ts';
import { unreachable } from '@understory/core/result.ts';
import type { Context } from '../context.ts';
import { branchById, setConditions, setConditionsIn } from '../store/branches.ts';
import { cellsOfBranches, takeTurn } from '../store/cells.ts';
import { alone } from '../store/database.ts';
import { roleOfHome } from '../store/homes.ts';
import { isClosedFor, openMove } from '../store/moves.ts';
import { type BranchRow, big, type IntentRow, type RoleRow } from '../store/rows.ts';
import { underWayAmong } from '../store/under-way.ts';
import { isBeingUpgraded } from '../store/upgrades.ts';
import { chooseHome, enterHome, HomeRefused, sendDesired, startHome } from './actions.ts';
import { goOnWithCopies } from './copies.ts';
import { deleteFolder } from './deletion.ts';
import { lookAgain } from './look-again.ts';
import { goOnMoving } from './moving.ts';
import { type Action, nextAction } from './next-action.ts';
import { type BranchState, observe } from './observe.ts';
import { pause } from './pause.ts';
import { driftOf, seeHome } from './see-home.ts';
import { type Around, toldOf, toldOfHome } from './told.ts';

/** What one pass over a branch came to. `again` is when to look again, in UTC milliseconds; null when nothing is left to do. */
export interface Pass {
	readonly library: string | null;
	readonly state: BranchState['state'];
	readonly again: number | null;
}

/**
 * Makes one branch match what is wanted: look, decide, write the intent down, act, look again (DESIGN 4.4). The same action never runs
 * twice in one pass. May be killed at any line: the next pass begins with looking. Only one pass over a branch runs at a time, in all
 * processes together; whoever comes second looks again a second later.
 */
export async function reconcileBranch(context: Context, id: string): Promise<Pass> {
	const pass = await alone(context.locks, `branch-pass:${id}`, () => passOver(context, id));
	return pass ?? { library: null, state: 'Unknown', again: context.clock.now() + 1_000 };
}

async function passOver(context: Context, id: string): Promise<Pass> {
	const done = new Set<Action>();
	for (;;) {
		const seen = await look(context, id);
		if (!seen) return { library: null, state: 'NotServed', again: null };
		const { branch, home, state, around } = seen;
		const action = nextAction(state);
		if (action === null || done.has(action)) {
			await tell(context, branch, state, around);
			const moving = seen.move ? await goOnMoving(context, branch, state) : null;
			if (moving === 'look') {
				done.clear();
				continue;
			}
			const copies = await goOnWithCopies(context, branch, home, state);
			await tellEnd(context, seen);
			const times = [lookAgain(state, context.clock.now()), moving, copies];
			const due = times.filter((at) => at !== null);
			const again = due.length > 0 ? Math.min(...due) : null;
			return { library: branch.library, state: state.state, again };
		}
		done.add(action);
		const until = await begin(context, branch, action, seen.intent);
		if (until !== null) {
			const turn = { state: 'Waiting', reason: 'Its cell is starting other homes first.', until } as const;
			await tell(context, branch, turn, around);
			return { library: branch.library, state: turn.state, again: until };
		}
		await tell(context, branch, state, around);
		context.afterStep(`intent_${action}`);
		try {
			await run(context, action, branch, home);
			await writeIntent(context, branch, action, 'done', undefined);
			// Its cell has a queue of its own, in which everything that cell has to be waited for is done.
			if (action === 'choose_home' && (await cellsOfBranches(context.database, [id])).has(id))
				return { library: branch.library, state: state.state, again: context.clock.now() };
		} catch (error) {
			context.log.warn('reconcile_failed', { job: action, error });
			const failures = await writeIntent(context, branch, action, 'failed', seen.intent, error);
			const again = context.clock.now() + pause(failures);
			const now = await look(context, id);
			if (now) await tell(context, now.branch, now.state, now.around);
			return { library: branch.library, state: state.state, again };
		}
	}
}

/** Writes down what is begun. A home is started in the turn of its cell: returns when to ask again when that is not now, and null otherwise. */
async function begin(
	context: Context,
	branch: BranchRow,
	action: NonNullable<Action>,
	before: IntentRow | undefined,
): Promise<number | null> {
	const write = (database: Context['database']) =>
		writeIntent({ ...context, database }, branch, action, 'running', before);
	if (action === 'start_home' && branch.place !== null)
		return takeTurn(context.database, branch.place, context.clock.now(), write);
	await write(context.database);
	return null;
}

async function look(context: Context, id: string) {
	const branch = await branchById(context.database, id);
	if (!branch) return null;
	const { place } = branch;
	// Before its role is looked up: whoever sees a home start waits for it, and it enrols meanwhile.
	const sight = place === null ? null : await seeHome(context, place);
	const home = branch.home
		? await context.database<RoleRow>('role').where({ id: branch.home }).first()
		: place === null
			? undefined
			: await roleOfHome(context.database, place);
	const intent = await context.database<IntentRow>('intent').where({ branch: id }).first();
	const move = await openMove(context.database, id);
	const compared = place === null || sight === null ? null : await driftOf(context, place, sight);
	const drift = compared?.drift ?? null;
	const underWay = (await underWayAmong(context.database, [id])).get(id) ?? null;
	const carriedTo = move !== undefined && isClosedFor(move) ? move.to_place : null;
	const now = context.clock.now();
	const state = observe({ branch, home, sight, drift, intent, carriedTo, now });
	return { branch, home, intent, move, state, around: { compared, underWay } };
}

async function run(
	context: Context,
	action: NonNullable<Action>,
	branch: BranchRow,
	home: RoleRow | undefined,
) {
	switch (action) {
		case 'choose_home':
			return chooseHome(context, branch);
		case 'start_home':
			return startHome(context, branch.place!);
		case 'mend_home':
			if (await isBeingUpgraded(context.database, branch.place!)) return;
			context.log.warn('home_drifted', { home: branch.place! });
			return context.driver.drift!.mend(branch.place!);
		case 'enter_home':
			return enterHome(context, branch);
		case 'send_desired':
			return sendDesired(context, branch, home!);
		case 'delete_folder':
			return deleteFolder(context, branch, home);
		default:
			return unreachable(action);
	}
}

/** Writes the intent and returns how often this generation has failed in a row. */
async function writeIntent(
	context: Context,
	branch: BranchRow,
	action: string,
	state: IntentRow['state'],
	before: IntentRow | undefined,
	error?: unknown,
): Promise<number> {
	const now = context.clock.now();
	const sameWish = before !== undefined && big(before.generation) === big(branch.generation);
	const failures = state === 'done' ? 0 : (sameWish ? before.failures : 0) + (state === 'failed' ? 1 : 0);
	const row = {
		branch: branch.id,
		action,
		generation: big(branch.generation),
		state,
		failures,
		not_before: state === 'failed' ? now + pause(failures) : 0,
		detail:
			error instanceof PublicError
				? error.message
				: error === undefined
					? null
					: 'Something broke on our side.',
		code: error instanceof HomeRefused ? error.theirs : null,
		at: now,
	};
	await context.database('intent').insert(row).onConflict('branch').merge();
	return failures;
}

async function tell(context: Context, branch: BranchRow, state: BranchState, around: Around): Promise<void> {
	const told = toldOf(state, branch, around);
	const now = context.clock.now();
	await setConditions(
		context.database,
		told.map((condition) => ({ branch, condition })),
		now,
	);
	// What is known of a home holds for everybody in it, and only one of them is looked at while all is well.
	const ofTheHome =
		state.state === 'Unknown' ||
		(state.state === 'GivenUp' && state.absent) ||
		(state.state === 'Drifted' && state.until !== null) ||
		(state.state === 'Waiting' && state.absent);
	if (branch.place !== null && ofTheHome) {
		const ofAll = toldOfHome(state, branch, around);
		await setConditionsIn(context.database, { place: branch.place, but: branch.id }, ofAll, now);
	}
}

/** What has ended in this pass is told to have ended. */
async function tellEnd(context: Context, { branch, state, around }: Seen): Promise<void> {
	if (around.underWay === null || around.underWay.ofHome) return;
	const underWay = (await underWayAmong(context.database, [branch.id])).get(branch.id) ?? null;
	if (underWay === null) await tell(context, branch, state, { ...around, underWay });
}

type Seen = NonNullable<Awaited<ReturnType<typeof look>>>;
