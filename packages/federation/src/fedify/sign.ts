import { signRequest } from '@fedify/fedify/sig';
import type { Clock } from '@understory/core/clock.ts';
import type { LocalActor } from '../ports.ts';
import { ACTIVITY_JSON, type Addresses } from '../wire/addresses.ts';
import { keysOf } from './documents.ts';
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
}

/** The headers that make a request ours. */
export type Sign = (
	request: Unsigned,
	sender: Pick<LocalActor, 'id' | 'kind'>,
) => Promise<Record<string, string>>;

/**
 * Signs with Fedify: draft-cavage-http-signatures-12, RSA, over target, host, date, and for a body its digest: what every deployed
 * server verifies (reference/fediverse.md 5). The signature is on the request alone, never in the document, so that a copy
 * proves nothing to a third server.
 */
export function createSign(clock: Clock, at: Addresses, keyPairs: KeyPairs): Sign {
	return async ({ method, url, body, accept = ACCEPT }, sender) => {
		const { privateKey } = await keyPairs(keysOf(sender));
		const bytes = body === undefined ? null : new Uint8Array(body).buffer;
		const headers: Record<string, string> = method === 'GET' ? { accept } : { 'content-type': ACTIVITY_JSON };
		const request = new Request(url, { method, headers, body: bytes });
		const currentTime = instant(clock.now());
		const signed = await signRequest(request, privateKey, new URL(at.key(sender)), {
			currentTime,
			body: bytes,
		});
		return Object.fromEntries(signed.headers);
	};
}

const ACCEPT = `${ACTIVITY_JSON}, application/ld+json; profile="https://www.w3.org/ns/activitystreams"`;
