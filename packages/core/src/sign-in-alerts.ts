/** What staff of a library should know of its sign-in; each has its sentence in `desk.alerts` and in `console.alerts`. */
export const SIGN_IN_ALERTS = [
	// Somebody seems to guess PINs.
	'guessing',
	// The catalogue does not answer, time after time.
	'catalogue_silent',
	// It answers otherwise than was agreed, or cannot prove that it is the one.
	'catalogue_wrong',
	// It said yes to a wrong PIN.
	'catalogue_lies',
] as const;
export type SignInAlertKind = (typeof SIGN_IN_ALERTS)[number];

/** When it began and when it was last so, UTC milliseconds. It is about a whole library and nobody in it. */
export interface SignInAlert {
	readonly kind: SignInAlertKind;
	readonly since: number;
	readonly last: number;
}

/** All there is to know of one library now. */
export interface SignInAlertsReport {
	readonly library: string;
	readonly alerts: readonly SignInAlert[];
}
