import { randomInt } from 'node:crypto';
import type { Canary } from '@understory/core/sign-in-settings.ts';
import type { CardResult, Connector, When } from '../connectors/connector.ts';

/**
 * What a catalogue is tried with (reference/library-sso.md 1.10): a card that nobody has, the canary without a PIN, with an empty one, with a wrong one, with one whose end
 * is wrong (some systems compare eight characters only), and at last with its own, which also sets back whatever counts wrong ones.
 */
export const PROBES = ['unknown_card', 'no_pin', 'empty_pin', 'wrong_pin', 'wrong_end', 'right_pin'] as const;
export type Probe = (typeof PROBES)[number];

export interface ProbeReport {
	readonly probe: Probe;
	/** Did the catalogue keep its word? Null when nobody can tell: it did not answer, or not as it was said to. */
	readonly holds: boolean | null;
	readonly result: CardResult;
}

/** An integer from 0 up to, but not including, its argument. */
export type Random = (below: number) => number;

/** How many characters of a secret some systems compare (reference/library-sso.md 2.3). */
const COMPARED = 8;

/** The probes that tell something of this canary: the end of a short PIN is no question of its own. */
export function probesFor({ pin }: Canary): readonly Probe[] {
	return PROBES.filter((probe) => probe !== 'wrong_end' || pin.length > COMPARED);
}

/** Tries one thing. Every probe but `right_pin` must be refused; a catalogue that accepts one says yes to strangers. */
export async function tryProbe(
	connector: Connector,
	canary: Canary,
	{ probe, when, random = randomInt }: { probe: Probe; when: When; random?: Random },
): Promise<ProbeReport> {
	const { card, pin } = canary;
	const asked: Record<Probe, { card: string; pin: string | null }> = {
		unknown_card: { card: anotherOf(card, random), pin },
		no_pin: { card, pin: null },
		empty_pin: { card, pin: '' },
		wrong_pin: { card, pin: anotherOf(pin, random) },
		wrong_end: { card, pin: `${pin.slice(0, COMPARED)}${anotherOf(pin.slice(COMPARED), random)}` },
		right_pin: canary,
	};
	const result = await connector.probe(asked[probe].card, asked[probe].pin, when);
	return { probe, holds: holds(probe, result), result };
}

function holds(probe: Probe, { outcome }: CardResult): boolean | null {
	if (probe === 'right_pin') return outcome === 'ok' ? true : outcome === 'bad_credentials' ? false : null;
	if (outcome === 'ok') return false;
	// No person asks without a PIN, so a catalogue may well be put out by it; it is the yes that must not come.
	if (outcome === 'bad_credentials' || probe === 'no_pin' || probe === 'empty_pin') return true;
	return null;
}

/**
 * What a try with the canary came to. `unsafe`: this catalogue's yes is worth nothing. `refused`: it said no to the canary's own PIN, so that its other noes prove nothing. `spent`: the
 * canary's card was given as many wrong PINs as it may be for now.
 */
export type CanaryReport = 'safe' | 'unsafe' | 'refused' | 'spent' | 'unavailable' | 'misconfigured';

/** How many wrong PINs the canary's own card may still be given; counted before one is sent, so that a try that is cut off has used it. */
export interface CanaryTries {
	/** Takes one. `spent`: none is left until the right PIN sets the count back. `over`: none today. */
	take(): Promise<'taken' | 'spent' | 'over'>;
	/** The right PIN was accepted, which sets the count back here as it does there. */
	reset(): Promise<void>;
}

/** For a catalogue of a test, whose counts are nobody's. */
const UNCOUNTED: CanaryTries = { take: async () => 'taken', reset: async () => undefined };

/** The probes that may count as a wrong PIN of the canary's card. */
const WRONG_ONES: readonly Probe[] = ['empty_pin', 'wrong_pin', 'wrong_end'];

/**
 * Tries the canary with everything a catalogue must refuse, and then with its own PIN. Some catalogues say yes to every PIN because one setting was left at
 * its default; this is how that is noticed. Stops at the first probe that says enough, and names it.
 */
export async function tryCanary(
	connector: Connector,
	canary: Canary,
	when: When,
	{ random = randomInt, tries = UNCOUNTED }: { random?: Random; tries?: CanaryTries } = {},
): Promise<{ readonly report: CanaryReport; readonly probe: Probe }> {
	const run = async (probe: Probe): Promise<CanaryReport> => {
		const { holds, result } = await tryProbe(connector, canary, { probe, when, random });
		if (holds === null) return result.outcome === 'misconfigured' ? 'misconfigured' : 'unavailable';
		if (!holds) return probe === 'right_pin' ? 'refused' : 'unsafe';
		if (probe === 'right_pin') await tries.reset();
		return 'safe';
	};
	for (const probe of probesFor(canary)) {
		if (WRONG_ONES.includes(probe)) {
			let taken = await tries.take();
			if (taken === 'spent') {
				const own = await run('right_pin');
				if (own !== 'safe') return { report: own, probe: 'right_pin' };
				taken = await tries.take();
			}
			if (taken !== 'taken') return { report: 'spent', probe };
		}
		const report = await run(probe);
		if (report !== 'safe') return { report, probe };
	}
	return { report: 'safe', probe: 'right_pin' };
}

/**
 * Does the catalogue accept any PIN for this card, because its patron never set one (reference/library-sso.md 1.9)? To be tried once, before a card is linked
 * for the first time, and before the PIN that was given, whose success sets back what counts wrong ones.
 */
export async function tryAnyPin(
	connector: Connector,
	patron: Canary,
	when: When,
	random: Random = randomInt,
): Promise<ProbeReport> {
	return tryProbe(connector, patron, { probe: 'wrong_pin', when, random });
}

/** Another text of the same form: every digit is moved by one to nine; without a digit, every letter is another letter; else signs are put behind. */
export function anotherOf(text: string, random: Random): string {
	const moved = text.replace(/\d/g, (digit) => String((Number(digit) + 1 + random(9)) % 10));
	if (moved !== text) return moved;
	const letters = text.replace(/[a-z]/gi, (letter) => moveLetter(letter, 1 + random(25)));
	return letters === text ? `${text.slice(0, 60)}${random(10)}x` : letters;
}

function moveLetter(letter: string, by: number): string {
	const first = letter < 'a' ? 65 : 97;
	return String.fromCharCode(first + ((letter.charCodeAt(0) - first + by) % 26));
}
