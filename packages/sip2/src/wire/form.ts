import type { Charset } from './charset.ts';

/** What ends a message when we send it. `LF` alone is for the rare catalogue that says so; it hangs the well-known servers. */
export type Terminator = 'CR' | 'CRLF' | 'LF';

/** The bytes of each. */
export const ENDS: Readonly<Record<Terminator, string>> = { CR: '\r', CRLF: '\r\n', LF: '\n' };

/** How the bytes of one catalogue's messages look (reference/library-sso.md 1.1). */
export interface WireForm {
	readonly charset: Charset;
	/** One sign that stands behind each field and so in none: neither letter, digit nor blank. */
	readonly separator: string;
	readonly terminator: Terminator;
}

/** SIP2's own form, but for the charset: what is written today is UTF-8 more often than code page 850. */
export const STANDARD_FORM: WireForm = { charset: 'utf-8', separator: '|', terminator: 'CR' };

/** Can this sign separate fields? One printed ASCII sign that begins no field and is no part of a date, a flag or a number. */
export function canSeparate(sign: string): boolean {
	return /^[!-/:-@[-`{-~]$/.test(sign);
}
