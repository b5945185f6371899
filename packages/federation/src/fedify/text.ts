import type { LanguageString } from '@fedify/vocab-runtime';

/** A short text of a stranger's as one line of plain text: no control or direction characters, no more than `max` characters. */
export function plain(value: string | LanguageString | null, max: number): string {
	const line = (value?.toString() ?? '')
		.replace(/[\p{Cc}\u202a-\u202e\u2066-\u2069\u200e\u200f]+/gu, ' ')
		.trim();
	return [...line].slice(0, max).join('');
}

/** The markup of a post as it came, and the language it says it is in. */
export function markup(value: string | LanguageString | null): { html: string; language: string | null } {
	if (value === null) return { html: '', language: null };
	if (typeof value === 'string') return { html: value, language: null };
	return { html: value.toString(), language: value.locale.toString() };
}
