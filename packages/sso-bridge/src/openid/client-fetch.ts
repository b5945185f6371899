import type { Outgoing } from '@understory/outgoing/outgoing.ts';

/** The ways to a client. */
export interface ClientLines {
	/** Reaches public addresses only. */
	readonly outgoing: Pick<Outgoing, 'fetch'>;
	/**
	 * Clients that stand in a private network, by their ids, and the way there. Whoever runs the platform says so; a library's register cannot, or
	 * it could make the bridge knock at doors inside.
	 */
	readonly inside: {
		readonly clients: ReadonlySet<string>;
		readonly outgoing: Pick<Outgoing, 'fetch'>;
	} | null;
}

/** What oidc-provider asks the world with. Its own guard is left out, since ours looks before it connects and not after. */
export function clientFetch(lines: ClientLines, clientAt: (url: string) => string | undefined): typeof fetch {
	return (input, init) => {
		const { dispatcher: _theirs, ...options } = (init ?? {}) as RequestInit & { dispatcher?: unknown };
		const client = clientAt(input instanceof Request ? input.url : String(input));
		const { inside, outgoing } = lines;
		const line = inside && client !== undefined && inside.clients.has(client) ? inside.outgoing : outgoing;
		return line.fetch(input, options);
	};
}
