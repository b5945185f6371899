import type { LibraryRecord } from '@understory/core/register.ts';
import type { LibraryKeys } from '../keys.ts';

/** Whom a passkey is for: the card host of one library, and nobody else (WebAuthn level 3, 4: relying party). */
export interface RelyingParty {
	readonly id: string;
	readonly origin: string;
	readonly name: string;
}

export function relyingParty({ card_origin, name }: LibraryRecord): RelyingParty {
	return { id: new URL(card_origin).hostname, origin: card_origin, name };
}

/** What an authenticator signs for one form: bound to the form's own number, so that nothing has to be kept until the answer comes. */
export function challengeFor(keys: LibraryKeys, purpose: 'add' | 'come_in', form: string): Buffer {
	return Buffer.from(keys.attempt(`passkey\0${purpose}\0${form}`), 'base64url');
}

/** How long a form with a passkey may be open, in milliseconds: as long as a sign-in may take. */
export const FORM_LIFE_MS = 10 * 60_000;

/** The signatures that are taken (COSE): Ed25519, ECDSA on P-256, RSA. */
export const ALGORITHMS = [-8, -7, -257];
