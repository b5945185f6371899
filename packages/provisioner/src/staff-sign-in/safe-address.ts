/** Does staff's browser go there, and we: over TLS, or to this machine (RFC 6761), as in a town? */
export function isSafeAddress(address: string): boolean {
	if (!URL.canParse(address)) return false;
	const { protocol, hostname, username, password } = new URL(address);
	const local = hostname === 'localhost' || hostname.endsWith('.localhost');
	return username + password === '' && (protocol === 'https:' || (protocol === 'http:' && local));
}
