import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { NotSignedIn, PublicError, Unavailable } from '@understory/core/errors.ts';
import type { Engine, Sender } from '../fedify/engine.ts';
import { readBody } from '../http/body.ts';
import { isActivityType } from '../http/negotiation.ts';
import type { BranchPorts } from '../ports.ts';
import { carryOut, checkActor, checkOpen, checkOwn, checkServer, later } from './checks.ts';
import { type Envelope, readEnvelope } from './envelope.ts';
import { type SignatureClaim, signatureClaim } from './signature-header.ts';
import { compareFollowers } from './synchronize.ts';

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
		checkOpen(ports);
		if (!isActivityType(request.headers['content-type'])) {
			throw new PublicError(415, 'unsupported_media_type', 'An inbox takes application/activity+json.');
		}
		const claim = claimOf(request.headers, ports);
		const body = await readBody(request);
		const envelope = readEnvelope(body);
		checkOwn(envelope, claim.origin);
		const fedify = await engine();
		const verified = await fedify.verify({ method: 'POST', path, headers: request.headers, body, claim });
		if (verified === 'gone' && saysGoodbye(envelope)) {
			await ports.goneElsewhere(envelope.actor);
			return;
		}
		if (verified === 'unreachable')
			throw new Unavailable('Your server did not show its key.', 'key_unreachable', later);
		if (typeof verified === 'string') throw new NotSignedIn('The signature does not hold.');
		checkActor(envelope, verified.proof);
		await compareFollowers(request.headers, verified.proof, ports, verified.profile);
		if (envelope.type !== null) await takeIn(envelope, verified, fedify);
	};

	async function takeIn(envelope: Envelope, sender: Sender, fedify: Engine): Promise<void> {
		const meaning = await sender.understand(envelope);
		await carryOut(meaning, sender.proof, ports, (actor) => fedify.forget(actor));
	}
}

function claimOf(headers: IncomingHttpHeaders, ports: BranchPorts): SignatureClaim {
	const claim = signatureClaim(headers, true);
	if (!claim) {
		throw new NotSignedIn('An activity needs an HTTP signature over its target, host, date and digest.');
	}
	checkServer(claim.origin, ports);
	return claim;
}

/** The Delete of an actor whose own server answers 410 for them: the signature cannot be verified any more, and need not be. */
function saysGoodbye(envelope: Envelope): boolean {
	return envelope.type === 'Delete' && envelope.document.object === envelope.document.actor;
}
