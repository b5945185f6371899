import type { AgeBand } from './claims.ts';

/** A library's other ways in, beside card and PIN. Where nothing is said, the careful choice holds. */
export interface UpstreamSettings {
	readonly ways: readonly Upstream[];
	/** The library has no cards that could be asked about: the page asks for none, and everybody comes in by one of the ways. */
	readonly only?: boolean;
	/**
	 * Our own keys, by number: the first signs, all stand in what we publish and all open what was encrypted for us. To change a key, a new
	 * number is put last, after some days first, and when nobody uses the old one any more, it is taken out. `[1]` where nothing is said.
	 */
	readonly keys?: readonly number[];
}

/** One way in: the identity provider of a city or of its schools. */
export type Upstream = SamlUpstream | OidcUpstream;

interface AnyUpstream {
	/** In addresses and in what is remembered of people: chosen once, never given to another provider. */
	readonly id: string;
	/** What its button says after "Sign in with", by language; English at least. */
	readonly name: { readonly en: string; readonly es?: string };
	/** `test`: on the page, and whom the rules call staff may come in. `live` where nothing is said; never more than the library's own state. */
	readonly state?: 'draft' | 'test' | 'live';
	/** Read from the top; the first rule that fits somebody decides. Whom none fits is not let in. */
	readonly people: readonly PeopleRule[];
	/** What of those of whom it is not known whether they have the library's minimum age; refused where nothing is said. */
	readonly unknown_age?: 'refuse' | 'accept';
	/** Ask people for their password every time, also when the provider still knows them. For computers that many people use. */
	readonly ask_again?: boolean;
}

/** One rule about people. All of its conditions have to hold; without any it holds for everybody. */
export type PeopleRule =
	| { readonly when: readonly Condition[]; readonly let_in: Admission }
	| { readonly when: readonly Condition[]; readonly refuse: true };

/** What one attribute or claim has to say: any of its values any of these, upper and lower case alike. Named values only, no patterns. */
export interface Condition {
	readonly attribute: string;
	readonly is?: readonly string[];
	readonly starts?: readonly string[];
	readonly ends?: readonly string[];
	/** False: it must not be there at all. */
	readonly present?: boolean;
}

/** What a rule says about somebody it lets in. */
export interface Admission {
	/** A band, or the attribute with a birth date (`1999-12-31` or `19991231`) from which it is worked out and which is then dropped. */
	readonly age_band: AgeBand | { readonly birth_date: string };
	/** Only staff can accept an invitation this way. */
	readonly affiliation: Affiliation;
}

export type Affiliation = 'patron' | 'student' | 'staff';

export interface SamlUpstream extends AnyUpstream {
	readonly kind: 'saml';
	/** The provider's metadata, pasted by staff; or an address, whose file must be signed by the key of `signed_by` (PEM). */
	readonly idp:
		| { readonly metadata: string }
		| { readonly url: string; readonly entity_id: string; readonly signed_by: string };
	/** What must carry a signature: response and assertion where nothing is said, or the assertion alone. */
	readonly signed?: 'both' | 'assertion';
	/** `required`: an assertion that anybody on the way could read is refused. */
	readonly encrypted?: 'allowed' | 'required';
	/** The attribute that tells people apart, for a provider that sends none of the standard ones (reference/library-sso.md 4.3). */
	readonly subject_attribute?: string;
}

export interface OidcUpstream extends AnyUpstream {
	readonly kind: 'oidc';
	readonly issuer: string;
	/** The provider's endpoints, where it publishes no discovery document. */
	readonly endpoints?: {
		readonly authorization: string;
		readonly token: string;
		readonly jwks: string;
		readonly userinfo?: string;
		readonly end_session?: string;
	};
	readonly client: {
		readonly id: string;
		/** By a secret, or by a signature with a key of ours (`private_key_jwt`), which has nothing that could be stolen on the way. */
		readonly auth: 'client_secret_basic' | 'client_secret_post' | 'private_key_jwt';
		/** A secret. */
		readonly secret?: string;
	};
	/** Beside `openid`. */
	readonly scopes?: readonly string[];
	/** Read claims from the userinfo endpoint too. */
	readonly userinfo?: boolean;
}
