import { createHash } from 'node:crypto';
import type { Charter, Consent, PublicKeyRecord, SignedConsent } from '@understory/core/register.ts';
import { parsePublicKey, type SigningKey } from '@understory/transparency-log/keys.ts';
import type { VerifyBytes } from '@understory/transparency-log/remembered.ts';
import { signDocument, verifyDocument } from '@understory/transparency-log/signed-document.ts';
import { digestCharter } from './charter.ts';

/** What a branch agrees to, and as whom. */
export interface ConsentTerms {
	/** Id of the neighborhood. */
	readonly neighborhood: string;
	readonly charter: Charter;
	/** Scheme, host and port of the branch. */
	readonly origin: string;
	/** UTC milliseconds. */
	readonly since: number;
}

/** The actor that stands for a branch: `<origin>/ap/actor` (DESIGN 5.5). */
export function serverActorOf(origin: string): string {
	return `${new URL(origin).origin}/ap/actor`;
}

/** The name a branch has on a roster: its host, with the port when it is not the usual one. */
export function domainOf(origin: string): string {
	return new URL(origin).host;
}

/** `sha256:<hex>` of the 32 bytes of a key; the whole of it, unlike the short id. Throws when the record is no key. */
export function fingerprint(key: PublicKeyRecord): `sha256:${string}` {
	const known = parsePublicKey(key);
	if (!known) throw new TypeError('This is not the record of an Ed25519 public key.');
	return `sha256:${createHash('sha256').update(Buffer.from(known.publicKey, 'base64')).digest('hex')}`;
}

/** A branch agrees, by its own branch key, to stand in a neighborhood under this charter (DESIGN 4.6). */
export function signConsent(terms: ConsentTerms, branchKey: SigningKey): SignedConsent {
	const consent: Consent = {
		type: 'understory/consent/v1',
		neighborhood: terms.neighborhood,
		charter_digest: digestCharter(terms.charter),
		domain: domainOf(terms.origin),
		server_actor: serverActorOf(terms.origin),
		key_fingerprint: fingerprint(branchKey),
		since: terms.since,
	};
	return signDocument(consent, branchKey);
}

/** Why a consent does not hold. */
export type ConsentFault =
	| 'consent_not_signed_by_member'
	| 'consent_for_another_neighborhood'
	| 'consent_to_another_charter'
	| 'consent_of_another_branch';

/** What a consent has to be about. */
export interface ConsentCheck {
	readonly neighborhood: string;
	readonly charterDigest: string;
	readonly origin: string;
	readonly key: PublicKeyRecord;
	/** What checks the signature, when it is not checked anew each time (`rememberVerified`). */
	readonly verify?: VerifyBytes | undefined;
}

/** Null when the consent is this branch's own, for this neighborhood and charter; otherwise the first thing wrong with it. */
export function verifyConsent(consent: SignedConsent, about: ConsentCheck): ConsentFault | null {
	if (!verifyDocument(consent, [about.key], about.verify)) return 'consent_not_signed_by_member';
	if (consent.type !== 'understory/consent/v1' || consent.neighborhood !== about.neighborhood) {
		return 'consent_for_another_neighborhood';
	}
	if (consent.charter_digest !== about.charterDigest) return 'consent_to_another_charter';
	const own =
		consent.domain === domainOf(about.origin) &&
		consent.server_actor === serverActorOf(about.origin) &&
		consent.key_fingerprint === fingerprint(about.key);
	return own ? null : 'consent_of_another_branch';
}
