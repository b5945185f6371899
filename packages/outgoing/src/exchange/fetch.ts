import { OutgoingFailure } from '../failure.ts';
import type { Outgoing, OutgoingResponse } from '../outgoing.ts';
import { isRedirect } from './redirect.ts';

/** How many redirects a library's `fetch` follows when it asks for following. */
const REDIRECTS = 5;

/** The client in the form libraries expect. Differs from the platform's own in that it never sends or gives a Blob or a live stream. */
export function fetchThrough(send: Outgoing['request']): typeof globalThis.fetch {
	return async (input, init) => {
		const asked = new Request(input, init);
		const body = asked.body ? Buffer.from(await asked.arrayBuffer()) : null;
		const answer = await send({
			url: asked.url,
			method: asked.method,
			headers: Object.fromEntries(asked.headers),
			body,
			redirects: asked.redirect === 'follow' ? REDIRECTS : 0,
			signal: asked.signal,
		});
		if (asked.redirect === 'error' && isRedirect(answer.status)) throw new TypeError('unexpected redirect');
		return toResponse(answer);
	};
}

function toResponse(answer: OutgoingResponse): Response {
	// What `Response` cannot hold is no answer a library could use.
	if (answer.status < 200 || answer.status > 599)
		throw new OutgoingFailure('unreadable', { detail: 'status' });
	const headers = new Headers();
	for (const [name, value] of Object.entries(answer.headers)) {
		for (const one of name === 'set-cookie' ? value.split('\n') : [value]) headers.append(name, one);
	}
	const empty = answer.status === 204 || answer.status === 205 || answer.status === 304;
	const response = new Response(empty ? null : new Uint8Array(answer.body), {
		status: answer.status,
		headers,
	});
	Object.defineProperty(response, 'url', { value: answer.url });
	return response;
}
