import type { Purpose } from './memory.ts';
import type { RefusalCode } from './refusal.ts';

/** What somebody is told; each has its words in `provider.refused`. */
export type RefusalKind =
	| 'begin_here'
	| 'said_no'
	| 'not_for'
	| 'too_young'
	| 'age_unknown'
	| 'see_desk'
	| 'not_staff'
	| 'silent'
	| 'broken';

const KINDS: Partial<Record<RefusalCode, RefusalKind>> = {
	not_begun_here: 'begin_here',
	other_browser: 'begin_here',
	replayed: 'begin_here',
	saml_in_response_to: 'begin_here',
	provider_said_no: 'said_no',
	no_rule_fits: 'not_for',
	rule_refuses: 'not_for',
	not_live: 'not_for',
	too_young: 'too_young',
	age_unknown: 'age_unknown',
	another_holder: 'see_desk',
	no_stable_subject: 'broken',
	not_staff: 'not_staff',
	provider_silent: 'silent',
	provider_unknown: 'silent',
	metadata_expired: 'silent',
	metadata_form: 'silent',
	metadata_signature: 'silent',
	metadata_without_provider: 'silent',
};

/** Everything that is wrong with an answer itself is one thing to its reader: it could not be accepted, and here is the word for staff. */
export function kindOf(code: RefusalCode): RefusalKind {
	return KINDS[code] ?? 'broken';
}

export function statusOfKind(kind: RefusalKind): number {
	return kind === 'silent' ? 503 : 403;
}

/** Where somebody can begin again: the page they came from, when it is known. */
export function pageOf(purpose: Purpose): string {
	return purpose.kind === 'sign_in' ? `/sign-in/${purpose.uid}` : `/invitation/${purpose.token}`;
}
