import type { Context } from '../context.ts';
import { isOver } from '../reconcile/observe.ts';
import { endOperation, insertOperation, openOperationsOf, setProgress } from '../store/operations.ts';
import type { BranchRow, OperationRow } from '../store/rows.ts';
import { givenUpAmong, isAsWanted, isCarriedOut } from './carried-out.ts';

const COUNTED_ELSEWHERE = new Set([
	'import',
	'import_preview',
	'sign_in_test',
	'privacy_report',
	'turn_signing_keys',
	'withdraw_signing_keys',
	'back_up',
	'restore',
	'move',
	'rename',
	'upgrade',
	'undo_upgrade',
]);

/** Begins an operation and returns its id. Whoever made it can read it until it is done. */
export async function beginOperation(
	context: Context,
	about: {
		id?: string;
		kind: string;
		library: string | null;
		branch: string | null;
		by: string;
		total?: number | null;
	},
): Promise<string> {
	const id = about.id ?? context.randomId();
	await insertOperation(context.database, {
		id,
		kind: about.kind,
		library: about.library,
		branch: about.branch,
		created_by: about.by,
		created: context.clock.now(),
		total: about.total ?? null,
	});
	return id;
}

/**
 * Moves the open operations on that wait for branches. One ends when the home has answered for every branch it is about, or was given up: done
 * when all are served as wanted, failed with the names of the others when not.
 * An import counts its own rows, what the bridge is asked ends with its answer, and copies end with themselves; these are left alone here. Only those of
 * `libraries` are looked at: what a country waits for is not gone through each time one library moves.
 */
export async function advanceOperations(context: Context, libraries: readonly string[]): Promise<void> {
	for (const operation of await openOperationsOf(context.database, libraries)) {
		if (!COUNTED_ELSEWHERE.has(operation.kind)) await advance(context, operation);
	}
}

async function advance(context: Context, operation: OperationRow): Promise<void> {
	const about = operation.branch ? { id: operation.branch } : { library: operation.library };
	const branches = await context
		.database<BranchRow>('branch')
		.where(about as never)
		.whereNot('stage', 'listed');
	const givenUp = await givenUpAmong(context, branches);
	const ended = branches.filter((row) => isCarriedOut(row) || isOver(row));
	const failed = [...ended.filter((row) => !isAsWanted(row)), ...givenUp];
	const done = ended.length - (failed.length - givenUp.length);
	await setProgress(context.database, operation.id, done, branches.length);
	if (ended.length + givenUp.length < branches.length) return;
	const result = { branches: branches.map((row) => ({ slug: row.slug, url: row.origin, stage: row.stage })) };
	const problem = {
		title: `${failed.length} of ${branches.length} branches could not be brought up: ${names(failed)}.`,
		code: 'not_brought_up',
	};
	const end =
		failed.length === 0 ? { state: 'done' as const, result } : { state: 'failed' as const, problem, result };
	await endOperation(context.database, operation.id, end, context.clock.now());
	context.afterStep('operation_ended');
}

function names(rows: readonly BranchRow[]): string {
	const first = rows.slice(0, 5).map((row) => row.slug);
	return rows.length > first.length
		? `${first.join(', ')} and ${rows.length - first.length} more`
		: first.join(', ');
}
