import { originOf } from '@understory/core/scope.ts';
import type { Engine } from '../fedify/engine.ts';
import type { Meaning } from '../fedify/parse.ts';
import type { ActorBodies } from '../http/actor-bodies.ts';
import type { BranchPorts, Federation, LocalActor, RemoteActor } from '../ports.ts';
import { type Envelope, readEnvelope } from '../receive/envelope.ts';
import type { Addresses } from '../wire/addresses.ts';
import { refusalOf } from './refusal.ts';

/**
 * Prepares deliveries for the short way inside one home: the same checks at the moment of sending, and the same text, without a signature.
 * What is handed over in one go is read once: each sender from the actor document that the others would fetch, and each text for all who
 * get it, as long as what it means does not depend on where it is read; each of them still holds it to its own checks.
 */
export function createHanding(parts: {
	ports: BranchPorts;
	at: Addresses;
	actors: ActorBodies;
	engine: () => Promise<Engine>;
}): Federation['handing'] {
	const { ports, at, actors, engine } = parts;

	async function senderOf(id: string): Promise<Sender | null> {
		const actor =
			id === 'server'
				? await ports.serverActor()
				: ((await ports.actorById(id)) ?? (await ports.departedActor(id)));
		return actor && { actor: at.actor(actor), profile: once(() => profileOf(actor)), letters: new Map() };
	}

	async function profileOf(actor: LocalActor): Promise<RemoteActor> {
		const document = await actors(actor.kind === 'server' ? null : actor.id);
		if (!document) throw new TypeError('An actor of ours has no document.');
		const read = await (await engine()).readProfile(JSON.parse(document.toString('utf8')));
		if (!read) throw new TypeError('The document of an actor of ours cannot be read.');
		return read;
	}

	function letterOf(body: string, sender: Sender): Letter {
		const envelope = readEnvelope(Buffer.from(body));
		let first: { readonly origin: string; readonly understood: Promise<Understood | null> } | undefined;

		async function understand(origin: string): Promise<Understood> {
			let local = false;
			const meaning = await (await engine()).understand(envelope, {
				get origin() {
					local = true;
					return origin;
				},
				sender: sender.profile,
			});
			return { meaning: frozen(meaning), local };
		}

		return {
			envelope,
			async meaningAt(origin) {
				// What cannot be understood at one branch may be at another.
				first ??= { origin, understood: understand(origin).catch(() => null) };
				const known = await first.understood;
				const holds = known !== null && (!known.local || first.origin === origin);
				return (holds ? known : await understand(origin)).meaning;
			},
		};
	}

	return () => {
		const senders = new Map<string, Promise<Sender | null>>();
		return async ({ body, inbox, sender: id }, branch) => {
			const sender = await keep(senders, id, () => senderOf(id));
			if (!sender) return { outcome: 'refused', status: null, reason: 'Its sender is not here any more.' };
			const { envelope, meaningAt } = keep(sender.letters, body, () => letterOf(body, sender));
			const refusal = refusalOf(ports, at, inbox, envelope.document);
			if (refusal) return refusal;
			const proof = { kind: 'sameHome', branch, actor: sender.actor, origin: originOf(at.origin) } as const;
			return { body, proof, envelope: () => envelope, meaningAt };
		};
	};
}

/** Somebody of ours who sends something: their id, and how others see them. */
interface Sender {
	readonly actor: string;
	profile(): Promise<RemoteActor>;
	/** By their text. */
	readonly letters: Map<string, Letter>;
}

/** The text of an activity, as far as it was read. */
interface Letter {
	readonly envelope: Envelope;
	meaningAt(origin: string): Promise<Meaning>;
}

/** What a text means, and whether that depends on which branch reads it. */
interface Understood {
	readonly meaning: Meaning;
	readonly local: boolean;
}

/** What is kept under a name, made when it is asked for first. */
function keep<T>(kept: Map<string, T>, name: string, make: () => T): T {
	const known = kept.get(name);
	if (known !== undefined) return known;
	const made = make();
	kept.set(name, made);
	return made;
}

function once<T>(make: () => T): () => T {
	let made: { readonly value: T } | undefined;
	return () => {
		made ??= { value: make() };
		return made.value;
	};
}

/** Many branches get the same value; none of them may change it. */
function frozen<T>(value: T): T {
	if (typeof value !== 'object' || value === null) return value;
	for (const each of Object.values(value)) frozen(each);
	return Object.freeze(value);
}
