import type { SignInReason } from '@understory/core/sign-in-reasons.ts';
import type { CardResult } from './connector.ts';

/** Why a catalogue's answer says neither yes nor no. Thrown inside a connector, and its result outside. */
export class NoVerdict extends Error {
	readonly result: Extract<CardResult, { reason: SignInReason }>;

	constructor(outcome: 'unavailable' | 'misconfigured', reason: SignInReason) {
		super(`${outcome}: ${reason}`);
		this.name = 'NoVerdict';
		this.result = { outcome, reason };
	}
}

/** Nobody can tell now. */
export function unavailable(reason: SignInReason): NoVerdict {
	return new NoVerdict('unavailable', reason);
}

/** Library IT has to look. */
export function misconfigured(reason: SignInReason): NoVerdict {
	return new NoVerdict('misconfigured', reason);
}
