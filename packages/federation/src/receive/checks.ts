import { NotAllowed, NotSignedIn, Unavailable } from '@understory/core/errors.ts';
import { originOf } from '@understory/core/scope.ts';
import type { Meaning } from '../fedify/parse.ts';
import type { BranchPorts, Proof } from '../ports.ts';
import type { Envelope } from './envelope.ts';

/**
 * What both ways into a branch ask, the signed request and the short way inside one home (DESIGN 5.4): all that an inbox checks but the
 * signature itself. A check that is added belongs here, so that neither way lacks it.
 */

/** Seconds after which a sender may try again. */
export const later = { retryAfter: 300 };

/** Throws Unavailable while nothing is taken in. */
export function checkOpen(ports: Pick<BranchPorts, 'mayFederate'>): void {
	if (!ports.mayFederate()) {
		throw new Unavailable('This branch takes nothing in at the moment.', 'not_open', later);
	}
}

/** Throws NotAllowed when nothing is taken from the server of this origin. */
export function checkServer(origin: string, ports: Pick<BranchPorts, 'origin' | 'accepts'>): void {
	if (origin === ports.origin) throw new NotAllowed('A branch sends nothing to itself.', 'own_server');
	if (!ports.accepts(origin)) {
		throw new NotAllowed('This branch exchanges nothing with your server.', 'server_refused');
	}
}

/** Throws NotSignedIn when the activity is not by the server that sent it. */
export function checkOwn(envelope: Envelope, origin: string): void {
	if (originOf(envelope.actor) !== origin || originOf(envelope.id) !== origin) {
		throw new NotSignedIn('The signature is not by the server whose activity this is.');
	}
}

/** Throws NotSignedIn when it is not by the actor who is proved to have sent it. */
export function checkActor(envelope: Envelope, proof: Proof): void {
	if (proof.actor !== envelope.actor) {
		throw new NotSignedIn('The signature is not by the actor whose activity this is.');
	}
}

/** Hands on what was understood. `forget`: what is kept of an actor is out of date. */
export async function carryOut(
	meaning: Meaning,
	proof: Proof,
	ports: Pick<BranchPorts, 'receive'>,
	forget: (actor: string) => Promise<void>,
): Promise<void> {
	if (meaning === null) return;
	if (meaning.type === 'profile') await forget(proof.actor);
	await ports.receive(meaning, proof);
}
