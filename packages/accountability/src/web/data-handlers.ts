import { createHash } from 'node:crypto';
import { contactsDocument } from '@understory/core/contact-versions.ts';
import { NotFound } from '@understory/core/errors.ts';
import { securityTxt } from '@understory/core/security-txt.ts';
import { canonicalize } from '@understory/transparency-log/jcs.ts';
import { digestDocument } from '@understory/transparency-log/signed-document.ts';
import type { Request, Response } from 'express';
import type { Context } from '../context.ts';
import { CSV_METADATA } from '../data/csv-metadata.ts';
import { jsonText } from '../data/downloads.ts';
import { LICENCE } from '../data/licence.ts';
import { publishedSchema } from '../intake/entry-schema.ts';
import { DOCUMENTS, keptDocument } from '../site/documents.ts';
import { type LibraryHandler, part } from './library-handler.ts';
import { open } from './log-handlers.ts';
import { sendKept } from './page-handlers.ts';

/** `GET /<name>` of a feed or a download, from its file, open to every origin. */
export function serveDocument(context: Context, name: string): LibraryHandler {
	const { type } = DOCUMENTS[name]!;
	return async (library, _request, response) => {
		const kept = await keptDocument(context, library, name);
		if (name.endsWith('.csv')) response.attachment(name);
		open(response).set('cache-control', 'public, no-cache').set('content-type', type);
		response.links({ license: LICENCE });
		if (name === 'statements.csv') response.links({ describedby: `${library.origin}/${CSV_METADATA}` });
		sendKept(response, kept);
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

/** `GET /branches/{host}/contacts.json`: the canonical bytes whose SHA-256 the log names. */
export function serveContacts({ registers }: Context): LibraryHandler {
	return (library, request, response) => {
		const branch = registers.branch(library.id, part(request, 'host'));
		if (!branch) throw new NotFound('This library has no branch of that name.');
		const text = canonicalize(contactsDocument(branch, library.register.contacts));
		document(request, response, 'application/json', text);
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
function document(request: Request, response: Response, type: string, text: string, tag = tagOf(text)): void {
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
