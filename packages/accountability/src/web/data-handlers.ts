import { createHash } from 'node:crypto';
import { NotFound } from '@understory/core/errors.ts';
import { securityTxt } from '@understory/core/security-txt.ts';
import { digestDocument } from '@understory/transparency-log/signed-document.ts';
import type { Request, Response } from 'express';
import type { Context } from '../context.ts';
import { branchesJson } from '../data/branches-json.ts';
import { checksums, downloads, jsonText } from '../data/downloads.ts';
import { statementsCsv } from '../data/statements-csv.ts';
import { publishedSchema } from '../intake/entry-schema.ts';
import { type LibraryHandler, part } from './library-handler.ts';
import { open } from './log-handlers.ts';

/** `GET /branches.json`. */
export function serveBranches({ clock }: Context): LibraryHandler {
	return (library, request, response) => {
		document(request, response, 'application/json', jsonText(branchesJson(library, clock.now())));
	};
}

/** `GET /schemas/entry-v1.json`: what the leaves of the log must be (JSON Schema, draft 7). */
export function serveSchema(): LibraryHandler {
	return ({ origin }, request, response) => {
		const schema = publishedSchema(`${origin}/schemas/entry-v1.json`);
		document(request, response, 'application/schema+json', jsonText(schema));
	};
}

/** `GET /.well-known/security.txt` (RFC 9116). */
export function serveSecurity({ clock }: Context): LibraryHandler {
	return ({ register, origin }, request, response) => {
		const text = securityTxt({
			contacts: register.contacts,
			languages: register.library.languages,
			canonical: `${origin}/.well-known/security.txt`,
			page: `${origin}/`,
			now: clock.now(),
		});
		document(request, response, 'text/plain; charset=utf-8', text);
	};
}

/** `GET /statements.csv`. */
export function serveStatementsCsv({ statements }: Context): LibraryHandler {
	return async (library, request, response) => {
		response.attachment('statements.csv');
		const text = statementsCsv(await statements.list(library));
		document(request, response, 'text/csv; charset=utf-8; header=present', text);
	};
}

/** `GET /data/entries.jsonl`. */
export function serveEntries(context: Context): LibraryHandler {
	return async (library, request, response) => {
		const files = await downloads(context, library);
		const { type, text } = files.find(({ path }) => path === 'data/entries.jsonl')!;
		document(request, response, type, text);
	};
}

/** `GET /data/SHA256SUMS`. */
export function serveChecksums(context: Context): LibraryHandler {
	return async (library, request, response) => {
		document(request, response, 'text/plain; charset=utf-8', checksums(await downloads(context, library)));
	};
}

/** `GET /neighborhoods/{id}/roster`: the signed roster as the steward made it (DESIGN 5.10). */
export function serveRoster({ registers }: Context): LibraryHandler {
	return (library, request, response) => {
		const roster = registers.roster(library.id, part(request, 'id'));
		if (!roster) throw new NotFound('This library publishes no neighborhood of that name.');
		const tag = `"${roster.version}-${digestDocument(roster).slice(7, 23)}"`;
		document(request, response, 'application/json', jsonText(roster), tag);
	};
}

/** Answers with a public document: an ETag of its content, revalidated each time, open to every origin (RFC 9110 13.1.2). */
export function document(
	request: Request,
	response: Response,
	type: string,
	text: string,
	tag = tagOf(text),
): void {
	open(response).set('etag', tag).set('cache-control', 'public, no-cache');
	const known = (request.headers['if-none-match'] ?? '')
		.split(',')
		.map((one) => one.trim().replace(/^W\//, ''));
	if (known.includes(tag) || known.includes('*')) {
		response.status(304).end();
		return;
	}
	response.type(type).send(text);
}

function tagOf(text: string): string {
	return `"${createHash('sha256').update(text).digest('base64url').slice(0, 22)}"`;
}
