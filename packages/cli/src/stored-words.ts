import type { StoredKind } from '@understory/core/stored.ts';

/** What each kind of row is, what is in it, and when it goes: a sentence for whoever has to answer for it. */
export const STORED_WORDS: Readonly<Record<StoredKind, string>> = {
	account:
		'Accounts: a random number, an age band (child, teen, adult, unknown), whether the card still opens everything, the month it began, the month it was last here, the week its catalogue last answered for it. Kept until its owner deletes it.',
	link_card:
		'Cards that open an account: a keyed hash of the number, never the number, and two months. Kept with the account.',
	link_ils_id: "The catalogue's own ids of patrons: a keyed hash, and two months. Kept with the account.",
	link_saml: 'Names at a SAML identity provider: a keyed hash, and two months. Kept with the account.',
	link_oidc: 'Names at an OpenID provider: a keyed hash, and two months. Kept with the account.',
	staff: 'Accounts that also hold a staff number, for people with a role.',
	session:
		'Sign-ins that are open at the card page, or under way: random numbers, and at which branches they were used, so that signing out reaches them all. Gone within two weeks.',
	grant:
		'What a branch was told once about an account: which kinds of fact. Gone within hours; where somebody agreed to be kept signed in for an app, within 90 days.',
	code_or_token:
		'Codes and tokens between the card page and branches: hashes. Gone within minutes; those for apps within 90 days.',
	wrong_try: 'Wrong tries with a card: a keyed hash and a number. Gone within a day.',
	recovery_code: 'Recovery codes: a slow hash. Kept until used or renewed.',
	desk_code: 'Codes from a desk: a hash. Gone when used, or within days.',
	foreign_handle:
		'Handles that people chose for a server that is no branch, each sealed with a key that is not in the database. Gone with the account.',
	tombstone:
		'Names that must never be given out again: a keyed hash of each handle that anybody chose for a server that is no branch. They stay when the account is deleted.',
	sign_in:
		'Sign-ins of the last 90 days, for their owner to look at: a day, a kind of device, a way, a keyed hash of the browser. Never an address.',
	listed_card:
		'Cards on the list that staff uploaded, where a library has no catalogue to ask: a keyed hash of the number, a slow hash of the PIN, an age band and the day the card ends. Kept until the next list is put in its place.',
	passkey:
		'Passkeys: a public key, a number by chance, a kind of device and two months. Kept until their owner takes them away.',
	erasure:
		'Accounts that a desk was asked to delete: which, and when. Gone with the account within a week, or when its owner keeps it.',
	restriction:
		"Restrictions that the library's panel proposed or agreed on: two days, a rule, the staff numbers of the two who agreed, and a sealed text that is told to the person. The text is deleted when it is over; days and rule stay published for a year.",
	restricted_account: 'Accounts that a restriction is on. Which they are is deleted when it is over.',
	restricted_link:
		'What somebody who deleted a restricted account was known by: keyed hashes of their cards, of the catalogue’s id and of names at a provider, so that the restriction still holds when they come in again. Deleted when it is over, within a year at most.',
	restricted_pass:
		'Day passes that were made for the card of somebody who is restricted: which pass and which restriction, never the card. Gone when used, or at the end of the day.',
	sign_out_notice: 'Branches that have still to be told that somebody signed out. Gone within three days.',
	way_back:
		'Sign-ins that are under way at an identity provider: sealed, what was asked and by which browser (a hash). Gone within ten minutes.',
	used_answer:
		'Answers of identity providers that must not count twice: a hash of their number. Gone within half an hour.',
	provider_session:
		'Sign-ins that stand on one at an identity provider: keyed hashes; for half a day, sealed, the name under which it can be ended there. Gone with the sign-in.',
};
