import type { OutgoingRequest } from '../outgoing.ts';

const STATUSES: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);
const PERSONAL = new Set(['authorization', 'cookie', 'signature', 'signature-input', 'proxy-authorization']);

/** Does this status send the reader elsewhere (RFC 9110 15.4)? */
export function isRedirect(status: number): boolean {
	return STATUSES.has(status);
}

/**
 * The request after a redirect (RFC 9110 15.4): credentials and signatures do not follow to another origin. Null when it is not
 * to be followed: a body (a post meant for one server) is never handed to another.
 */
export function redirected(
	request: OutgoingRequest,
	status: number,
	sameOrigin: boolean,
): OutgoingRequest | null {
	const toGet = status === 303 || (request.method === 'POST' && (status === 301 || status === 302));
	if (!toGet && !sameOrigin && request.body) return null;
	const kept = Object.entries(request.headers ?? {}).filter(([written]) => {
		const name = written.toLowerCase();
		if (name === 'host') return false;
		if (!sameOrigin && PERSONAL.has(name)) return false;
		return !(toGet && (name.startsWith('content-') || name === 'digest'));
	});
	const headers = Object.fromEntries(kept);
	if (!toGet) return { ...request, headers };
	return { ...request, headers, method: request.method === 'HEAD' ? 'HEAD' : 'GET', body: null };
}
