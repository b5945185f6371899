import type { Database, Transaction } from './database.ts';
import type { OperationRow } from './rows.ts';
import { isUuid } from './uuid.ts';

export async function insertOperation(
	database: Database,
	row: Pick<OperationRow, 'id' | 'kind' | 'library' | 'branch' | 'created_by'> & {
		created: number;
		total?: number | null;
	},
): Promise<void> {
	// A request that is sent again after a crash begins the same operation.
	await database('operation')
		.insert({ ...row, state: 'queued' })
		.onConflict('id')
		.ignore();
}

export async function findOperation(database: Database, id: string): Promise<OperationRow | undefined> {
	return isUuid(id) ? database<OperationRow>('operation').where({ id }).first() : undefined;
}

/** These of them that are there, by their ids. */
export async function operationsById(
	database: Database,
	ids: readonly string[],
): Promise<Map<string, OperationRow>> {
	if (ids.length === 0) return new Map();
	const rows = await database<OperationRow>('operation').whereIn('id', [...ids]);
	return new Map(rows.map((row) => [row.id, row]));
}

export async function openOperations(database: Database): Promise<OperationRow[]> {
	return database<OperationRow>('operation').whereIn('state', ['queued', 'running']).orderBy('created');
}

/** Does an operation of a kind go on about a branch? */
export async function isUnderway(database: Database, kind: string, branch: string): Promise<boolean> {
	const open = { kind, branch };
	const states = ['queued', 'running'];
	return (await database('operation').where(open).whereIn('state', states).first('id')) !== undefined;
}

/** Those about these libraries and their branches. */
export async function openOperationsOf(
	database: Database,
	libraries: readonly string[],
): Promise<OperationRow[]> {
	return database<OperationRow>('operation')
		.whereIn('library', [...libraries])
		.whereIn('state', ['queued', 'running'])
		.orderBy('created');
}

/** Progress in steps; `total` null while nobody knows it. */
export async function setProgress(
	database: Database,
	id: string,
	done: number,
	total: number | null,
): Promise<void> {
	await database('operation')
		.where({ id })
		.whereIn('state', ['queued', 'running'])
		.update({ state: 'running', done, total });
}

/** Ends an operation, once; a second end changes nothing, and is answered with false. */
export async function endOperation(
	database: Database,
	id: string,
	end:
		| { state: 'done'; result: unknown }
		| { state: 'failed'; problem: { title: string; code: string }; result?: unknown },
	now: number,
): Promise<boolean> {
	const ended = await database('operation')
		.where({ id })
		.whereIn('state', ['queued', 'running'])
		.update({
			state: end.state,
			finished: now,
			result: JSON.stringify(end.result ?? null),
			problem: end.state === 'failed' ? JSON.stringify(end.problem) : null,
		});
	return ended === 1;
}

/** Ends the operations of a kind about these branches. */
export async function endOpenOf(
	database: Database,
	{ kind, branches }: { readonly kind: string; readonly branches: readonly string[] },
	end: Parameters<typeof endOperation>[2],
	now: number,
): Promise<void> {
	const open = await database<OperationRow>('operation')
		.where({ kind })
		.whereIn('branch', [...branches])
		.whereIn('state', ['queued', 'running'])
		.pluck('id');
	for (const id of open) await endOperation(database, id, end, now);
}

/** An operation, held where it stands for the rest of this transaction. */
export async function holdOperation(transaction: Transaction, id: string): Promise<OperationRow | undefined> {
	return transaction<OperationRow>('operation').where({ id }).forUpdate().first();
}

/** Imports of before there were files: theirs was in the process that died, so they cannot be gone on with. */
export async function failBrokenImports(
	database: Database,
	problem: { title: string; code: string },
	now: number,
): Promise<void> {
	await database('operation')
		.where({ kind: 'import' })
		.whereIn('state', ['queued', 'running'])
		.whereNotExists(
			database('import_file').select(database.raw('1')).whereRaw('import_file.operation = operation.id'),
		)
		.update({ state: 'failed', finished: now, problem: JSON.stringify(problem) });
}
