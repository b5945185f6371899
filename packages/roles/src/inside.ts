import type { IncomingMessage } from 'node:http';
import { isIP } from 'node:net';
import { parseHost } from '@understory/http/host.ts';

/** What every proxy adds to what it passes on, and what nobody inside sends. */
const PASSED_ON = ['forwarded', 'x-forwarded-for', 'x-forwarded-host', 'x-forwarded-proto'];

/** Did this request come without a proxy, from a probe or from another role? A proxy says that it passed something on. */
export function isFromInside(request: IncomingMessage): boolean {
	return PASSED_ON.every((name) => request.headers[name] === undefined);
}

/**
 * Is this request for the process itself and not for a public site of it? Probes name a bare address or nobody; other roles name the host
 * inside, `insideHost`, with its port.
 */
export function isForProcess(request: IncomingMessage, insideHost: string | null): boolean {
	if (!isFromInside(request)) return false;
	const host = parseHost(request.headers.host);
	if (!host) return true;
	return (
		host.host === insideHost ||
		host.hostname === 'localhost' ||
		isIP(host.hostname.replace(/^\[|\]$/g, '')) !== 0
	);
}
