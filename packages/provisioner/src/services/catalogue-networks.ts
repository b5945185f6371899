import type { CatalogueNetwork } from '@understory/core/catalogue-network.ts';
import { BadInput, NotAllowed, NotFound } from '@understory/core/errors.ts';
import { type NetworkFault, readNetwork } from '@understory/outgoing/networks.ts';
import type { Context } from '../context.ts';
import type { TokenRow } from '../store/access.ts';
import {
	addCatalogueNetwork,
	type CatalogueNetworkRow,
	catalogueNetworks,
	endCatalogueNetwork,
} from '../store/catalogue-networks.ts';
import { big, type LibraryRow } from '../store/rows.ts';
import { isUuid } from '../store/uuid.ts';

/** A network that a library's catalogue may stand in, and whose word that is. */
export interface AllowedNetwork extends CatalogueNetwork {
	readonly id: string;
	readonly allowed_at: number;
	readonly allowed_by: string;
}

const SENTENCES: Readonly<Record<NetworkFault, string>> = {
	not_a_network: 'Write a network with its first address, such as 10.20.0.0/16, or one address.',
	not_inside:
		'Only a network of private addresses can be allowed (10.…, 172.16 to 31, 192.168, 100.64 to 127, fc00::/7), or this machine (127.…). Public addresses need nobody’s word.',
};

/** May whoever has this token allow networks: is it for the whole platform? A library cannot open what stands beside its catalogue. Throws `NotAllowed`. */
export function requirePlatform(token: Pick<TokenRow, 'role' | 'library'>): void {
	if (token.role === 'platform_admin' && token.library === null) return;
	throw new NotAllowed(
		'Only whoever runs the platform allows networks. Ask them, and name the network and the port.',
	);
}

export async function allowedNetworks(context: Context, library: LibraryRow): Promise<AllowedNetwork[]> {
	return (await catalogueNetworks(context.database, library.id)).map(shown);
}

/** Allows a library's catalogue a network at one port; one that is allowed already stays as it is. Throws `BadInput` with every fault. */
export async function allowNetwork(
	context: Context,
	library: LibraryRow,
	wanted: CatalogueNetwork,
	{ id, by }: { id: string; by: string },
): Promise<AllowedNetwork> {
	const read = readNetwork(wanted.cidr);
	const faults = [
		...('fault' in read ? [{ field: 'cidr', text: SENTENCES[read.fault] }] : []),
		...(Number.isInteger(wanted.port) && wanted.port >= 1 && wanted.port <= 65_535
			? []
			: [{ field: 'port', text: 'Write the port of the catalogue, from 1 to 65535.' }]),
	];
	if (faults.length > 0 || 'fault' in read) throw new BadInput('This network cannot be allowed.', faults);
	const row = { id, library: library.id, cidr: read.cidr, port: wanted.port, at: context.clock.now(), by };
	return shown(await addCatalogueNetwork(context.database, row));
}

/** Ends one: the catalogue is asked there no more. Throws `NotFound`. */
export async function endNetwork(
	context: Context,
	library: LibraryRow,
	id: string,
	by: string,
): Promise<void> {
	const at = context.clock.now();
	const ended =
		isUuid(id) && (await endCatalogueNetwork(context.database, { library: library.id, id, at, by }));
	if (!ended) throw new NotFound('There is no such network.');
}

function shown({ id, cidr, port, allowed_at, allowed_by }: CatalogueNetworkRow): AllowedNetwork {
	return { id, cidr, port, allowed_at: big(allowed_at), allowed_by };
}
