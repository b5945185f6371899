import { NotFound } from '@understory/core/errors.ts';
import type { Context } from '../context.ts';
import type { Act } from '../data/act.ts';
import type { Statement } from '../data/statement.ts';
import type { Unsealed } from '../data/unsealed.ts';
import type { Library } from '../registers.ts';
import { disclosuresOf } from '../store/entries.ts';
import { leafOf } from '../store/sequence.ts';
import { type LibraryHandler, part } from './library-handler.ts';
import { open, proofOf } from './log-handlers.ts';

/** `GET /statements/{id}.tlog-proof` (C2SP tlog-proof v1): the receipt; of a sealed one that was made public, of the leaf that stands for it. */
export function serveProof(context: Context): LibraryHandler {
	return async (library, request, response) => {
		const id = part(request, 'id');
		const entry =
			(await madePublic(context, library, id))?.statement ?? (await publishedEntry(context, library, id));
		const proof = await proofOf(context.logs, library, entry);
		open(response).set('cache-control', 'public, max-age=5').type('text/plain; charset=utf-8').send(proof);
	};
}

/** `GET /statements/{id}.json`: the exact bytes that are in the log, for whoever wants to check the receipt. */
export function serveEntry(context: Context): LibraryHandler {
	return async (library, request, response) => {
		const id = part(request, 'id');
		const opened = await madePublic(context, library, id);
		const { row } = opened?.statement ?? (await publishedEntry(context, library, id));
		// What can be taken back is kept by nobody on the way.
		const caching = row.sealed ? 'no-cache' : 'public, max-age=31536000, immutable';
		const bytes = Buffer.from(leafOf(row), 'utf8');
		open(response).set('cache-control', caching).type('application/json').send(bytes);
	};
}

/**
 * `GET /disclosures/{id}.json`: the salted texts that the entry commits to and that are public (RFC 9901), so that anybody can check them. Of a sealed decision that the person affected
 * made public the first of them is the whole entry, to which the leaf commits.
 */
export function serveDisclosures(context: Context): LibraryHandler {
	return async (library, request, response) => {
		const id = part(request, 'id');
		const unsealed = await context.statements.unsealed(library, id);
		const opened = await madePublic(context, library, id);
		const { row } = opened?.statement ?? (await publishedEntry(context, library, id));
		const own = row.sealed
			? []
			: (await disclosuresOf(context.database.db, [id])).map((one) => one.disclosure);
		const shown = (unsealed?.words ?? []).map(({ disclosure }) => disclosure);
		const disclosures = [...new Set([...(row.seal === null ? [] : [row.seal]), ...own, ...shown])];
		open(response).set('cache-control', 'no-cache').json({ entry: id, disclosures });
	};
}

/** A sealed decision that the person affected made public; null for any other. */
async function madePublic(context: Context, library: Library, id: string): Promise<Unsealed | null> {
	const unsealed = await context.statements.unsealed(library, id);
	return unsealed?.state === 'published' && unsealed.statement.row.sealed ? unsealed : null;
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
