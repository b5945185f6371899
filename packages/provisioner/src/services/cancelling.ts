import { Conflict, NotFound } from '@understory/core/errors.ts';
import type { Context } from '../context.ts';
import { summaryOf } from '../imports/summary.ts';
import { addAudit } from '../store/access.ts';
import { BEFORE_THE_SWITCH, endBackup, findBackup, findRestore, stopRestore } from '../store/backups.ts';
import { branchById, hasNoHome, listAgain, subjectOf } from '../store/branches.ts';
import { lock, type Transaction } from '../store/database.ts';
import { findMove, mayStop } from '../store/moves.ts';
import { endOpenOf, endOperation, findOperation, holdOperation } from '../store/operations.ts';
import { wantRemoved } from '../store/removals.ts';
import type { OperationRow } from '../store/rows.ts';
import { type Cancelling, cancellingOf, type Stage } from './cancellable.ts';
import { cancelMove } from './moving.ts';
import { steerUpgrade } from './upgrades.ts';

/** Whether an operation can be cancelled as it stands now, and what comes of it or why not. */
export async function mayCancel(
	{ database }: Pick<Context, 'database'>,
	operation: OperationRow,
): Promise<Cancelling> {
	return cancellingOf(operation.kind, await stageOf(database, operation));
}

/**
 * Cancels an operation: what was not begun is not begun, and what was half done is taken back, at once or by those who look after branches. Either it is cancelled or it goes
 * on: the step that completes it and this one hold the same row. Returns the branches to be looked at. Throws `NotFound`, and `Conflict` with the
 * sentence of the table: `ended`, `too_late` when what cannot be taken back has begun, `not_cancellable` otherwise.
 */
export async function cancelOperation(context: Context, id: string, by: string): Promise<readonly string[]> {
	return context.database.transaction(async (transaction) => {
		const inside = { ...context, database: transaction };
		// Branches, and all upgrades, are held before their operations everywhere.
		const known = await findOperation(transaction, id);
		if (known?.branch) await lock(transaction, `branch:${known.branch}`);
		if (known && UPGRADES.has(known.kind)) await lock(transaction, 'upgrades');
		const operation = await holdOperation(transaction, id);
		if (!operation) throw new NotFound('There is no such operation.');
		const line = await mayCancel(inside, operation);
		if (!line.may) throw refused(line);
		const touched = await WAYS[operation.kind]!(inside, operation, by);
		if (touched === null) throw refused(cancellingOf(operation.kind, 'after'));
		if (!TOLD_ELSEWHERE.has(operation.kind)) await tell(inside, operation, by);
		context.afterStep('operation_cancelled');
		return touched;
	});
}

type Inside = Context & { readonly database: Transaction };
/** Takes an operation back. The branches to be looked at; null when it is too late. */
type Way = (context: Inside, operation: OperationRow, by: string) => Promise<readonly string[] | null>;

const WAYS: Readonly<Record<string, Way>> = {
	import: cancelImport,
	create: listOneAgain,
	provision: listOthersAgain,
	back_up: cancelBackup,
	async restore({ database }, { id, branch }, by) {
		return (await stopRestore(database, id, by)) ? [branch!] : null;
	},
	async move(context, { branch }, by) {
		await cancelMove(context, (await branchById(context.database, branch!))!, { id: null, by });
		return [branch!];
	},
	upgrade: abort,
	undo_upgrade: abort,
};
const UPGRADES = new Set(['upgrade', 'undo_upgrade']);
/** These write their own line. */
const TOLD_ELSEWHERE = new Set(['move', ...UPGRADES]);

async function abort(context: Inside, { id }: OperationRow, by: string): Promise<readonly string[]> {
	await steerUpgrade(context, id, 'aborted', by);
	return [];
}

/** A batch of rows that is being written holds the operation, so it is in the counts. */
async function cancelImport(context: Inside, { id, done, total }: OperationRow, by: string) {
	const { database, clock } = context;
	const summary = await summaryOf(database, id);
	const far = total === null ? 'before it began' : `after ${done} of ${total} rows`;
	const result = { ...summary, not_begun: total === null ? null : total - done };
	const problem = { title: `${by} cancelled it ${far}. What was taken in stays.`, code: 'cancelled' };
	await endOperation(database, id, { state: 'failed', problem, result }, clock.now());
	return [];
}

async function listOneAgain(context: Inside, { id, branch }: OperationRow, by: string) {
	const { database, clock } = context;
	if ((await listAgain(database, { id: branch! })).length === 0) return null;
	const title = `${by} cancelled it. The branch is only listed again.`;
	await endOperation(database, id, { state: 'failed', problem: { title, code: 'cancelled' } }, clock.now());
	return [branch!];
}

async function listOthersAgain(context: Inside, { id, library }: OperationRow, by: string) {
	const { database, clock } = context;
	const listed = await listAgain(database, { library: library! });
	if (listed.length === 0) return null;
	const now = clock.now();
	const title = `${by} cancelled it: ${listed.length} branches are only listed again, the others go on.`;
	const end = { state: 'failed', problem: { title, code: 'cancelled' } } as const;
	await endOperation(database, id, { ...end, result: { listed_again: listed } }, now);
	await endOpenOf(database, { kind: 'create', branches: listed }, end, now);
	return listed;
}

async function cancelBackup(context: Inside, { id, branch }: OperationRow, by: string) {
	const { database, clock } = context;
	const copy = await findBackup(database, branch!, id);
	const message = `${by} cancelled it, and what was copied is removed.`;
	if (!copy || !(await endBackup(database, id, { message }))) return null;
	await wantRemoved(database, [{ backup: id, place: copy.place, branch: branch! }]);
	const problem = { title: message, code: 'cancelled' };
	await endOperation(database, id, { state: 'failed', problem }, clock.now());
	return [branch!];
}

async function tell({ database, clock }: Inside, { branch, library, id }: OperationRow, by: string) {
	const subject = branch !== null ? subjectOf({ id: branch }) : (library ?? `/operations/${id}`);
	await addAudit(database, { at: clock.now(), actor: by, act: 'cancelled', subject });
}

async function stageOf(
	database: Context['database'],
	{ id, kind, state, branch, library }: OperationRow,
): Promise<Stage> {
	if (state === 'done' || state === 'failed') return 'ended';
	switch (kind) {
		case 'create':
			return (await hasNoHome(database, { id: branch! })) ? 'before' : 'after';
		case 'provision':
			return (await hasNoHome(database, { library: library! })) ? 'before' : 'after';
		case 'restore': {
			const restore = await findRestore(database, id);
			if (restore?.state === 'undoing') return 'undoing';
			return restore && BEFORE_THE_SWITCH.includes(restore.state) ? 'before' : 'after';
		}
		case 'move': {
			const move = await findMove(database, id);
			if (move?.state === 'undoing' || move?.state === 'reopened') return 'undoing';
			return move && mayStop(move) ? 'before' : 'after';
		}
		default:
			return 'open';
	}
}

function refused({ stage, why }: Cancelling): Conflict {
	const code = stage === 'ended' ? 'ended' : stage === 'after' ? 'too_late' : 'not_cancellable';
	return new Conflict(`This cannot be cancelled. ${why}`, code);
}
