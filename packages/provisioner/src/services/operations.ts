import type { Context } from '../context.ts';
import { TRIES } from '../reconcile/observe.ts';
import { endOperation, insertOperation, openOperations, setProgress } from '../store/operations.ts';
import { type BranchRow, big, type IntentRow, type OperationRow } from '../store/rows.ts';

/** Begins an operation and returns its id. Whoever made it can read it until it is done. */
export async function beginOperation(
	context: Context,
	about: { kind: string; library: string | null; branch: string | null; by: string; total?: number | null },
): Promise<string> {
	const id = context.randomId();
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
 * Moves the open operations on that wait for branches: done when every branch they are about is served as wanted, failed when one was given up.
 * An import counts its own rows and is left alone here.
 */
export async function advanceOperations(context: Context): Promise<void> {
	for (const operation of await openOperations(context.database)) {
		if (operation.kind !== 'import') await advance(context, operation);
	}
}

async function advance(context: Context, operation: OperationRow): Promise<void> {
	const about = operation.branch ? { id: operation.branch } : { library: operation.library };
	const branches = await context
		.database<BranchRow>('branch')
		.where(about as never)
		.whereNot('stage', 'listed');
	const served = branches.filter(
		(row) => big(row.observed_generation) >= big(row.generation) && row.branch_key !== null,
	);
	const now = context.clock.now();
	if (served.length === branches.length) {
		const result = {
			branches: branches.map((row) => ({ slug: row.slug, url: row.origin, stage: row.stage })),
		};
		await setProgress(context.database, operation.id, branches.length, branches.length);
		await endOperation(context.database, operation.id, { state: 'done', result }, now);
		context.afterStep('operation_done');
		return;
	}
	const givenUp = await context
		.database<IntentRow>('intent')
		.whereIn(
			'branch',
			branches.map((row) => row.id),
		)
		.where({ state: 'failed' })
		.where('failures', '>=', TRIES);
	if (givenUp.length > 0) {
		const problem = {
			title: `${givenUp.length} of ${branches.length} branches could not be brought up.`,
			code: 'given_up',
		};
		await endOperation(context.database, operation.id, { state: 'failed', problem }, now);
		return;
	}
	await setProgress(context.database, operation.id, served.length, branches.length);
}
