import { buildConnector } from 'undici';
import type { guardedLookup } from './lookup.ts';

/** The proxy of the platform, as it is reached from inside, and the domain below which every name is its. */
export interface Edge {
	readonly domain: string;
	readonly host: string;
	readonly port: number;
}

/**
 * How connections are made: by the guarded look-up, except for https names below the platform's own domain where an edge is named. Those go to the
 * edge and nowhere else, with the certificate held to the name that was asked for; so a name of ours never leads into the network behind it.
 */
export function connectorOf(options: {
	readonly lookup: ReturnType<typeof guardedLookup>;
	readonly edge: Edge | null;
	readonly ca?: string | undefined;
}): buildConnector.connector {
	const { edge } = options;
	const trusted = { timeout: 10_000, ...(options.ca === undefined ? {} : { ca: options.ca }) };
	const guarded = buildConnector({ ...trusted, lookup: options.lookup } as buildConnector.BuildOptions);
	if (!edge) return guarded;
	const toEdge = buildConnector(trusted);
	return (asked, done) => {
		if (asked.protocol !== 'https:' || !asked.hostname.endsWith(`.${edge.domain}`))
			return guarded(asked, done);
		const servername = asked.servername || asked.hostname;
		toEdge({ ...asked, servername, hostname: edge.host, host: edge.host, port: String(edge.port) }, done);
	};
}
