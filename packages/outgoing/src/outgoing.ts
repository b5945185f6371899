import { Agent, type Dispatcher, errors as undiciErrors, request as undiciRequest } from 'undici';
import { literalAddress } from './addresses.ts';
import { connectorOf, type Edge } from './edge.ts';
import { decode } from './exchange/decode.ts';
import { fetchThrough } from './exchange/fetch.ts';
import { inTime } from './exchange/in-time.ts';
import { isRedirect, redirected } from './exchange/redirect.ts';
import { OutgoingFailure } from './failure.ts';
import { guardedLookup, isTownName, systemResolve } from './lookup.ts';
import { mayLeadTo, type Reach } from './reach.ts';

/** One request. Times in milliseconds for the whole of it, redirects included; sizes in bytes. */
export interface OutgoingRequest {
	readonly url: string;
	readonly method?: string;
	readonly headers?: Readonly<Record<string, string>>;
	readonly body?: Buffer | string | null;
	readonly timeoutMs?: number;
	readonly maxBytes?: number;
	/** How many redirects are followed; 0 returns the redirect itself, as does a redirect that would hand a body to another origin. */
	readonly redirects?: number;
	readonly signal?: AbortSignal;
	/** Told when the request begins to be written on a connection: from then on the other server may have acted on it, whatever is heard of it. */
	readonly onSending?: () => void;
}

export interface OutgoingResponse {
	readonly status: number;
	/** Lower-case names; several values are joined by a comma, `set-cookie` by a line end. */
	readonly headers: Readonly<Record<string, string>>;
	readonly body: Buffer;
	/** Where the answer came from, after redirects. */
	readonly url: string;
}

/** The one HTTP client (DESIGN 5.12). */
export interface Outgoing {
	/** Rejects with `OutgoingFailure`. Any status is an answer. */
	request(request: OutgoingRequest): Promise<OutgoingResponse>;
	/** The same client in the form libraries expect; the same guard and limits. */
	readonly fetch: typeof globalThis.fetch;
	/** Lets go of every connection; what is still under way fails as `unreachable`. */
	close(): Promise<void>;
}

export interface OutgoingOptions extends Reach {
	readonly userAgent?: string;
	readonly timeoutMs?: number;
	readonly maxBytes?: number;
	/** Certificates (PEM) of the authorities that are believed, instead of those that everybody trusts. */
	readonly ca?: string;
	/** Where https names of the platform itself are asked, instead of where DNS leads: its own proxy, from inside. */
	readonly edge?: Edge | null;
}

/** A client that connects to public addresses only; checked at connect time, at every redirect, for literals too. */
export function createOutgoing(options: OutgoingOptions): Outgoing {
	return build(options, false);
}

/** A client for the platform's own internal ports, whose addresses come from enrolment and never from the outside. */
export function createInternalClient(options: OutgoingOptions): Outgoing {
	return build(options, true);
}

