/** Namespaces of the documents that SAML is made of. */
export const SAML = 'urn:oasis:names:tc:SAML:2.0:assertion';
export const SAMLP = 'urn:oasis:names:tc:SAML:2.0:protocol';
export const METADATA = 'urn:oasis:names:tc:SAML:2.0:metadata';
export const DSIG = 'http://www.w3.org/2000/09/xmldsig#';
export const XENC = 'http://www.w3.org/2001/04/xmlenc#';

export const REDIRECT = 'urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect';
export const POST = 'urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST';
export const BEARER = 'urn:oasis:names:tc:SAML:2.0:cm:bearer';
export const PERSISTENT = 'urn:oasis:names:tc:SAML:2.0:nameid-format:persistent';
export const ENTITY = 'urn:oasis:names:tc:SAML:2.0:nameid-format:entity';
export const SUCCESS = 'urn:oasis:names:tc:SAML:2.0:status:Success';

export const EXCLUSIVE_C14N = 'http://www.w3.org/2001/10/xml-exc-c14n#';
export const ENVELOPED = `${DSIG}enveloped-signature`;
export const RSA_SHA256 = 'http://www.w3.org/2001/04/xmldsig-more#rsa-sha256';
export const RSA_SHA512 = 'http://www.w3.org/2001/04/xmldsig-more#rsa-sha512';
export const SHA256 = `${XENC}sha256`;
export const SHA512 = `${XENC}sha512`;

/** How a signature may be made, and the name Node has for it. SHA-1 is none of them (reference/library-sso.md 4.2). */
export const SIGNATURE_METHODS: ReadonlyMap<string, string> = new Map([
	[RSA_SHA256, 'RSA-SHA256'],
	[RSA_SHA512, 'RSA-SHA512'],
]);
export const DIGEST_METHODS: ReadonlyMap<string, string> = new Map([
	[SHA256, 'sha256'],
	[SHA512, 'sha512'],
]);

const GCM = ['http://www.w3.org/2009/xmlenc11#aes128-gcm', 'http://www.w3.org/2009/xmlenc11#aes256-gcm'];
const CBC = [`${XENC}aes128-cbc`, `${XENC}aes256-cbc`];
/** Ciphers that notice when somebody changed what they hide. */
export const SOUND_CIPHERS: ReadonlySet<string> = new Set(GCM);
/** CBC is no danger where the response around it is signed and that is checked first. */
export const CIPHERS: ReadonlySet<string> = new Set([...GCM, ...CBC]);
/** RSA 1.5 padding can be asked until it answers; OAEP cannot. */
export const KEY_TRANSPORT = `${XENC}rsa-oaep-mgf1p`;
