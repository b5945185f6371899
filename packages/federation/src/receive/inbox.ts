import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { NotAllowed, NotSignedIn, PublicError, Unavailable } from '@understory/core/errors.ts';
import { originOf } from '@understory/core/scope.ts';
import type { Engine, Sender } from '../fedify/engine.ts';
import { readBody } from '../http/body.ts';
import { isActivityType } from '../http/negotiation.ts';
import type { BranchPorts } from '../ports.ts';
import { type Envelope, readEnvelope } from './envelope.ts';
import { type SignatureClaim, signatureClaim } from './signature-header.ts';

/** Takes one activity in. `path` is that of the request line. Throws PublicError for everything but "accepted". */
export type Inbox = (request: IncomingMessage, path: string) => Promise<void>;

/**
 * The one way in for other servers. In this order, so that a stranger costs as little as possible: is anything taken in now, by
 * type, from that server, does the signature bind the request to us, is it about the signer's own server — all before a key
 * is fetched; then the signature; then what it means; then the branch decides. Worked off while the sender waits: accepted
 * means done, and whatever fails is sent again.
 */
export function createInbox(ports: BranchPorts, engine: () => Promise<Engine>): Inbox {
	return async (request, path) => {
		if (!ports.mayFederate())
			throw new Unavailable('This branch takes nothing in at the moment.', 'not_open', later);
		if (!isActivityType(request.headers['content-type'])) {
			throw new PublicError(415, 'unsupported_media_type', 'An inbox takes application/activity+json.');
		}
		const claim = claimOf(request.headers, ports);
		const body = await readBody(request);
		const envelope = readEnvelope(body);
		if (originOf(envelope.actor) !== claim.origin || originOf(envelope.id) !== claim.origin) {
			throw new NotSignedIn('The signature is not by the server whose activity this is.');
		}
		const fedify = await engine();
		const verified = await fedify.verify({ method: 'POST', path, headers: request.headers, body, claim });
		if (verified === 'gone' && saysGoodbye(envelope)) return;
		if (verified === 'unreachable')
			throw new Unavailable('Your server did not show its key.', 'key_unreachable', later);
		if (typeof verified === 'string') throw new NotSignedIn('The signature does not hold.');
		if (verified.proof.actor !== envelope.actor) {
			throw new NotSignedIn('The signature is not by the actor whose activity this is.');
		}
		if (envelope.type !== null) await takeIn(envelope, verified, fedify);
	};

	async function takeIn(envelope: Envelope, sender: Sender, fedify: Engine): Promise<void> {
		const meaning = await sender.understand(envelope);
		if (meaning === null) return;
		if (meaning.type === 'profile_changed') await fedify.forget(envelope.actor);
		else await ports.receive(meaning, sender.proof);
	}
}

/** Seconds after which a sender may try again. */
const later = { retryAfter: 300 };

function claimOf(headers: IncomingHttpHeaders, ports: BranchPorts): SignatureClaim {
	const claim = signatureClaim(headers, true);
	if (!claim) {
		throw new NotSignedIn('An activity needs an HTTP signature over its target, host, date and digest.');
	}
	if (claim.origin === ports.origin) throw new NotAllowed('A branch sends nothing to itself.', 'own_server');
	if (!ports.accepts(claim.origin)) {
		throw new NotAllowed('This branch exchanges nothing with your server.', 'server_refused');
	}
	return claim;
}

/** The Delete of an actor whose server says that they are gone: it cannot be verified any more, and asks nothing of anybody. */
function saysGoodbye(envelope: Envelope): boolean {
	return envelope.type === 'Delete' && envelope.document.object === envelope.document.actor;
}
