import { type DocumentLoader, FetchError } from '@fedify/vocab-runtime';
import { originOf } from '@understory/core/scope.ts';
import type { OutgoingResponse } from '@understory/outgoing/outgoing.ts';
import { isActivityType } from '../http/negotiation.ts';
import type { LocalActor } from '../ports.ts';
import { readForeignJson } from '../receive/foreign-json.ts';
import type { Knock } from '../send/knock.ts';

/** The largest document we read, in bytes. */
const MAX_DOCUMENT = 1_000_000;
const TIMEOUT = 10_000;
const MAX_REDIRECTS = 3;

/**
 * Loads documents from other servers through the one guarded client, signed by the branch's own actor (authorized fetch,
 * reference/fediverse.md 5). Each hop is signed anew, and every hop stays on the origin it began at: an object is only believed
 * when it comes from where its id says it lives (FEP-fe34). Throws FetchError, with the response when there was one.
 */
export function createLoader(parts: { knock: Knock; signer(): Promise<LocalActor> }): DocumentLoader {
	return async (address) => {
		const origin = originOf(address);
		// A key is a part of its actor's document; the part has no place on the request line.
		let url = withoutFragment(address);
		for (let hop = 0; hop <= MAX_REDIRECTS; hop++) {
			const answer = await parts.knock({ method: 'GET', url }, await parts.signer(), {
				timeoutMs: TIMEOUT,
				maxBytes: MAX_DOCUMENT,
				redirects: 0,
			});
			const location = answer.headers.location;
			if (answer.status < 300 || answer.status >= 400 || location === undefined) return read(url, answer);
			if (!URL.canParse(location, url)) throw new FetchError(url, 'It redirects to no address.');
			url = new URL(location, url).href;
			if (originOf(url) !== origin) throw new FetchError(url, 'It redirects to another server.');
		}
		throw new FetchError(url, 'It redirects too often.');
	};
}

/** Remembers what one piece of work has loaded, so that a key and its actor are fetched once. Failures are not remembered. */
export function remembering(load: DocumentLoader): DocumentLoader {
	const loaded = new Map<string, ReturnType<DocumentLoader>>();
	return async (address, options) => {
		const url = withoutFragment(address);
		const known = loaded.get(url);
		if (known) return known;
		const document = load(url, options);
		loaded.set(url, document);
		document.catch(() => loaded.delete(url));
		return document;
	};
}

function read(url: string, answer: OutgoingResponse) {
	if (answer.status < 200 || answer.status >= 300) {
		const response = new Response(null, { status: answer.status === 204 ? 502 : answer.status });
		throw new FetchError(url, `HTTP ${answer.status}`, response);
	}
	if (!isActivityType(answer.headers['content-type'])) {
		throw new FetchError(url, 'It is no ActivityPub document.');
	}
	try {
		const document = readForeignJson(answer.body);
		return { contextUrl: null, document, documentUrl: url };
	} catch (error) {
		if (!(error instanceof SyntaxError)) throw error;
		throw new FetchError(url, 'It is no JSON that can be read.');
	}
}

function withoutFragment(address: string): string {
	const url = new URL(address);
	url.hash = '';
	return url.href;
}
