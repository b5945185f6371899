import type { Addresses } from '@understory/provisioner/context.ts';

/** The addresses of a town: everything below `localhost`, on one port (DESIGN section 8). */
export function townAddresses(port: number): Addresses {
	const at = (name: string) => `http://${name}localhost:${port}`;
	return {
		console: at(''),
		branch: (library, branch) => at(`${branch}.${library}.`),
		card: (library) => at(`card.${library}.`),
		accountability: (library) => at(`accountability.${library}.`),
	};
}

/** Which role answers for a host name of the town. Whatever is nobody else's is for the home, which knows its branches. */
export function roleFor(hostname: string): 'provisioner' | 'sso-bridge' | 'accountability' | 'home' {
	if (hostname === 'localhost' || hostname === '127.0.0.1') return 'provisioner';
	if (hostname.startsWith('card.')) return 'sso-bridge';
	return hostname.startsWith('accountability.') ? 'accountability' : 'home';
}
