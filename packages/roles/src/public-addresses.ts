import type { Addresses } from '@understory/provisioner/context.ts';

/** The addresses of a platform below a public domain, all on https; each is used once, when what it names comes into being (DESIGN 5.5). */
export function publicAddresses(domain: string): Addresses {
	return {
		console: `https://console.${domain}`,
		branch: (library, branch) => `https://${branch}.${library}.${domain}`,
		card: (library) => `https://card.${library}.${domain}`,
		accountability: (library) => `https://accountability.${library}.${domain}`,
	};
}
