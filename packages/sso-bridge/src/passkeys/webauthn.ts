/** The library that reads what authenticators answer. With all it brings it takes a fifth of a second and about 20 MB, so it is loaded with the first passkey. */
export function webauthn(): Promise<typeof import('@simplewebauthn/server')> {
	return import('@simplewebauthn/server');
}
