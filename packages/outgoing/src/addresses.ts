import ipaddr from 'ipaddr.js';

/** 2000::/3 is all of IPv6 that was ever given out as global unicast (RFC 4291 2.4, IANA's registry). */
const GLOBAL_UNICAST: [ipaddr.IPv6, number] = [ipaddr.IPv6.parse('2000::'), 3];

/**
 * May a connection go to this address? Only to what is public unicast, judged after IPv4 was taken out of its IPv6 wrappings
 * (mapped; NAT64, RFC 6052). Everything that is not plainly public is refused: loopback, private, link-local, unique-local,
 * carrier NAT, multicast, tunnels, documentation, reserved and unallocated ranges, and what is no address at all.
 */
export function isPublicAddress(text: string): boolean {
	const written = inOneForm(text);
	if (written === null || !ipaddr.isValid(written)) return false;
	const address = ipaddr.process(written);
	if (address instanceof ipaddr.IPv4) return address.range() === 'unicast';
	if (address.range() === 'rfc6052') return isPublicAddress(address.toByteArray().slice(12).join('.'));
	return address.range() === 'unicast' && address.match(GLOBAL_UNICAST);
}

/** IPv6 in hexadecimal only: with its last part written as IPv4, the library would read `::1.2.3.4` as IPv4 itself. */
export function inOneForm(text: string): string | null {
	if (!text.includes(':')) return text;
	const url = `http://[${text}]`;
	return URL.canParse(url) ? new URL(url).hostname.slice(1, -1) : null;
}

/** Is this host name a literal address (also in brackets)? Returns the bare address, or null. */
export function literalAddress(hostname: string): string | null {
	const bare = hostname.replace(/^\[|\]$/g, '');
	return ipaddr.isValid(bare) ? bare : null;
}
