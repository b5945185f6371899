import type { Context } from '../context.ts';
import { branchById } from '../store/branches.ts';
import { findLibrary } from '../store/libraries.ts';
import { endOperation, findOperation, openOperationsOf, setProgress } from '../store/operations.ts';
import type { BranchRow, OperationRow } from '../store/rows.ts';
import { actOnBranch } from './act-on-branch.ts';
import { askNeighbors } from './asking-neighbors.ts';
import { givenUpAmong, isAsWanted, isCarriedOut } from './carried-out.ts';
import { DAY, HELD } from './retiring.ts';
import { successorOf } from './successors.ts';
import { takeRoles } from './taking-along.ts';

/** It is made, told, asked about, and carried out. */
const STEPS = { told: 1, asked: 2, all: 3 } as const;

/**
 * Goes on with the branches of these libraries that get another name, as far as that goes now: waits until the new one serves, then tells the
 * people of the old one and asks its neighbors, each once. May be killed at any line. Returns the branches that have to be looked at for it.
 */
export async function goOnRenaming(context: Context, libraries: readonly string[]): Promise<string[]> {
	const open = await openOperationsOf(context.database, libraries);
	const changed: string[] = [];
	for (const operation of open.filter(({ kind }) => kind === 'rename'))
		changed.push(...(await goOn(context, operation)));
	return changed;
}

async function goOn(context: Context, operation: OperationRow): Promise<string[]> {
	const { database } = context;
	const old = (await branchById(database, operation.branch!))!;
	const made = await branchById(database, operation.id);
	if (!made) {
		return end(context, operation, [old], null);
	}
	if (operation.done === 0) return announce(context, operation, { old, made });
	if (old.successor?.id !== made.id) {
		const problem = { title: 'It was taken back.', code: 'taken_back' };
		return end(context, operation, [old, made], problem);
	}
	const published: string[] = [];
	if (operation.done < STEPS.asked) {
		// What members are asked stands in the register, which is published after the next pass.
		if (await askNeighbors(context, operation, { old, made })) published.push(made.id);
		await setProgress(database, operation.id, STEPS.asked, STEPS.all);
		context.afterStep('neighbors_asked');
	}
	if (await hasFailed(context, old)) {
		published.push(...(await end(context, operation, [old, made], notBroughtUp(old))));
	} else if (isCarriedOut(old)) published.push(...(await end(context, operation, [old, made], null)));
	return published;
}

/** Tells the people of the old branch where it goes on, when the new one serves. Returns what has to be looked at for it. */
async function announce(
	context: Context,
	operation: OperationRow,
	{ old, made }: { readonly old: BranchRow; readonly made: BranchRow },
): Promise<string[]> {
	const { database, clock } = context;
	const goesOn = made.stage === 'open' || (made.stage === 'unopened' && old.stage === 'unopened');
	if (!goesOn || (await hasFailed(context, made))) {
		return end(context, operation, [old, made], notBroughtUp(made));
	}
	await setProgress(database, operation.id, 0, STEPS.all);
	// Nobody has looked at the new one yet; later its own passes lead here.
	if (!isCarriedOut(made)) return operation.state === 'queued' ? [made.id] : [];
	const about = { id: null, by: operation.created_by, kind: 'close' };
	const audit = old.stage === 'unopened' ? 'retired' : 'closing';
	await actOnBranch(context, old.id, { ...about, audit }, async (transaction, row) => {
		// Told already by another process, or by somebody else in the meantime.
		if ((await findOperation(transaction, operation.id))?.done !== 0) return null;
		await setProgress(transaction, operation.id, STEPS.told, STEPS.all);
		if (row.successor !== null) return null;
		// Whoever got a role since the new one was made.
		const library = (await findLibrary(transaction, row.library))!;
		await takeRoles(context, transaction, { library, from: row, to: made, by: operation.created_by });
		const successor = successorOf(made);
		if (row.stage === 'closing' || row.stage === 'retired') return { successor };
		if (row.stage !== 'unopened') return { stage: 'closing', unhosted: null, successor };
		const now = clock.now();
		return {
			...{ stage: 'retired', suspension: null, successor },
			retirement: { at: now, until: now + HELD * DAY },
		};
	});
	return [old.id];
}

async function hasFailed(context: Context, row: BranchRow): Promise<boolean> {
	return (await givenUpAmong(context, [row])).length > 0 || (isCarriedOut(row) && !isAsWanted(row));
}

function notBroughtUp({ slug }: BranchRow): { title: string; code: string } {
	return { title: `${slug} could not be brought up; nothing else was changed.`, code: 'not_brought_up' };
}

/** Ends it. Returns whose conditions are to say so: that of the branch which was being renamed. */
async function end(
	context: Context,
	operation: OperationRow,
	rows: readonly BranchRow[],
	problem: { title: string; code: string } | null,
): Promise<string[]> {
	const result = { branches: rows.map(({ slug, origin, stage }) => ({ slug, url: origin, stage })) };
	const ended = problem
		? ({ state: 'failed', problem, result } as const)
		: ({ state: 'done', result } as const);
	if (problem === null) await setProgress(context.database, operation.id, STEPS.all, STEPS.all);
	await endOperation(context.database, operation.id, ended, context.clock.now());
	context.afterStep('operation_ended');
	return rows.slice(0, 1).map(({ id }) => id);
}
