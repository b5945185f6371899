/** What a library is to identity providers (SAML core, metadata 2.4.4): one entity on its card host, whoever the provider. */
export interface ServiceProvider {
	/** Also the address of our metadata. Chosen once: providers know us by it. */
	readonly entityId: string;
	/** Where responses are posted to. */
	readonly acs: string;
	/** Where requests and responses about signing out come to. */
	readonly logout: string;
}

export function serviceProviderAt(cardOrigin: string): ServiceProvider {
	return {
		entityId: `${cardOrigin}/upstream/saml/metadata`,
		acs: `${cardOrigin}/upstream/saml/acs`,
		logout: `${cardOrigin}/upstream/saml/logout`,
	};
}
