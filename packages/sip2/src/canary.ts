import { randomInt } from 'node:crypto';
import { type AskParts, askAbout, type When } from './client.ts';
import type { Sip2Answer } from './decision.ts';
import type { Sip2Settings } from './settings.ts';

/** A card of the library's own that belongs to nobody, for trying whether the catalogue still looks at PINs. */
export interface Canary {
	readonly card: string;
	readonly pin: string;
}

/**
 * What a catalogue is tried with (reference/library-sso.md 1.10): a card that nobody has, the canary without a PIN, with an empty one, with a wrong one,
 * and at last with its own, which also sets back whatever counts wrong ones.
 */
export const PROBES = ['unknown_card', 'no_pin', 'empty_pin', 'wrong_pin', 'right_pin'] as const;

export type Probe = (typeof PROBES)[number];

export interface ProbeReport {
	readonly probe: Probe;
	/** Did the catalogue keep its word? Null when it did not answer. */
	readonly holds: boolean | null;
	readonly answer: Exclude<Sip2Answer, { outcome: 'ok' }> | { readonly outcome: 'ok' };
}

/** An integer from 0 up to, but not including, its argument. */
export type Random = (below: number) => number;

/** Tries one thing. Every probe but `right_pin` must be refused; a catalogue that accepts one says yes to strangers. */
export async function tryProbe(
	settings: Sip2Settings,
	canary: Canary,
	probe: Probe,
	when: When,
	{ random = randomInt as Random, ...parts }: AskParts & { readonly random?: Random } = {},
): Promise<ProbeReport> {
	const asked = {
		unknown_card: { card: anotherOf(canary.card, random), pin: canary.pin },
		no_pin: { card: canary.card, pin: null },
		empty_pin: { card: canary.card, pin: '' },
		wrong_pin: { card: canary.card, pin: anotherOf(canary.pin, random) },
		right_pin: canary,
	}[probe];
	const answer = await askAbout(settings, asked, when, parts);
	return { probe, holds: holds(probe, answer), answer: answer.outcome === 'ok' ? { outcome: 'ok' } : answer };
}

function holds(probe: Probe, answer: Sip2Answer): boolean | null {
	if (probe === 'right_pin') return answer.outcome === 'unavailable' ? null : answer.outcome === 'ok';
	if (probe === 'no_pin' || probe === 'empty_pin') {
		// No person asks like this, so a catalogue may well end the connection over it; it is the yes that must not come.
		const over =
			answer.outcome === 'misconfigured' && answer.reason !== 'settings' && answer.reason !== 'login_refused';
		const ended =
			answer.outcome === 'unavailable' && (answer.reason === 'closed' || answer.reason === 'silent');
		if (over || ended) return true;
	}
	return answer.outcome === 'unavailable' ? null : answer.outcome === 'bad_credentials';
}

/** What a try with the canary came to; `unsafe` means that this catalogue's yes is worth nothing. */
export type CanaryReport = 'safe' | 'unsafe' | 'unavailable';

/**
 * Tries the canary with everything a catalogue must refuse, and then with its own PIN. Some catalogues say yes to every PIN because one setting was left
 * at its default; this is how that is noticed. Stops at the first probe that says enough.
 */
export async function tryCanary(
	settings: Sip2Settings,
	canary: Canary,
	when: When,
	random: Random = randomInt,
	parts: AskParts = {},
): Promise<CanaryReport> {
	for (const probe of PROBES) {
		const { holds } = await tryProbe(settings, canary, probe, when, { ...parts, random });
		if (holds !== true) return holds === null ? 'unavailable' : 'unsafe';
	}
	return 'safe';
}

/**
 * Does the catalogue accept any PIN for this card, because its patron never set one (reference/library-sso.md 1.9)? To be tried once, before a card is
 * linked for the first time, and before the PIN that was given, whose success sets back what counts wrong ones. Null when nobody can tell now.
 */
export async function acceptsAnyPin(
	settings: Sip2Settings,
	patron: Canary,
	when: When,
	parts: AskParts & { readonly random?: Random } = {},
): Promise<boolean | null> {
	const { answer } = await tryProbe(settings, patron, 'wrong_pin', when, parts);
	if (answer.outcome === 'ok') return true;
	return answer.outcome === 'bad_credentials' ? false : null;
}

/** Another text of the same form: every digit is moved by one to nine; without a digit, other signs are put behind. */
function anotherOf(text: string, random: Random): string {
	const digits = text.replace(/\d/g, (digit) => String((Number(digit) + 1 + random(9)) % 10));
	return digits === text ? `${text.slice(0, 60)}${random(10)}x` : digits;
}
