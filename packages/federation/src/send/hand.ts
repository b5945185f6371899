import { originOf } from '@understory/core/scope.ts';
import type { Engine } from '../fedify/engine.ts';
import type { Meaning } from '../fedify/parse.ts';
import type { ActorBodies } from '../http/actor-bodies.ts';
import type { BranchPorts, Delivery, Handed, LocalActor, RemoteActor, Sent } from '../ports.ts';
import { readEnvelope } from '../receive/envelope.ts';
import type { Addresses } from '../wire/addresses.ts';
import { refusalOf } from './refusal.ts';

/** How many texts stay understood: a post on its way to a hundred branches is one. */
const KEPT = 8;

/**
 * Prepares a delivery for the short way inside one home: the same checks at the moment of sending, and the same text, without a signature.
 * The text is understood once for all who get it, as long as what it means does not depend on where it is read; each of them still
 * holds it to its own checks. Who sent it is read from the actor document that the others would fetch.
 */
export function createHand(parts: {
	ports: BranchPorts;
	at: Addresses;
	actors: ActorBodies;
	engine: () => Promise<Engine>;
}) {
	const { ports, at, actors, engine } = parts;
	const shared = new Map<string, Promise<Understood>>();
	const profiles = new WeakMap<Buffer, Promise<RemoteActor | null>>();

	async function profileOf(sender: LocalActor): Promise<RemoteActor> {
		const document = await actors(sender.kind === 'server' ? null : sender.id);
		if (!document) throw new TypeError('An actor of ours has no document.');
		let profile = profiles.get(document);
		if (!profile) {
			profile = engine().then((fedify) => fedify.readProfile(JSON.parse(document.toString('utf8'))));
			profiles.set(document, profile);
		}
		const read = await profile;
		if (!read) throw new TypeError('The document of an actor of ours cannot be read.');
		return read;
	}

	async function understand(body: string, sender: LocalActor, origin: string): Promise<Understood> {
		const fedify = await engine();
		let local = false;
		const meaning = await fedify.understand(readEnvelope(Buffer.from(body)), {
			get origin() {
				local = true;
				return origin;
			},
			sender: () => profileOf(sender),
		});
		return { meaning: frozen(meaning), local };
	}

	async function meaningAt(body: string, sender: LocalActor, origin: string): Promise<Meaning> {
		const name = `${sender.id}\n${body}`;
		const known = await shared.get(name);
		if (known && !known.local) return known.meaning;
		const understood = understand(body, sender, origin);
		if (!known) {
			understood.catch(() => shared.delete(name));
			shared.set(name, understood);
			const [oldest] = shared.keys();
			if (shared.size > KEPT && oldest !== undefined) shared.delete(oldest);
		}
		return (await understood).meaning;
	}

	return async (delivery: Delivery, branch: string): Promise<Handed | Sent> => {
		const refusal = refusalOf(ports, at, delivery);
		if (refusal) return refusal;
		const sender =
			delivery.sender === 'server'
				? await ports.serverActor()
				: ((await ports.actorById(delivery.sender)) ?? (await ports.departedActor(delivery.sender)));
		if (!sender) return { outcome: 'refused', status: null, reason: 'Its sender is not here any more.' };
		const { body } = delivery;
		return {
			body,
			proof: { kind: 'sameHome', branch, actor: at.actor(sender), origin: originOf(at.origin) },
			meaningAt: (origin) => meaningAt(body, sender, origin),
		};
	};
}

/** What a text means, and whether that depends on which branch reads it. */
interface Understood {
	readonly meaning: Meaning;
	readonly local: boolean;
}

/** Many branches get the same value; none of them may change it. */
function frozen<T>(value: T): T {
	if (typeof value !== 'object' || value === null) return value;
	for (const each of Object.values(value)) frozen(each);
	return Object.freeze(value);
}
