import { TooLarge } from '@understory/core/errors.ts';
import type { Engine } from '../fedify/engine.ts';
import { MAX_ACTIVITY } from '../http/body.ts';
import type { BranchPorts, Handed } from '../ports.ts';
import { carryOut, checkActor, checkOpen, checkOwn, checkServer } from './checks.ts';

/**
 * Takes in what another branch of the same home hands over (DESIGN 5.4, ADR 21): the text that would have gone over the wire, held to
 * everything an inbox checks but the signature. Throws PublicError as the inbox would answer.
 */
export function createTakeIn(ports: BranchPorts, engine: () => Promise<Engine>) {
	return async ({ body, proof, envelope: read, meaningAt }: Handed): Promise<void> => {
		checkOpen(ports);
		checkServer(proof.origin, ports);
		if (Buffer.byteLength(body) > MAX_ACTIVITY)
			throw new TooLarge(`An activity may have ${MAX_ACTIVITY} bytes at most.`);
		const envelope = read();
		checkOwn(envelope, proof.origin);
		checkActor(envelope, proof);
		if (envelope.type === null) return;
		const meaning = await meaningAt(ports.origin);
		await carryOut(meaning, proof, ports, async (actor) => (await engine()).forget(actor));
	};
}
