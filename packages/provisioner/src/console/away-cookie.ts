import { randomBytes } from 'node:crypto';
import type { Request, Response } from 'express';

/** How long somebody may be away at a provider, in milliseconds. */
const AWAY_MS = 600_000;

/** What a browser that leaves for a provider holds, so that nobody else comes back in its place. Gives it a new value. */
export function giveAwayCookie(response: Response, secure: boolean): string {
	const value = randomBytes(32).toString('base64url');
	response.cookie(nameOf(secure), value, {
		httpOnly: true,
		sameSite: 'lax',
		secure,
		path: '/',
		maxAge: AWAY_MS,
	});
	return value;
}

/** What it holds; empty when it holds nothing. */
export function awayCookie(request: Request, secure: boolean): string {
	return (
		new RegExp(`(?:^|;\\s*)${nameOf(secure)}=([\\w-]{43})(?:;|$)`).exec(request.headers.cookie ?? '')?.[1] ??
		''
	);
}

export function takeAwayCookie(response: Response, secure: boolean): void {
	response.clearCookie(nameOf(secure), { path: '/', secure });
}

function nameOf(secure: boolean): string {
	return secure ? '__Host-away' : 'away';
}
