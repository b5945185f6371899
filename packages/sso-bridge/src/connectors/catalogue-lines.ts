import type { CatalogueNetwork } from '@understory/core/catalogue-network.ts';
import type { Connection } from '@understory/core/sign-in-connections.ts';
import { createOutgoing, type Outgoing } from '@understory/outgoing/outgoing.ts';
import type { Reach } from '@understory/outgoing/reach.ts';
import { type SocketGuard, socketGuard } from '@understory/outgoing/socket-guard.ts';

/** The ways to one library's catalogue, whatever it speaks: to public addresses, and into the networks that the platform allowed for it. */
export interface CatalogueLines {
	/** `ca`: who vouches for it (PEM), instead of those that everybody trusts. */
	client(how: LineHow & { readonly ca?: string }): Outgoing;
	guard(how: LineHow): SocketGuard;
}

type LineHow = Required<Pick<Reach, 'networks'>> & Pick<Reach, 'insideOnly'>;

/** `town`: names below `.localhost` are this machine. */
export function catalogueLines(options: Pick<Reach, 'town' | 'resolve'>): CatalogueLines {
	return {
		client: (how) => createOutgoing({ ...options, ...how }),
		guard: (how) => socketGuard({ ...options, ...how }),
	};
}

/** Of the networks that a library was allowed those in which a connection may lead, by its port. */
export function networksFor(
	connection: Exclude<Connection, { kind: 'list' }>,
	allowed: readonly CatalogueNetwork[],
): string[] {
	const port = portOf(connection);
	return allowed.filter((network) => network.port === port).map(({ cidr }) => cidr);
}

/** The port a catalogue is asked at. */
export function portOf(connection: Exclude<Connection, { kind: 'list' }>): number {
	if (connection.kind === 'sip2') return connection.port;
	const { port, protocol } = new URL(connection.url);
	return port === '' ? (protocol === 'https:' ? 443 : 80) : Number(port);
}
