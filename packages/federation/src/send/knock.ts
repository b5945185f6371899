import { originOf } from '@understory/core/scope.ts';
import type { OutgoingRequest, OutgoingResponse } from '@understory/outgoing/outgoing.ts';
import type { Sign, Standard, Unsigned } from '../fedify/sign.ts';
import type { BranchPorts, LocalActor } from '../ports.ts';

/** How long we remember which kind of signature a server takes, in milliseconds. */
const REMEMBERED = 30 * 24 * 60 * 60_000;

/** Sends a signed request through the one guarded client. Throws what `outgoing` throws. */
export type Knock = (
	request: Unsigned,
	sender: Pick<LocalActor, 'id' | 'kind'>,
	limits: Pick<OutgoingRequest, 'timeoutMs' | 'maxBytes' | 'redirects'>,
) => Promise<OutgoingResponse>;

/**
 * Knocks twice: whoever answers 401 to the one kind of HTTP signature is asked once more with the other (RFC 9421 or
 * draft-cavage-http-signatures-12), and what a server took is tried first the next time (reference/fediverse.md 5). Nothing was
 * taken in with a 401, so that nothing happens twice.
 */
export function createKnock(ports: Pick<BranchPorts, 'outgoing' | 'cache'>, sign: Sign): Knock {
	return async (request, sender, limits) => {
		const name = `signature:${originOf(request.url)}`;
		const first: Standard = (await ports.cache.get(name)) === 'rfc9421' ? 'rfc9421' : 'cavage';
		const answer = await attempt(first);
		if (answer.status !== 401) return answer;
		const other: Standard = first === 'cavage' ? 'rfc9421' : 'cavage';
		const second = await attempt(other);
		// A redirect is an answer to the signature too: whoever loads documents follows it.
		if (second.status >= 400) return answer;
		if (other === 'rfc9421') await ports.cache.set(name, other, REMEMBERED);
		else await ports.cache.delete(name);
		return second;

		async function attempt(standard: Standard): Promise<OutgoingResponse> {
			const { method, url, body } = request;
			const headers = await sign(request, sender, standard);
			return ports.outgoing.request({ url, method, headers, ...(body ? { body } : {}), ...limits });
		}
	};
}
