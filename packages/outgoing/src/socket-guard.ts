import type { LookupFunction } from 'node:net';
import { literalAddress } from './addresses.ts';
import { OutgoingFailure } from './failure.ts';
import { guardedLookup, systemResolve } from './lookup.ts';
import { mayLeadTo, type Reach } from './reach.ts';

/** The guard of a connection that is not HTTP; what it refuses ends with an `OutgoingFailure` as the cause. */
export interface SocketGuard {
	/** For the socket, which connects to what this answers and to nothing else. */
	readonly lookup: LookupFunction;
	/** Throws `OutgoingFailure` for a host that is an address to which nothing may lead: no socket looks one up. */
	refuseAddress(host: string): void;
}

/** The same rules as for HTTP: public addresses, and the networks that are named. */
export function socketGuard(reach: Reach): SocketGuard {
	return {
		lookup: guardedLookup({
			...reach,
			resolve: reach.resolve ?? systemResolve,
			internal: false,
		}) as LookupFunction,
		refuseAddress(host) {
			const literal = literalAddress(host);
			if (literal !== null && !mayLeadTo(literal, reach))
				throw new OutgoingFailure('refused_address', { detail: host });
		},
	};
}
