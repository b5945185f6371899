import type { Request, Response } from 'express';

/** The languages every page is written in. */
export const LANGUAGES = ['en', 'es'] as const;
export type Language = (typeof LANGUAGES)[number];

/** The language a person asked for: `?lang=` (remembered in a cookie), then the cookie, then what the browser prefers. */
export function languageOf(request: Request, response: Response): Language {
	const asked = request.query.lang;
	if (isLanguage(asked)) {
		response.cookie('lang', asked, { maxAge: 365 * 86_400_000, sameSite: 'lax', httpOnly: true, path: '/' });
		return asked;
	}
	const kept = /(?:^|;\s*)lang=(\w+)/.exec(request.headers.cookie ?? '')?.[1];
	if (isLanguage(kept)) return kept;
	const preferred = request.acceptsLanguages([...LANGUAGES]);
	return isLanguage(preferred) ? preferred : 'en';
}

function isLanguage(value: unknown): value is Language {
	return LANGUAGES.some((language) => language === value);
}
