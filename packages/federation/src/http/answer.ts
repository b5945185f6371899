import type { PublicError } from '@understory/core/errors.ts';
import type { Response } from 'express';
import { ACTIVITY_JSON } from '../wire/addresses.ts';
import type { Json } from '../wire/post.ts';

/** Who may keep an answer: anybody, or only the server that asked (reference/fediverse.md 2.4). */
export type Keeping = 'anybody' | 'asker';

const KEEPING: Record<Keeping, string> = {
	// Asked again each time: what a host hides is gone at once.
	anybody: 'public, max-age=0, must-revalidate',
	asker: 'private, no-store',
};

/** Answers with an ActivityPub document. What is at these addresses depends on who asks, so every answer says on what. */
export function sendDocument(response: Response, document: Json | Buffer, keeping: Keeping): void {
	const body = Buffer.isBuffer(document) ? document : Buffer.from(JSON.stringify(document));
	vary(response, keeping).type(ACTIVITY_JSON).send(body);
}

/** 404 in the one form it has here, whether there is nothing or nothing for this asker: existence is itself information. */
export function sendNothing(response: Response): void {
	problem(vary(response, 'asker'), 404, 'not_found', 'There is nothing at this address.');
}

/** 410 with a tombstone (ActivityPub 6.11), for somebody who deleted their account. `path` is theirs. */
export function sendGone(response: Response, path: string): void {
	const document = { '@context': 'https://www.w3.org/ns/activitystreams', id: path, type: 'Tombstone' };
	sendDocument(response.status(410), document, 'anybody');
}

/** Answers with an error that was meant for others to read (RFC 9457). */
export function sendProblem(response: Response, error: PublicError): void {
	if (error.retryAfter !== undefined) response.set('Retry-After', String(error.retryAfter));
	// What is left of a refused body is read and thrown away, so that the sender gets to see the answer.
	if (error.status === 413) response.set('Connection', 'close').req.resume();
	problem(response.set('Cache-Control', 'private, no-store'), error.status, error.code, error.message);
}

function vary(response: Response, keeping: Keeping): Response {
	return response.set('Vary', 'Accept, Signature, Signature-Input').set('Cache-Control', KEEPING[keeping]);
}

function problem(response: Response, status: number, code: string, detail: string): void {
	const body = { type: 'about:blank', status, code, detail };
	response
		.status(status)
		.type('application/problem+json')
		.send(Buffer.from(JSON.stringify(body)));
}
