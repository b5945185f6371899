import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Checks } from './health.ts';
import type { Metrics } from './metrics.ts';

/** A running part of the platform. Built by hand from its parts; knows no other role but by address. */
export interface Role {
	/** Answers one request; the caller has already chosen the role by Host. */
	handle(request: IncomingMessage, response: ServerResponse): void;
	/** What it needs before it can take work: its database, the registers it follows. */
	readonly checks: Checks;
	/** What it tells whoever watches over the platform; for the inside only. */
	readonly metrics: Metrics;
	/** Finishes all work that is due now; resolves when nothing is left to do. Tests call this instead of sleeping. */
	settle(): Promise<void>;
	/** Stops taking work, finishes what runs, lets go of files and connections. May be called twice. */
	close(): Promise<void>;
}
