import { isIPv4 } from 'node:net';
import { networkOf } from '@understory/http/limits.ts';

/** The addresses that are counted together: the /24 of an IPv4 address, the /64 of an IPv6 address; what is neither counts as one. */
export function addressGroup(address: string | undefined): string {
	const network = networkOf(address);
	return isIPv4(network) ? `${network.split('.').slice(0, 3).join('.')}.0/24` : network;
}
