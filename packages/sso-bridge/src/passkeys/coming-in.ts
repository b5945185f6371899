import type { AuthenticationResponseJSON, AuthenticatorTransport } from '@simplewebauthn/server';
import type { LibraryRecord } from '@understory/core/register.ts';
import { coarseTime } from '../card/coarse-time.ts';
import type { CardParts } from '../context.ts';
import { useOnce } from '../store/attempts.ts';
import { type PasskeyRow, passkeyByCredential, passkeysOf, usePasskey } from '../store/passkeys.ts';
import { challengeFor, FORM_LIFE_MS, relyingParty } from './relying-party.ts';
import { webauthn } from './webauthn.ts';

/** From which form somebody answers: its number, and when it was shown (UTC milliseconds). */
export interface Asking {
	readonly library: LibraryRecord;
	readonly form: { readonly id: string; readonly shown: number };
}

/** What the browser asks an authenticator for. `of` names the one account whose passkeys will do, where it is a lock; else any that finds itself. */
export async function askingOptions(
	parts: CardParts,
	{ library, form }: Asking,
	of: string | null,
): Promise<object> {
	const party = relyingParty(library);
	const known = of === null ? [] : await passkeysOf(parts.database, of);
	const { generateAuthenticationOptions } = await webauthn();
	return generateAuthenticationOptions({
		rpID: party.id,
		challenge: new Uint8Array(challengeFor(parts.keysOf(library.id), 'come_in', form.id)),
		timeout: FORM_LIFE_MS,
		userVerification: 'required',
		allowCredentials: known.map((row) => ({ id: row.credential, transports: transportsOf(row) })),
	});
}

/**
 * Whose passkey answered, or null: not one of this library, not an answer to this form, too late, given before, or by a copy that lags behind
 * (WebAuthn level 3, 7.2).
 */
export async function whoseAnswer(
	parts: CardParts,
	{ library, form }: Asking,
	answer: unknown,
): Promise<PasskeyRow | null> {
	const { database, clock, log } = parts;
	const now = clock.now();
	const { id } = (answer ?? {}) as { id?: unknown };
	const row = typeof id === 'string' ? await passkeyByCredential(database, library.id, id) : undefined;
	if (!row || now - form.shown > FORM_LIFE_MS) return null;
	const party = relyingParty(library);
	const challenge = challengeFor(parts.keysOf(library.id), 'come_in', form.id).toString('base64url');
	const { verifyAuthenticationResponse } = await webauthn();
	const verified = await verifyAuthenticationResponse({
		response: answer as AuthenticationResponseJSON,
		expectedChallenge: challenge,
		expectedOrigin: party.origin,
		expectedRPID: party.id,
		requireUserVerification: true,
		credential: {
			id: row.credential,
			publicKey: new Uint8Array(Buffer.from(row.public_key, 'base64url')),
			counter: Number(row.counter),
			transports: transportsOf(row),
		},
	}).catch((error: unknown) => {
		log.warn('passkey_refused', { library: library.slug, error });
		return null;
	});
	if (!verified?.verified) return null;
	if (!(await useOnce(database, { library: library.id, hash: `passkey:${challenge}`, now }, FORM_LIFE_MS)))
		return null;
	const { newCounter: counter } = verified.authenticationInfo;
	const { month } = coarseTime(library.zone, now);
	return (await usePasskey(database, row.id, { counter, month })) ? row : null;
}

function transportsOf({ transports }: PasskeyRow): AuthenticatorTransport[] {
	return transports.split(' ').filter(Boolean) as AuthenticatorTransport[];
}
