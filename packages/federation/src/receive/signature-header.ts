import type { IncomingHttpHeaders } from 'node:http';
import { originOf } from '@understory/core/scope.ts';

/** What a signed request claims, before anything is fetched or verified. */
export interface SignatureClaim {
	readonly keyId: string;
	/** Origin of the key. */
	readonly origin: string;
	/** Which standard it follows: draft-cavage-http-signatures-12, or RFC 9421. */
	readonly standard: 'cavage' | 'rfc9421';
}

/**
 * Reads the claim of a signature, or null when there is none that would bind the request to us: it must cover method, target and host, the
 * time, and for a request with a body its digest (reference/fediverse.md 2.4, 5). The library that verifies leaves some of these
 * open; without `host` a request signed for another server could be sent on to us. One signature only, strictly spelled, so
 * that what is read here is what is verified later.
 */
export function signatureClaim(headers: IncomingHttpHeaders, withBody: boolean): SignatureClaim | null {
	const input = headers['signature-input'];
	const signature = headers.signature;
	if (typeof signature !== 'string' || signature.length > 4096) return null;
	if (input === undefined) return cavage(signature, withBody);
	return typeof input === 'string' && input.length <= 4096 ? rfc9421(input, withBody) : null;
}

const PAIR = /^\s*([A-Za-z]+)=(?:"([^",]*)"|(\d+))\s*$/;

function cavage(header: string, withBody: boolean): SignatureClaim | null {
	const values = new Map<string, string>();
	for (const part of header.split(',')) {
		const [, name, quoted, number] = PAIR.exec(part) ?? [];
		if (name === undefined || values.has(name)) return null;
		values.set(name, quoted ?? number ?? '');
	}
	const covered = (values.get('headers') ?? '').split(' ');
	const needed = ['(request-target)', 'host', 'date', ...(withBody ? ['digest'] : [])];
	if (!needed.every((name) => covered.includes(name)) || !values.get('signature')) return null;
	return claim(values.get('keyId'), 'cavage');
}

const INPUT = /^[A-Za-z*][\w.*-]*=\(((?:"[a-z0-9@-]+"\s*)*)\)((?:;[a-z]+=(?:"[^"]*"|\d+))*)$/;

function rfc9421(header: string, withBody: boolean): SignatureClaim | null {
	const [, components, parameters] = INPUT.exec(header.trim()) ?? [];
	if (components === undefined || parameters === undefined) return null;
	const covered: readonly string[] = components.match(/[a-z0-9@-]+/g) ?? [];
	const target =
		covered.includes('@target-uri') || ['@authority', '@path'].every((name) => covered.includes(name));
	if (!covered.includes('@method') || !target || (withBody && !covered.includes('content-digest')))
		return null;
	const ids = [...parameters.matchAll(/;keyid="([^"]*)"/g)];
	return ids.length === 1 ? claim(ids[0]?.[1], 'rfc9421') : null;
}

function claim(keyId: string | undefined, standard: SignatureClaim['standard']): SignatureClaim | null {
	const origin = keyId === undefined ? '' : originOf(keyId);
	if (keyId === undefined || !/^https?:/.test(origin)) return null;
	return { keyId, origin, standard };
}
