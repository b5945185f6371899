import type { RegistrationResponseJSON } from '@simplewebauthn/server';
import type { LibraryRecord } from '@understory/core/register.ts';
import { coarseTime } from '../card/coarse-time.ts';
import type { CardParts } from '../context.ts';
import { useOnce } from '../store/attempts.ts';
import { addPasskey, passkeysOf } from '../store/passkeys.ts';
import type { Device } from '../store/sign-ins.ts';
import { ALGORITHMS, challengeFor, FORM_LIFE_MS, relyingParty } from './relying-party.ts';
import { webauthn } from './webauthn.ts';

/** Whose passkey, and from which form: its number, and when it was shown (UTC milliseconds). */
export interface Adding {
	readonly library: LibraryRecord;
	readonly account: string;
	readonly form: { readonly id: string; readonly shown: number };
}

/**
 * What the browser asks the authenticator for: a key that finds itself (so that nobody types a name), that asks its holder for a fingerprint or a code, and
 * that tells nothing of what it is made by. `label` is what the authenticator shows beside it.
 */
export async function addingOptions(
	parts: CardParts,
	{ library, account, form }: Adding,
	label: string,
): Promise<object> {
	const keys = parts.keysOf(library.id);
	const party = relyingParty(library);
	const known = await passkeysOf(parts.database, account);
	const { generateRegistrationOptions } = await webauthn();
	return generateRegistrationOptions({
		rpName: party.name,
		rpID: party.id,
		userName: label,
		userDisplayName: label,
		userID: new Uint8Array(Buffer.from(keys.attempt(`passkey_user\0${account}`), 'base64url')),
		challenge: new Uint8Array(challengeFor(keys, 'add', form.id)),
		timeout: FORM_LIFE_MS,
		attestationType: 'none',
		excludeCredentials: known.map(({ credential, transports }) => ({
			id: credential,
			transports: transports.split(' ').filter(Boolean),
		})),
		authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
		supportedAlgorithmIDs: ALGORITHMS,
	});
}

/** `not_read`: not an answer to this form, or too late. `known`: this one is here already, or there are ten. */
export type Added = 'added' | 'not_read' | 'known';

/** Takes the public key of a new passkey out of the browser's answer (WebAuthn level 3, 7.1). */
export async function addNew(
	parts: CardParts,
	{ library, account, form }: Adding,
	answer: unknown,
	device: Device,
): Promise<Added> {
	const { database, clock } = parts;
	const now = clock.now();
	const party = relyingParty(library);
	const challenge = challengeFor(parts.keysOf(library.id), 'add', form.id).toString('base64url');
	if (now - form.shown > FORM_LIFE_MS) return 'not_read';
	const { verifyRegistrationResponse } = await webauthn();
	const verified = await verifyRegistrationResponse({
		response: answer as RegistrationResponseJSON,
		expectedChallenge: challenge,
		expectedOrigin: party.origin,
		expectedRPID: party.id,
		requireUserVerification: true,
		supportedAlgorithmIDs: ALGORITHMS,
	}).catch((error: unknown) => {
		parts.log.warn('passkey_not_added', { library: library.slug, error });
		return null;
	});
	if (!verified?.verified) return 'not_read';
	if (!(await useOnce(database, { library: library.id, hash: `passkey:${challenge}`, now }, FORM_LIFE_MS)))
		return 'not_read';
	const { credential } = verified.registrationInfo;
	const { month } = coarseTime(library.zone, now);
	const added = await addPasskey(database, {
		id: parts.randomId(),
		library: library.id,
		account,
		credential: credential.id,
		public_key: Buffer.from(credential.publicKey).toString('base64url'),
		counter: credential.counter,
		transports: (credential.transports ?? [])
			.filter((one) => /^[a-z-]{1,20}$/.test(one))
			.slice(0, 8)
			.join(' '),
		device,
		added_month: month,
		used_month: month,
	});
	return added ? 'added' : 'known';
}
