import { NotFound } from '@understory/core/errors.ts';
import type { Context } from '../context.ts';
import type { Act } from '../data/act.ts';
import type { Statement } from '../data/statement.ts';
import type { Library } from '../registers.ts';
import { type LibraryHandler, part } from './library-handler.ts';
import { open, proofOf } from './log-handlers.ts';

/** `GET /statements/{id}.tlog-proof` (C2SP tlog-proof v1): the receipt. */
export function serveProof(context: Context): LibraryHandler {
	return async (library, request, response) => {
		const entry = await publishedEntry(context, library, part(request, 'id'));
		const proof = await proofOf(context.logs, library, entry);
		open(response).set('cache-control', 'public, max-age=5').type('text/plain; charset=utf-8').send(proof);
	};
}

/** `GET /statements/{id}.json`: the exact bytes that are in the log, for whoever wants to check the receipt. */
export function serveEntry(context: Context): LibraryHandler {
	return async (library, request, response) => {
		const { row } = await publishedEntry(context, library, part(request, 'id'));
		const bytes = Buffer.from(row.entry, 'utf8');
		const immutable = 'public, max-age=31536000, immutable';
		open(response).set('cache-control', immutable).type('application/json').send(bytes);
	};
}

/** A published entry of any kind. Throws as `published` does. */
async function publishedEntry(context: Context, library: Library, id: string): Promise<Statement | Act> {
	return (await context.statements.act(library, id)) ?? published(context, library, id);
}

/** A published statement. Throws `NotFound` with a sentence for one that waits, and one for what is not there. */
export async function published(context: Context, library: Library, id: string): Promise<Statement> {
	const statement = await context.statements.one(library, id);
	if (statement === 'waiting') {
		throw new NotFound('This decision was received and is not published yet. Come back tomorrow.');
	}
	if (statement === 'sealed') {
		throw new NotFound(
			'This decision is counted with those of other small branches, and not shown, so that nobody is recognized. Its author can read it at the branch.',
		);
	}
	if (!statement) throw new NotFound('There is no statement of that number.');
	return statement;
}
