import type { IncomingHttpHeaders } from 'node:http';
import { originOf } from '@understory/core/scope.ts';
import type { BranchPorts, Proof, RemoteActor } from '../ports.ts';
import { digestOf, readSynchronization } from '../wire/synchronization.ts';

/**
 * Holds what a sender says of their followers here to what we know (FEP-8fcf). Where that differs the branch is told, which asks the
 * sender's own server for the list; an address anywhere else is not believed.
 */
export async function compareFollowers(
	headers: IncomingHttpHeaders,
	proof: Extract<Proof, { kind: 'signature' }>,
	ports: Pick<BranchPorts, 'followedFrom' | 'followersDiffer'>,
	sender: () => Promise<RemoteActor>,
): Promise<void> {
	const said = readSynchronization(headers['collection-synchronization']);
	if (!said || originOf(said.url) !== proof.origin) return;
	if (digestOf(await ports.followedFrom(proof.actor)) === said.digest) return;
	const { followers } = await sender();
	if (followers === said.collection) await ports.followersDiffer(proof.actor, said.url);
}
