import { NotFound } from '@understory/core/errors.ts';
import type { Log } from '@understory/transparency-log/log.ts';
import { parseTilePath, tileWidth } from '@understory/transparency-log/tiles.ts';
import { looksLikeYearLink } from '@understory/transparency-log/year-link.ts';
import type { Request } from 'express';
import type { Context } from '../context.ts';
import type { Statement } from '../data/statement.ts';
import type { Logs } from '../publish/logs.ts';
import type { Library } from '../registers.ts';
import { type LibraryHandler, part } from './library-handler.ts';

const NO_LOG = 'This library has no log of that year.';

/** `GET /log/{year}/checkpoint` (C2SP tlog-tiles v0.1.0): cached for seconds only. */
export function serveCheckpoint({ logs }: Context): LibraryHandler {
	return async (library, request, response) => {
		const note = await logs.read(library, yearOf(request.params.year), 'checkpoint');
		if (!note) throw new NotFound(NO_LOG);
		open(response).set('cache-control', 'public, max-age=5').type('text/plain; charset=utf-8').send(note);
	};
}

/** `GET /log/{year}/tile/…`: hashes and bundles that stand under a checkpoint. They never change. */
export function serveTile({ logs }: Context): LibraryHandler {
	return async (library, request, response) => {
		const year = yearOf(request.params.year);
		const path = `tile/${part(request, 'path')}`;
		const tile = parseTilePath(path);
		// What was written and not yet signed may still become something else, so it is not shown.
		const width = tile ? tileWidth(tile.level, tile.index, await publishedSize(logs, library, year)) : 0;
		const bytes = tile && tile.width <= width ? await logs.read(library, year, path) : null;
		if (!bytes) throw new NotFound('The log has no such tile.');
		const immutable = 'public, max-age=31536000, immutable';
		open(response).set('cache-control', immutable).type('application/octet-stream').send(bytes);
	};
}

/** `GET /log/{year}/year-before`: the first entry of a year's log, the last state of the year before. It never changes. */
export function serveYearBefore({ logs }: Context): LibraryHandler {
	return async (library, request, response) => {
		const { entry } = await linkedLog(logs, library, request);
		const immutable = 'public, max-age=31536000, immutable';
		open(response).set('cache-control', immutable).type('text/plain; charset=utf-8').send(entry);
	};
}

/** `GET /log/{year}/year-before.tlog-proof`: its receipt. */
export function serveYearBeforeProof({ logs }: Context): LibraryHandler {
	return async (library, request, response) => {
		const { log } = await linkedLog(logs, library, request);
		const proof = await log.proof(0);
		open(response).set('cache-control', 'public, max-age=5').type('text/plain; charset=utf-8').send(proof);
	};
}

async function linkedLog(
	logs: Logs,
	library: Library,
	request: Request,
): Promise<{ log: Log; entry: Buffer }> {
	const year = yearOf(request.params.year);
	if ((await publishedSize(logs, library, year)) > 0) {
		const log = await logHolding(logs, library, year, 0);
		const entry = await log.entry(0);
		if (looksLikeYearLink(entry, log.vkey)) return { log, entry };
	}
	throw new NotFound('This is the first year of the log; none comes before it.');
}

/** The receipt of a statement: a `.tlog-proof` against the newest checkpoint of its log. */
export async function proofOf(
	logs: Logs,
	library: Library,
	{ row }: Pick<Statement, 'row'>,
): Promise<string> {
	const index = row.log_index ?? -1;
	const log = await logHolding(logs, library, row.log_year ?? 0, index);
	return log.proof(index);
}

/** The log of a year, looked at again when another process has appended since. */
async function logHolding(logs: Logs, library: Library, year: number, index: number): Promise<Log> {
	const log = await logs.open(library, year);
	if (index < log.checkpoint().size) return log;
	logs.forget(library, year);
	return logs.open(library, year);
}

async function publishedSize(logs: Logs, library: Library, year: number): Promise<number> {
	const size = await logs.size(library, year);
	if (size === null) throw new NotFound(NO_LOG);
	return size;
}

function yearOf(text: unknown): number {
	if (typeof text !== 'string' || !/^[1-9]\d{3}$/.test(text)) throw new NotFound(NO_LOG);
	return Number(text);
}

/** The log is for everybody's tools, those in a browser too. */
export function open<R extends { set(name: string, value: string): R }>(response: R): R {
	return response.set('access-control-allow-origin', '*').set('cross-origin-resource-policy', 'cross-origin');
}
