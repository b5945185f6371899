/**
 * May a browser be sent to this address, with what it carries? Over TLS only; except for names that belong to this machine (RFC 6761), as a
 * town has them.
 */
export function isSafeAddress(address: string): boolean {
	if (!URL.canParse(address)) return false;
	const { protocol, hostname, username, password } = new URL(address);
	if (username || password) return false;
	return protocol === 'https:' || (protocol === 'http:' && /(?:^|\.)localhost$/.test(hostname));
}
