/** A text that stands in another language than the reader's: in which, as its code and in the reader's words. */
export interface Untranslated {
	readonly code: string;
	readonly name: string;
}

/** The language in which a reader gets texts that are not there in theirs: English, or else the first there is. Null where they are in theirs, or nowhere. */
export function untranslated(texts: Readonly<Record<string, string>>, language: string): Untranslated | null {
	if (texts[language] !== undefined) return null;
	const code = texts.en !== undefined ? 'en' : Object.keys(texts)[0];
	if (code === undefined) return null;
	const names = new Intl.DisplayNames([language], { type: 'language', fallback: 'code' });
	return { code, name: names.of(code) ?? code };
}
