import { toPublicError } from '@understory/core/errors.ts';
import type { Context } from '../context.ts';
import { alone } from '../store/database.ts';
import {
	addImportRows,
	countFailure,
	dropFile,
	holdImport,
	type KeptFile,
	keptFile,
	openImports,
} from '../store/imports.ts';
import { endOperation, setProgress } from '../store/operations.ts';
import type { OperationRow } from '../store/rows.ts';
import { carryOutActs } from './acts.ts';
import { Catalog, type Planned } from './catalog.ts';
import type { FileRow } from './file-row.ts';
import { previewOf, refuseOtherPlan } from './preview.ts';
import { type FileFacts, rowsOf, surveyOf } from './read-file.ts';
import { holdRoom } from './room.ts';
import { summaryOf } from './summary.ts';

/** Rows that are taken in at once: all of them or, when the process dies, none. */
const BATCH = 250;
/** How often an import is gone on with after something that nobody foresaw. */
const TRIES = 5;

/** Somebody else goes on with the import. */
class TakenOver extends Error {}

/**
 * Carries out every import that is open, the oldest first, until there is none; one process at a time, and another goes on when it dies. Returns
 * whether this one did anything. One that broke off is left for the next call.
 */
export async function carryOutImports(context: Context, stopping: () => boolean): Promise<boolean> {
	let took = false;
	const tried = new Set<string>();
	await alone(context.locks, 'imports', async () => {
		for (;;) {
			const next = (await openImports(context.database)).find(({ id }) => !tried.has(id));
			if (!next || stopping()) return;
			took = true;
			await carryOutImport(context, next, stopping);
			tried.add(next.id);
		}
	});
	return took;
}

/**
 * Takes in the file of an import, or goes on where an earlier process left it: a batch of rows, what became of them and how far it is are written in one
 * transaction, so each row is taken in once. Ends the operation; when something breaks that nobody foresaw, it stays open and is gone on with
 * later. `stopping` is asked after each batch.
 */
async function carryOutImport(
	context: Context,
	operation: OperationRow,
	stopping: () => boolean,
): Promise<void> {
	const { database, clock } = context;
	const { id } = operation;
	const end = (how: Parameters<typeof endOperation>[2]) =>
		database.transaction(async (transaction) => {
			// The file of one that was cancelled is kept, so that it can be gone on with.
			if (await endOperation(transaction, id, how, clock.now())) await dropFile(transaction, id);
		});
	try {
		const file = await keptFile(database, id);
		if (!file) return;
		const facts = await surveyOf(file);
		if (operation.done === 0 && file.digest !== null)
			refuseOtherPlan(file.digest, file, await previewOf(context, file));
		if (await takeIn(context, operation, { file, facts, stopping })) {
			await end({ state: 'done', result: await summaryOf(database, id) });
			context.afterStep('import_ended');
		}
	} catch (error) {
		if (error instanceof TakenOver) return;
		const told = toPublicError(error);
		if (told.status >= 500) {
			context.log.error('import_broke_off', { error });
			if ((await countFailure(database, id)) < TRIES) return;
		}
		await end({ state: 'failed', problem: { title: told.message, code: told.code } });
	}
}

/** Whether it came to the end of the file. */
async function takeIn(
	context: Context,
	operation: OperationRow,
	{ file, facts, stopping }: { file: KeptFile; facts: FileFacts; stopping: () => boolean },
): Promise<boolean> {
	const catalog = await Catalog.load(context, facts, file.of ?? null);
	let done = 0;
	let batch: FileRow[] = [];

	const write = (plan: () => readonly Planned[], rows: number) =>
		context.database.transaction(async (transaction) => {
			if (!(await holdImport(transaction, operation.id, done))) throw new TakenOver();
			// Whoever else makes branches there waits until this batch is counted; what there is room for may be less than at the batch before.
			if (file.of) catalog.limitTo(await holdRoom(transaction, file.of));
			const planned = plan();
			await carryOutActs(
				context,
				transaction,
				planned.flatMap(({ acts }) => acts),
			);
			await addImportRows(
				transaction,
				operation.id,
				planned.map(({ result }) => result),
			);
			await setProgress(transaction, operation.id, done + rows, facts.rows);
		});

	async function flush(): Promise<void> {
		if (batch.length === 0) return;
		await write(() => batch.map((row) => catalog.plan(row)), batch.length);
		done += batch.length;
		batch = [];
		context.afterStep('import_batch');
	}

	for await (const row of (await rowsOf(file)).rows as AsyncIterable<FileRow>) {
		if (done < operation.done) {
			catalog.passOver(row);
			done++;
			continue;
		}
		batch.push(row);
		if (batch.length < BATCH) continue;
		await flush();
		if (stopping()) return false;
	}
	await flush();
	await write(() => catalog.missing(), 0);
	return true;
}
