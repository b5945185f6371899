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
