/** One entry of a feed. */
export interface AtomEntry {
	readonly id: string;
	readonly url: string;
	readonly title: string;
	readonly author: string;
	readonly html: string;
	/** UTC milliseconds. */
	readonly published: number;
	readonly updated: number;
	readonly language: string | null;
}

/** A feed as RFC 4287 has it. Every value is escaped here; `html` is carried as text of type html. */
export function atomFeed(feed: {
	readonly id: string;
	readonly title: string;
	readonly home: string;
	readonly self: string;
	/** Shown when there is no entry. UTC milliseconds. */
	readonly since: number;
	readonly entries: readonly AtomEntry[];
}): string {
	const updated = Math.max(feed.since, ...feed.entries.map((entry) => entry.updated));
	return [
		'<?xml version="1.0" encoding="utf-8"?>',
		'<feed xmlns="http://www.w3.org/2005/Atom">',
		`<id>${xml(feed.id)}</id>`,
		`<title>${xml(feed.title)}</title>`,
		`<updated>${instant(updated)}</updated>`,
		`<link rel="self" type="application/atom+xml" href="${xml(feed.self)}"/>`,
		`<link rel="alternate" type="text/html" href="${xml(feed.home)}"/>`,
		...feed.entries.map(entryOf),
		'</feed>',
		'',
	].join('\n');
}

function entryOf(entry: AtomEntry): string {
	const language = entry.language === null ? '' : ` xml:lang="${xml(entry.language)}"`;
	return [
		`<entry${language}>`,
		`<id>${xml(entry.id)}</id>`,
		`<title>${xml(entry.title)}</title>`,
		`<link rel="alternate" type="text/html" href="${xml(entry.url)}"/>`,
		`<author><name>${xml(entry.author)}</name></author>`,
		`<published>${instant(entry.published)}</published>`,
		`<updated>${instant(entry.updated)}</updated>`,
		`<content type="html">${xml(entry.html)}</content>`,
		'</entry>',
	].join('\n');
}

function instant(at: number): string {
	return new Date(at).toISOString();
}

/** Characters that XML 1.0 cannot carry at all are left out. */
function xml(text: string): string {
	return (
		text
			.toWellFormed()
			// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what XML forbids
			.replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, '')
			.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`)
	);
}
