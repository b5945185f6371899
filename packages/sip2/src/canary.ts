import { randomInt } from 'node:crypto';
import { askCatalogue, type Sip2Settings, type When } from './client.ts';

/** A card of the library's own that belongs to nobody, for trying whether the catalogue still looks at PINs. */
export interface Canary {
	readonly card: string;
	readonly pin: string;
}

/** What a try with the canary came to; `unsafe` means that this catalogue's yes is worth nothing. */
export type CanaryReport = 'safe' | 'unsafe' | 'unavailable';

/**
 * Tries the canary (reference/library-sso.md 1.10): its own PIN must be accepted, a wrong PIN and a card that does not exist must be refused. Some
 * catalogues say yes to every PIN because one setting was left at its default; this is how that is noticed. `random` gives an integer from 0
 * up to, but not including, its argument.
 */
export async function tryCanary(
	settings: Sip2Settings,
	canary: Canary,
	when: When,
	random: (below: number) => number = randomInt,
): Promise<CanaryReport> {
	const wrongPin = shifted(canary.pin, random);
	const noCard = shifted(canary.card, random);
	const right = await askCatalogue(settings, canary, when);
	const wrong = await askCatalogue(settings, { card: canary.card, pin: wrongPin }, when);
	const nobody = await askCatalogue(settings, { card: noCard, pin: canary.pin }, when);
	const answers = [right, wrong, nobody];
	if (answers.some(({ outcome }) => outcome === 'unavailable')) return 'unavailable';
	const holds =
		right.outcome === 'ok' && wrong.outcome === 'bad_credentials' && nobody.outcome === 'bad_credentials';
	return holds ? 'safe' : 'unsafe';
}

/** Another text of the same form: every digit is moved by one to nine. */
function shifted(text: string, random: (below: number) => number): string {
	const digits = text.replace(/\d/g, (digit) => String((Number(digit) + 1 + random(9)) % 10));
	return digits === text ? `${text.slice(0, 60)}${random(10)}x` : digits;
}
