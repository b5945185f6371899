import { randomBytes } from 'node:crypto';
import type { LibraryRecord } from '@understory/core/register.ts';
import type { Request, Response } from 'express';
import type { LibraryKeys } from '../keys.ts';

const YEAR_MS = 365 * 86_400_000;

/** The number of this browser, made by chance when somebody first signed in in it; null when it has none. */
export function browserOf(request: Request): string | null {
	return /(?:^|;\s*)card_browser=([\w-]{22})(?:;|$)/.exec(request.headers.cookie ?? '')?.[1] ?? null;
}

/** Gives a browser its number, or keeps it for another year. It is read on this host alone, to tell a new browser from one that somebody knows. */
export function markBrowser(request: Request, response: Response, library: LibraryRecord): string {
	const number = browserOf(request) ?? randomBytes(16).toString('base64url');
	response.cookie('card_browser', number, {
		path: '/',
		httpOnly: true,
		sameSite: 'lax',
		secure: library.card_origin.startsWith('https:'),
		maxAge: YEAR_MS,
	});
	return number;
}

/** Does this browser come in by passkey? Then it is shown that page first, and the card is a link away. */
export function comesByPasskey(request: Request): boolean {
	return /(?:^|;\s*)card_way=passkey(?:;|$)/.test(request.headers.cookie ?? '');
}

export function rememberWay(response: Response, library: LibraryRecord, way: 'passkey' | 'card'): void {
	const secure = library.card_origin.startsWith('https:');
	const kept = { path: '/', httpOnly: true, sameSite: 'lax', secure } as const;
	if (way === 'passkey') response.cookie('card_way', 'passkey', { ...kept, maxAge: YEAR_MS });
	else response.clearCookie('card_way', kept);
}

/** What is stored of it: another hash for every account, so that nobody can tell who shares a computer. */
export function browserHash(keys: LibraryKeys, account: string, browser: string): string {
	return keys.attempt(`browser\0${account}\0${browser}`);
}
