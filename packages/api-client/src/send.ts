/** One request as it goes out. `body` is a text or the bytes of a file as they are read. */
export interface Sent {
	readonly method: string;
	readonly url: string;
	readonly headers: Readonly<Record<string, string>>;
	readonly body: string | AsyncIterable<Uint8Array> | null;
}

export interface Answered {
	readonly status: number;
	/** By lower-case name. */
	readonly headers: Readonly<Record<string, string>>;
	readonly text: string;
}

/** How requests reach the platform; rejects when nobody answers. */
export type Send = (sent: Sent, signal?: AbortSignal) => Promise<Answered>;

/** Longest wait for an answer, in milliseconds. */
const PATIENCE_MS = 60_000;

/**
 * Sends with the runtime's own client. The guarded client of `outgoing` is for servers, which are told addresses by strangers; here the person
 * who calls names the one platform to be called. Redirects are not followed: a token is for one address.
 */
export const sendByFetch: Send = async ({ method, url, headers, body }, signal) => {
	const late = AbortSignal.timeout(PATIENCE_MS);
	const response = await fetch(url, {
		method,
		headers,
		redirect: 'manual',
		// A file may take longer to be read than an answer to come.
		signal: signal ?? (typeof body === 'string' || body === null ? late : null),
		...(body === null ? {} : { body: body as BodyInit, duplex: 'half' }),
	} as RequestInit);
	return {
		status: response.status,
		headers: Object.fromEntries(response.headers),
		text: await response.text(),
	};
};
