import ipaddr from 'ipaddr.js';
import { inOneForm } from './addresses.ts';

/** What a network may lie in: the ranges people number their own houses with (RFC 1918, RFC 4193), those of carriers, which VPNs use (RFC 6598), and this machine. */
const INSIDE = [
	'10.0.0.0/8',
	'172.16.0.0/12',
	'192.168.0.0/16',
	'100.64.0.0/10',
	'fc00::/7',
	'127.0.0.0/8',
	'::1/128',
];

/** Where clouds tell a machine its own secrets, inside of those ranges; no network leads there. */
const METADATA = ['100.100.100.200/32', 'fd00:ec2::254/128'];

/** Why a network cannot be allowed. */
export type NetworkFault =
	| 'not_a_network'
	/** There are addresses in it that are public, or of no house: public ones need no word, and the others are nobody's to allow. */
	| 'not_inside';

/** A network in its one form (`10.20.0.0/16`), or why it cannot be allowed. An address alone is a network of one. */
export function readNetwork(text: string): { readonly cidr: string } | { readonly fault: NetworkFault } {
	const written = text.trim().toLowerCase();
	const whole = written.includes('/') ? written : `${written}/${written.includes(':') ? 128 : 32}`;
	const inForm = whole.includes(':') || ipaddr.IPv4.isValidFourPartDecimal(whole.split('/')[0]!);
	if (!inForm || !ipaddr.isValidCIDR(whole)) return { fault: 'not_a_network' };
	const [address, bits] = ipaddr.parseCIDR(whole);
	const first = firstOf(address, bits);
	if (first.toNormalizedString() !== address.toNormalizedString()) return { fault: 'not_a_network' };
	const inside = INSIDE.map((range) => ipaddr.parseCIDR(range)).some(
		([range, least]) =>
			range.kind() === address.kind() && bits >= least && address.match([range, least] as never),
	);
	return inside ? { cidr: `${first.toString()}/${bits}` } : { fault: 'not_inside' };
}

/** Does this address, with no wrapping around it, stand in one of these networks? */
export function standsIn(networks: readonly string[], address: string): boolean {
	const written = inOneForm(address);
	if (written === null || !ipaddr.isValid(written)) return false;
	const parsed = ipaddr.parse(written);
	const within = (cidr: string) => {
		const [network, bits] = ipaddr.parseCIDR(cidr);
		return network.kind() === parsed.kind() && parsed.match([network, bits] as never);
	};
	return networks.some(within) && !METADATA.some(within);
}

function firstOf(address: ipaddr.IPv4 | ipaddr.IPv6, bits: number): ipaddr.IPv4 | ipaddr.IPv6 {
	const cidr = `${address.toString()}/${bits}`;
	return address.kind() === 'ipv4'
		? ipaddr.IPv4.networkAddressFromCIDR(cidr)
		: ipaddr.IPv6.networkAddressFromCIDR(cidr);
}
