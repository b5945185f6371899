import type { LibraryRecord } from '@understory/core/register.ts';
import type { SignInLanguage, SignInSettings, SignInText } from '@understory/core/sign-in-settings.ts';
import { minimumAgeOf } from '../card/admission.ts';
import { keyboardsOf } from '../card/typed.ts';

/** How the two fields of the card form look, for the template; null where our own words stand. */
export interface CardFields {
	/** How many digits a number has, when it has one length and nothing but digits. */
	readonly digits: number | null;
	readonly card: { readonly label: string | null; readonly hint: string | null; readonly keyboard: string };
	readonly pin: { readonly label: string | null; readonly hint: string | null; readonly keyboard: string };
	/** The youngest that may come in; null where there is no minimum. */
	readonly youngest: number | null;
}

export function cardFields(
	library: LibraryRecord,
	settings: SignInSettings | null,
	language: string,
): CardFields {
	const { card, pin, rules } = settings ?? {};
	const keyboards = keyboardsOf(library, settings ?? {});
	const lengths = card?.lengths ?? [];
	const digits = card && card.keyboard === 'numeric' && lengths.length === 1 ? lengths[0]! : null;
	const say = (text: SignInText | undefined) => (text ? (text[language as SignInLanguage] ?? text.en) : null);
	const youngest = minimumAgeOf(rules);
	return {
		digits: card ? digits : library.card_digits,
		card: { label: say(card?.label), hint: say(card?.hint), keyboard: keyboards.card },
		pin: { label: say(pin?.label), hint: say(pin?.hint), keyboard: keyboards.pin },
		youngest: youngest > 0 ? youngest : null,
	};
}

/** The language of a page: what was asked for, or the library's first where it does not speak that one. */
export function spoken(settings: SignInSettings | null, asked: string): string {
	const languages: readonly string[] = settings?.languages ?? [asked];
	return languages.includes(asked) ? asked : languages[0]!;
}
