import type { LanguageString } from '@fedify/vocab-runtime';

/** A short text of a stranger's as one line of plain text: no control or direction characters, no more than `max` characters. */
export function plain(value: string | LanguageString | null, max: number): string {
	const line = (value?.toString() ?? '')
		.replace(/[\p{Cc}\u202a-\u202e\u2066-\u2069\u200e\u200f]+/gu, ' ')
		.trim();
	return [...line].slice(0, max).join('');
}

/** The markup of a post as it came, and the language it says it is in: servers send it once plain and once by language. */
export function markup(values: readonly (string | LanguageString)[]): {
	html: string;
	language: string | null;
} {
	const html = values.map((value) => value.toString()).find((value) => value !== '') ?? '';
	const told = values.find((value) => typeof value !== 'string' && value.toString() === html);
	return { html, language: told === undefined || typeof told === 'string' ? null : told.locale.toString() };
}
