import { isPublicAddress } from './addresses.ts';
import type { Resolve } from './lookup.ts';
import { standsIn } from './networks.ts';

/** Where connections may lead. */
export interface Reach {
	/** Town mode: names below `.localhost` are this machine. Never in production. */
	readonly town: boolean;
	readonly resolve?: Resolve;
	/** Networks that are not public and may be led to all the same (`readNetwork`). Where they are named, this machine is one only when it stands among them, in a town too. */
	readonly networks?: readonly string[];
	/** True for what may not leave those networks: there is no encryption on the way. */
	readonly insideOnly?: boolean;
}

/** May a connection go to this address? */
export function mayLeadTo(address: string, { networks = [], insideOnly = false }: Reach): boolean {
	return (!insideOnly && isPublicAddress(address)) || standsIn(networks, address);
}
