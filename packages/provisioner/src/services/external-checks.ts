import { digestDocument } from '@understory/transparency-log/signed-document.ts';
import type { Context } from '../context.ts';
import { readServer } from '../external/read-server.ts';
import { askServer } from '../external/server-asker.ts';
import { type ServerFault, ServerUnread } from '../external/server-fault.ts';
import { alone } from '../store/database.ts';
import {
	dueExternalServers,
	type ExternalServerRow,
	findExternalServer,
	keepLook,
	keepVersion,
} from '../store/external-servers.ts';
import { big, type LibraryRow } from '../store/rows.ts';
import { isUuid } from '../store/uuid.ts';
import { CHECK_EVERY, notThere } from './external-servers.ts';

/** When one that could not be read is tried again, in milliseconds. */
const TRY_AGAIN = 6 * 60 * 60_000;
/** Servers that one round looks at; whoever is left comes with the next, a minute later. */
const IN_A_ROUND = 20;

/**
 * Looks at every server whose day is over, as the only one of all processes. Answers with the libraries whose register says something else now.
 * `signal` ends it between two servers, and the one that is asked.
 */
export async function checkDueServers(context: Context, signal: AbortSignal): Promise<readonly string[]> {
	const touched = await alone(context.locks, 'external-servers', async () => {
		const libraries = new Set<string>();
		for (const row of await dueExternalServers(context.database, context.clock.now(), IN_A_ROUND)) {
			if (signal.aborted) break;
			await look(context, row, signal);
			libraries.add(row.library);
		}
		return [...libraries];
	});
	return touched ?? [];
}

/** Asks a server now, because somebody wants it, and keeps nothing. Throws `NotFound`. */
export async function askNow(context: Context, library: LibraryRow, id: string): Promise<Look> {
	const row = isUuid(id) ? await findExternalServer(context.database, library.id, id) : undefined;
	if (!row) throw notThere();
	return { row, read: await readOf(context, row) };
}

/** What a server said when it was asked, or why it could not be read. */
export interface Look {
	readonly row: ExternalServerRow;
	readonly read: Awaited<ReturnType<typeof readServer>> | ServerUnread;
}

async function look(context: Context, row: ExternalServerRow, signal?: AbortSignal): Promise<void> {
	const read = await readOf(context, row, signal);
	// Whoever ends this process is no fault of the server.
	if (!signal?.aborted) await keepWhatWasSaid(context, { row, read });
}

async function readOf(
	{ outgoing }: Context,
	row: ExternalServerRow,
	signal?: AbortSignal,
): Promise<Look['read']> {
	return readServer(askServer(outgoing, row.origin, signal), row.host).catch((error: unknown) =>
		error instanceof ServerUnread ? error : new ServerUnread('unreadable', { cause: error }),
	);
}

/** Keeps what a server said. What cannot be read changes nothing that is known, and only says since when that is so. */
export async function keepWhatWasSaid(context: Context, { row, read }: Look): Promise<void> {
	const { database, clock } = context;
	if (read instanceof ServerUnread) return failed(context, row, read.code);
	const read_at = clock.now();
	await database.transaction(async (transaction) => {
		await keepVersion(transaction, { server: row.id, sha256: digestDocument(read), document: read, read_at });
		await keepLook(transaction, row.id, {
			read_at,
			next_check: read_at + CHECK_EVERY,
			failing_since: null,
			fault: null,
		});
	});
	context.afterStep('external_server_read');
}

async function failed(
	{ database, clock }: Context,
	row: ExternalServerRow,
	fault: ServerFault,
): Promise<void> {
	const now = clock.now();
	const failing_since = row.failing_since === null ? now : big(row.failing_since);
	await keepLook(database, row.id, { failing_since, fault, next_check: now + TRY_AGAIN });
}
