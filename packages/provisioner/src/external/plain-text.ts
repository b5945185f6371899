const ENTITIES: Readonly<Record<string, string>> = {
	amp: '&',
	lt: '<',
	gt: '>',
	quot: '"',
	apos: "'",
	nbsp: ' ',
};

/** Something that a browser would take for a tag or a comment. */
export const MARKUP = /<[a-z!/?]/i;

/** The words of a piece of HTML, a line for each paragraph. What comes out is text: it is escaped wherever it is shown. */
export function plainText(html: string): string {
	const words = html
		.replace(/<(script|style)\b[\s\S]*?(<\/\1\s*>|$)/gi, ' ')
		.replace(/<(br|\/p|\/li|\/h[1-6]|\/div)\b[^>]*>/gi, '\n')
		.replace(/<!--[\s\S]*?(-->|$)/g, ' ')
		.replace(/<[a-z!/?][^>]*(>|$)/gi, '');
	const decoded = words.replace(
		/&(#\d{1,7}|#x[\da-f]{1,6}|[a-z]{2,6});/gi,
		(whole, name: string) => decode(name) ?? whole,
	);
	return tidy(decoded);
}

/** One text without what cannot be seen: no control characters but line ends, no overrides of direction. */
export function tidy(text: string): string {
	return text
		.toWellFormed()
		.replace(/\r\n?/g, '\n')
		.replace(/[^\P{Cc}\n\t]|[\u202a-\u202e\u2066-\u2069]/gu, '')
		.replace(/[ \t\u00a0]+/g, ' ')
		.replace(/ ?\n ?/g, '\n')
		.replace(/\n{3,}/g, '\n\n')
		.trim();
}

function decode(name: string): string | undefined {
	if (!name.startsWith('#')) return ENTITIES[name.toLowerCase()];
	const code = /^#x/i.test(name) ? Number.parseInt(name.slice(2), 16) : Number(name.slice(1));
	return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : undefined;
}
