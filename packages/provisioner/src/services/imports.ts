import { BadInput, Conflict, NotFound, PublicError, TooLarge } from '@understory/core/errors.ts';
import type { Context } from '../context.ts';
import { type Preview, previewOf, refuseOtherPlan } from '../imports/preview.ts';
import type { ImportFile } from '../imports/read-file.ts';
import {
	addImportRows,
	countOpenImports,
	forgetOlderPreviews,
	forgetPreviews,
	handOnFile,
	keepFile,
	keptFile,
} from '../store/imports.ts';
import { endOperation, findOperation, insertOperation, setProgress } from '../store/operations.ts';
import type { OperationRow } from '../store/rows.ts';

/** The largest file in bytes: 32 MiB, which is six times the whole survey. */
export const LARGEST_FILE = 32 * 1024 * 1024;
/** How long a preview is kept, in milliseconds. */
const KEEP_PREVIEWS = 7 * 86_400_000;
/** So many previews of one library are kept, and so many of its files wait at once: what it sends holds up and fills nothing of others. */
const PREVIEWS_OF_ONE = 20;
const OPEN_OF_ONE = 5;

/** Reads a file to its end. Throws `TooLarge`. */
export async function wholeFile(bytes: AsyncIterable<Uint8Array>): Promise<Buffer> {
	const parts: Uint8Array[] = [];
	let length = 0;
	for await (const part of bytes) {
		length += part.length;
		if (length > LARGEST_FILE)
			throw new TooLarge('This file is too large. A file of libraries may have 32 MB; send it in parts.');
		parts.push(part);
	}
	return Buffer.concat(parts);
}

/**
 * Writes down that a file is to be taken in, and returns the operation's id; whoever carries out imports finds it there. With the digest of a
 * preview the plan has to be that one still. Throws `Conflict` when it is not, when nothing of it would be taken in, or when many of the library's
 * own files wait already.
 */
export async function askForImport(
	context: Context,
	{ digest, ...file }: ImportFile & { readonly digest: string | null },
	by: string,
): Promise<string> {
	if (file.of && (await countOpenImports(context.database, file.of)) >= OPEN_OF_ONE)
		throw new Conflict(
			`${OPEN_OF_ONE} files of this library wait already. Send the next one when they are taken in.`,
			'imports_wait',
		);
	if (digest !== null) refuseOtherPlan(digest, file, await previewOf(context, file));
	const id = context.randomId();
	await context.database.transaction(async (transaction) => {
		await insertOperation(transaction, about('import', id, by, context.clock.now(), file.of));
		await keepFile(transaction, id, { ...file, digest });
	});
	context.afterStep('import_asked');
	return id;
}

/** Does what a preview showed. Throws `NotFound` when it is not kept any more, `Conflict` when it would not do the same now, or nothing. */
export async function confirmPreview(
	context: Context,
	preview: string,
	digest: string,
	by: string,
): Promise<string> {
	const file = await fileOfPreview(context, preview);
	return askForImport(context, { ...file, digest }, by);
}

/**
 * Goes on with an import that was cancelled, as one of its own id: rows that were taken in are found unchanged. Once for each. Throws `Conflict` for one that was not
 * cancelled, whose file is not kept any more, or that somebody went on with before.
 */
export async function resumeImport(
	context: Context,
	cancelled: OperationRow,
	{ id, by }: { readonly id: string; readonly by: string },
): Promise<void> {
	if (cancelled.kind !== 'import' || cancelled.problem?.code !== 'cancelled')
		throw new Conflict('Only an import that was cancelled can be gone on with.', 'not_cancelled');
	await context.database.transaction(async (transaction) => {
		if (await findOperation(transaction, id)) return;
		await insertOperation(transaction, about('import', id, by, context.clock.now(), cancelled.library));
		if (await handOnFile(transaction, cancelled.id, id)) return;
		const sentence = 'Somebody went on with this import already, or its file is not kept any more.';
		throw new Conflict(sentence, 'not_resumable');
	});
	context.afterStep('import_asked');
}

/** Says what a file would do as an operation that has ended: its rows are kept for a week, and nothing else is done. */
export async function startPreview(context: Context, file: ImportFile, by: string): Promise<string> {
	const { database, clock } = context;
	const now = clock.now();
	await forgetPreviews(database, now - KEEP_PREVIEWS);
	if (file.of) await forgetOlderPreviews(database, file.of, PREVIEWS_OF_ONE - 1);
	const id = context.randomId();
	const preview = await previewOrFault(context, file);
	await database.transaction(async (transaction) => {
		await insertOperation(transaction, about('import_preview', id, by, now, file.of));
		if (preview instanceof PublicError) {
			const problem = { title: preview.message, code: preview.code };
			return endOperation(transaction, id, { state: 'failed', problem }, now);
		}
		const { results, summary, digest } = preview;
		await keepFile(transaction, id, { ...file, digest: null });
		await addImportRows(transaction, id, results);
		await setProgress(transaction, id, summary.rows, summary.rows);
		await endOperation(transaction, id, { state: 'done', result: { ...summary, digest } }, now);
	});
	return id;
}

/** Looks at the file of a preview anew. Throws `NotFound` when it is not kept any more. */
export async function previewAgain(context: Context, preview: string, by: string): Promise<string> {
	return startPreview(context, await fileOfPreview(context, preview), by);
}

async function fileOfPreview(context: Context, preview: string): Promise<ImportFile> {
	const operation = await findOperation(context.database, preview);
	const file = operation?.kind === 'import_preview' ? await keptFile(context.database, preview) : null;
	if (!file) throw new NotFound('This preview is not kept any more. Send the file again.');
	return { bytes: file.bytes, only: file.only, of: file.of ?? null };
}

async function previewOrFault(context: Context, file: ImportFile): Promise<Preview | PublicError> {
	try {
		return await previewOf(context, file);
	} catch (error) {
		if (error instanceof BadInput) return error;
		throw error;
	}
}

function about(kind: string, id: string, created_by: string, created: number, of: string | null = null) {
	return { id, kind, library: of, branch: null, created_by, created };
}
