import type { CatalogueNetwork } from './catalogue-network.ts';
import type { SignInSettings } from './sign-in-settings.ts';

/**
 * How patrons of a library sign in, as the provisioner hands it to the bridge: signed by the platform, every secret in it sealed to the bridge
 * (`sealed-box.ts`, about `signInAbout`). Kept as it is; opened in memory only.
 */
export interface SignInDocument {
	readonly type: 'understory/sign-in/v1';
	readonly library: string;
	/** Null while library IT has said nothing. */
	readonly settings: SignInSettings | null;
	/** In which networks that are not public its catalogue may be asked, by the platform's word; absent in documents of before. */
	readonly networks?: readonly CatalogueNetwork[];
	/** How often a self-test was asked for; a larger number than the last asks for one. */
	readonly test: number;
	/** The last asking that was answered; 0 before. */
	readonly answered: number;
	/** UTC milliseconds. */
	readonly issued: number;
}

/** What the bridge found when it tried the settings (the steps of its self-test), for library IT to read. Holds no card and no secret. */
export interface SignInReport {
	readonly library: string;
	/** Which asking it answers; null for what nobody asked for: the bridge tells that it switched the catalogue off. */
	readonly test: number | null;
	/** The version of the settings that were tried. */
	readonly version: number;
	readonly ok: boolean;
	readonly steps: readonly SignInStep[];
}

export interface SignInStep {
	/** What was tried, in a word of the bridge's: `connect`, `known_card`, `wrong_pin`. */
	readonly step: string;
	readonly outcome: 'passed' | 'failed' | 'skipped';
	/** Why, in a word for `console.sign_in_test.why`; null when there is nothing to say. */
	readonly why: string | null;
	readonly milliseconds: number;
}

/** What the sealed secrets of a library are about, so that one cannot be opened as another's. */
export function signInAbout(library: string): string {
	return `sign-in/${library}`;
}

/** What stands in place of a secret that is set, wherever settings are shown; given back, the secret stays as it was. */
export const KEPT_SECRET = '••••••••';
