/**
 * What may be written to a log: an event and fields from a closed list, none of which can hold personal data (DESIGN 4.7).
 * `packages/http/src/log.ts` writes it; anything not listed here is dropped there.
 */
export interface LogFields {
	readonly role?: string;
	readonly library?: string;
	readonly branch?: string;
	readonly home?: string;
	readonly operation?: string;
	readonly job?: string;
	readonly method?: string;
	/** The pattern of a route, never the address that was asked for. */
	readonly route?: string;
	readonly status?: number;
	readonly duration_ms?: number;
	readonly count?: number;
	readonly request_id?: string;
	readonly error_code?: string;
	/** The private text of one of our own errors, which must hold no personal data. */
	readonly detail?: string;
	readonly error?: unknown;
}

export interface Log {
	info(event: string, fields?: LogFields): void;
	warn(event: string, fields?: LogFields): void;
	error(event: string, fields?: LogFields): void;
}

/** A log that keeps nothing, for parts that run without one. */
export const silentLog: Log = { info: () => undefined, warn: () => undefined, error: () => undefined };
