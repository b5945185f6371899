import type { Edge } from '@understory/config/role.ts';
import { createInternalClient, createOutgoing, type Outgoing } from '@understory/outgoing/outgoing.ts';

/** The two ways out of a role: to the platform's own processes, and to everybody else. */
export interface Clients {
	readonly internal: Outgoing;
	readonly outgoing: Outgoing;
	close(): Promise<void>;
}

/** Makes them. `edge`: where names of the platform itself are asked, when that is not where DNS leads. */
export function createClients(edge: Edge | null): Clients {
	const internal = createInternalClient({ town: false });
	const outgoing = createOutgoing({ town: false, edge });
	return {
		internal,
		outgoing,
		async close() {
			await Promise.all([internal.close(), outgoing.close()]);
		},
	};
}

/** Makes something of the clients; when that fails, the clients are let go as well. */
export async function withClients<T>(edge: Edge | null, make: (clients: Clients) => Promise<T>): Promise<T> {
	const clients = createClients(edge);
	try {
		return await make(clients);
	} catch (error) {
		await clients.close();
		throw error;
	}
}
