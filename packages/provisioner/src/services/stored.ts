import { Malformed } from '@understory/core/errors.ts';
import { STORED_KINDS, type StoredReport } from '@understory/core/stored.ts';
import type { Context } from '../context.ts';
import type { Database } from '../store/database.ts';
import { endOperation, findOperation, openOperations } from '../store/operations.ts';
import type { LibraryRow } from '../store/rows.ts';
import { beginOperation } from './operations.ts';

/** The kind of operation that ends with the bridge's counts. */
export const PRIVACY_REPORT = 'privacy_report';

/** Asks the bridge what it keeps about the patrons of a library. Counts only: nobody is in them. */
export function askWhatIsStored(context: Context, library: LibraryRow, by: string): Promise<string> {
	return beginOperation(context, { kind: PRIVACY_REPORT, library: library.id, branch: null, by, total: 1 });
}

/** What the bridge is still asked to count. */
export async function openCounts(database: Database): Promise<{ library: string; operation: string }[]> {
	const open = await openOperations(database);
	return open.flatMap(({ id, kind, library }) =>
		kind === PRIVACY_REPORT && library !== null ? [{ library, operation: id }] : [],
	);
}

/** Takes the bridge's answer. Throws `Malformed` for anything but counts of the known kinds. */
export async function takeStored(context: Context, body: unknown): Promise<void> {
	const { library, operation, lines } = (body ?? {}) as StoredReport;
	const inForm =
		Array.isArray(lines) &&
		lines.every(
			(line) => STORED_KINDS.includes(line?.kind) && Number.isSafeInteger(line.count) && line.count >= 0,
		);
	const asked = await findOperation(context.database, String(operation));
	if (!inForm || asked?.kind !== PRIVACY_REPORT || asked.library !== library) {
		throw new Malformed('This is not an answer to what was asked.');
	}
	const result = { lines: lines.map(({ kind, count }) => ({ kind, count })) };
	await endOperation(context.database, operation, { state: 'done', result }, context.clock.now());
}
