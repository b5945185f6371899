import type { HttpConnection } from '@understory/core/sign-in-connections.ts';
import type { SignInReason } from '@understory/core/sign-in-reasons.ts';
import type { SignInTimeouts } from '@understory/core/sign-in-settings.ts';
import { OutgoingFailure } from '@understory/outgoing/failure.ts';
import type { Outgoing } from '@understory/outgoing/outgoing.ts';
import { reasonOfError } from '@understory/sip2/secure.ts';
import { misconfigured, type NoVerdict, unavailable } from './no-verdict.ts';

/** One request to a catalogue; `path` begins behind the connection's `url`. */
export interface CatalogueRequest {
	readonly method: 'GET' | 'POST';
	readonly path: string;
	readonly headers?: Readonly<Record<string, string>>;
	readonly json?: object;
	readonly form?: Readonly<Record<string, string>>;
	/** Does it carry the patron's secret? */
	readonly secret?: boolean;
}

/** What a catalogue answered: its status, and its body as text or as an object. */
export interface CatalogueAnswer {
	readonly status: number;
	/** By lower-case name. */
	readonly headers: Readonly<Record<string, string>>;
	readonly text: string;
	/** The body as an object; throws `NoVerdict` when it is none. */
	object(): Readonly<Record<string, unknown>>;
	/** The body as any JSON value; throws `NoVerdict` when it is none. */
	value(): unknown;
}

/** What can be asked within one check; all of it ends together. Throws `NoVerdict` where nothing came back. */
export type Ask = (request: CatalogueRequest) => Promise<CatalogueAnswer>;

/** What may be asked within one check, and whether the last of it took a secret along. */
export interface Asking {
	readonly ask: Ask;
	/** Was the request that was made last one with a secret, and did it begin to be sent? What comes after it was asked because its answer was good. */
	readonly secretSent: boolean;
}

const ANSWER_MS = 5_000;
const WHOLE_MS = 8_000;
/** A patron's record is some kilobytes; more is something else. */
const MAX_BYTES = 262_144;

/**
 * Begins what may be asked within one check. Nothing is sent twice, no redirect is followed, and an answer that comes too late is none (`answer` and
 * `whole`, milliseconds).
 */
export function beginAsking(
	{ url }: HttpConnection,
	outgoing: Outgoing,
	{ answer = ANSWER_MS, whole = WHOLE_MS }: SignInTimeouts = {},
): Asking {
	const until = performance.now() + whole;
	let secretSent = false;
	const ask: Ask = async ({ method, path, headers = {}, json, form, secret = false }) => {
		secretSent = false;
		const left = until - performance.now();
		if (left <= 0) throw unavailable('silent');
		const body = json ? JSON.stringify(json) : form ? new URLSearchParams(form).toString() : null;
		const type = json ? 'application/json' : form ? 'application/x-www-form-urlencoded' : null;
		const got = await outgoing
			.request({
				url: `${url}${path}`,
				method,
				headers: { accept: 'application/json', ...(type ? { 'content-type': type } : {}), ...headers },
				body,
				timeoutMs: Math.ceil(Math.min(left, answer)),
				maxBytes: MAX_BYTES,
				redirects: 0,
				onSending() {
					secretSent = secret;
				},
			})
			.catch((error: unknown) => {
				throw error instanceof OutgoingFailure ? verdictOf(error) : error;
			});
		const text = got.body.toString('utf8');
		const value = () => read(text);
		return { status: got.status, headers: got.headers, text, value, object: () => asObject(value()) };
	};
	return {
		ask,
		get secretSent() {
			return secretSent;
		},
	};
}

/** What a status means that is not among those an interface answers with. */
export function unexpected({ status }: CatalogueAnswer): NoVerdict {
	if (status >= 500) return unavailable('server_error');
	if (status === 429) return unavailable('busy');
	if (status === 401 || status === 403) return misconfigured('login_refused');
	if (status === 404) return misconfigured('not_there');
	if (status >= 300 && status < 400) return misconfigured('redirected');
	return misconfigured('status');
}

/** Part of an address that stands for one thing: nothing in it opens another path. Null for what no address can carry. */
export function pathPart(text: string): string | null {
	return /^\.+$/.test(text) || text === '' ? null : encodeURIComponent(text);
}

/** `Authorization` for a user and a password (RFC 7617). */
export function basicAuth(user: string, password: string): string {
	return `Basic ${Buffer.from(`${user}:${password}`, 'utf8').toString('base64')}`;
}

function read(text: string): unknown {
	try {
		return JSON.parse(text) as unknown;
	} catch {
		throw misconfigured('unreadable');
	}
}

/** A value as an object; throws `NoVerdict` when it is none. */
export function asObject(value: unknown): Readonly<Record<string, unknown>> {
	if (typeof value !== 'object' || value === null || Array.isArray(value)) throw misconfigured('unreadable');
	return value as Readonly<Record<string, unknown>>;
}

function verdictOf(failure: OutgoingFailure): NoVerdict {
	switch (failure.code) {
		case 'timeout':
			return unavailable('silent');
		case 'refused_address':
		case 'refused_url':
			return misconfigured(failure.code);
		case 'too_large':
		case 'unreadable':
			return misconfigured('unreadable');
		default:
			return unavailable(failure.cause instanceof Error ? reasonOf(failure.cause) : 'unreachable');
	}
}

/** `tls`, `certificate_expired` and their like, where that is why nobody could be reached. */
function reasonOf(cause: Error): SignInReason {
	const { code = '' } = cause as NodeJS.ErrnoException;
	if (code === 'UND_ERR_SOCKET' || code === 'ECONNRESET') return 'closed';
	return reasonOfError(cause, 'connecting');
}
