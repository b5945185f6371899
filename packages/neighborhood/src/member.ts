import type { PublicKeyRecord, RosterMember, SignedConsent } from '@understory/core/register.ts';
import { parsePublicKey } from '@understory/transparency-log/keys.ts';
import { domainOf, serverActorOf } from './consent.ts';

/** A branch that asks to stand on a roster, with the consent it signed. */
export interface Candidate {
	readonly origin: string;
	readonly name: string;
	/** Name of its library. */
	readonly library: string;
	readonly key: PublicKeyRecord;
	readonly consent: SignedConsent;
}

/** The entry of a branch: domain and server actor follow from its origin, so that the three never contradict each other. */
export function memberOf(candidate: Candidate): RosterMember {
	return {
		domain: domainOf(candidate.origin),
		origin: new URL(candidate.origin).origin,
		server_actor: serverActorOf(candidate.origin),
		name: candidate.name,
		library: candidate.library,
		key: { id: candidate.key.id, publicKey: candidate.key.publicKey },
		consent: candidate.consent,
	};
}

/** Do domain, origin, server actor and key of a member belong together, each spelled as a URL spells it? */
export function isConsistent(member: RosterMember): boolean {
	if (!URL.canParse(member.origin) || new URL(member.origin).origin !== member.origin) return false;
	return (
		member.domain === domainOf(member.origin) &&
		member.server_actor === serverActorOf(member.origin) &&
		parsePublicKey(member.key) !== null
	);
}
