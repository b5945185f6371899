/**
 * Why nobody could tell whether a card and a PIN belong together, one word for all kinds of catalogues. For the log and for library IT; each has its sentence in
 * `console.sign_in_settings.why`.
 */
export const SIGN_IN_REASONS = [
	// It does not answer now.
	'unreachable',
	'silent',
	'closed',
	'offline',
	'busy',
	'server_error',
	'token_refused',
	'tls',
	'certificate_expired',
	'certificate_name',
	'certificate_untrusted',
	'client_certificate',
	// Nobody is let to it now.
	'resting',
	'line_too_long',
	'not_probed',
	// It answers, and not as it was said to.
	'login_refused',
	'not_there',
	'redirected',
	'status',
	'error_code',
	'unreadable',
	'another_patron',
	'no_single_record',
	'code',
	'sequence',
	'checksum',
	'resend',
	'surplus',
	'no_card_in_answer',
	'no_question',
	// Our side of it.
	'settings',
	'canary',
	'refused_address',
	'refused_url',
	'no_list',
] as const;
export type SignInReason = (typeof SIGN_IN_REASONS)[number];

/** What the self-test tells of a catalogue that answered: it said yes where it must not, or no where it must say yes. */
export const SIGN_IN_FINDINGS = ['accepted', 'refused'] as const;

/** The steps of the self-test, in their order. */
export const SIGN_IN_STEPS = [
	'reach',
	'unknown_card',
	'no_pin',
	'empty_pin',
	'wrong_pin',
	'wrong_end',
	'right_pin',
] as const;
