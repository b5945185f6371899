import type { Engine } from '../fedify/engine.ts';
import type { BranchPorts, LocalActor } from '../ports.ts';
import { type Addresses, keysOf } from '../wire/addresses.ts';

/** The document of one of our actors, serialized: a person's id, or null for the branch itself. Null when there is none. */
export type ActorBodies = (id: string | null) => Promise<Buffer | null>;

/** How many are kept in memory. */
const KEPT = 500;

/**
 * Actor documents, made by Fedify and kept until what they are made of changes: without that a busy post makes every server that
 * reads it cost a JSON-LD serialization and a key import (reference/codebases.md 9.8).
 */
export function createActorBodies(
	ports: BranchPorts,
	at: Addresses,
	engine: () => Promise<Engine>,
): ActorBodies {
	const kept = new Map<string, { of: string; body: Buffer }>();
	return async (id) => {
		const actor = id === null ? await ports.serverActor() : await ports.actorById(id);
		if (!actor) return null;
		const { publicKey } = await ports.actorKeys(keysOf(actor));
		const of = JSON.stringify([actor, publicKey]);
		const known = kept.get(actor.id);
		if (known?.of === of) return known.body;
		const body = await make(actor);
		if (body) keep(actor.id, { of, body });
		return body;
	};

	async function make(actor: LocalActor): Promise<Buffer | null> {
		const { documents } = await engine();
		const made = await documents(new URL(at.actor(actor)).pathname);
		return made?.status === 200 ? Buffer.from(made.body) : null;
	}

	function keep(id: string, entry: { of: string; body: Buffer }): void {
		kept.delete(id);
		kept.set(id, entry);
		const [oldest] = kept.keys();
		if (kept.size > KEPT && oldest !== undefined) kept.delete(oldest);
	}
}