function build(options: OutgoingOptions, internal: boolean): Outgoing {
	const resolve = options.resolve ?? systemResolve;
	const agent = new Agent({
		connect: connectorOf({
			lookup: guardedLookup({ ...options, resolve, internal }),
			edge: options.edge ?? null,
			ca: options.ca,
		}),
		keepAliveTimeout: 4_000,
		connections: 16,
	});
	const agentName = options.userAgent ?? 'Understory';

	function check(url: URL): void {
		if (url.protocol !== 'http:' && url.protocol !== 'https:') throw new OutgoingFailure('refused_url');
		if (url.username || url.password) throw new OutgoingFailure('refused_url');
		const literal = literalAddress(url.hostname);
		if (literal && !internal && !mayLeadTo(literal, options)) {
			throw new OutgoingFailure('refused_address', { detail: url.hostname });
		}
		// Outside a town these names could only ever lead to this machine.
		if (!internal && !options.town && isTownName(url.hostname)) {
			throw new OutgoingFailure('refused_address', { detail: url.hostname });
		}
		if (!internal && !options.networks && url.hostname === 'localhost')
			throw new OutgoingFailure('refused_address');
	}

	async function once(url: URL, request: OutgoingRequest, signal: AbortSignal): Promise<OutgoingResponse> {
		check(url);
		const maxBytes = request.maxBytes ?? options.maxBytes ?? 1_048_576;
		try {
			const asked = undiciRequest(url, {
				method: (request.method ?? 'GET') as 'GET',
				headers: { 'user-agent': agentName, 'accept-encoding': 'identity', ...lowerCase(request.headers) },
				body: request.body ?? null,
				dispatcher: request.onSending ? telling(agent, request.onSending) : agent,
				signal,
			});
			const answer = await inTime(asked, signal);
			const chunks: Buffer[] = [];
			let size = 0;
			for await (const chunk of answer.body as AsyncIterable<Buffer>) {
				size += chunk.length;
				if (size > maxBytes) throw new OutgoingFailure('too_large', { detail: url.hostname });
				chunks.push(chunk);
			}
			const headers = flatten(answer.headers);
			const body = await decode(Buffer.concat(chunks, size), headers['content-encoding'], maxBytes);
			if (body.length !== size) delete headers['content-length'];
			delete headers['content-encoding'];
			return { status: answer.statusCode, headers, body, url: url.href };
		} catch (cause) {
			throw asFailure(cause, url, signal);
		}
	}

	async function send(request: OutgoingRequest): Promise<OutgoingResponse> {
		const timeout = AbortSignal.timeout(request.timeoutMs ?? options.timeoutMs ?? 15_000);
		const signal = request.signal ? AbortSignal.any([timeout, request.signal]) : timeout;
		let left = request.redirects ?? 0;
		if (!URL.canParse(request.url)) throw new OutgoingFailure('refused_url');
		let url = new URL(request.url);
		let current = request;
		for (;;) {
			const answer = await once(url, current, signal);
			const location = answer.headers.location;
			if (!isRedirect(answer.status) || !location || (request.redirects ?? 0) === 0) return answer;
			if (!URL.canParse(location, url)) throw new OutgoingFailure('refused_url');
			const next = new URL(location, url);
			const following = redirected(current, answer.status, next.origin === url.origin);
			if (!following) return answer;
			if (left-- === 0) throw new OutgoingFailure('too_many_redirects', { detail: url.hostname });
			current = following;
			url = next;
		}
	}

	return {
		request: send,
		fetch: fetchThrough(send),
		close: () => agent.destroy(),
	};
}

/** The same agent, which tells when a request begins to be written. */
function telling(agent: Agent, sending: () => void): Dispatcher {
	return agent.compose((dispatch) => (options, handler) => {
		const begin = handler.onRequestStart?.bind(handler);
		handler.onRequestStart = (...about) => {
			sending();
			begin?.(...about);
		};
		return dispatch(options, handler);
	});
}

/** Names in one case, so that a caller's own header takes the place of ours instead of standing beside it. */
function lowerCase(headers: Readonly<Record<string, string>> = {}): Record<string, string> {
	return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
}

function flatten(headers: Record<string, string | string[] | undefined>): Record<string, string> {
	const flat: Record<string, string> = {};
	for (const [name, value] of Object.entries(headers)) {
		if (value === undefined) continue;
		flat[name] = Array.isArray(value) ? value.join(name === 'set-cookie' ? '\n' : ', ') : value;
	}
	return flat;
}

function asFailure(cause: unknown, url: URL, signal: AbortSignal): Error {
	for (let error: unknown = cause; error instanceof Error; error = error.cause) {
		if (error instanceof OutgoingFailure) return error;
	}
	const reason: unknown = signal.reason;
	if (signal.aborted && reason instanceof Error && reason.name !== 'TimeoutError') return reason;
	const late =
		signal.aborted ||
		cause instanceof undiciErrors.HeadersTimeoutError ||
		cause instanceof undiciErrors.BodyTimeoutError ||
		cause instanceof undiciErrors.ConnectTimeoutError;
	return new OutgoingFailure(late ? 'timeout' : 'unreachable', { detail: url.hostname, cause });
}
