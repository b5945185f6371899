/** One line of the routing table: requests for a host name go to the home at this address inside the platform. */
export interface Route {
	/** Without a port, such as `main.port.example`. */
	readonly host: string;
	/** The home's name. */
	readonly home: string;
	/** Where the home listens, such as `http://home-1.understory-homes.svc:8080`. */
	readonly address: string;
}

/**
 * The routing table, or what changed in it (GET /internal/v1/routes), signed by the platform. A *snapshot* (`since` null) is everything; a *delta*
 * makes the table of `since` the one of `version`. Versions count up; `digest` tells two histories of the same length apart, as after the
 * platform's database was restored.
 */
export interface RoutesDocument {
	readonly type: 'understory/routes/v1';
	readonly since: string | null;
	/** `NUMBER.DIGEST`: also the ETag, and what the next question names. */
	readonly version: string;
	/** In the order of their hosts. */
	readonly routes: readonly Route[];
	/** Hosts that are no longer there. */
	readonly gone: readonly string[];
	/** UTC milliseconds. */
	readonly issued: number;
}

/** The table as whoever follows it keeps it. */
export interface RoutingTable {
	readonly version: string;
	readonly byHost: ReadonlyMap<string, Route>;
}

/**
 * The table after a document; null when it is a delta to another table than this one, so that the whole has to be asked for. Pure: the table that
 * was given stays as it is, and goes on being used until the new one is there.
 */
export function followRoutes(table: RoutingTable | null, document: RoutesDocument): RoutingTable | null {
	const { since, version, routes, gone } = document;
	if (since !== null && since !== table?.version) return null;
	const byHost = new Map(since === null ? [] : table!.byHost);
	for (const host of gone) byHost.delete(host);
	for (const route of routes) byHost.set(route.host, route);
	return { version, byHost };
}
