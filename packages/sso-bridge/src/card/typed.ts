import type { LibraryRecord } from '@understory/core/register.ts';
import type { PinField, SignInSettings } from '@understory/core/sign-in-settings.ts';
import { matches } from '@understory/sip2/pattern.ts';

/** What can be said about what somebody typed without asking anybody. */
export type FaultOfForm =
	| { readonly outcome: 'empty' }
	| { readonly outcome: 'length'; readonly given: number; readonly wanted: number }
	| { readonly outcome: 'signs'; readonly wanted: number }
	/** No card of this library looks like this. */
	| { readonly outcome: 'no_such_card' }
	/** No PIN here looks like this. */
	| { readonly outcome: 'no_such_pin' };

/** How card numbers of a library are typed: as its settings say, or, where they say nothing, by how many digits its cards have. */
interface NumberForm {
	readonly digitsOnly: boolean;
	/** The one length a number may have, of which a sentence can be made; null when there are several or none. */
	readonly length: number | null;
	readonly lengths: readonly number[] | null;
	readonly pattern: string | null;
	readonly scanner: 'ends' | 'codabar' | null;
}

/** What a phone offers to type with. */
export function keyboardsOf(
	{ card_digits }: Pick<LibraryRecord, 'card_digits'>,
	{ card, pin }: Partial<Pick<SignInSettings, 'card' | 'pin'>>,
): { card: 'numeric' | 'text' | 'email'; pin: 'numeric' | 'text' } {
	const digits = card ? 'text' : card_digits === null ? 'text' : 'numeric';
	const pinDigits = pin?.alphabet === 'digits' ? 'numeric' : 'text';
	return { card: card?.keyboard ?? digits, pin: pin?.keyboard ?? pinDigits };
}

function formOf(
	{ card_digits }: Pick<LibraryRecord, 'card_digits'>,
	settings: SignInSettings | null,
): NumberForm {
	const { card } = settings ?? {};
	if (!card) {
		const lengths = card_digits === null ? null : [card_digits];
		return { digitsOnly: card_digits !== null, length: card_digits, lengths, pattern: null, scanner: null };
	}
	const { lengths = null, pattern = null, scanner = null, keyboard } = card;
	const length = lengths?.length === 1 ? lengths[0]! : null;
	return { digitsOnly: keyboard === 'numeric', length, lengths, pattern, scanner };
}

/**
 * The card number as it is asked about. Blanks, and dashes between digits, are how numbers are printed; what a scanner puts around one is taken off where the
 * library says so. Nothing else is taken out: `123|4` must not become somebody's `1234` (reference/library-sso.md 1.10).
 */
export function numberOf(
	library: Pick<LibraryRecord, 'card_digits'>,
	settings: SignInSettings | null,
	typed: string,
): string {
	const { digitsOnly, scanner } = formOf(library, settings);
	const scanned = scanner === null ? typed : typed.replace(/[\r\n\t]+$/, '');
	const bare = scanned.replace(digitsOnly ? /[ -]/g : / /g, '');
	return scanner === 'codabar' ? bare.replace(/^[A-D](.+)[A-D]$/i, '$1') : bare;
}

/** Null when a card and a PIN could be this library's. */
export function faultOfForm(
	library: Pick<LibraryRecord, 'card_digits'>,
	settings: SignInSettings | null,
	{ card, pin }: { readonly card: string; readonly pin: string },
): FaultOfForm | null {
	if (card === '' || pin === '') return { outcome: 'empty' };
	const fault = faultOfNumber(library, settings, card);
	if (fault) return fault;
	return isPinHere(pin, settings?.pin ?? {}) ? null : { outcome: 'no_such_pin' };
}

/** The same of the number alone, for a desk that has a card in its hand and never a PIN. */
export function faultOfNumber(
	library: Pick<LibraryRecord, 'card_digits'>,
	settings: SignInSettings | null,
	card: string,
): FaultOfForm | null {
	if (card === '') return { outcome: 'empty' };
	const { digitsOnly, length, lengths, pattern } = formOf(library, settings);
	if (digitsOnly && !/^\d*$/.test(card))
		return length === null ? { outcome: 'no_such_card' } : { outcome: 'signs', wanted: length };
	if (lengths && !lengths.includes(card.length))
		return length === null
			? { outcome: 'no_such_card' }
			: { outcome: 'length', given: card.length, wanted: length };
	return pattern !== null && !matches(pattern, card) ? { outcome: 'no_such_card' } : null;
}

function isPinHere(pin: string, { alphabet = 'any', min_length = 1, max_length = 64 }: PinField): boolean {
	if (pin.length < min_length || pin.length > Math.max(max_length, 1)) return false;
	if (alphabet === 'digits') return /^\d+$/.test(pin);
	return alphabet === 'any' || /^[\p{L}\p{N}]+$/u.test(pin);
}
