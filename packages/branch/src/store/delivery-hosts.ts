import { sql, written } from './sql.ts';
import type { Reading, Writing } from './store.ts';

/** A server that failed the last times, or asked us to wait; no row means that all is well. */
export interface DeliveryHost {
	/** Scheme, host and port. */
	readonly origin: string;
	/** How many tries in a row it did not answer, or not in a way that counts. */
	readonly failures: number;
	/** Nothing goes there before, UTC milliseconds. */
	readonly retry_at: number;
}

/** What is known against a server. */
export function deliveryHost(reading: Reading, origin: string): DeliveryHost | undefined {
	return reading.first<DeliveryHost>(written('SELECT * FROM delivery_host WHERE origin = ?', origin));
}

/** Keeps what is known against a server. */
export function keepDeliveryHost(writing: Writing, host: DeliveryHost): void {
	writing.run(
		sql('delivery_host')
			.insert({ ...host })
			.onConflict('origin')
			.merge(),
	);
}

/** All is well with it again; whether anything was known against it. */
export function forgiveDeliveryHost(writing: Writing, origin: string): boolean {
	return writing.run(sql('delivery_host').where({ origin }).delete()) > 0;
}

/** A server for which something waits. */
export interface WaitingHost {
	readonly origin: string;
	readonly failures: number;
	/** When the first of what waits may go, UTC milliseconds. */
	readonly at: number;
}

/** Jumps from server to server through the index: ten thousand rows for one of them cost as much as one. */
const WAITING = `
WITH RECURSIVE host (origin) AS (
	SELECT min(origin) FROM delivery WHERE finished IS NULL
	UNION ALL
	SELECT (SELECT min(origin) FROM delivery WHERE finished IS NULL AND origin > host.origin)
	FROM host WHERE host.origin IS NOT NULL
)
SELECT host.origin, coalesce(known.failures, 0) AS failures, max(coalesce(known.retry_at, 0), (
	SELECT min(next_at) FROM delivery WHERE finished IS NULL AND delivery.origin = host.origin
)) AS at
FROM host LEFT JOIN delivery_host AS known ON known.origin = host.origin
WHERE host.origin IS NOT NULL`;

/** Every server for which something waits, each with the time when the first of it may go. */
export function waitingHosts(reading: Reading): WaitingHost[] {
	return reading.all<WaitingHost>(sql.raw(WAITING));
}
