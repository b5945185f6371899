import ipaddr from 'ipaddr.js';

/**
 * May a connection go to this address? Only what is public unicast, after IPv4 inside IPv6 (mapped, NAT64, 6to4, Teredo) was
 * taken out. Everything that is not plainly public is refused: loopback, private, link-local, carrier NAT, multicast, reserved.
 */
export function isPublicAddress(text: string): boolean {
	if (!ipaddr.isValid(text)) return false;
	const address = ipaddr.process(text);
	if (address.kind() === 'ipv4') return address.range() === 'unicast';
	const range = address.range();
	if (range === 'rfc6052') {
		const bytes = address.toByteArray().slice(12);
		return isPublicAddress(bytes.join('.'));
	}
	return range === 'unicast';
}

/** Is this host name a literal address (also in brackets)? Returns the bare address, or null. */
export function literalAddress(hostname: string): string | null {
	const bare = hostname.replace(/^\[|\]$/g, '');
	return ipaddr.isValid(bare) ? bare : null;
}
