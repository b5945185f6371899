import type { LookupAddress } from 'node:dns';
import { lookup as systemLookup } from 'node:dns';
import { OutgoingFailure } from './failure.ts';
import { mayLeadTo, type Reach } from './reach.ts';

/** Names to addresses, all of them; a test passes its own. */
export type Resolve = (hostname: string) => Promise<readonly LookupAddress[]>;

/** What the system's resolver says. */
export const systemResolve: Resolve = (hostname) =>
	new Promise((resolve, reject) => {
		systemLookup(hostname, { all: true }, (error, addresses) => (error ? reject(error) : resolve(addresses)));
	});

type Callback = (error: Error | null, address: string | LookupAddress[], family?: number) => void;

/**
 * The lookup the socket itself uses, so that what was checked is what is connected to (no second resolution in between). One
 * refused address among several refuses the name: a name that points inside at all is not to be trusted.
 */
export function guardedLookup(options: Reach & { readonly resolve: Resolve; readonly internal: boolean }) {
	return (hostname: string, how: { all?: boolean }, done: Callback): void => {
		const answer = (addresses: readonly LookupAddress[]) => {
			if (how.all) done(null, [...addresses]);
			else done(null, addresses[0]!.address, addresses[0]!.family);
		};
		const here = (options.town && isTownName(hostname)) || (options.internal && hostname === 'localhost');
		const found = here ? Promise.resolve([{ address: '127.0.0.1', family: 4 }]) : options.resolve(hostname);
		const trusted = options.internal || (here && options.networks === undefined);
		found.then(
			(addresses) => {
				if (addresses.length === 0) return done(new OutgoingFailure('unreachable'), '');
				const inside = addresses.some(({ address }) => !mayLeadTo(address, options));
				if (inside && !trusted) return done(new OutgoingFailure('refused_address', { detail: hostname }), '');
				answer(addresses);
			},
			(cause: unknown) => done(new OutgoingFailure('unreachable', { detail: hostname, cause }), ''),
		);
	};
}

/** Names below `.localhost` belong to this machine (RFC 6761) and exist only in a town. */
export function isTownName(hostname: string): boolean {
	return hostname.endsWith('.localhost');
}
