import { NotFound } from '@understory/core/errors.ts';
import { MAX_REQUEST } from '@understory/transparency-log/witness.ts';
import express, { type RequestHandler } from 'express';
import type { Context } from '../context.ts';
import { type LibraryHandler, part } from './library-handler.ts';
import { open } from './log-handlers.ts';

/** Reads the text of `add-checkpoint`, whatever type it is sent with. */
export function checkpointBody(): RequestHandler {
	return express.text({ limit: MAX_REQUEST, type: () => true });
}

/** `POST /witness/add-checkpoint` (C2SP tlog-witness v1.0.0). */
export function addCheckpoint({ ownWitness }: Context): LibraryHandler {
	return async (library, request, response) => {
		const body: unknown = request.body;
		const answer = await ownWitness.addCheckpoint(library, typeof body === 'string' ? body : '');
		response
			.status(answer.status)
			.set('cache-control', 'no-store')
			.type(answer.contentType)
			.send(answer.body);
	};
}

/** `GET /witness/{hash}/checkpoint`: what this library saw last of another's log, for whoever compares. */
export function serveWitnessed({ ownWitness }: Context): LibraryHandler {
	return async (library, request, response) => {
		const note = await ownWitness.latest(library, part(request, 'hash'));
		if (note === null) throw new NotFound('This library watches no such log, or has not seen it yet.');
		open(response).set('cache-control', 'public, max-age=5').type('text/plain; charset=utf-8').send(note);
	};
}

/** `GET /witness`: the key that its lines are checked with. */
export function serveWitnessKey({ ownWitness }: Context): LibraryHandler {
	return async (library, _request, response) => {
		const vkey = await ownWitness.vkey(library);
		open(response)
			.set('cache-control', 'public, max-age=3600')
			.type('text/plain; charset=utf-8')
			.send(`${vkey}\n`);
	};
}
