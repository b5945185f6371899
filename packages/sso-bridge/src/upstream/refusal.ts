/** Why somebody who came back from an identity provider was not let in, for logs and for the choice of a page. Never a value of theirs. */
export type RefusalCode =
	| XmlFault
	| SamlFault
	| OidcFault
	| MetadataFault
	// No sign-in that began here, in this browser, a few minutes ago, belongs to it.
	| 'not_begun_here'
	| 'other_browser'
	| 'replayed'
	// The provider itself did not sign the person in.
	| 'provider_said_no'
	// What the provider said about the person.
	| 'no_stable_subject'
	| 'no_rule_fits'
	| 'rule_refuses'
	| 'not_live'
	| 'too_young'
	| 'age_unknown'
	| 'another_holder'
	| 'not_staff'
	// The provider cannot be asked now.
	| 'provider_unknown'
	| 'provider_silent';

/** What of a document is not the plain XML that everybody reads alike. */
export type XmlFault =
	| 'xml_size'
	| 'xml_encoding'
	| 'xml_doctype'
	| 'xml_instruction'
	| 'xml_comment'
	| 'xml_cdata'
	| 'xml_form';

export type SamlFault =
	| 'saml_encoding'
	| 'saml_form'
	| 'saml_destination'
	| 'saml_issuer'
	| 'saml_in_response_to'
	| 'saml_assertions'
	| 'saml_ids'
	| 'saml_unsigned'
	| 'saml_signature_form'
	| 'saml_signature'
	| 'saml_algorithm'
	| 'saml_transform'
	| 'saml_encryption'
	| 'saml_recipient'
	| 'saml_time'
	| 'saml_authn_instant'
	| 'saml_audience'
	| 'saml_condition'
	| 'saml_subject';

/** What is wrong with a provider's own description of itself. */
export type MetadataFault =
	| 'metadata_form'
	| 'metadata_signature'
	| 'metadata_expired'
	| 'metadata_without_provider';

export type OidcFault = 'oidc_answer' | 'oidc_token' | 'oidc_signature';

/** Somebody is not let in. `code` is for logs; `cause` never reaches one, since what libraries say may quote what they read. */
export class Refusal extends Error {
	readonly code: RefusalCode;

	constructor(code: RefusalCode, cause?: unknown) {
		super(code, cause === undefined ? undefined : { cause });
		this.name = 'Refusal';
		this.code = code;
	}
}
