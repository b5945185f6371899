import { createHash, randomBytes } from 'node:crypto';
import type { Request, Response } from 'express';

const NAME = 'card_way';

/**
 * A random name that one browser holds, so that who comes back from a provider is who left for it, and nobody is signed in as somebody else by
 * a link. It is not readable by scripts, goes to this host alone, and ends with the browser's session. `lax` is enough: the last step of every
 * way back is a GET of our own (reference/library-sso.md 5.5).
 */
export function giveBrowserKey(request: Request, response: Response, origin: string): string {
	const known = keyIn(request, origin);
	if (known) return hash(known);
	const key = randomBytes(32).toString('base64url');
	const secure = origin.startsWith('https:');
	response.cookie(nameAt(origin), key, { httpOnly: true, sameSite: 'lax', secure, path: '/' });
	return hash(key);
}

/** The hash of what this browser holds; null when it holds nothing. */
export function browserKeyOf(request: Request, origin: string): string | null {
	const known = keyIn(request, origin);
	return known === null ? null : hash(known);
}

/** On https the browser itself insists that no other host set it. */
function nameAt(origin: string): string {
	return origin.startsWith('https:') ? `__Host-${NAME}` : NAME;
}

function keyIn(request: Request, origin: string): string | null {
	const found = (request.headers.cookie ?? '')
		.split(/;\s*/)
		.map((pair) => /^([^=]+)=([\w-]{43})$/.exec(pair))
		.filter((match) => match?.[1] === nameAt(origin));
	return found.length === 1 ? found[0]![2]! : null;
}

function hash(key: string): string {
	return createHash('sha256').update(key).digest('base64url');
}
