import { signRequest } from '@fedify/fedify/sig';
import type { Clock } from '@understory/core/clock.ts';
import type { LocalActor } from '../ports.ts';
import { ACTIVITY_JSON, type Addresses, keysOf } from '../wire/addresses.ts';
import { instant } from './instant.ts';
import type { KeyPairs } from './keys.ts';

/** A request to another server. */
export interface Unsigned {
	readonly method: 'GET' | 'POST';
	readonly url: string;
	/** Only with GET; an ActivityPub document unless it says otherwise. */
	readonly accept?: string;
	/** Only with POST. */
	readonly body?: Buffer;
	/** More of them, signed as well. */
	readonly headers?: Readonly<Record<string, string>>;
}

/** A standard of HTTP signatures: draft-cavage-http-signatures-12, or RFC 9421. */
export type Standard = 'cavage' | 'rfc9421';

/** The headers that make a request ours. */
export type Sign = (
	request: Unsigned,
	sender: Pick<LocalActor, 'id' | 'kind'>,
	standard: Standard,
) => Promise<Record<string, string>>;

/**
 * Signs with Fedify, RSA, over method, target, host, date, and for a body its digest, in either standard. The signature is on the request alone, never in the document, so that a copy
 * proves nothing to a third server.
 */
export function createSign(clock: Clock, at: Addresses, keyPairs: KeyPairs): Sign {
	return async ({ method, url, body, accept = ACCEPT, headers: more = {} }, sender, standard) => {
		const { privateKey } = await keyPairs(keysOf(sender));
		const bytes = body === undefined ? null : new Uint8Array(body).buffer;
		const [name, value] = method === 'GET' ? ['accept', accept] : ['content-type', ACTIVITY_JSON];
		const headers: Record<string, string> = { ...more, [name]: value };
		const request = new Request(url, { method, headers, body: bytes });
		const currentTime = instant(clock.now());
		const signed = await signRequest(request, privateKey, new URL(at.key(sender)), {
			currentTime,
			body: bytes,
			spec: standard === 'rfc9421' ? 'rfc9421' : 'draft-cavage-http-signatures-12',
		});
		return Object.fromEntries(signed.headers);
	};
}

const ACCEPT = `${ACTIVITY_JSON}, application/ld+json; profile="https://www.w3.org/ns/activitystreams"`;
