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

/** What is stored of it: another hash for every account, so that nobody can tell who shares a computer. */
export function browserHash(keys: LibraryKeys, account: string, browser: string): string {
	return keys.attempt(`browser\0${account}\0${browser}`);
}
