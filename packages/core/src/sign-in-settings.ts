import type { Connection } from './sign-in-connections.ts';
import type { UpstreamSettings } from './upstream-settings.ts';

/**
 * How people sign in with a card of one library: one document a library, made by its IT, checked by `sign-in-schema.ts` and `sign-in-faults.ts`. Where nothing
 * is said, the careful choice holds.
 */
export interface SignInSettings {
	/** Grows by one with each change. */
	readonly version: number;
	/**
	 * `draft`: nobody signs in, only the self-test asks the catalogue. `test`: the canary cards may sign in, to look at everything as a patron would. `live`:
	 * everybody.
	 */
	readonly state: 'draft' | 'test' | 'live';
	readonly connector: Connection;
	readonly card?: CardField;
	readonly pin?: PinField;
	readonly rules?: AdmissionRules;
	/** Cards of the library's own that belong to nobody: with the first, a catalogue that stopped looking at PINs is noticed before anybody gets in. */
	readonly canaries?: readonly Canary[];
	/** Before somebody's first sign-in, a wrong PIN is tried, to find cards that have none and open to any. It counts as one wrong try in the catalogue. */
	readonly probe_new_cards?: boolean;
	/** After how many wrong PINs the catalogue locks a card. Ours stay below; three in fifteen minutes where nothing is said. */
	readonly locks_after?: number;
	/** How many questions the catalogue is asked at the same moment; ten where nothing is said. */
	readonly at_once?: number;
	readonly timeouts?: SignInTimeouts;
	/** Other ways in than card and PIN: identity providers of a city, of schools. */
	readonly elsewhere?: UpstreamSettings;
	/** What the card page speaks; the first is for whoever's browser asks for none of them. */
	readonly languages?: readonly SignInLanguage[];
}

export const SIGN_IN_LANGUAGES = ['en', 'es'] as const;
export type SignInLanguage = (typeof SIGN_IN_LANGUAGES)[number];

/** A text of the library's own, by language; English at least. */
export interface SignInText {
	readonly en: string;
	readonly es?: string;
}

/** The field for the card number. */
export interface CardField {
	readonly label?: SignInText;
	/** Where the number stands on the card. */
	readonly hint?: SignInText;
	/** What a whole number looks like, as a pattern of RE2: `[0-9]{14}` or `D[0-9]{7}`. */
	readonly pattern?: string;
	/** How many characters a number may have. */
	readonly lengths?: readonly number[];
	/** What a phone offers to type with; `numeric` where nothing else than digits is accepted, else `text`. */
	readonly keyboard?: 'numeric' | 'text' | 'email';
	/**
	 * What a barcode scanner puts around the number, which is taken off: `ends` is a return or a tab behind it, `codabar` also the letters A to D that
	 * start and stop that kind of barcode.
	 */
	readonly scanner?: 'ends' | 'codabar';
}

/** The field for the PIN or password. */
export interface PinField {
	readonly label?: SignInText;
	readonly hint?: SignInText;
	/** `any` where nothing is said. */
	readonly alphabet?: 'digits' | 'letters_and_digits' | 'any';
	readonly min_length?: number;
	readonly max_length?: number;
	readonly keyboard?: 'numeric' | 'text';
}

export interface Canary {
	readonly card: string;
	/** A secret. */
	readonly pin: string;
}

/** Of one question, in milliseconds. */
export interface SignInTimeouts {
	readonly connect?: number;
	/** Of each answer. */
	readonly answer?: number;
	/** Of everything together. */
	readonly whole?: number;
}

/**
 * Who of those whose card and PIN are right may come in. What somebody owes or has not brought back is not among the things that can be asked: it does
 * not keep anybody from speaking (reference/library-sso.md 1.4).
 */
export interface AdmissionRules {
	/** Who belongs to this library, where a catalogue is shared: all of them must hold. */
	readonly belongs?: readonly Restriction[];
	/** In whole years; 13 where nothing is said, 0 for no minimum. */
	readonly minimum_age?: number;
	/** What of those whose age the catalogue does not tell; `accept` where nothing is said. */
	readonly unknown_age?: 'accept' | 'refuse';
	/** What stops a sign-in; a lost card and a person who is barred where nothing is said. */
	readonly stop_on?: readonly StoppingBlock[];
	/** How many days after its last day a card still opens everything; 30 where nothing is said. Then it keeps the porch. */
	readonly grace_days?: number;
	/** For how many days what the catalogue said of age and expiry is believed without the card being shown again; 30 where nothing is said. */
	readonly believed_days?: number;
}

/** One condition. Of `is`, `starts` and `matches` exactly one is said. What the catalogue does not tell fulfils no condition, not even one with `not`. */
export interface Restriction {
	readonly of: 'card' | 'location' | 'patron_type';
	/** One of these, letter for letter. */
	readonly is?: readonly string[];
	/** Begins with one of these. */
	readonly starts?: readonly string[];
	/** The whole of it is of this pattern of RE2. */
	readonly matches?: string;
	readonly not?: boolean;
}

/** What may stand against a patron, one word for what every system calls otherwise. */
export const BLOCKS = [
	/** The card was reported lost or stolen. */
	'lost_card',
	/** Staff barred this person. */
	'barred',
	/** The address has to be confirmed. */
	'address',
	/** Something else that the catalogue names. */
	'other',
	/** May not borrow, and the catalogue does not say why. */
	'no_borrowing',
	'debts',
	'overdues',
	'too_many_items',
	'lost_items',
] as const;
export type Block = (typeof BLOCKS)[number];

/** Those that a library may stop a sign-in on. */
export const STOPPING_BLOCKS = [
	'lost_card',
	'barred',
	'address',
	'other',
] as const satisfies readonly Block[];
export type StoppingBlock = (typeof STOPPING_BLOCKS)[number];
